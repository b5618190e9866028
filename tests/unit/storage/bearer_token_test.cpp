#include "aggregator/storage/bearer_token.h"

#include <cppunit/extensions/HelperMacros.h>
#include <zlib.h>

#include <set>
#include <string>

#include "tests/support/must.h"

namespace muster {

class BearerTokenTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(BearerTokenTest);
  CPPUNIT_TEST(has_its_form_and_its_checksum);
  CPPUNIT_TEST(tells_a_typo);
  CPPUNIT_TEST(uses_the_whole_alphabet_and_never_repeats);
  CPPUNIT_TEST_SUITE_END();

  static inline const std::string kAlphabet =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  // Computed anew here, so that the form cannot change unnoticed: clients check it.
  static std::string checksum(const std::string& text) {
    auto crc = ::crc32(0, reinterpret_cast<const Bytef*>(text.data()), text.size());
    std::string digits;
    for (int i = 0; i < 6; ++i, crc /= 62) digits.insert(digits.begin(), kAlphabet[crc % 62]);
    return digits;
  }

  void has_its_form_and_its_checksum() {
    const std::string token = test::must(make_token(kApiTokenPrefix)).reveal();
    CPPUNIT_ASSERT_EQUAL(std::size_t{40}, token.size());
    CPPUNIT_ASSERT_EQUAL(std::string("mst_"), token.substr(0, 4));
    CPPUNIT_ASSERT_EQUAL(std::string::npos, token.find_first_not_of(kAlphabet, 4));
    CPPUNIT_ASSERT_EQUAL(checksum(token.substr(0, 34)), token.substr(34));
  }

  void tells_a_typo() {
    const std::string token = test::must(make_token(kApiTokenPrefix)).reveal();
    CPPUNIT_ASSERT(has_form(token, kApiTokenPrefix));
    CPPUNIT_ASSERT(!has_form(token, kSessionPrefix));
    for (std::size_t i = 0; i < token.size(); ++i) {
      std::string typo = token;
      typo[i] = typo[i] == 'x' ? 'y' : 'x';
      CPPUNIT_ASSERT_MESSAGE(typo, !has_form(typo, kApiTokenPrefix));
      CPPUNIT_ASSERT(!has_form(token.substr(0, i), kApiTokenPrefix));
    }
  }

  void uses_the_whole_alphabet_and_never_repeats() {
    std::set<std::string> tokens;
    std::set<char> characters;
    for (int i = 0; i < 500; ++i) {
      const std::string token = test::must(make_token(kApiTokenPrefix)).reveal();
      tokens.insert(token);
      characters.insert(token.begin() + 4, token.begin() + 34);
    }
    CPPUNIT_ASSERT_EQUAL(std::size_t{500}, tokens.size());
    CPPUNIT_ASSERT_EQUAL(std::size_t{62}, characters.size());
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(BearerTokenTest);
}  // namespace muster
