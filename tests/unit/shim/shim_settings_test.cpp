#include "agent-shim/shim_settings.h"

#include <cppunit/extensions/HelperMacros.h>

#include "agent-shim/shim_schema.h"
#include "common/base/file.h"
#include "common/config/yaml_document.h"

namespace muster {
using namespace shim;
using namespace std::chrono_literals;
using namespace std::string_literals;
namespace {

Surroundings surroundings() {
  return {[](const std::string& name) -> std::optional<std::string> {
            if (name == "TOKEN") return "0123456789abcdef";
            return std::nullopt;
          },
          [](const std::filesystem::path&) -> Result<std::string> { return "from the file 123"; }};
}

tl::expected<ShimSettings, Faults> read(const std::string& yaml) {
  return read_settings(parse_yaml(yaml, "s.yaml").value(), surroundings());
}

ShimSettings good(const std::string& yaml) {
  auto settings = read(yaml);
  CPPUNIT_ASSERT_MESSAGE(yaml, settings.has_value());
  return std::move(*settings);
}

std::string faults(const std::string& yaml) {
  const auto settings = read(yaml);
  CPPUNIT_ASSERT_MESSAGE(yaml, !settings.has_value());
  std::string text;
  for (const Fault& fault : settings.error()) text += fault.to_string() + "\n";
  return text;
}

void assert_contains(const std::string& text, const std::string& part) {
  CPPUNIT_ASSERT_MESSAGE(text + "lacks: " + part, text.find(part) != std::string::npos);
}

// Every key of the schema, found again by its name.
void collect_keys(const Node& schema, std::vector<std::string>& keys) {
  if (const Node* properties = schema.find("properties")) {
    for (const auto& entry : properties->entries) {
      keys.push_back(entry.key);
      collect_keys(entry.value, keys);
    }
  }
  if (const Node* others = schema.find("additionalProperties")) collect_keys(*others, keys);
}

std::string sample() {
  return read_file(MUSTER_SOURCE_DIR "/etc/muster-shim.yaml", 1 << 20).value();
}

}  // namespace

class ShimSettingsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ShimSettingsTest);
  CPPUNIT_TEST(has_safe_defaults);
  CPPUNIT_TEST(sample_says_what_the_defaults_are);
  CPPUNIT_TEST(sample_has_every_key);
  CPPUNIT_TEST(refuses_to_be_open_to_the_network);
  CPPUNIT_TEST(reads_every_kind_of_check);
  CPPUNIT_TEST(wants_exactly_one_kind_a_check);
  CPPUNIT_TEST(reports_all_faults_with_their_places);
  CPPUNIT_TEST(keeps_thresholds_in_order);
  CPPUNIT_TEST_SUITE_END();

  void has_safe_defaults() {
    const auto settings = good("");
    CPPUNIT_ASSERT_EQUAL("127.0.0.1"s, settings.front.address);
    CPPUNIT_ASSERT_EQUAL(std::uint16_t{8471}, settings.front.port);
    CPPUNIT_ASSERT(settings.access.token.empty() && settings.access.public_paths.empty());
    CPPUNIT_ASSERT(settings.cache == 5s && settings.checks.empty());
  }

  void sample_says_what_the_defaults_are() {
    const auto written = good(sample());
    const auto defaults = good("");
    CPPUNIT_ASSERT_EQUAL(defaults.front.address, written.front.address);
    CPPUNIT_ASSERT_EQUAL(defaults.front.port, written.front.port);
    CPPUNIT_ASSERT_EQUAL(defaults.front.connections, written.front.connections);
    CPPUNIT_ASSERT(defaults.front.request_timeout == written.front.request_timeout);
    CPPUNIT_ASSERT(defaults.front.keep_alive == written.front.keep_alive);
    CPPUNIT_ASSERT(defaults.access.public_paths == written.access.public_paths);
    CPPUNIT_ASSERT_EQUAL(defaults.sampler.mount, written.sampler.mount);
    CPPUNIT_ASSERT(defaults.sampler.ignored_interfaces == written.sampler.ignored_interfaces);
    CPPUNIT_ASSERT_EQUAL(defaults.thresholds.disk.warning, written.thresholds.disk.warning);
    CPPUNIT_ASSERT_EQUAL(defaults.thresholds.disk.critical, written.thresholds.disk.critical);
    CPPUNIT_ASSERT_EQUAL(defaults.thresholds.memory.warning, written.thresholds.memory.warning);
    CPPUNIT_ASSERT_EQUAL(defaults.thresholds.memory.critical, written.thresholds.memory.critical);
    CPPUNIT_ASSERT(defaults.cache == written.cache);
  }

  void sample_has_every_key() {
    std::vector<std::string> keys;
    collect_keys(Schema::builtin(kShimSchema).tree(), keys);
    CPPUNIT_ASSERT(keys.size() > 40);
    const std::string text = sample();
    for (const std::string& key : keys) {
      const bool plain = text.find(" " + key + ":") != std::string::npos;
      const bool top = text.find("\n" + key + ":") != std::string::npos;
      const bool hidden = text.find("#" + key + ":") != std::string::npos;
      const bool listed = text.find("#   " + key + " ") != std::string::npos;
      const bool inside = text.find("{" + key + ":") != std::string::npos;
      CPPUNIT_ASSERT_MESSAGE(key, plain || top || hidden || listed || inside);
    }
  }

  void refuses_to_be_open_to_the_network() {
    for (const char* address : {"0.0.0.0", "\"::\"", "192.0.2.1"}) {
      const std::string listen = "listen: {address: "s + address + "}\n";
      assert_contains(faults(listen), "s.yaml:1:19: address: ");
      assert_contains(faults(listen), "a token is needed");
      good(listen + "token: \"${TOKEN}\"");
      good(listen + "token: {file: secret}");
      good(listen + "allow_anonymous: true");
    }
    for (const char* address : {"127.0.0.1", "127.8.9.1", "\"::1\""}) {
      good("listen: {address: "s + address + "}");
    }
    assert_contains(faults("listen: {address: localhost}"), "give an IP address");
    assert_contains(faults("token: short"), "needs at least 16 characters");
  }

  void reads_every_kind_of_check() {
    const auto checks = good(R"(checks:
  a: {tcp: {host: db1, port: 22}, critical: false, timeout: 250ms}
  b: {http: {url: "https://example.com/x?y=1", expect: [200, 204]}}
  c: {process: {name: sshd, minimum: 2}}
  d: {systemd_unit: {name: "getty@tty1.service"}}
  e: {postgresql: {socket_directory: /run/postgresql, port: 5433}}
  f: {redis: {password: {file: x}}}
)")
                            .checks;
    CPPUNIT_ASSERT_EQUAL(std::size_t{6}, checks.size());
    CPPUNIT_ASSERT(!checks[0].critical && checks[0].timeout == 250ms);
    CPPUNIT_ASSERT_EQUAL("db1:22"s, std::get<TcpTarget>(checks[0].target).endpoint.to_string());
    const auto& http = std::get<HttpTarget>(checks[1].target);
    CPPUNIT_ASSERT(http.tls && http.path == "/x?y=1" && http.host_header == "example.com");
    CPPUNIT_ASSERT_EQUAL("example.com:443"s, http.endpoint.to_string());
    CPPUNIT_ASSERT(http.expected == (std::vector{200, 204}));
    CPPUNIT_ASSERT_EQUAL(2, std::get<ProcessTarget>(checks[2].target).minimum);
    CPPUNIT_ASSERT_EQUAL("/run/postgresql/.s.PGSQL.5433"s,
                         std::get<PostgresqlTarget>(checks[4].target).endpoint.to_string());
    const auto& redis = std::get<RedisTarget>(checks[5].target);
    CPPUNIT_ASSERT_EQUAL("127.0.0.1:6379"s, redis.endpoint.to_string());
    CPPUNIT_ASSERT(redis.password.equals("from the file 123"));
  }

  void wants_exactly_one_kind_a_check() {
    assert_contains(faults("checks:\n  a: {critical: true}"),
                    "s.yaml:2:3: a: needs exactly one of");
    assert_contains(faults("checks:\n  a: {redis: {}, tcp: {port: 1}}"), "needs exactly one of");
    assert_contains(faults("checks:\n  a: {rediss: {}}"), "did you mean \"redis\"?");
    assert_contains(faults("checks:\n  disk: {redis: {}}"), "taken by the thresholds");
    assert_contains(faults("checks:\n  \"a b\": {redis: {}}"), "a check's name is");
    std::string many = "checks:\n";
    for (int i = 0; i < 33; ++i) many += "  c" + std::to_string(i) + ": {redis: {}}\n";
    assert_contains(faults(many), "at most 32");
  }

  void reports_all_faults_with_their_places() {
    const auto text = faults(
        "lisen: {}\ncache: 5\nlimits:\n  connections: 1\nchecks:\n  a:\n"
        "    timeout: 1ms\n    http: {url: ftp://x}\n");
    assert_contains(text, "s.yaml:1:1: unknown key \"lisen\", did you mean \"listen\"?");
    assert_contains(text, "s.yaml:2:8: cache: ");
    assert_contains(text, "s.yaml:4:16: connections: ");
    assert_contains(text, "s.yaml:7:14: timeout: ");
    assert_contains(text, "s.yaml:8:17: url: ");
  }

  void keeps_thresholds_in_order() {
    assert_contains(faults("thresholds: {disk_percent: {warning: 96}}"),
                    "disk_percent: warning is above critical");
    good("thresholds: {disk_percent: {warning: 96, critical: 0}}");
    assert_contains(faults("thresholds: {memory_percent: {critical: 101}}"), "too large");
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ShimSettingsTest);
}  // namespace muster
