#include "common/base/secret.h"

#include <cppunit/extensions/HelperMacros.h>

#include <array>
#include <new>
#include <type_traits>

namespace muster {

// Neither may ever print or turn into text by accident.
static_assert(!std::is_convertible_v<Secret, std::string>);
static_assert(!std::is_convertible_v<std::string, Secret>);

class SecretTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SecretTest);
  CPPUNIT_TEST(shows_its_text_on_demand_only);
  CPPUNIT_TEST(compares_whole_texts);
  CPPUNIT_TEST(leaves_nothing_where_it_was_moved_from);
  CPPUNIT_TEST(wipes_its_memory);
  CPPUNIT_TEST_SUITE_END();

  void shows_its_text_on_demand_only() {
    CPPUNIT_ASSERT(Secret().empty());
    const Secret secret("sesame");
    const Secret copy = secret;
    CPPUNIT_ASSERT_EQUAL(std::string("sesame"), copy.reveal());
    CPPUNIT_ASSERT(!copy.empty());
  }

  void compares_whole_texts() {
    const Secret secret("sesame");
    CPPUNIT_ASSERT(secret.equals("sesame"));
    CPPUNIT_ASSERT(!secret.equals("sesamf"));
    CPPUNIT_ASSERT(!secret.equals("tesame"));
    CPPUNIT_ASSERT(!secret.equals("sesam"));
    CPPUNIT_ASSERT(!secret.equals("sesame "));
    CPPUNIT_ASSERT(!secret.equals(""));
    CPPUNIT_ASSERT(Secret().equals(""));
    CPPUNIT_ASSERT(Secret(std::string("a\0b", 3)).equals(std::string_view("a\0b", 3)));
    CPPUNIT_ASSERT(!Secret(std::string("a\0b", 3)).equals(std::string_view("a\0c", 3)));
  }

  void leaves_nothing_where_it_was_moved_from() {
    for (const std::string& text : {std::string("short"), std::string(100, 'x')}) {
      Secret from(text);
      Secret to(std::move(from));
      CPPUNIT_ASSERT(from.empty());
      CPPUNIT_ASSERT_EQUAL(text, to.reveal());
      to = Secret("other");
      CPPUNIT_ASSERT_EQUAL(std::string("other"), to.reveal());
    }
  }

  // A short text lies inside the object, where its memory can be looked at afterwards.
  void wipes_its_memory() {
    alignas(Secret) std::array<char, sizeof(Secret)> memory{};
    auto* const secret = new (memory.data()) Secret("sesame");
    CPPUNIT_ASSERT(text_of(memory).find("sesame") != std::string::npos);
    secret->~Secret();
    CPPUNIT_ASSERT_EQUAL(std::string::npos, text_of(memory).find("esam"));
  }

  static std::string text_of(const std::array<char, sizeof(Secret)>& memory) {
    const volatile char* const bytes = memory.data();
    std::string text;
    for (std::size_t i = 0; i < memory.size(); ++i) text += bytes[i];
    return text;
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SecretTest);
}  // namespace muster
