#include "common/net/url.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {

class UrlTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(UrlTest);
  CPPUNIT_TEST(takes_urls_apart);
  CPPUNIT_TEST(refuses_what_is_no_plain_http_url);
  CPPUNIT_TEST_SUITE_END();

  static void expect(const std::string& text, bool tls, const std::string& host, int port,
                     const std::string& target, const std::string& authority) {
    const auto url = Url::parse(text);
    CPPUNIT_ASSERT_MESSAGE(text, url);
    CPPUNIT_ASSERT_EQUAL(tls, url->tls);
    CPPUNIT_ASSERT_EQUAL(host, url->host);
    CPPUNIT_ASSERT_EQUAL(port, int{url->port});
    CPPUNIT_ASSERT_EQUAL(target, url->target);
    CPPUNIT_ASSERT_EQUAL(authority, url->authority());
  }

  void takes_urls_apart() {
    expect("http://node-1", false, "node-1", 80, "/", "node-1");
    expect("HTTPS://Node-1.Example:8471/health?x=1", true, "node-1.example", 8471, "/health?x=1",
           "node-1.example:8471");
    expect("https://[2001:db8::1]:444/a", true, "2001:db8::1", 444, "/a", "[2001:db8::1]:444");
    expect("http://h?q", false, "h", 80, "/?q", "h");
    expect("https://h:443/", true, "h", 443, "/", "h");
  }

  void refuses_what_is_no_plain_http_url() {
    for (const char* text :
         {"", "node-1", "ftp://h/", "file:///etc/passwd", "http://", "http://:80/", "http://u@h/",
          "http://u:p@h/", "http://h:0/", "http://h:65536/", "http://h:8a/", "http://h/#f",
          "http://h /", "http://h/\r\nX: y", "http://[::1/", "http://h\\evil/", "http://a%41/",
          "http://h:80:90/", "http://[::1]x/"}) {
      CPPUNIT_ASSERT_MESSAGE(text, !Url::parse(text));
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(UrlTest);
}  // namespace muster
