#include "aggregator/spool/row_codec.h"

#include <cppunit/extensions/HelperMacros.h>

#include "tests/support/must.h"
#include "tests/support/sample_result.h"

namespace muster {
using namespace std::chrono_literals;
using namespace std::string_literals;
using test::must;
using test::sample_change;
using test::sample_result;
using test::sample_verdict;

class RowCodecTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(RowCodecTest);
  CPPUNIT_TEST(everything_comes_back);
  CPPUNIT_TEST(little_comes_back_as_little);
  CPPUNIT_TEST(what_was_shared_is_shared_again);
  CPPUNIT_TEST(a_short_record_is_refused);
  CPPUNIT_TEST_SUITE_END();

  static ResultRow full_row() {
    CheckResult result = sample_result(7);
    result.status = CheckStatus::kCritical;
    result.reason = FailureReason::kStatusCode;
    result.http_status = 503;
    result.phases = {1us, 2us, 3us, 4us, 5us};
    result.words = say("no \xC3\xA4 nor \0"s, {{"disk", CheckStatus::kWarning, "91 %"}, {}});
    result.metrics = {{"cpu_percent", Metric::Kind::kGauge, 12.5, {}},
                      {"memory_used_bytes", Metric::Kind::kGauge, 8e9, {}},
                      {"jobs_total", Metric::Kind::kCounter, 7, {{"queue", "a"}, {"host", ""}}}};
    auto verdict = sample_change(result, HealthState::kHealthy, HealthState::kCritical, "503");
    verdict.change->announced = false;
    return ResultRow::from(result, verdict);
  }

  static std::string bytes_of(const ResultRow& row) {
    std::string bytes;
    encode_row(row, bytes);
    return bytes;
  }

  void everything_comes_back() {
    const ResultRow row = full_row();
    RowDecoder decoder;
    const ResultRow back = must(decoder.decode(bytes_of(row)));
    CPPUNIT_ASSERT_EQUAL(bytes_of(row), bytes_of(back));
    CPPUNIT_ASSERT(back.at == row.at && back.duration == row.duration);
    CPPUNIT_ASSERT_EQUAL(row.server, back.server);
    CPPUNIT_ASSERT_EQUAL(row.organization, back.organization);
    CPPUNIT_ASSERT_EQUAL(503, back.http_status);
    CPPUNIT_ASSERT(back.status == row.status && back.state == HealthState::kCritical);
    CPPUNIT_ASSERT(back.reason == FailureReason::kStatusCode && back.answered);
    CPPUNIT_ASSERT_EQUAL(5us, back.phases.transfer);
    CPPUNIT_ASSERT_EQUAL(row.words->message, back.words->message);
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, back.words->components.size());
    CPPUNIT_ASSERT_EQUAL(std::string("91 %"), back.words->components[0].message);
    CPPUNIT_ASSERT_EQUAL(row.probe->name, back.probe->name);
    CPPUNIT_ASSERT(back.probe->every == row.probe->every);
    CPPUNIT_ASSERT(std::isnan((*back.metrics)[1]));
    CPPUNIT_ASSERT_EQUAL(8e9, (*back.metrics)[0]);
    const Metric& jobs = back.custom_metrics->at(0);
    CPPUNIT_ASSERT(jobs.name == "jobs_total" && jobs.kind == Metric::Kind::kCounter);
    CPPUNIT_ASSERT(jobs.value == 7 && jobs.labels == row.custom_metrics->at(0).labels);
    CPPUNIT_ASSERT(back.change->from == HealthState::kHealthy && !back.change->announced);
    CPPUNIT_ASSERT_EQUAL(row.change->slot_ms, back.change->slot_ms);
    CPPUNIT_ASSERT_EQUAL(std::string("503"), back.change->message);
  }

  void little_comes_back_as_little() {
    const ResultRow row = ResultRow::from(sample_result(1), sample_verdict());
    RowDecoder decoder;
    const ResultRow back = must(decoder.decode(bytes_of(row)));
    CPPUNIT_ASSERT(!back.metrics && !back.change && back.words == no_words());
    CPPUNIT_ASSERT(bytes_of(row).size() < 120);
  }

  void what_was_shared_is_shared_again() {
    const std::string bytes = bytes_of(full_row());
    RowDecoder decoder;
    const ResultRow one = must(decoder.decode(bytes));
    const ResultRow two = must(decoder.decode(bytes));
    CPPUNIT_ASSERT(one.words == two.words && one.probe == two.probe);
  }

  void a_short_record_is_refused() {
    const std::string bytes = bytes_of(full_row());
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      RowDecoder decoder;
      CPPUNIT_ASSERT(!decoder.decode(std::string_view(bytes).substr(0, length)));
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RowCodecTest);
}  // namespace muster
