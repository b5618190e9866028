#include "common/model/tls_identity.h"

#include <cppunit/extensions/HelperMacros.h>

#include <set>

namespace muster {

class TlsIdentityTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(TlsIdentityTest);
  CPPUNIT_TEST(equal_material_has_one_digest);
  CPPUNIT_TEST(each_part_counts_and_none_runs_into_the_next);
  CPPUNIT_TEST_SUITE_END();

  static std::string digest(const std::string& ca, const std::string& certificate,
                            const std::string& key) {
    return digest_of({ca, certificate, Secret(key)});
  }

  void equal_material_has_one_digest() {
    CPPUNIT_ASSERT_EQUAL(std::size_t{32}, digest("", "", "").size());
    CPPUNIT_ASSERT_EQUAL(digest("a", "b", "c"), digest("a", "b", "c"));
  }

  void each_part_counts_and_none_runs_into_the_next() {
    const std::set<std::string> digests{
        digest("", "", ""),    digest("x", "", ""),   digest("", "x", ""),  digest("", "", "x"),
        digest("x", "y", ""),  digest("xy", "", ""),  digest("", "xy", ""), digest("", "x", "y"),
        digest("1", "1 ", ""), digest("", "", "1 1 ")};
    CPPUNIT_ASSERT_EQUAL(std::size_t{10}, digests.size());
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(TlsIdentityTest);
}  // namespace muster
