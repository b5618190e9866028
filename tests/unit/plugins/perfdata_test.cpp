#include "plugins/exec/perfdata.h"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

namespace muster {
using exec_probe::read_perfdata;
using exec_probe::Reading;

class PerfdataTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(PerfdataTest);
  CPPUNIT_TEST(reads_what_check_ping_writes);
  CPPUNIT_TEST(brings_units_to_seconds_and_bytes);
  CPPUNIT_TEST(names_what_has_no_name);
  CPPUNIT_TEST(labels_may_be_quoted);
  CPPUNIT_TEST(ranges_with_one_end_are_limits);
  CPPUNIT_TEST(passes_over_what_it_cannot_read);
  CPPUNIT_TEST(is_bounded);
  CPPUNIT_TEST_SUITE_END();

  static Reading one(const std::string& text) {
    const auto readings = read_perfdata(text);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(text, std::size_t{1}, readings.size());
    return readings.front();
  }
  static void assert_reads(const std::string& text, const std::string& name, double value) {
    const Reading reading = one(text);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(text, name, reading.name);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(text, value, reading.value);
  }

  void reads_what_check_ping_writes() {
    const auto readings =
        read_perfdata("rta=0.250000ms;100.000000;200.000000;0.000000 pl=0%;50;80;0;100");
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, readings.size());
    CPPUNIT_ASSERT_EQUAL(std::string("rta_seconds"), readings[0].name);
    CPPUNIT_ASSERT_EQUAL(0.00025, readings[0].value);
    CPPUNIT_ASSERT_EQUAL(0.1, readings[0].warning.value());
    CPPUNIT_ASSERT_EQUAL(0.2, readings[0].critical.value());
    CPPUNIT_ASSERT_EQUAL(0.0, readings[0].least.value());
    CPPUNIT_ASSERT(!readings[0].most);
    CPPUNIT_ASSERT(!readings[0].renamed());
    CPPUNIT_ASSERT_EQUAL(std::string("pl_percent"), readings[1].name);
    CPPUNIT_ASSERT_EQUAL(100.0, readings[1].most.value());
  }

  void brings_units_to_seconds_and_bytes() {
    assert_reads("t=3s", "t_seconds", 3);
    assert_reads("t=12.5ms", "t_seconds", 0.0125);
    assert_reads("t=250us", "t_seconds", 0.00025);
    assert_reads("d=2KB", "d_bytes", 2000);
    assert_reads("d=2MiB", "d_bytes", 2.0 * 1024 * 1024);
    assert_reads("d=1.5GB", "d_bytes", 1.5e9);
    assert_reads("n=-.5", "n", -0.5);
    assert_reads("x=5rpm", "x_rpm", 5);
    assert_reads("in=7c", "in_total", 7);
    CPPUNIT_ASSERT(one("in=7c").counter);
    CPPUNIT_ASSERT(!one("in=7").counter);
  }

  void names_what_has_no_name() {
    const Reading root = one("/=5B");
    CPPUNIT_ASSERT_EQUAL(std::string("value_bytes"), root.name);
    CPPUNIT_ASSERT_EQUAL(std::string("/"), root.label);
    CPPUNIT_ASSERT(root.renamed());
    assert_reads("/var/log=5B", "var_log_bytes", 5);
  }

  void labels_may_be_quoted() {
    const auto readings = read_perfdata("'free of C: it''s'=5%;;;0;100 'b'=1");
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, readings.size());
    CPPUNIT_ASSERT_EQUAL(std::string("free of C: it's"), readings[0].label);
    CPPUNIT_ASSERT_EQUAL(std::string("free_of_C_it_s_percent"), readings[0].name);
    CPPUNIT_ASSERT_EQUAL(std::string("b"), readings[1].name);
  }

  void ranges_with_one_end_are_limits() {
    const Reading reading = one("a=1;0:10;~:20");
    CPPUNIT_ASSERT_EQUAL(10.0, reading.warning.value());
    CPPUNIT_ASSERT_EQUAL(20.0, reading.critical.value());
    const Reading ranges = one("a=1;5:10;@1:2");
    CPPUNIT_ASSERT(!ranges.warning && !ranges.critical);
  }

  void passes_over_what_it_cannot_read() {
    for (const char* text : {"", "a", "=", "a=", "a=U;1;2", "=5", "'a=1", "'a' =1", "a=inf",
                             "a=nan", "a=--1", "a=0x", "a=1e999", "a=5abcdefghijklmnopqrstuv"}) {
      const auto readings = read_perfdata(std::string(text) + " last=1");
      CPPUNIT_ASSERT_MESSAGE(text, !readings.empty() || std::string(text) == "'a=1");
      for (const Reading& reading : readings) {
        CPPUNIT_ASSERT_MESSAGE(text, reading.name == "last" || std::string(text) == "a=0x");
      }
    }
  }

  void is_bounded() {
    std::string text;
    for (int i = 0; i < 1000; ++i) text += "a=1 ";
    CPPUNIT_ASSERT_EQUAL(std::size_t{500}, read_perfdata(text).size());
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PerfdataTest);
}  // namespace muster
