#include "plugins/tls/shown.h"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

namespace muster {
using probes::Faults;
using tls_probe::Shown;
using tls_probe::TlsConfig;

class TlsShownTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(TlsShownTest);
  CPPUNIT_TEST(reads_the_names);
  CPPUNIT_TEST(a_good_one_has_no_faults);
  CPPUNIT_TEST(few_days_are_told_at_their_bar);
  CPPUNIT_TEST(the_chain_counts_where_it_ends_sooner);
  CPPUNIT_TEST(zero_days_are_never);
  CPPUNIT_TEST(an_old_version_is_refused);
  CPPUNIT_TEST(a_wildcard_is_one_label);
  CPPUNIT_TEST(names_issuer_and_fingerprint_are_held_against_it);
  CPPUNIT_TEST(lists_and_dates_are_for_people);
  CPPUNIT_TEST_SUITE_END();

  static constexpr std::int64_t kNow = 1'800'000'000;
  static constexpr std::int64_t kDay = 86'400;

  static TlsConfig config(const std::string& more = "", int warning = 14, int critical = 3) {
    return TlsConfig(R"({"port":443,"starttls":"none","minimum_version":"1.2",)" +
                     (more.empty() ? R"("names":[],"sha256":[],)" : more + ",") +
                     R"("certificate_days":{"warning":)" + std::to_string(warning) +
                     R"(,"critical":)" + std::to_string(critical) + "}}");
  }

  static Shown shown(std::int64_t days = 90, std::int64_t chain_days = 900) {
    Shown made;
    made.chain_length = 2;
    made.not_after = kNow + days * kDay + 60;
    made.chain_not_after = std::min(made.not_after, kNow + chain_days * kDay + 60);
    made.subject = "CN = shop.example";
    made.issuer = "C = DE, O = Sample Authority, CN = R1";
    made.names = {"shop.example", "*.Shop.example"};
    made.sha256 = std::string(64, 'a');
    made.version = "TLSv1.2";
    return made;
  }

  static std::string told(const Shown& made, const TlsConfig& wanted) {
    Faults faults;
    judge(made, wanted, kNow, faults);
    return std::to_string(faults.status()) + "/" + std::to_string(faults.reason()) + " " +
           faults.message();
  }
  static void expect(const std::string& text, const Shown& made,
                     const TlsConfig& wanted = config()) {
    CPPUNIT_ASSERT_EQUAL(text, told(made, wanted));
  }

  void reads_the_names() {
    muster_tls_info info{};
    info.names = sdk::to_c("a.example\n10.0.0.1\n");
    const std::vector<std::string> expected{"a.example", "10.0.0.1"};
    CPPUNIT_ASSERT(Shown(info).names == expected);
    CPPUNIT_ASSERT(Shown(muster_tls_info{}).names.empty());
  }

  void a_good_one_has_no_faults() { expect("0/0 ", shown()); }

  void few_days_are_told_at_their_bar() {
    expect("0/0 ", shown(14));
    expect("1/18 the server's certificate expires within 14 days", shown(13));
    expect("1/18 the server's certificate expires within 14 days", shown(3));
    expect("2/18 the server's certificate expires within 3 days", shown(2));
    expect("2/18 the server's certificate expires within 1 day", shown(0), config("", 14, 1));
  }

  void the_chain_counts_where_it_ends_sooner() {
    expect("1/18 a certificate of the chain expires within 14 days", shown(90, 13));
    expect(
        "2/18 a certificate of the chain expires within 3 days; "
        "the server's certificate expires within 14 days",
        shown(13, 2));
    expect("1/18 the server's certificate expires within 14 days", shown(13, 12));
  }

  void zero_days_are_never() { expect("0/0 ", shown(0, 0), config("", 0, 0)); }

  void an_old_version_is_refused() {
    TlsConfig wanted = config();
    wanted.version = "TLSv1.3";
    expect("2/10 the server speaks TLSv1.2 only, at least TLSv1.3 is wanted", shown(), wanted);
  }

  void a_wildcard_is_one_label() {
    for (const char* const name : {"shop.example", "SHOP.example.", "a.shop.example"}) {
      CPPUNIT_ASSERT_MESSAGE(name, is_for(shown(), name));
    }
    for (const char* const name :
         {"example", "b.a.shop.example", ".shop.example", "ashop.example"}) {
      CPPUNIT_ASSERT_MESSAGE(name, !is_for(shown(), name));
    }
  }

  void names_issuer_and_fingerprint_are_held_against_it() {
    expect("2/9 the certificate is not for b.example", shown(),
           config(R"("names":["b.example","shop.example"],"sha256":[])"));
    const std::string none = R"("names":[],"sha256":[])";
    expect("0/0 ", shown(), config(none + R"(,"issuer":"O = Sample Authority")"));
    expect("2/7 the certificate is of another issuer: C = DE, O = Sample Authority, CN = R1",
           shown(), config(none + R"(,"issuer":"O = Other")"));
    const std::string colons = "AA:" + std::string(62, 'a');
    expect("0/0 ", shown(),
           config(R"("names":[],"sha256":[")" + std::string(64, 'b') + R"(",")" + colons + "\"]"));
    expect("2/7 the certificate has another fingerprint: " + std::string(64, 'a'), shown(),
           config(R"("names":[],"sha256":[")" + std::string(64, 'b') + "\"]"));
  }

  void lists_and_dates_are_for_people() {
    CPPUNIT_ASSERT_EQUAL(std::string("a, b"), tls_probe::list_of({"a", "b"}));
    CPPUNIT_ASSERT_EQUAL(std::string("a, a, a, a, a, a, a, a, a, a and others"),
                         tls_probe::list_of(std::vector<std::string>(11, "a")));
    CPPUNIT_ASSERT_EQUAL(std::string("2027-01-15"), tls_probe::date_of(kNow));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(TlsShownTest);
}  // namespace muster
