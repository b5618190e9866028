#include "common/config/yaml_document.h"

#include <cppunit/extensions/HelperMacros.h>

#include "tests/support/temp_dir.h"

namespace muster {

class YamlDocumentTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(YamlDocumentTest);
  CPPUNIT_TEST(keeps_order_place_and_quotes);
  CPPUNIT_TEST(copies_what_an_alias_names);
  CPPUNIT_TEST(takes_an_empty_file_for_an_empty_map);
  CPPUNIT_TEST(reads_json_too);
  CPPUNIT_TEST(refuses_deep_nesting_without_falling_over);
  CPPUNIT_TEST(counts_the_depth_behind_aliases);
  CPPUNIT_TEST(refuses_alias_bombs_of_values_and_of_text);
  CPPUNIT_TEST(refuses_an_alias_inside_its_own_value);
  CPPUNIT_TEST(refuses_a_file_over_one_mebibyte);
  CPPUNIT_TEST(reports_every_duplicate_key);
  CPPUNIT_TEST(refuses_keys_that_are_not_text);
  CPPUNIT_TEST(refuses_foreign_tags_and_merge_keys);
  CPPUNIT_TEST(refuses_characters_that_yaml_has_not);
  CPPUNIT_TEST(finds_a_quote_that_is_never_closed);
  CPPUNIT_TEST(explains_broken_yaml);
  CPPUNIT_TEST(stays_quick_with_many_keys);
  CPPUNIT_TEST(finds_the_place_of_a_json_pointer);
  CPPUNIT_TEST_SUITE_END();

  static std::string faults_of(const std::string& text) {
    const auto document = parse_yaml(text, "a.yaml");
    if (document) return "no fault";
    std::string lines;
    for (const Fault& fault : document.error()) {
      lines += (lines.empty() ? "" : "\n") + fault.to_string();
    }
    return lines;
  }

  static void refuses(const std::string& expected, const std::string& text) {
    CPPUNIT_ASSERT_EQUAL(expected, faults_of(text));
  }

  static Node parsed(const std::string& text) {
    const auto document = parse_yaml(text, "a.yaml");
    CPPUNIT_ASSERT_MESSAGE(faults_of(text), document.has_value());
    return *document;
  }

  static std::string place(const Node& node) { return node.at.to_string(); }

  void keeps_order_place_and_quotes() {
    const Node root = parsed("# a comment\nb: 5\na:\n  - '5'\n  - !!str 7\n  - ~\n");
    CPPUNIT_ASSERT_EQUAL(std::string("b"), root.entries.at(0).key);
    CPPUNIT_ASSERT_EQUAL(std::string("a.yaml:2:1"), root.entries[0].at.to_string());
    CPPUNIT_ASSERT_EQUAL(std::string("a.yaml:2:4"), place(root.entries[0].value));
    CPPUNIT_ASSERT(!root.entries[0].value.quoted);
    const auto& items = root.find("a")->items;
    CPPUNIT_ASSERT_EQUAL(std::string("a.yaml:4:5"), place(items.at(0)));
    CPPUNIT_ASSERT(items[0].quoted);
    CPPUNIT_ASSERT(items.at(1).quoted);
    CPPUNIT_ASSERT(items.at(2).kind == Node::Kind::kNull);
    CPPUNIT_ASSERT(root.find("c") == nullptr);
  }

