// What a host process says is not trusted: records that are cut, too long or mad.
#include "common/wall/wire.h"

#include <cppunit/extensions/HelperMacros.h>

#include <functional>
#include <limits>

#include "common/plugin/translate.h"

namespace muster {

class WireTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(WireTest);
  CPPUNIT_TEST(a_record_that_is_cut_anywhere_is_told);
  CPPUNIT_TEST(a_count_past_the_end_takes_no_memory);
  CPPUNIT_TEST(says_what_it_was_told);
  CPPUNIT_TEST(a_greeting_is_tidied);
  CPPUNIT_TEST(phases_stay_within_reason);
  CPPUNIT_TEST_SUITE_END();

  using Take = std::function<void(ByteReader&)>;

  static bool readable(std::string_view bytes, const Take& take) {
    ByteReader reader(bytes);
    reader.take<std::uint8_t>();
    take(reader);
    return reader.ok();
  }

  static void assert_needs_all_of(const std::string& record, const Take& take) {
    CPPUNIT_ASSERT(readable(record, take));
    for (std::size_t size = 0; size < record.size(); ++size) {
      CPPUNIT_ASSERT_MESSAGE(std::to_string(size), !readable(record.substr(0, size), take));
    }
  }

  static Server server() {
    Server made;
    made.name = "one";
    made.hostname = "one.example";
    made.tls = std::make_shared<const TlsIdentity>(TlsIdentity{"ca", "certificate", Secret("key")});
    return made;
  }

  static Finding finding() {
    Finding made;
    made.words = say("well", {{"disk", CheckStatus::kOk, "half full"}});
    made.metrics = {{"load", Metric::Kind::kGauge, 1.5, {{"core", "0"}}}};
    return made;
  }

  void a_record_that_is_cut_anywhere_is_told() {
    assert_needs_all_of(wire::setup({{"10.0.0.0/8"}, {}, {"9.9.9.9"}, "/ca.pem", 2, 1, 77}),
                        [](ByteReader& reader) { wire::take_setup(reader); });
    assert_needs_all_of(wire::hello({"one", "1.0", "is one", "{}", {"muster.http/1"}}),
                        [](ByteReader& reader) { wire::take_hello(reader); });
    const Server known = server();
    assert_needs_all_of(wire::start({1, 2, 3, 4}, &known, true), [](ByteReader& reader) {
      wire::take_start(reader);
      wire::take_server(reader);
    });
    assert_needs_all_of(wire::done(7, finding()), [](ByteReader& reader) {
      reader.take<std::uint32_t>();
      const wire::TakenResult taken(reader);
    });
  }

  void a_count_past_the_end_takes_no_memory() {
    std::string bytes;
    ByteWriter writer(bytes);
    for (int i = 0; i < 4; ++i) writer.put_text("");
    writer.put(std::numeric_limits<std::uint32_t>::max());
    ByteReader reader(bytes);
    CPPUNIT_ASSERT(wire::take_hello(reader).services.empty());
    CPPUNIT_ASSERT(!reader.ok());
  }

  void says_what_it_was_told() {
    const std::string record = wire::done(7, finding());
    ByteReader reader(record);
    CPPUNIT_ASSERT(static_cast<wire::Kind>(reader.take<std::uint8_t>()) == wire::Kind::kDone);
    CPPUNIT_ASSERT_EQUAL(7U, reader.take<std::uint32_t>());
    const wire::TakenResult taken(reader);
    const Finding read = to_finding(taken.c_result(), to_words(taken.c_result()));
    CPPUNIT_ASSERT_EQUAL(std::string("well"), read.message());
    CPPUNIT_ASSERT_EQUAL(std::string("half full"), read.words->components.at(0).message);
    CPPUNIT_ASSERT_EQUAL(1.5, read.metrics.at(0).value);
  }

  void a_greeting_is_tidied() {
    const std::string record =
        wire::hello({"one", "1.0\n" + std::string(1000, 'x'), "two\nlines", "{}", {}});
    ByteReader reader(std::string_view(record).substr(1));
    const wire::Hello hello = wire::take_hello(reader);
    CPPUNIT_ASSERT(hello.version.starts_with("1.0?x"));
    CPPUNIT_ASSERT_EQUAL(kMostNameBytes, hello.version.size());
    CPPUNIT_ASSERT_EQUAL(std::string("two?lines"), hello.summary);
  }

  void phases_stay_within_reason() {
    Finding mad = finding();
    mad.phases.dns = std::chrono::microseconds(std::numeric_limits<std::int64_t>::max());
    mad.phases.tls = std::chrono::microseconds(std::numeric_limits<std::int64_t>::min());
    const std::string record = wire::done(7, mad);
    ByteReader reader(std::string_view(record).substr(5));
    const wire::TakenResult taken(reader);
    const Finding read = to_finding(taken.c_result(), to_words(taken.c_result()));
    CPPUNIT_ASSERT(read.phases.dns == std::chrono::hours(1));
    CPPUNIT_ASSERT(read.phases.tls == std::chrono::hours(0));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(WireTest);
}  // namespace muster
