#include "aggregator/api/page_cursor.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {

class PageCursorTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(PageCursorTest);
  CPPUNIT_TEST(comes_back_as_it_went);
  CPPUNIT_TEST(is_safe_in_a_url);
  CPPUNIT_TEST(is_refused_when_any_character_changes);
  CPPUNIT_TEST(is_refused_elsewhere);
  CPPUNIT_TEST(is_refused_when_another_key_signed_it);
  CPPUNIT_TEST(numbers_and_times_have_a_range);
  CPPUNIT_TEST(does_not_depend_on_limit_or_order_of_filters);
  CPPUNIT_TEST_SUITE_END();

  const PageCursors cursors_{Secret("key")};

  static ApiRequest request(Query query, OrganizationKey organization = 1) {
    ApiRequest request;
    request.path = "/servers";
    request.query = std::move(query);
    request.organization = organization;
    return request;
  }

  void comes_back_as_it_went() {
    for (const std::string& place :
         std::initializer_list<std::string>{"", "a", "ab", "abc", "\x01\xff\xc3\xa9 name"}) {
      CPPUNIT_ASSERT(cursors_.decode(cursors_.encode(place, "scope"), "scope") == place);
    }
    const std::string large(5'000, 'x');
    CPPUNIT_ASSERT(cursors_.decode(cursors_.encode(large, "scope"), "scope") == large);
  }

  void is_safe_in_a_url() {
    for (int i = 0; i < 200; ++i) {
      const std::string cursor = cursors_.encode(std::to_string(i), "scope");
      CPPUNIT_ASSERT(cursor.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                              "0123456789-_") == std::string::npos);
    }
  }

  void is_refused_when_any_character_changes() {
    const std::string cursor = cursors_.encode("some place", "scope");
    for (std::size_t i = 0; i < cursor.size(); ++i) {
      std::string damaged = cursor;
      damaged[i] = damaged[i] == 'A' ? 'B' : 'A';
      CPPUNIT_ASSERT(!cursors_.decode(damaged, "scope"));
      CPPUNIT_ASSERT(!cursors_.decode(cursor.substr(0, i), "scope"));
    }
    for (const std::string& bad : {" " + cursor, cursor + "=", cursor + "\n", cursor + "A",
                                   std::string("!"), std::string("\xff")}) {
      CPPUNIT_ASSERT(!cursors_.decode(bad, "scope"));
    }
  }

  void is_refused_elsewhere() {
    const std::string cursor = cursors_.encode("p", cursor_scope(request({{"region", "eu"}})));
    CPPUNIT_ASSERT(cursors_.decode(cursor, cursor_scope(request({{"region", "eu"}}))));
    CPPUNIT_ASSERT(!cursors_.decode(cursor, cursor_scope(request({{"region", "us"}}))));
    CPPUNIT_ASSERT(!cursors_.decode(cursor, cursor_scope(request({}))));
    CPPUNIT_ASSERT(!cursors_.decode(cursor, cursor_scope(request({{"region", "eu"}}, 2))));
  }

  void is_refused_when_another_key_signed_it() {
    const std::string foreign = PageCursors(Secret("another key")).encode("p", "scope");
    CPPUNIT_ASSERT(!cursors_.decode(foreign, "scope"));
    CPPUNIT_ASSERT(PageCursors(Secret("key")).decode(cursors_.encode("p", "scope"), "scope") ==
                   "p");
  }

  void numbers_and_times_have_a_range() {
    CPPUNIT_ASSERT(whole_number("-7") == -7);
    for (const char* bad : {"", "7 ", " 7", "+7", "7x", "9223372036854775808"}) {
      CPPUNIT_ASSERT_MESSAGE(bad, !whole_number(bad));
    }
    CPPUNIT_ASSERT(whole_microseconds("253402300799999999"));
    for (const char* bad : {"-1", "253402300800000000", "9223372036854775807", "x"}) {
      CPPUNIT_ASSERT_MESSAGE(bad, !whole_microseconds(bad));
    }
  }

  void does_not_depend_on_limit_or_order_of_filters() {
    const std::string one = cursor_scope(request({{"tag", "a"}, {"q", "b"}, {"limit", "3"}}));
    const std::string two = cursor_scope(request({{"cursor", "x"}, {"q", "b"}, {"tag", "a"}}));
    CPPUNIT_ASSERT_EQUAL(one, two);
    CPPUNIT_ASSERT(cursor_scope(request({{"a", "b&c=d"}})) !=
                   cursor_scope(request({{"a", "b"}, {"c", "d"}})));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PageCursorTest);
}  // namespace muster
