// Documents that were valid before something happened to them: the same ones at every run, and a
// fixed number of them. What is read of each must lie within it, and nothing may crash; under asan
// this finds reading beyond the end.
#include <cppunit/extensions/HelperMacros.h>

#include <random>

#include "plugins/prometheus_pull/exposition.h"
#include "tests/unit/plugins/sample_list.h"

namespace muster {
using prometheus_pull::Dialect;
using prometheus_pull::parse_exposition;
using prometheus_pull::ParseReport;
namespace {

constexpr std::string_view kDocument = R"(# HELP http_requests_total Requests.
# TYPE http_requests_total counter
http_requests_total{method="post",path="C:\\a\n\"b\""} 1027 1395066363000
# TYPE latency histogram
latency_bucket{le="0.5"} 24 # {trace_id="x"} 0.3 1.5
latency_bucket{le="+Inf",} +Inf
latency_sum NaN
  node_load1	0.5e-1
# EOF
)";
constexpr std::string_view kSalt("\"\\{}=,#+-. \t\n\r\0a1:_\xc3N", 21);

}  // namespace

class ExpositionMutationTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ExpositionMutationTest);
  CPPUNIT_TEST(survives_mutations);
  CPPUNIT_TEST(survives_every_cut);
  CPPUNIT_TEST_SUITE_END();

  // Holds views on what it was given to the document's own bytes, or to nothing outlived.
  class Checker final : public prometheus_pull::SampleSink {
   public:
    explicit Checker(std::size_t most) : most_(most) {}

    void take(const prometheus_pull::Sample& sample) override {
      CPPUNIT_ASSERT(!sample.name.empty());
      std::size_t size = sample.name.size();
      for (const auto& [name, value] : sample.labels) {
        CPPUNIT_ASSERT(!name.empty() && name.find_first_of("\"{}=, \n") == name.npos);
        size += name.size() + value.size();
        for (const char c : value) checksum += static_cast<unsigned char>(c);
      }
      CPPUNIT_ASSERT(size <= most_);
    }

    std::uint64_t checksum = 0;

   private:
    const std::size_t most_;
  };

  static void read(const std::string& text) {
    for (const Dialect dialect : {Dialect::kText, Dialect::kOpenMetrics}) {
      Checker checker(text.size());
      const ParseReport report = parse_exposition(text, dialect, {}, checker);
      CPPUNIT_ASSERT(report.samples + report.bad_lines <= report.lines + 1);
      CPPUNIT_ASSERT(report.lines <= text.size());
    }
  }

  static void mutate(std::string& text, std::mt19937& random) {
    const std::size_t at = random() % text.size();
    const char salt = kSalt[random() % kSalt.size()];
    switch (random() % 5) {
      case 0:
        text[at] = salt;
        return;
      case 1:
        text.insert(at, 1, salt);
        return;
      case 2:
        text.erase(at, 1 + random() % 8);
        return;
      case 3:
        text.insert(random() % text.size(), text.substr(at, random() % 40));
        return;
      default:
        text[at] = static_cast<char>(random());
    }
  }

  void survives_mutations() {
    std::mt19937 random(20'240);
    for (int i = 0; i < 30'000; ++i) {
      std::string text(kDocument);
      for (auto left = 1 + random() % 6; left > 0 && !text.empty(); --left) mutate(text, random);
      if (!text.empty()) read(std::string(text.begin(), text.end()));
    }
  }

  void survives_every_cut() {
    for (std::size_t size = 1; size <= kDocument.size(); ++size) {
      read(std::string(kDocument.substr(0, size)));
      read(std::string(kDocument.substr(kDocument.size() - size)));
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ExpositionMutationTest);
}  // namespace muster
