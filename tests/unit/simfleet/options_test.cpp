#include "tests/simfleet/options.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {
using namespace sim;

class OptionsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(OptionsTest);
  CPPUNIT_TEST(has_defaults);
  CPPUNIT_TEST(reads_every_option);
  CPPUNIT_TEST(says_which_option_is_wrong);
  CPPUNIT_TEST(listens_on_loopback_only);
  CPPUNIT_TEST(help_names_every_behaviour);
  CPPUNIT_TEST_SUITE_END();

  void has_defaults() {
    const auto options = parse_options({});
    CPPUNIT_ASSERT_EQUAL(std::uint16_t{18480}, options->port);
    CPPUNIT_ASSERT(!options->tls_port);
    CPPUNIT_ASSERT_EQUAL(1u, options->threads);
    CPPUNIT_ASSERT(options->duration.count() == 0);
  }

  void reads_every_option() {
    const auto options = parse_options({"--listen",      "127.0.0.2",
                                        "--port",        "1",
                                        "--tls-port",    "2",
                                        "--closed-port", "5",
                                        "--silent-port", "6",
                                        "--ca-file",     "ca",
                                        "--token",       "t",
                                        "--rule",        "127.1.0.0/16=hang",
                                        "--rule",        "127.2.0.0/16=drip",
                                        "--tls-rule",    "127.3.0.0/16=good",
                                        "--threads",     "3",
                                        "--duration",    "4"});
    CPPUNIT_ASSERT(options.has_value());
    CPPUNIT_ASSERT_EQUAL(std::uint16_t{2}, options->tls_port.value());
    CPPUNIT_ASSERT_EQUAL(std::uint16_t{5}, options->closed_port.value());
    CPPUNIT_ASSERT_EQUAL(std::uint16_t{6}, options->silent_port.value());
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, options->rules.size());
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, options->tls_rules.size());
    CPPUNIT_ASSERT_EQUAL(3u, options->threads);
    CPPUNIT_ASSERT(options->duration == std::chrono::seconds(4));
    CPPUNIT_ASSERT_EQUAL(std::string("t"), options->token);
  }

  void says_which_option_is_wrong() {
    const auto number = parse_options({"--port", "65536"});
    CPPUNIT_ASSERT_EQUAL(std::string("--port: expected a number from 0 to 65535, not '65536'"),
                         number.error().message);
    CPPUNIT_ASSERT_EQUAL(std::string("no option --prot"),
                         parse_options({"--prot", "1"}).error().message);
    CPPUNIT_ASSERT_EQUAL(std::string("--rule needs a value"),
                         parse_options({"--rule"}).error().message);
  }

  void listens_on_loopback_only() {
    CPPUNIT_ASSERT(parse_options({"--listen", "0.0.0.0"}));
    CPPUNIT_ASSERT(parse_options({"--listen", "127.9.9.9"}));
    for (const char* address : {"10.0.0.1", "192.168.1.1", "255.255.255.255", "host", ""}) {
      CPPUNIT_ASSERT_MESSAGE(address, !parse_options({"--listen", address}));
    }
  }

  void help_names_every_behaviour() {
    CPPUNIT_ASSERT(parse_options({"--help"})->help);
    for (const BehaviourEntry& entry : behaviour_table()) {
      CPPUNIT_ASSERT(usage().find("\n  " + std::string(entry.name)) != std::string::npos);
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(OptionsTest);
}  // namespace muster
