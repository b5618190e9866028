// The front with TLS, and certificates that change under it.
#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/HTTPSClientSession.h>
#include <Poco/Net/X509Certificate.h>
#include <Poco/StreamCopier.h>
#include <cppunit/extensions/HelperMacros.h>

#include "aggregator/api/tls_acceptor_context.h"
#include "tests/support/child_process.h"
#include "tests/support/eventually.h"
#include "tests/support/http_get.h"
#include "tests/support/must.h"
#include "tests/support/raw_client.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_certificates.h"
#include "tests/unit/api/running_front.h"

namespace muster {
using namespace std::chrono_literals;
using test::TestCertificates;

class HttpFrontTlsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(HttpFrontTlsTest);
  CPPUNIT_TEST(speaks_tls_from_1_2_on);
  CPPUNIT_TEST(takes_and_gives_long_bodies);
  CPPUNIT_TEST(cuts_off_who_does_not_shake_hands);
  CPPUNIT_TEST(shows_a_new_certificate_once_told);
  CPPUNIT_TEST(keeps_the_old_pair_while_the_new_one_is_no_good);
  CPPUNIT_TEST(looks_at_the_files_now_and_then);
  CPPUNIT_TEST(refuses_to_start_without_a_good_pair);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    directory_.emplace();
    settings_ = {};
    settings_.port = 0;
    settings_.header_deadline = 600ms;
    settings_.tls_certificate = directory_->path() / "crt";
    settings_.tls_key = directory_->path() / "key";
    install(first_, first_);
  }

 private:
  void install(const test::TestIdentity& certificate, const test::TestIdentity& key) {
    directory_->write("crt", TestCertificates::certificate_pem(certificate));
    directory_->write("key", TestCertificates::key_pem(key));
  }

  static ApiResponse echo(const ApiRequest& request) { return {200, request.body, {}}; }

  // What is sent back, and the name of the certificate that was shown.
  static std::pair<std::string, std::string> talk(std::uint16_t port, const std::string& body) {
    using Poco::Net::Context;
    const Context::Ptr trusting(new Context(Context::TLS_CLIENT_USE, "", Context::VERIFY_NONE));
    Poco::Net::HTTPSClientSession session("127.0.0.1", port, trusting);
    Poco::Net::HTTPRequest request("POST", "/", "HTTP/1.1");
    request.setContentLength(static_cast<std::streamsize>(body.size()));
    session.sendRequest(request) << body;
    Poco::Net::HTTPResponse response;
    std::string answer;
    Poco::StreamCopier::copyToString(session.receiveResponse(response), answer);
    return {answer, session.serverCertificate().serialNumber()};
  }

  static int exit_of_s_client(std::uint16_t port, const std::string& version) {
    test::ChildProcess client(
        "openssl", {"s_client", "-connect", "127.0.0.1:" + std::to_string(port), version, "-cipher",
                    "DEFAULT@SECLEVEL=0"});
    return client.wait_exit(10s).value_or(-1);
  }

  void speaks_tls_from_1_2_on() {
    const test::RunningFront running(settings_, echo);
    CPPUNIT_ASSERT_EQUAL(std::string("body"), talk(running.port, "body").first);
    CPPUNIT_ASSERT_EQUAL(0, exit_of_s_client(running.port, "-tls1_2"));
    CPPUNIT_ASSERT_EQUAL(1, exit_of_s_client(running.port, "-tls1_1"));
    CPPUNIT_ASSERT(!test::http_get(running.port, "/plain", {}, 3s));
  }

  void takes_and_gives_long_bodies() {
    const test::RunningFront running(settings_, echo, std::size_t{4'000'000});
    std::string body;
    while (body.size() < 3'000'000) body += std::to_string(body.size()) + ',';
    CPPUNIT_ASSERT(body == talk(running.port, body).first);
  }

  void cuts_off_who_does_not_shake_hands() {
    const test::RunningFront running(settings_, echo);
    test::RawClient silent(running.port);
    CPPUNIT_ASSERT(silent.read_to_end(5s));
  }

  void shows_a_new_certificate_once_told() {
    test::RunningFront running(settings_, echo);
    const std::string before = talk(running.port, "a").second;
    install(second_, second_);
    CPPUNIT_ASSERT_EQUAL(before, talk(running.port, "a").second);  // nobody has looked yet
    running.front.reload_tls();
    CPPUNIT_ASSERT(test::eventually(5s, [&] { return talk(running.port, "a").second != before; }));
  }

  void keeps_the_old_pair_while_the_new_one_is_no_good() {
    const auto context = test::must(
        TlsAcceptorContext::open(settings_.tls_certificate, settings_.tls_key, TimePoint()));
    const auto first = context->current(TimePoint());
    for (const auto* key : {"", "no key"}) {
      install(second_, second_);
      directory_->write("key", key);
      context->reload();
      CPPUNIT_ASSERT(first == context->current(TimePoint()));
    }
    install(second_, first_);
    context->reload();
    CPPUNIT_ASSERT(first == context->current(TimePoint()));
    install(second_, second_);
    context->reload();
    CPPUNIT_ASSERT(first != context->current(TimePoint()));
  }

  void looks_at_the_files_now_and_then() {
    TimePoint now;
    const auto context =
        test::must(TlsAcceptorContext::open(settings_.tls_certificate, settings_.tls_key, now));
    const auto first = context->current(now);
    directory_->write("crt", TestCertificates::certificate_pem(second_));
    CPPUNIT_ASSERT(first == context->current(now += 9s));
    CPPUNIT_ASSERT(first == context->current(now += 2s));  // seen, but the key is not there yet
    directory_->write("key", TestCertificates::key_pem(second_));
    CPPUNIT_ASSERT(first == context->current(now += 9s));
    const auto second = context->current(now += 2s);
    CPPUNIT_ASSERT(first != second);
    CPPUNIT_ASSERT(second == context->current(now += 20s));  // the files are as they were
  }

  void refuses_to_start_without_a_good_pair() {
    install(first_, second_);
    test::FunctionHandler handler(echo);
    const auto mixed = HttpFront(settings_, handler).start();
    CPPUNIT_ASSERT(!mixed);
    CPPUNIT_ASSERT(mixed.error().message.find("key") != std::string::npos);
    settings_.tls_key = directory_->path() / "missing";
    CPPUNIT_ASSERT(!HttpFront(settings_, handler).start());
  }

  std::optional<test::TempDir> directory_;
  ApiSettings settings_;
  const test::TestIdentity first_ = TestCertificates::self_signed();
  const test::TestIdentity second_ = TestCertificates::self_signed();
};

CPPUNIT_TEST_SUITE_REGISTRATION(HttpFrontTlsTest);
}  // namespace muster
