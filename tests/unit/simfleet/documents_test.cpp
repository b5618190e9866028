#include "tests/simfleet/documents.h"

#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>
#include <cppunit/extensions/HelperMacros.h>
#include <zlib.h>

#include "tests/simfleet/hostile_bodies.h"

namespace muster {
using namespace sim;

class DocumentsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(DocumentsTest);
  CPPUNIT_TEST(health_says_its_condition);
  CPPUNIT_TEST(metrics_depend_on_address_and_time_alone);
  CPPUNIT_TEST(metrics_stay_plausible);
  CPPUNIT_TEST(the_bomb_is_small_and_decodes_to_much);
  CPPUNIT_TEST_SUITE_END();

  static Poco::JSON::Object::Ptr parse(std::string_view text) {
    return Poco::JSON::Parser().parse(std::string(text)).extract<Poco::JSON::Object::Ptr>();
  }

  static std::string metrics(Ipv4 address, int seconds, Condition condition = Condition::kHealthy) {
    std::string text;
    append_metrics_document(text, address, condition,
                            std::chrono::sys_seconds(std::chrono::seconds(seconds)));
    return text;
  }

  void health_says_its_condition() {
    CPPUNIT_ASSERT_EQUAL(std::size_t{243}, health_document(Condition::kHealthy).size());
    const auto status = [](Condition condition) {
      return parse(health_document(condition))->getValue<std::string>("status");
    };
    CPPUNIT_ASSERT_EQUAL(std::string("healthy"), status(Condition::kHealthy));
    CPPUNIT_ASSERT_EQUAL(std::string("degraded"), status(Condition::kDegraded));
    CPPUNIT_ASSERT_EQUAL(std::string("unhealthy"), status(Condition::kUnhealthy));
  }

  void metrics_depend_on_address_and_time_alone() {
    CPPUNIT_ASSERT_EQUAL(metrics(0x7f000001, 1000), metrics(0x7f000001, 1000));
    CPPUNIT_ASSERT(metrics(0x7f000001, 1000) != metrics(0x7f000002, 1000));
    CPPUNIT_ASSERT(metrics(0x7f000001, 1000) != metrics(0x7f000001, 1060));
    const auto document = parse(metrics(0x7f000001, 1'795'420'800));
    CPPUNIT_ASSERT_EQUAL(std::string("2026-11-23T08:00:00Z"),
                         document->getValue<std::string>("timestamp"));
  }

  void metrics_stay_plausible() {
    for (Ipv4 address = 0x7f000000; address < 0x7f000000 + 2000; ++address) {
      const Condition condition = address % 2 == 0 ? Condition::kHealthy : Condition::kUnhealthy;
      const auto document = parse(metrics(address, static_cast<int>(address % 997), condition));
      for (const char* part : {"cpu", "memory", "disk"}) {
        const double percent = document->getObject(part)->getValue<double>("usage_percent");
        CPPUNIT_ASSERT(percent >= 0 && percent <= 100);
      }
    }
  }

  void the_bomb_is_small_and_decodes_to_much() {
    std::string bomb = gzip_bomb();
    CPPUNIT_ASSERT(bomb.size() < 250'000);
    std::string out(1 << 20, '\0');
    z_stream stream{};
    inflateInit2(&stream, 16 + MAX_WBITS);
    stream.next_in = reinterpret_cast<Bytef*>(bomb.data());
    stream.avail_in = static_cast<uInt>(bomb.size());
    int result = Z_OK;
    while (result == Z_OK) {
      stream.next_out = reinterpret_cast<Bytef*>(out.data());
      stream.avail_out = static_cast<uInt>(out.size());
      result = inflate(&stream, Z_NO_FLUSH);
    }
    CPPUNIT_ASSERT_EQUAL(Z_STREAM_END, result);  // the checksum is right, too
    CPPUNIT_ASSERT(stream.total_out > kBombBytes);
    inflateEnd(&stream);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DocumentsTest);
}  // namespace muster
