// Keeps etc/probes.d true: every plugin that is named there takes its configuration.
#include <cppunit/extensions/HelperMacros.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "common/config/reader.h"
#include "common/config/schema.h"
#include "common/config/yaml_document.h"
#include "common/plugin/configured_probe.h"
#include "tests/support/must.h"

namespace muster {

class SampleProbesTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SampleProbesTest);
  CPPUNIT_TEST(every_plugin_takes_its_sample);
  CPPUNIT_TEST_SUITE_END();

  static void assert_taken(Node probe) {
    const std::string plugin = read_string(probe, "plugin");
    const auto library = test::must(PluginLibrary::load(std::string(MUSTER_BUILD_DIR) +
                                                        "/plugins/muster_probe_" + plugin + ".so"));
    const Schema schema = test::must(Schema::parse(library->table().config_schema));
    Node config = *probe.find("config");
    const Faults faults = schema.apply(config, Surroundings::system());
    CPPUNIT_ASSERT_MESSAGE(plugin + (faults.empty() ? "" : ": " + faults.front().to_string()),
                           faults.empty());
    const SystemClock clock;
    test::must(ConfiguredProbe::create(library, "sample", to_json(config, schema.tree()), clock));
  }

  void every_plugin_takes_its_sample() {
    std::size_t taken = 0;
    for (const auto& file :
         std::filesystem::directory_iterator(MUSTER_SOURCE_DIR "/etc/probes.d")) {
      std::ostringstream text;
      text << std::ifstream(file.path()).rdbuf();
      const Node document = parse_yaml(text.str(), file.path().string()).value();
      for (const Node& probe : document.find("probes")->items) {
        assert_taken(probe);
        ++taken;
      }
    }
    CPPUNIT_ASSERT(taken >= 6);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SampleProbesTest);
}  // namespace muster
