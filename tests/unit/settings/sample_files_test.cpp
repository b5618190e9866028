// Keeps etc/ true: it loads, it mentions every key, and the defaults it shows are the real ones.
#include <cppunit/extensions/HelperMacros.h>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "aggregator/settings/settings.h"
#include "common/config/reader.h"
#include "common/config/yaml_document.h"

namespace muster {

class SampleFilesTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SampleFilesTest);
  CPPUNIT_TEST(the_sample_loads_and_holds_the_two_probes);
  CPPUNIT_TEST(the_sample_shows_every_key_with_its_default);
  CPPUNIT_TEST(the_sample_mentions_every_key_of_a_probe);
  CPPUNIT_TEST_SUITE_END();

  const std::filesystem::path etc_ = std::filesystem::path(MUSTER_SOURCE_DIR) / "etc";

  std::string sample_text() const {
    std::ostringstream text;
    text << std::ifstream(etc_ / "muster.yaml").rdbuf();
    return text.str();
  }

  // The lines of one top-level section.
  static std::string section(const std::string& text, const std::string& key) {
    const std::size_t start = text.find("\n" + key + ":");
    CPPUNIT_ASSERT_MESSAGE(key, start != std::string::npos);
    static const std::regex kNextKey("\n[a-z]");
    std::smatch next;
    const bool found =
        std::regex_search(text.begin() + static_cast<long>(start) + 1, text.end(), next, kNextKey);
    return text.substr(start, found ? next.position() + 1 : std::string::npos);
  }

  static bool mentions(const std::string& text, const std::string& key) {
    return std::regex_search(text, std::regex("\n *# *(- )?" + key + ":"));
  }

  // Every key below `schema`; `shown` is the sample's map for it, if it is not commented out.
  void check_keys(const Node& schema, const Node* shown, const std::string& text,
                  const std::string& path) {
    for (const Node::Entry& property : schema.find("properties")->entries) {
      const std::string name = path + property.key;
      const Node* preset = property.value.find("default");
      const Node* value = shown == nullptr ? nullptr : shown->find(property.key);
      CPPUNIT_ASSERT_MESSAGE(name + " is missing", value || mentions(text, property.key));
      if (property.value.find("properties") != nullptr) {
        const std::string inside = path.empty() ? section(text, property.key) : text;
        check_keys(property.value, value, inside, name + ".");
      } else if (shown != nullptr && preset != nullptr) {
        CPPUNIT_ASSERT_MESSAGE(name + " is commented out", value != nullptr);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(name, to_json(*preset, Node{}), to_json(*value, Node{}));
      } else if (shown != nullptr) {
        CPPUNIT_ASSERT_MESSAGE(name + " has no default to show", value == nullptr);
      }
      ++keys_;
    }
  }

  void the_sample_loads_and_holds_the_two_probes() {
    const auto settings = load_settings(etc_ / "muster.yaml");
    CPPUNIT_ASSERT_MESSAGE(settings ? "" : settings.error().front().to_string(),
                           settings.has_value());
    CPPUNIT_ASSERT(settings->probes.size() >= 2);
    for (std::size_t i = 2; i < settings->probes.size(); ++i) {  // those are for who has the tag
      CPPUNIT_ASSERT(settings->probes[i].spec.select != Selector{});
    }
    using namespace std::chrono_literals;
    const ProbeSpec health{"health", "http_health", 30s, 5s, 2, 5s, true, {3, 2}, {}, ""};
    const ProbeSpec metrics{"metrics", "metrics_pull", 60s, 5s, 2, 5s, false, {3, 2}, {}, ""};
    CPPUNIT_ASSERT(health == settings->probes[0].spec);
    CPPUNIT_ASSERT(metrics == settings->probes[1].spec);
    CPPUNIT_ASSERT_EQUAL(std::string("/health"), read_string(settings->probes[0].config, "path"));
    CPPUNIT_ASSERT_EQUAL(std::string("/api/v1/metrics/current"),
                         read_string(settings->probes[1].config, "path"));
  }

  void the_sample_shows_every_key_with_its_default() {
    const std::string text = sample_text();
    const auto sample = parse_yaml(text, "muster.yaml");
    CPPUNIT_ASSERT(sample.has_value());
    check_keys(settings_schema().tree(), &*sample, text, "");
    CPPUNIT_ASSERT(keys_ >= 25);
  }

  void the_sample_mentions_every_key_of_a_probe() {
    const std::string text = section(sample_text() + "\n", "probes");
    const Node& probe = *settings_schema().tree().find("properties")->find("probes")->find("items");
    const std::string comment = sample_text();
    check_keys(probe, nullptr, comment.substr(comment.find("# What to ask of which")), "probes.");
    CPPUNIT_ASSERT(keys_ >= 13);
    CPPUNIT_ASSERT(text.find("probes: []") != std::string::npos);
  }

  int keys_ = 0;
};

CPPUNIT_TEST_SUITE_REGISTRATION(SampleFilesTest);
}  // namespace muster
