#include "plugins/http_health/health_document.h"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

namespace muster {
using http_health::read_health;

class HealthDocumentTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(HealthDocumentTest);
  CPPUNIT_TEST(reads_the_status_words);
  CPPUNIT_TEST(reads_flags_as_a_status);
  CPPUNIT_TEST(reads_components_beside_the_status);
  CPPUNIT_TEST(reads_spring_boot);
  CPPUNIT_TEST(reads_health_json_arrays);
  CPPUNIT_TEST(reads_microprofile_lists);
  CPPUNIT_TEST(reads_kubernetes_lines);
  CPPUNIT_TEST(an_empty_or_foreign_text_states_nothing);
  CPPUNIT_TEST(without_a_status_the_worst_check_speaks);
  CPPUNIT_TEST(refuses_broken_documents);
  CPPUNIT_TEST(stops_at_200_checks);
  CPPUNIT_TEST_SUITE_END();

  // A list of "name=status:message" for a whole document, "stated|check|check".
  static std::string summary(const std::string& body) {
    const auto document = read_health(body);
    if (!document) return "broken";
    std::string text = document->stated ? std::to_string(*document->stated) : "-";
    for (const auto& check : document->checks) {
      text += "|" + check.name + "=" + std::to_string(check.status);
      if (!check.message.empty()) text += ":" + check.message;
    }
    return text;
  }

  static void expect(const std::string& expected, const std::string& body) {
    CPPUNIT_ASSERT_EQUAL(expected, summary(body));
  }

  void reads_the_status_words() {
    expect("0", R"({"status":"pass"})");
    expect("0", R"({"status":"UP"})");
    expect("0", R"({"state":"Healthy"})");
    expect("1", R"({"health":"degraded"})");
    expect("2", R"({"outcome":"DOWN"})");
    expect("2", R"({"status":"OUT_OF_SERVICE"})");
    expect("-", R"({"status":"sleeping"})");
    expect("0", R"("ok")");
    expect("2", "unhealthy\n");
  }

  void reads_flags_as_a_status() {
    expect("2", R"({"status":false})");
    expect("0|db=2|mq=0", R"({"status":true,"checks":{"db":{"status":false},"mq":true}})");
  }

  void reads_components_beside_the_status() {
    expect("0|database=0|redis=0|services/api=0|services/worker=2",
           R"({"status":"healthy","database":{"status":"healthy","latency_ms":1.2},
               "redis":{"status":"healthy"},"services":{"api":"healthy","worker":"failed"},
               "version":"1.4.2","uptime_seconds":86400})");
  }

  void reads_spring_boot() {
    expect("2|db=2:no route|disk=0|all=0|all/one=0",
           R"({"status":"DOWN","components":{"db":{"status":"DOWN","error":"no route"},
               "disk":{"status":"UP","details":{"free":5}},
               "all":{"status":"UP","components":{"one":{"status":"UP"}}}}})");
  }

  void reads_health_json_arrays() {
    expect("1|cassandra:responseTime=1:slow",
           R"({"status":"warn","checks":{"cassandra:responseTime":[
               {"status":"pass"},{"status":"warn","output":"slow"}]}})");
  }

  void reads_microprofile_lists() {
    expect("2|queue=2|disk=0",
           R"({"status":"DOWN","checks":[{"name":"queue","status":"DOWN"},
               {"id":"disk","status":"UP"},{"status":"UP"},7]})");
  }

  void reads_kubernetes_lines() {
    expect("2|ping=0|etcd=2: failed: reason withheld",
           "[+]ping ok\n[-]etcd failed: reason withheld\nreadyz check failed\n");
  }

  void an_empty_or_foreign_text_states_nothing() {
    expect("-", "");
    expect("-", " \n\t ");
    expect("-", "<html>hello</html>");
    expect("-", "[1,2]");
  }

  void without_a_status_the_worst_check_speaks() {
    expect("1|a=0|b=1", R"({"checks":{"a":"ok","b":"warn"}})");
  }

  void refuses_broken_documents() {
    expect("broken", R"({"status":"healthy")");
    expect("broken", "{\"status\":\"\xff\xfe\"}");
    expect("broken", std::string(100'000, '['));
    expect("broken", "{\"a\":" + std::string(40, '[') + std::string(40, ']') + "}");
    expect("broken", R"({"status":1e99999})");
    expect("broken", "{\"s\":\"" + std::string(300 * 1024, 'x') + "\"}");
  }

  void stops_at_200_checks() {
    std::string body = R"({"status":"ok","checks":{)";
    for (int i = 0; i < 500; ++i) {
      body += (i > 0 ? ",\"c" : "\"c") + std::to_string(i) + "\":\"ok\"";
    }
    const auto document = read_health(body + "}}");
    CPPUNIT_ASSERT(document);
    CPPUNIT_ASSERT_EQUAL(std::size_t{200}, document->checks.size());
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(HealthDocumentTest);
}  // namespace muster
