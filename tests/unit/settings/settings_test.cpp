#include "aggregator/settings/settings.h"

#include <cppunit/extensions/HelperMacros.h>
#include <unistd.h>

#include "tests/support/temp_dir.h"

namespace muster {
using namespace std::chrono_literals;

class SettingsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SettingsTest);
  CPPUNIT_TEST(an_empty_file_gives_the_defaults_of_the_structs);
  CPPUNIT_TEST(reads_every_section);
  CPPUNIT_TEST(reads_how_results_are_kept);
  CPPUNIT_TEST(an_empty_list_of_canaries_is_not_the_default);
  CPPUNIT_TEST(keeps_the_embedded_database_in_the_state_dir);
  CPPUNIT_TEST(reads_the_database_url_from_a_file);
  CPPUNIT_TEST(reads_probes_in_the_order_of_the_files);
  CPPUNIT_TEST(probes_take_their_thresholds_from_health);
  CPPUNIT_TEST(reports_the_faults_of_all_files);
  CPPUNIT_TEST(refuses_an_unread_ending_and_an_oversized_file);
  CPPUNIT_TEST(a_missing_file_is_a_fault);
  CPPUNIT_TEST(reads_the_plugin_folder_alone);
  CPPUNIT_TEST_SUITE_END();

 public:
  Settings load(const std::string& text) {
    auto settings = load_settings(folder_.write("muster.yaml", text));
    if (settings) return std::move(*settings);
    CPPUNIT_FAIL(settings.error().front().to_string());
    return {};
  }

  // Each fault a line, without the folder.
  std::string faults(const std::string& text) {
    const auto settings = load_settings(folder_.write("muster.yaml", text));
    std::string lines;
    if (settings) return "no fault";
    for (const Fault& fault : settings.error()) lines += fault.to_string() + "\n";
    const std::string folder = folder_.path().string() + "/";
    for (std::size_t at; (at = lines.find(folder)) != std::string::npos;) {
      lines.erase(at, folder.size());
    }
    return lines;
  }

  void reads_the_plugin_folder_alone() {
    const auto read = [&](const std::string& text) {
      return load_plugin_settings(folder_.write("muster.yaml", text));
    };
    CPPUNIT_ASSERT(load_plugin_settings(std::nullopt)->plugin_directory ==
                   "/usr/lib/muster/plugins");
    CPPUNIT_ASSERT(read("")->plugin_directory == "/usr/lib/muster/plugins");
    // What it may not read, and what is wrong elsewhere, is not its business.
    CPPUNIT_ASSERT(read("plugins: {directory: /p}\ndatabase: {url: {file: /no}}\nx: [1]\n")
                       ->plugin_directory == "/p");
    const auto wrong = read("plugins: {directroy: /p}\n");
    CPPUNIT_ASSERT(wrong.error().at(0).message.starts_with("unknown key \"directroy\""));
    CPPUNIT_ASSERT(!load_plugin_settings(folder_.path() / "none"));
  }

  void an_empty_file_gives_the_defaults_of_the_structs() {
    const Settings settings = load("");
    CPPUNIT_ASSERT(settings.state_dir == "/var/lib/muster");
    CPPUNIT_ASSERT(settings.plugin_directory == "/usr/lib/muster/plugins");
    CPPUNIT_ASSERT(settings.log_level == log::Level::kInfo);
    CPPUNIT_ASSERT(settings.database.url.empty());
    CPPUNIT_ASSERT_EQUAL(DatabaseSettings().pool, settings.database.pool);
    CPPUNIT_ASSERT_EQUAL(ApiSettings().listen, settings.api.listen);
    CPPUNIT_ASSERT_EQUAL(ApiSettings().port, settings.api.port);
    CPPUNIT_ASSERT_EQUAL(ApiSettings().threads, settings.api.threads);
    CPPUNIT_ASSERT_EQUAL(ApiSettings().max_connections, settings.api.max_connections);
    CPPUNIT_ASSERT_EQUAL(ApiSettings().max_connections_per_address,
                         settings.api.max_connections_per_address);
    CPPUNIT_ASSERT_EQUAL(ApiSettings().request_body_limit, settings.api.request_body_limit);
    CPPUNIT_ASSERT(settings.api.tls_certificate.empty());
    CPPUNIT_ASSERT_EQUAL(ApiSettings().metrics_anonymous, settings.api.metrics_anonymous);
    CPPUNIT_ASSERT_EQUAL(ProbingSettings().loops, settings.probing.loops);
    CPPUNIT_ASSERT_EQUAL(ProbingSettings().max_connections, settings.probing.max_connections);
    CPPUNIT_ASSERT(settings.probing.allow_networks.empty());
    CPPUNIT_ASSERT(settings.probing.deny_networks.empty());
    CPPUNIT_ASSERT(settings.probing.ca_file.empty());
    CPPUNIT_ASSERT(settings.probing.dns_servers.empty());
    CPPUNIT_ASSERT(OwnFaultSettings() == settings.probing.own_fault);
    CPPUNIT_ASSERT(!settings.probing.own_fault.canaries);
    CPPUNIT_ASSERT_EQUAL(WriterSettings().queue, settings.writer.queue);
    CPPUNIT_ASSERT_EQUAL(WriterSettings().batch_rows, settings.writer.batch_rows);
    CPPUNIT_ASSERT(WriterSettings().batch_delay == settings.writer.batch_delay);
    CPPUNIT_ASSERT(settings.storage.tables == default_partition_policies());
    CPPUNIT_ASSERT_EQUAL(StorageSettings().archive, settings.storage.archive);
    CPPUNIT_ASSERT(settings.storage.archive_directory == "/var/lib/muster/archive");
    CPPUNIT_ASSERT(Thresholds() == settings.health);
    CPPUNIT_ASSERT(settings.probes.empty());
  }

  void reads_every_section() {
    const Settings settings = load(R"(
state_dir: state
log: {level: debug}
database: {embedded: /srv/pg, pool: 9}
plugins: {directory: ../plugins}
api: {listen: "::", port: 1, threads: 2, request_body_limit: 1MiB, tls: {certificate: c, key: /k},
      max_connections: 17, max_connections_per_address: 18}
probing: {loops: 3, allow_networks: [127.0.0.0/8], deny_networks: ["::1"], ca_file: ca,
          max_connections: 4, dns_servers: [10.0.0.2, "[::1]:54"],
          canaries: {targets: ["tcp://10.0.0.1:53"], every: 2s, timeout: 300ms},
          mass_failure: {share: 0.25, servers: 5, window: 40s}}
health: {failures: 8, successes: 9}
)");
    const auto folder = folder_.path();
    CPPUNIT_ASSERT(settings.state_dir == folder / "state");
    CPPUNIT_ASSERT(settings.log_level == log::Level::kDebug);
    CPPUNIT_ASSERT(settings.database.embedded == "/srv/pg");
    CPPUNIT_ASSERT_EQUAL(9, settings.database.pool);
    CPPUNIT_ASSERT(settings.plugin_directory == folder.parent_path() / "plugins");
    CPPUNIT_ASSERT_EQUAL(std::string("::"), settings.api.listen);
    CPPUNIT_ASSERT_EQUAL(std::uint16_t{1}, settings.api.port);
    CPPUNIT_ASSERT_EQUAL(2, settings.api.threads);
    CPPUNIT_ASSERT_EQUAL(17, settings.api.max_connections);
    CPPUNIT_ASSERT_EQUAL(18, settings.api.max_connections_per_address);
    CPPUNIT_ASSERT_EQUAL(std::size_t{1024 * 1024}, settings.api.request_body_limit);
    CPPUNIT_ASSERT(settings.api.tls_certificate == folder / "c");
    CPPUNIT_ASSERT(settings.api.tls_key == "/k");
    CPPUNIT_ASSERT_EQUAL(3, settings.probing.loops);
    CPPUNIT_ASSERT_EQUAL(std::string("127.0.0.0/8"), settings.probing.allow_networks.at(0));
    CPPUNIT_ASSERT_EQUAL(std::string("::1"), settings.probing.deny_networks.at(0));
    CPPUNIT_ASSERT(settings.probing.ca_file == folder / "ca");
    CPPUNIT_ASSERT_EQUAL(4, settings.probing.max_connections);
    CPPUNIT_ASSERT(
        (settings.probing.dns_servers == std::vector<std::string>{"10.0.0.2", "[::1]:54"}));
    const OwnFaultSettings own_fault{{{"tcp://10.0.0.1:53"}}, 2s, 300ms, {0.25, 5, 40s}};
    CPPUNIT_ASSERT(own_fault == settings.probing.own_fault);
    CPPUNIT_ASSERT(settings.health == (Thresholds{8, 9}));
  }

  void reads_how_results_are_kept() {
    const Settings settings = load(R"(
key_file: keys
writer: {queue: 5000, batch_rows: 6, batch_delay: 7ms, series_per_server: 8}
spool: {directory: waiting, size: 3GiB, when_full: keep_oldest, sync_every: 20ms}
storage: {partitions: {health_checks: daily, metrics_1m: weekly},
          retention: {health_checks: 90 days, metrics_1m: forever, events: 2 weeks},
          archive: {enabled: false, directory: old}}
)");
    const auto folder = folder_.path();
    CPPUNIT_ASSERT(settings.key_file == folder / "keys");
    const SpoolSettings spool{folder / "waiting", std::int64_t{3} << 30, false, 20ms};
    CPPUNIT_ASSERT(spool == settings.spool);
    CPPUNIT_ASSERT_EQUAL(std::size_t{8}, settings.writer.series_per_server);
    CPPUNIT_ASSERT_EQUAL(std::size_t{5000}, settings.writer.queue);
    CPPUNIT_ASSERT_EQUAL(std::size_t{6}, settings.writer.batch_rows);
    CPPUNIT_ASSERT(settings.writer.batch_delay == 7ms);
    const auto& tables = settings.storage.tables;
    CPPUNIT_ASSERT(tables.at(0).period == PartitionPeriod::kDaily);
    CPPUNIT_ASSERT(tables.at(0).retention == CalendarSpan{.days = std::chrono::days(90)});
    CPPUNIT_ASSERT(tables.at(4).table->key == "metrics_1m");
    CPPUNIT_ASSERT(tables.at(4).period == PartitionPeriod::kWeekly);
    CPPUNIT_ASSERT(tables.at(4).retention.endless);
    CPPUNIT_ASSERT(settings.storage.events == CalendarSpan{.days = std::chrono::days(14)});
    CPPUNIT_ASSERT(!settings.storage.archive);
    CPPUNIT_ASSERT(settings.storage.archive_directory == folder / "old");
  }

  void an_empty_list_of_canaries_is_not_the_default() {
    const Settings settings = load("probing: {canaries: {targets: []}}");
    CPPUNIT_ASSERT(settings.probing.own_fault.canaries);
    CPPUNIT_ASSERT(settings.probing.own_fault.canaries->empty());
  }

  void keeps_the_embedded_database_in_the_state_dir() {
    CPPUNIT_ASSERT(load("state_dir: /srv").database.embedded == "/srv/postgres");
  }

  void reads_the_database_url_from_a_file() {
    folder_.write("db.url", "postgresql://m:p@h/muster\n");
    const Settings settings = load("database: {url: {file: db.url}}");
    CPPUNIT_ASSERT_EQUAL(std::string("postgresql://m:p@h/muster"), settings.database.url.reveal());
    CPPUNIT_ASSERT(settings.database.embedded.empty());
  }

  void reads_probes_in_the_order_of_the_files() {
    folder_.write("probes.d/20-b.yaml", "probes: [{name: c, plugin: x}]");
    folder_.write("probes.d/10-a.yaml",
                  "probes:\n- {name: b, plugin: y, every: 1m, timeout: 1m, affects_health: false,\n"
                  "   failures: 5, successes: 6, config: {k: v},\n   select: {tags: [t], regions: "
                  "[r], environments: [e], groups: [g]}}\n");
    folder_.write("probes.d/README", "not: [yaml");
    folder_.write("probes.d/.hidden.yaml", "not: [yaml");
    const Settings settings = load("probes: [{name: a, plugin: x}]");
    CPPUNIT_ASSERT_EQUAL(std::size_t{3}, settings.probes.size());
    const ProbeEntry& b = settings.probes[1];
    const ProbeSpec expected{"b", "y", 60s, 60s, 2, 5s, false, {5, 6}, {{"t"}, {"r"}, {"e"}, {"g"}},
                             ""};
    CPPUNIT_ASSERT(expected == b.spec);
    CPPUNIT_ASSERT_EQUAL(std::string("v"), b.config.find("k")->text);
    CPPUNIT_ASSERT(b.at.to_string().ends_with("probes.d/10-a.yaml:2:3"));
    CPPUNIT_ASSERT(b.plugin_at.to_string().ends_with("probes.d/10-a.yaml:2:21"));
    const ProbeSpec plain{"c", "x"};
    CPPUNIT_ASSERT(plain == settings.probes[2].spec);
    CPPUNIT_ASSERT(settings.probes[2].config.kind == Node::Kind::kMap);
  }

  void probes_take_their_thresholds_from_health() {
    const Settings settings =
        load("health: {failures: 7}\nprobes: [{name: a, plugin: x, successes: 4}]");
    CPPUNIT_ASSERT(settings.probes.at(0).spec.thresholds == (Thresholds{7, 4}));
  }

  void reports_the_faults_of_all_files() {
    folder_.write("probes.d/1.yaml", "probes: [{name: a, plugin: x}, {name: b}]");
    folder_.write("probes.d/2.yaml", "probe: []");
    folder_.write("probes.d/3.yaml", "probes: [");
    CPPUNIT_ASSERT_EQUAL(
        std::string("muster.yaml:1:13: port: \"x\" is not a whole number\n"
                    "probes.d/1.yaml:1:17: name: there is a probe \"a\" already, at "
                    "muster.yaml:2:17\n"
                    "probes.d/1.yaml:1:32: probes[1]: missing required key \"plugin\"\n"
                    "probes.d/2.yaml:1:1: unknown key \"probe\", did you mean \"probes\"?\n"
                    "probes.d/2.yaml:1:1: missing required key \"probes\"\n"
                    "probes.d/3.yaml:1:1: not valid YAML: a bracket is never closed\n"),
        faults("api: {port: x}\nprobes: [{name: a, plugin: x}]"));
  }

  void refuses_an_unread_ending_and_an_oversized_file() {
    folder_.write("probes.d/1.yml", "probes: []");
    folder_.write("probes.d/2.yaml", "probes: [] #" + std::string(1024 * 1024, 'x'));
    CPPUNIT_ASSERT_EQUAL(
        std::string("probes.d/2.yaml: larger than 1048576 bytes\n"
                    "probes.d/1.yml: only files that end in .yaml are read; rename it\n"),
        faults(""));
  }

  void a_missing_file_is_a_fault() {
    const auto settings = load_settings(folder_.path() / "none.yaml");
    CPPUNIT_ASSERT(!settings);
    CPPUNIT_ASSERT(
        settings.error().at(0).to_string().ends_with("none.yaml: No such file or directory"));
  }

 private:
  const test::TempDir folder_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(SettingsTest);
}  // namespace muster
