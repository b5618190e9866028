// Keeps etc/probes.d true: each entry is one that its plugin takes, for servers with a tag of their
// own, and mentions every key.
#include <cppunit/extensions/HelperMacros.h>

#include <fstream>
#include <regex>
#include <sstream>

#include "tests/support/probe_scene.h"

namespace muster {

class SampleProbesTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SampleProbesTest);
  CPPUNIT_TEST(tcp);
  CPPUNIT_TEST(tls);
  CPPUNIT_TEST(redis);
  CPPUNIT_TEST(dns);
  CPPUNIT_TEST_SUITE_END();

  static std::string text_of(const std::string& file) {
    std::ostringstream text;
    text << std::ifstream(std::string(MUSTER_SOURCE_DIR) + "/etc/probes.d/" + file).rdbuf();
    return text.str();
  }

  static void check(const std::string& file, const std::string& plugin) {
    const std::string text = text_of(file);
    const Node tree = parse_yaml(text, file).value();
    const Node& entry = tree.find("probes")->items.at(0);
    CPPUNIT_ASSERT_EQUAL(plugin, entry.find("plugin")->text);
    CPPUNIT_ASSERT(entry.find("select") != nullptr);

    const auto library = test::must(PluginLibrary::load(std::string(MUSTER_BUILD_DIR) +
                                                        "/plugins/muster_probe_" + plugin + ".so"));
    const Schema schema = test::must(Schema::parse(library->table().config_schema));
    Node config = *entry.find("config");
    const Faults faults = schema.apply(config, Surroundings::system());
    CPPUNIT_ASSERT_MESSAGE(faults.empty() ? "" : faults.front().to_string(), faults.empty());
    SystemClock clock;
    test::must(ConfiguredProbe::create(library, "test", to_json(config, schema.tree()), clock));
    for (const Node::Entry& property : schema.tree().find("properties")->entries) {
      const std::regex shown("\n *(# )?" + property.key + ":");
      CPPUNIT_ASSERT_MESSAGE(property.key + " is missing", std::regex_search(text, shown));
    }
  }

  void tcp() { check("40-tcp.yaml", "tcp"); }
  void tls() { check("41-tls.yaml", "tls"); }
  void redis() { check("42-redis.yaml", "redis"); }
  void dns() { check("43-dns.yaml", "dns"); }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SampleProbesTest);
}  // namespace muster