  void copies_what_an_alias_names() {
    const Node root = parsed("a: &x {k: [1, 2]}\nb: *x\n");
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, root.find("b")->find("k")->items.size());
    CPPUNIT_ASSERT_EQUAL(std::string("a.yaml:1:12"), place(root.find("b")->find("k")->items[0]));
  }

  void takes_an_empty_file_for_an_empty_map() {
    for (const char* text : {"", "# only a comment\n", "---\n", "~\n"}) {
      CPPUNIT_ASSERT(parsed(text).kind == Node::Kind::kMap);
      CPPUNIT_ASSERT(parsed(text).entries.empty());
    }
  }

  void reads_json_too() {
    const Node root = parsed("{\n\t\"a\":[1,\"two\\u00e9\\/\"],\n\t\"b\":{\"c\":null}}");
    CPPUNIT_ASSERT_EQUAL(std::string("two\xc3\xa9/"), root.find("a")->items.at(1).text);
    CPPUNIT_ASSERT(root.find("b")->find("c")->kind == Node::Kind::kNull);
  }

  void refuses_deep_nesting_without_falling_over() {
    const std::string expected = "a.yaml:1:65: nested deeper than 64 levels";
    refuses(expected, std::string(100'000, '[') + std::string(100'000, ']'));
    refuses("a.yaml:1:1: a key must be plain text; is a bracket left open?",
            std::string(100'000, '['));
    refuses(expected, std::string(65, '[') + std::string(65, ']'));
    refuses("no fault", std::string(64, '[') + std::string(64, ']'));
    std::string dashes;
    for (int i = 0; i < 100'000; ++i) dashes += "- ";
    refuses("a.yaml:1:129: nested deeper than 64 levels", dashes);
    std::string maps;
    for (int i = 0; i < 100'000; ++i) maps += "{a: ";
    maps += std::string(100'000, '}');
    refuses("a.yaml:1:257: nested deeper than 64 levels", maps);
  }

  void counts_the_depth_behind_aliases() {
    const std::string forty = std::string(40, '[') + std::string(40, ']');
    refuses("no fault", "a: &x " + forty + "\nb: *x\n");
    refuses("a.yaml:2:35: nested deeper than 64 levels",
            "a: &x " + forty + "\nb: " + std::string(31, '[') + "*x" + std::string(31, ']'));
  }

  void refuses_alias_bombs_of_values_and_of_text() {
    std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 20; ++i) {
      const std::string before = "*a" + std::to_string(i - 1);
      bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
      for (int k = 1; k < 10; ++k) bomb += ", " + before;
      bomb += "]\n";
    }
    const std::string what =
        "too much content: more than 100000 values or 4194304 bytes of text once aliases are "
        "replaced";
    CPPUNIT_ASSERT(faults_of(bomb).ends_with(what));
    std::string book = "a: &a " + std::string(500'000, 'x') + "\nb: [";
    for (int i = 0; i < 10; ++i) book += "*a, ";
    CPPUNIT_ASSERT(faults_of(book + "]\n").ends_with(what));
  }

  void refuses_an_alias_inside_its_own_value() {
    refuses("a.yaml:1:8: this alias stands inside the very value it names", "a: &x [*x]\n");
  }

  void refuses_a_file_over_one_mebibyte() {
    const std::string most = "# " + std::string(1024 * 1024 - 2, 'x');
    refuses("no fault", most);
    refuses("a.yaml: larger than 1048576 bytes", most + "x");
    const test::TempDir folder;
    const auto path = folder.write("large.yaml", most + "x");
    const auto loaded = load_yaml(path);
    CPPUNIT_ASSERT(!loaded);
    CPPUNIT_ASSERT_EQUAL(path.string() + ": larger than 1048576 bytes",
                         loaded.error().at(0).to_string());
    const auto missing = load_yaml(folder.path() / "no.yaml");
    CPPUNIT_ASSERT_EQUAL((folder.path() / "no.yaml").string() + ": No such file or directory",
                         missing.error().at(0).to_string());
  }

  void reports_every_duplicate_key() {
    refuses(
        "a.yaml:2:1: key \"a\" is given twice, first on line 1\n"
        "a.yaml:3:11: key \"c\" is given twice, first on line 3",
        "a: 1\na: 2\nb: {c: 1, c: 2}\n");
  }

  void refuses_keys_that_are_not_text() {
    refuses("a.yaml:1:3: a key must be plain text; is a bracket left open?", "? [a, b]\n: 1\n");
    refuses("a.yaml:1:1: a key must be plain text; is a bracket left open?", "{a: b}: 1\n");
    refuses("a.yaml:1:1: a key must be plain text", "~: 1\n");
    refuses("a.yaml:2:1: a key must be plain text", "a: &x b\n*x : 1\n");
  }

  void refuses_foreign_tags_and_merge_keys() {
    refuses("a.yaml:1:4: the tag \"!danger\" is not supported", "a: !danger x\n");
    refuses("a.yaml:1:4: the tag \"tag:yaml.org,2002:binary\" is not supported",
            "a: !!binary eHg=\n");
    refuses("a.yaml:2:5: unknown key \"<<\": merge keys are not supported",
            "a: &a {x: 1}\nb: {<<: *a}\n");
  }

  void refuses_characters_that_yaml_has_not() {
    refuses("a.yaml:2:6: this is not UTF-8", "a: 1\nb: \xc3\xa9\xff\n");  // é is two bytes
    refuses("a.yaml:2:2: control characters are not allowed in YAML",
            std::string("a: 1\nb\0: 2", 10));
    refuses("a.yaml:1:5: control characters are not allowed in YAML", "a: 1\x04\nb: 2\n");
    refuses("a.yaml:1:1: this is not UTF-8",
            "\xff\xfe"
            "a");
    refuses("no fault",
            "\xef\xbb\xbf"
            "a: \xc3\xa9\r\n");
  }

  void finds_a_quote_that_is_never_closed() {
    refuses("a.yaml:2:4: this quote is never closed", "a: 1\nb: \"x\\\"\n");
    refuses("a.yaml:2:4: this quote is never closed", "a: 1\nb: 'x\n");
    refuses("no fault", "a: \"x\\\\\"\nb: 'it''s'\nc: it's\nd: ''\n'e': \"\"");
    refuses("a.yaml:1:6: not valid YAML: a quote is never closed",
            "\xef\xbb\xbf"
            "a: 'x");
    refuses("a.yaml:1:4: this quote is never closed",
            "\xef\xbb\xbf"
            "a: 'x\n");
  }

  void explains_broken_yaml() {
    refuses("a.yaml:2:3: not valid YAML: a tab indents this line; use spaces", "a:\n\tb: 1\n");
    refuses(
        "a.yaml:1:5: not valid YAML: no value can stand here; check the indentation, and quote "
        "text that holds \": \"",
        "a: b: c\n");
    refuses("a.yaml:2:1: not valid YAML: a bracket is never closed", "a: [1\n");
    refuses("a.yaml:3:2: not valid YAML: the indentation does not fit the lines above",
            "a:\n  b: 1\n c: 1\n");
  }

  void stays_quick_with_many_keys() {
    std::string keys;
    for (int i = 0; i < 99'000; ++i) keys += "k" + std::to_string(i) + ":\n";
    CPPUNIT_ASSERT_EQUAL(std::size_t{99'000}, parsed(keys).entries.size());
  }

  void finds_the_place_of_a_json_pointer() {
    const Node root = parsed("a:\n  - x\n  - b/c: 1\n    d: 2\n");
    CPPUNIT_ASSERT_EQUAL(std::string("a.yaml:3:10"), place(root.nearest("/a/1/b~1c")));
    CPPUNIT_ASSERT_EQUAL(std::string("a.yaml:3:5"), place(root.nearest("/a/1/nowhere/x")));
    CPPUNIT_ASSERT_EQUAL(std::string("a.yaml:2:3"), place(root.nearest("/a/7")));
    CPPUNIT_ASSERT_EQUAL(std::string("a.yaml:1:1"), place(root.nearest("not a pointer")));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(YamlDocumentTest);
}  // namespace muster
