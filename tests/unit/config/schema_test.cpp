#include "common/config/schema.h"

#include <cppunit/extensions/HelperMacros.h>

#include "common/config/reader.h"
#include "common/config/yaml_document.h"

namespace muster {

class SchemaTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SchemaTest);
  CPPUNIT_TEST(names_the_nearest_key);
  CPPUNIT_TEST(reports_all_faults_in_the_order_of_the_file);
  CPPUNIT_TEST(fills_in_defaults_of_absent_and_empty_keys);
  CPPUNIT_TEST(leaves_an_absent_map_without_default_absent);
  CPPUNIT_TEST(checks_every_type);
  CPPUNIT_TEST(checks_ranges_of_numbers_durations_and_sizes);
  CPPUNIT_TEST(checks_strings);
  CPPUNIT_TEST(checks_lists);
  CPPUNIT_TEST(checks_maps_with_free_keys);
  CPPUNIT_TEST(leaves_open_maps_as_written);
  CPPUNIT_TEST(replaces_environment_variables);
  CPPUNIT_TEST(refuses_bad_replacements);
  CPPUNIT_TEST(reads_secrets_from_files);
  CPPUNIT_TEST(never_shows_a_secret);
  CPPUNIT_TEST(starts_relative_paths_at_the_file);
  CPPUNIT_TEST(refuses_a_wrong_schema);
  CPPUNIT_TEST_SUITE_END();

  static Surroundings surroundings() {
    return {[](const std::string& name) -> std::optional<std::string> {
              if (name == "PORT") return "8470";
              if (name == "RECURSIVE") return "${PORT}";
              if (name == "LATIN1") return "\xe9";
              return std::nullopt;
            },
            [](const std::filesystem::path& path) -> Result<std::string> {
              if (path == "/etc/muster/password") return "hunter2";
              if (path == "/etc/muster/binary") return std::string("a\0b", 3);
              return fail(ErrorCode::kNotFound, path.string() + ": not there");
            }};
  }

  // What a document becomes: its JSON, or its faults.
  static std::string applied(const std::string& schema_text, const std::string& text) {
    const Schema schema = Schema::builtin(schema_text);
    auto document = parse_yaml(text, "/etc/muster/a.yaml");
    CPPUNIT_ASSERT(document.has_value());
    std::string lines;
    for (const Fault& fault : schema.apply(*document, surroundings())) {
      lines += fault.to_string().substr(fault.to_string().find(':') + 1) + "\n";
    }
    return lines.empty() ? to_json(*document, schema.tree()) : lines;
  }

  static void gives(const std::string& expected, const std::string& schema,
                    const std::string& text) {
    CPPUNIT_ASSERT_EQUAL(expected, applied(schema, text));
  }

  static void value_gives(const std::string& expected, const std::string& schema,
                          const std::string& value) {
    gives(expected, "{type: object, properties: {a: {" + schema + "}}}", "a: " + value);
  }

  static void value_passes(const std::string& schema, const std::string& value) {
    const std::string found =
        applied("{type: object, properties: {a: {" + schema + "}}}", "a: " + value);
    CPPUNIT_ASSERT_MESSAGE(found, found.starts_with("{\"a\":"));
  }

  void names_the_nearest_key() {
    const char* schema = "{type: object, properties: {timeout: {}, every: {}}}";
    gives("1:1: unknown key \"tiemout\", did you mean \"timeout\"?\n", schema, "tiemout: 1");
    gives("1:1: unknown key \"banana\"; known here: timeout, every\n", schema, "banana: 1");
  }

  void reports_all_faults_in_the_order_of_the_file() {
    gives(
        "1:1: missing required key \"z\"\n"
        "1:4: b: \"x\" is not a whole number\n"
        "2:1: unknown key \"c\"; known here: z, a, b\n"
        "3:4: a: \"y\" is not a whole number\n",
        "{type: object, required: [z], properties: {z: {}, a: {type: integer}, b: {type: "
        "integer}}}",
        "b: x\nc: 1\na: y\n");
  }

  void fills_in_defaults_of_absent_and_empty_keys() {
    const char* schema =
        "{type: object, properties: {a: {type: integer, default: 5}, m: {type: object, default: "
        "{}, properties: {b: {type: string, default: '7'}, l: {type: array, default: [1]}}}}}";
    gives(R"({"a":5,"m":{"b":"7","l":[1]}})", schema, "");
    gives(R"({"a":5,"m":{"b":"7","l":[1]}})", schema, "m:\na: ~\n");
    gives(R"({"a":1,"m":{"b":"x","l":[1]}})", schema, "a: 1\nm: {b: x}\n");
  }

  void leaves_an_absent_map_without_default_absent() {
    const char* schema =
        "{type: object, properties: {tls: {type: object, required: [key], properties: {key: {}, "
        "port: {default: 1}}}}}";
    gives("{}", schema, "");
    gives("1:6: tls: missing required key \"key\"\n", schema, "tls: {}");
  }

  void checks_every_type() {
    value_gives("1:4: a: expected text, found a list\n", "type: string", "[1]");
    value_gives("1:4: a: expected a list, found a map\n", "type: array", "{b: 1}");
    value_gives("1:4: a: expected a map, found a single value\n", "type: object", "b");
    value_gives("1:4: a: expected a whole number, found a list\n", "type: integer", "[]");
    value_gives("1:4: a: 5.5 is not a whole number\n", "type: integer", "5.5");
    value_gives("1:4: a: \"007\" is not a whole number\n", "type: integer", "007");
    value_gives("1:4: a: 9223372036854775808 is too large a number\n", "type: integer",
                "9223372036854775808");
    value_gives("1:4: a: \"5\" is in quotes, which makes it text; leave them out\n",
                "type: integer", "'5'");
    value_gives("1:4: a: \".inf\" is not a number\n", "type: number", ".inf");
    value_gives("1:4: a: \"1e999\" is not a number\n", "type: number", "1e999");
    value_gives("1:4: a: \"yes\" is not true or false\n", "type: boolean", "yes");
    value_gives(R"({"a":-1.5e3})", "type: number", "-1.5e3");
    value_gives(R"({"a":"5"})", "type: string", "5");
    value_gives(R"({"a":true})", "type: boolean", "true");
    value_gives(R"({"a":-9223372036854775808})", "type: integer", "-9223372036854775808");
  }

  void checks_ranges_of_numbers_durations_and_sizes() {
    const char* percent = "type: integer, minimum: 1, maximum: 100";
    value_gives("1:4: a: 0 is too small; the least is 1\n", percent, "0");
    value_gives("1:4: a: 101 is too large; the most is 100\n", percent, "101");
    value_passes(percent, "1");
    value_passes(percent, "100");
    const char* interval = "type: string, format: duration, minimum: 1s, maximum: 1h";
    value_gives("1:4: a: \"999ms\" is too small; the least is 1s\n", interval, "999ms");
    value_gives("1:4: a: \"61m\" is too large; the most is 1h\n", interval, "61m");
    value_passes(interval, "60m");
    const char* size = "type: string, format: bytes, maximum: 1MiB";
    value_gives("1:4: a: \"2MiB\" is too large; the most is 1MiB\n", size, "2MiB");
    value_passes(size, "1024KiB");
  }

  void checks_strings() {
    const char* name = "type: string, minLength: 2, maxLength: 3, pattern: '^[a-zé]+$'";
    value_gives("1:4: a: needs at least 2 characters\n", name, "a");
    value_gives("1:4: a: may have at most 3 characters\n", name, "abcd");
    value_gives("1:4: a: \"aB\" does not match ^[a-zé]+$\n", name, "aB");
    value_passes(name, "ééé");
    value_gives("1:4: a: \"loud\" is not one of low, high\n", "type: string, enum: [low, high]",
                "loud");
    value_gives("1:4: a: \"hgih\" is not one of low, high, did you mean \"high\"?\n",
                "type: string, enum: [low, high]", "hgih");
    const std::string found =
        applied("{type: object, properties: {a: {type: string, pattern: '^(a|b)*$'}}}",
                "a: " + std::string(100'000, 'a'));
    CPPUNIT_ASSERT(found.ends_with("...\" is too long\n"));
    CPPUNIT_ASSERT(found.size() < 200);
  }

  void checks_lists() {
    const char* list =
        "type: array, minItems: 1, maxItems: 2, uniqueItems: true, items: {type: integer}";
    value_gives("1:4: a: needs at least 1 in its list\n", list, "[]");
    value_gives("1:4: a: may have at most 2 in its list\n", list, "[1, 2, 3]");
    value_gives("1:8: a[1]: \"x\" is not a whole number\n", list, "[1, x]");
    value_gives("1:8: a: 1 is given twice\n", list, "[1, 1]");
    value_gives("1:5: a[0]: expected a whole number, found nothing\n", list, "[~]");
  }

  void checks_maps_with_free_keys() {
    const char* labels = "type: object, additionalProperties: {type: string, maxLength: 3}";
    value_gives("1:8: x: may have at most 3 characters\n", labels, "{x: long}");
    value_gives(R"({"a":{"x":"1"}})", labels, "{x: 1}");
    value_gives("1:5: unknown key \"x\"\n", "type: object, additionalProperties: false", "{x: 1}");
    value_gives(R"({"a":{"x":1}})", "type: object, additionalProperties: true, properties: {}",
                "{x: 1}");
  }

  void leaves_open_maps_as_written() {
    value_gives(R"({"a":{"b":"${NO}","c":"5","d":5,"e":[true,null,"yes"]}})", "type: object",
                "{b: '${NO}', c: '5', d: 5, e: [true, ~, yes]}");
  }

  void replaces_environment_variables() {
    value_gives(R"({"a":"http://h:8470/8470"})", "type: string", "http://h:${PORT}/${PORT}");
    value_gives(R"({"a":"${PORT} $8470 $"})", "type: string", "$${PORT} $8470 $");
    value_gives(R"({"a":"${PORT}"})", "type: string", "${RECURSIVE}");
    value_gives(R"({"a":8470})", "type: integer", "${PORT}");
    value_gives(R"({"a":8470})", "type: integer", "'${PORT}'");
  }

  void refuses_bad_replacements() {
    const char* not_a_name =
        "1:4: a: \"${\" must be followed by the name of an environment variable and \"}\"; write "
        "$${ for a plain ${\n";
    value_gives("1:4: a: the environment variable NO is not set\n", "type: string", "x${NO}");
    value_gives(not_a_name, "type: string", "'${PORT'");
    value_gives(not_a_name, "type: string", "'${}'");
    value_gives(not_a_name, "type: string", "'${1A}'");
    value_gives(not_a_name, "type: string", "'${A-B}'");
    value_gives("1:4: a: what was filled in here is not UTF-8 text\n", "type: string", "${LATIN1}");
  }

  void reads_secrets_from_files() {
    const char* secret = "type: string, x-muster-secret: true";
    value_gives(R"({"a":"hunter2"})", secret, "{file: password}");
    value_gives(R"({"a":"hunter2"})", secret, "{file: /etc/muster/password}");
    value_gives(R"({"a":"inline"})", secret, "inline");
    value_gives("1:11: a: /etc/muster/no: not there\n", secret, "{file: no}");
    value_gives("1:4: a: what was filled in here is not UTF-8 text\n", secret, "{file: binary}");
    const char* shape = "1:4: a: expected text, or a map with the one key \"file\"\n";
    value_gives(shape, secret, "{path: password}");
    value_gives(shape, secret, "{file: password, mode: 1}");
    value_gives(shape, secret, "{file: [password]}");
    value_gives("1:4: a: expected text, found a map\n", "type: string", "{file: password}");
  }

  void never_shows_a_secret() {
    const char* secret =
        "type: string, x-muster-secret: true, format: url, pattern: '^p', maxLength: 3";
    value_gives("1:4: a: the secret value is not a URL, scheme://host:port/path\n", secret,
                "{file: password}");
    value_gives(
        "1:4: a: may have at most 3 characters\n1:4: a: the secret value does not match ^p\n",
        secret, "https://hunter2");
  }

  void starts_relative_paths_at_the_file() {
    const char* path = "type: string, format: path";
    value_gives(R"({"a":"/etc/muster/ca.pem"})", path, "./ca.pem");
    value_gives(R"({"a":"/etc/ca.pem"})", path, "../ca.pem");
    value_gives(R"({"a":"/srv/ca.pem"})", path, "/srv/ca.pem");
    value_gives("1:4: a: \"\" is not a file path\n", path, "''");
  }

  void refuses_a_wrong_schema() {
    const auto refuses = [](const std::string& expected, const char* text) {
      const auto schema = Schema::parse(text);
      CPPUNIT_ASSERT_MESSAGE(text, !schema);
      CPPUNIT_ASSERT_EQUAL("schema:" + expected, schema.error().message);
    };
    refuses("1:2: unknown schema keyword \"tpye\", did you mean \"type\"?", "{tpye: string}");
    refuses("1:2: type must be one of object, array, string, integer, number, boolean",
            "{type: text}");
    refuses("1:32: a schema is a map", "{type: object, properties: {a: string}}");
    refuses("1:27: required key \"b\" is not among the properties",
            "{type: object, required: [b], properties: {a: {}}}");
    refuses("1:16: pattern is not a regular expression", "{type: string, pattern: '('}");
    refuses("1:16: minItems must be a whole number, 0 or more", "{type: array,  minItems: -1}");
    refuses("1:32: minimum must be a number", "{type: string, format: bytes,  minimum: 1s}");
    refuses("1:15: enum must be a list of words", "{type: string,enum: [[1]]}");
    refuses("1:1: x-muster-secret: only a string can be secret",
            "{type: integer, x-muster-secret: true}");
    refuses("1:26: default: \"x\" is not a whole number", "{type: integer, default: x}");
    refuses("1:1: a key must be plain text; is a bracket left open?", "{type: integer");
    CPPUNIT_ASSERT(Schema::parse("[1]").error().message.ends_with("a schema is a map"));
    CPPUNIT_ASSERT(Schema::parse("{type: string, format: colour}")
                       .error()
                       .message.starts_with("schema:1:16: format must be one of duration, "));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SchemaTest);
}  // namespace muster
