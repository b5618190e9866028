#include "aggregator/settings/probe_entry.h"

#include <cppunit/extensions/HelperMacros.h>

#include "common/config/yaml_document.h"

namespace muster {

class ProbeEntryTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ProbeEntryTest);
  CPPUNIT_TEST(gives_a_plugin_its_config_as_json);
  CPPUNIT_TEST(names_the_nearest_plugin);
  CPPUNIT_TEST(collects_the_faults_of_all_probes);
  CPPUNIT_TEST(puts_a_plugins_own_error_at_its_place);
  CPPUNIT_TEST_SUITE_END();

  const Schema http_ = Schema::builtin(
      "{type: object, required: [path], properties: {path: {type: string}, port: {type: integer, "
      "default: 80}}}");
  const PluginSchemas plugins_{{"http_health", &http_}};

  static ProbeEntry probe(const std::string& text) {
    auto document = parse_yaml(text, "10.yaml");
    CPPUNIT_ASSERT(document.has_value());
    const auto schema = Schema::builtin(kProbesSchema);
    Node list{Node::Kind::kList, {}};
    list.items.push_back(*document);
    CPPUNIT_ASSERT(schema.apply(list, Surroundings::system()).empty());
    return read_probe(list.items[0], {});
  }

  std::string finished(std::vector<ProbeEntry> probes, const PluginSchemas& plugins) {
    std::string lines;
    for (const Fault& fault : finish_probes(probes, plugins)) lines += fault.to_string() + "\n";
    return lines.empty() ? probes.at(0).spec.config_json : lines;
  }

  void gives_a_plugin_its_config_as_json() {
    CPPUNIT_ASSERT_EQUAL(
        std::string(R"({"path":"/h","port":80})"),
        finished({probe("{name: a, plugin: http_health, config: {path: /h}}")}, plugins_));
  }

  void names_the_nearest_plugin() {
    const auto misspelt = probe("{name: a, plugin: http_helth}");
    CPPUNIT_ASSERT_EQUAL(std::string("10.yaml:1:19: plugin: unknown plugin \"http_helth\", did "
                                     "you mean \"http_health\"?\n"),
                         finished({misspelt}, plugins_));
    CPPUNIT_ASSERT_EQUAL(std::string("10.yaml:1:19: plugin: unknown plugin \"redis\"; loaded: "
                                     "http_health\n"),
                         finished({probe("{name: a, plugin: redis}")}, plugins_));
    CPPUNIT_ASSERT_EQUAL(
        std::string("10.yaml:1:19: plugin: unknown plugin \"http_helth\"; no plugin is loaded\n"),
        finished({misspelt}, {}));
  }

  void collects_the_faults_of_all_probes() {
    CPPUNIT_ASSERT_EQUAL(
        std::string("10.yaml:1:1: missing required key \"path\"\n"
                    "10.yaml:2:10: unknown key \"pth\", did you mean \"path\"?\n"),
        finished({probe("{name: a, plugin: http_health}"),
                  probe("name: b\nconfig: {pth: 1, path: /}\nplugin: http_health")},
                 plugins_));
  }

  void puts_a_plugins_own_error_at_its_place() {
    const auto entry = probe("name: a\nplugin: http_health\nconfig:\n  list:\n    - x\n    - y\n");
    CPPUNIT_ASSERT_EQUAL(std::string("10.yaml:6:7: probe \"a\": /list/1: no: good"),
                         plugin_fault(entry, "/list/1: no: good").to_string());
    CPPUNIT_ASSERT_EQUAL(std::string("10.yaml:4:3: probe \"a\": out of luck"),
                         plugin_fault(entry, "out of luck").to_string());
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ProbeEntryTest);
}  // namespace muster
