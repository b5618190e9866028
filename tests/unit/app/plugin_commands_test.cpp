#include "aggregator/app/plugin_commands.h"

#include <cppunit/extensions/HelperMacros.h>

#include "aggregator/app/plugin_description.h"
#include "common/base/file.h"
#include "common/config/yaml_document.h"
#include "common/plugin/plugin_library.h"
#include "tests/support/temp_dir.h"

namespace muster {
namespace fs = std::filesystem;

class PluginCommandsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(PluginCommandsTest);
  CPPUNIT_TEST(lists_what_is_there_and_what_is_refused);
  CPPUNIT_TEST(a_missing_folder_is_an_error);
  CPPUNIT_TEST(describes_all_that_a_schema_can_say);
  CPPUNIT_TEST(never_prints_the_default_of_a_secret);
  CPPUNIT_TEST(describes_lists_of_maps);
  CPPUNIT_TEST(its_example_is_a_right_configuration);
  CPPUNIT_TEST(names_the_nearest_plugin);
  CPPUNIT_TEST(begins_a_plugin);
  CPPUNIT_TEST(refuses_to_begin);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    fs::create_directory(folder());
    fs::copy(MUSTER_BUILD_DIR "/tests/plugins/particular.so", folder());
    settings_.plugin_directory = folder();
  }

 private:
  using Run = Result<std::string> (*)(const Settings&, const CommandArguments&);

  fs::path folder() const { return files_.path() / "plugins"; }

  std::string said(Run run, const CommandArguments& arguments = {}) const {
    auto text = run(settings_, arguments);
    std::string words = text ? *text : "error: " + text.error().message;
    for (std::size_t at; (at = words.find(files_.path().string())) != std::string::npos;) {
      words.replace(at, files_.path().string().size(), "DIR");
    }
    return words;
  }

  static std::string content(const fs::path& file) {
    const auto text = read_file(file, 100'000);
    CPPUNIT_ASSERT_MESSAGE(file.string(), text.has_value());
    return *text;
  }

  void lists_what_is_there_and_what_is_refused() {
    fs::copy(MUSTER_BUILD_DIR "/tests/plugins/newer_abi.so", folder());
    files_.write("plugins/text.so", "not a library");
    const std::string text = said(list_plugins);
    CPPUNIT_ASSERT_MESSAGE(text, text.starts_with("particular 2.1.0  DIR/plugins/particular.so\n"
                                                  "    Is particular about its configuration\n"
                                                  "refused: newer_abi.so: built for probe ABI 1."));
    CPPUNIT_ASSERT_MESSAGE(text, text.ends_with("\nrefused: text.so: not an ELF file\n"));
    fs::remove_all(folder());
    fs::create_directory(folder());
    CPPUNIT_ASSERT_EQUAL(std::string("DIR/plugins holds no plugins\n"), said(list_plugins));
  }

  void a_missing_folder_is_an_error() {
    fs::remove_all(folder());
    CPPUNIT_ASSERT_EQUAL(
        std::string("error: plugins.directory: DIR/plugins: No such file or directory"),
        said(list_plugins));
  }

  void describes_all_that_a_schema_can_say() {
    CPPUNIT_ASSERT_EQUAL(content(MUSTER_SOURCE_DIR "/tests/unit/app/particular.description"),
                         said(describe_plugin, {"particular"}));
  }

  void never_prints_the_default_of_a_secret() {
    const Schema schema = Schema::builtin(
        "{type: object, properties: {a: {type: string, x-muster-secret: true, default: hunter2}}}");
    const std::string text = describe_keys(schema) + example_entry("x", schema);
    CPPUNIT_ASSERT_MESSAGE(text, text.find("hunter2") == std::string::npos);
    CPPUNIT_ASSERT_MESSAGE(text, text.find("a: secret text, has a default\n") != std::string::npos);
  }

  void describes_lists_of_maps() {
    const Schema schema = Schema::builtin(
        "{type: object, properties: {l: {type: array, items: {type: object, required: [x], "
        "properties: {x: {type: string, format: port}}}}}}");
    CPPUNIT_ASSERT_EQUAL(std::string("  l: list\n      each: map\n  l[].x: port, required\n"),
                         describe_keys(schema));
  }

  // That of `particular` needs its secrets' files; everything else must be taken as it is.
  void its_example_is_a_right_configuration() {
    const std::string text = said(describe_plugin, {"particular"});
    const auto example = parse_yaml(text.substr(text.find("probes:\n")), "example");
    CPPUNIT_ASSERT_MESSAGE(text, example.has_value());
    Node config = *example->find("probes")->items.at(0).find("config");
    const auto library = PluginLibrary::load(folder() / "particular.so");
    const Surroundings surroundings{
        [](const std::string&) { return std::nullopt; },
        [](const fs::path&) -> Result<std::string> { return "long enough"; }};
    const Faults faults =
        Schema::builtin((*library)->table().config_schema).apply(config, surroundings);
    CPPUNIT_ASSERT_MESSAGE(faults.empty() ? "" : faults[0].to_string(), faults.empty());
  }

  void names_the_nearest_plugin() {
    CPPUNIT_ASSERT_EQUAL(
        std::string("error: no plugin \"partikular\" in DIR/plugins, did you mean \"particular\"?"),
        said(describe_plugin, {"partikular"}));
    CPPUNIT_ASSERT_EQUAL(
        std::string("error: no plugin \"redis\" in DIR/plugins; see musterd plugin list"),
        said(describe_plugin, {"redis"}));
  }

  void begins_a_plugin() {
    const fs::path made = files_.path() / "door";
    CPPUNIT_ASSERT_EQUAL(
        std::string(
            "the plugin door_check begins in DIR/door; its README.md says how to build it\n"),
        said(begin_plugin, {"door_check", made}));
    const std::string source = content(made / "door_check.cpp");
    CPPUNIT_ASSERT(source.find("MUSTER_PROBE(DoorCheckCheck, \"door_check\"") != std::string::npos);
    for (const auto& file : fs::directory_iterator(made)) {
      const std::string text = file.path().filename().string() + content(file);
      CPPUNIT_ASSERT_MESSAGE(text, text.find("my_probe") == std::string::npos);
      CPPUNIT_ASSERT_MESSAGE(text, text.find("MyProbe") == std::string::npos);
    }
    // By its own name it is the template, byte for byte.
    said(begin_plugin, {"my_probe", files_.path() / "same"});
    int files = 0;
    for (const auto& file : fs::directory_iterator(MUSTER_SOURCE_DIR "/plugins/template")) {
      ++files;
      CPPUNIT_ASSERT_EQUAL(content(file), content(files_.path() / "same" / file.path().filename()));
    }
    CPPUNIT_ASSERT_EQUAL(5, files);
  }

  void refuses_to_begin() {
    const std::string there = files_.path() / "plugins";
    CPPUNIT_ASSERT_EQUAL(std::string("error: DIR/plugins: is there already; name another folder"),
                         said(begin_plugin, {"door", there}));
    const std::string nowhere = files_.path() / "no" / "where";
    CPPUNIT_ASSERT_EQUAL(std::string("error: DIR/no/where: No such file or directory"),
                         said(begin_plugin, {"door", nowhere}));
    for (const std::string name : {"", "Door", "1door", "_door", "a-b", "a b", "../x", "a/b"}) {
      const std::string words = said(begin_plugin, {name, files_.path() / "new"});
      CPPUNIT_ASSERT_MESSAGE(words, words.starts_with("error: \"" + name + "\" is no name for"));
    }
    const std::string longest(63, 'a');
    CPPUNIT_ASSERT(said(begin_plugin, {longest + "a", files_.path() / "new"}).starts_with("error"));
    CPPUNIT_ASSERT(!fs::exists(files_.path() / "new"));
    CPPUNIT_ASSERT(!said(begin_plugin, {longest, files_.path() / "new"}).starts_with("error"));
  }

  const test::TempDir files_;
  Settings settings_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(PluginCommandsTest);
}  // namespace muster
