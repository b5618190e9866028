#include "plugins/metrics_pull/metrics_document.h"

#include <cppunit/extensions/HelperMacros.h>

#include <map>
#include <string>

namespace muster {
using metrics_pull::read_metrics;

class MetricsDocumentTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(MetricsDocumentTest);
  CPPUNIT_TEST(maps_the_contract_onto_standard_metrics);
  CPPUNIT_TEST(counts_services);
  CPPUNIT_TEST(keeps_unknown_numbers_as_custom_metrics);
  CPPUNIT_TEST(refuses_what_is_no_object);
  CPPUNIT_TEST(stops_at_500_values);
  CPPUNIT_TEST_SUITE_END();

  static std::map<std::string, double> values(const std::string& body) {
    const auto document = read_metrics(body);
    CPPUNIT_ASSERT(document);
    std::map<std::string, double> found;
    for (const auto& value : document->values) found[value.name] = value.value;
    return found;
  }

  void maps_the_contract_onto_standard_metrics() {
    const auto found = values(
        R"({"timestamp":"2026-11-23T07:00:00Z","cpu":{"usage_percent":37.5,"load_1":0.84},
            "memory":{"total_mb":16384,"usage_percent":56.2},"disk":{"total_gb":200},
            "network":{"rx_bytes":918273645},"users":{"active":132,"requests_per_minute":2210},
            "llm":{"tokens_per_second":12.5}})");
    CPPUNIT_ASSERT_EQUAL(37.5, found.at("cpu_percent"));
    CPPUNIT_ASSERT_EQUAL(0.84, found.at("load_1m"));
    CPPUNIT_ASSERT_EQUAL(17179869184.0, found.at("memory_total_bytes"));
    CPPUNIT_ASSERT_EQUAL(214748364800.0, found.at("disk_total_bytes"));
    CPPUNIT_ASSERT_EQUAL(918273645.0, found.at("network_receive_bytes"));
    CPPUNIT_ASSERT_EQUAL(132.0, found.at("users_active"));
    CPPUNIT_ASSERT_EQUAL(2210.0, found.at("requests_per_minute"));
    CPPUNIT_ASSERT_EQUAL(12.5, found.at("llm_tokens_per_second"));
  }

  void counts_services() {
    const auto found =
        values(R"({"services":{"api":"healthy","db":"failed","w":{"status":"ok"},"n":3}})");
    CPPUNIT_ASSERT_EQUAL(3.0, found.at("services_total"));
    CPPUNIT_ASSERT_EQUAL(2.0, found.at("services_healthy"));
  }

  void keeps_unknown_numbers_as_custom_metrics() {
    const auto found = values(R"({"queue":{"depth":7,"Name":"x"},"redis":{"hit-rate":0.5},"n":1})");
    CPPUNIT_ASSERT_EQUAL(std::size_t{3}, found.size());
    CPPUNIT_ASSERT_EQUAL(7.0, found.at("custom_queue_depth"));
    CPPUNIT_ASSERT_EQUAL(0.5, found.at("custom_redis_hit_rate"));
  }

  void refuses_what_is_no_object() {
    for (const std::string body : {"", "[]", "7", "nonsense", R"({"cpu":)", "{\"a\":\"\xff\"}"}) {
      CPPUNIT_ASSERT_MESSAGE(body, !read_metrics(body));
    }
    CPPUNIT_ASSERT(!read_metrics(std::string(100'000, '{')));
  }

  void stops_at_500_values() {
    std::string body = "{\"q\":{\"a\":1";
    for (int i = 0; i < 900; ++i) body += ",\"b" + std::to_string(i) + "\":1";
    CPPUNIT_ASSERT_EQUAL(std::size_t{500}, read_metrics(body + "}}")->values.size());
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MetricsDocumentTest);
}  // namespace muster
