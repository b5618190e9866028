// musterd with plugins that break every rule: each in a process of its own, where it costs its own
// runs only. The plugin misbehaves as the name of its server says.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/integration/musterd_suite.h"

namespace muster {
using namespace test;
namespace fs = std::filesystem;

namespace {

const std::string kBadProbe =
    "- {name: bad, plugin: misbehaving, every: 1s, timeout: 500ms, retries: 0, affects_health: "
    "false, select: {tags: [bad]}}\n";

struct Row {
  std::string how;
  std::string status;
  std::string says;  // in a result's message; several may come, one after the other
};

const std::vector<Row> kRows{
    {"crashes", "unknown", "the plugin's process died of SIGSEGV"},
    {"aborts", "unknown", "the plugin's process died of SIGABRT"},
    {"exits", "unknown", "the plugin's process exited with code 0"},
    {"leaks memory", "unknown", "the plugin's process was ended because it had used up its memory"},
    {"hangs", "unknown", "the plugin's process gave no result by the deadline"},
    {"throws", "unknown", "the probe dropped the run"},
    {"drops", "unknown", "the probe dropped the run"},
    {"never", "critical", "the probe did not end by its deadline"},
    {"late", "critical", "the probe did not end by its deadline"},
    {"rubbish", "unknown", "bad ?? bytes?and lines"},
    {"twice", "ok", ""},
    {"thread", "warning", "from elsewhere"},
    {"megabyte", "ok", ""},
    {"leaks descriptors", "ok", ""},
};

}  // namespace

class MusterdWallTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(MusterdWallTest);
  CPPUNIT_TEST(a_bad_plugin_costs_only_itself);
  CPPUNIT_TEST(quarantine_is_seen_and_lifted);
  CPPUNIT_TEST(a_reload_takes_in_new_and_changed_files);
  CPPUNIT_TEST_SUITE_END();

  static void add_plugin(const fs::path& folder, const std::string& name) {
    fs::copy_file(MUSTER_BUILD_DIR "/tests/plugins/" + name + ".so", folder / (name + ".so"),
                  fs::copy_options::overwrite_existing);
  }

  static DaemonSettings settings(const fs::path& drop_in) {
    DaemonSettings made;
    made.probes = kHealthProbe + kBadProbe;
    made.drop_in = drop_in;
    return made;
  }

  // Well but for the plugin: a server that does not answer would be asked ever more rarely.
  std::string add_bad(Daemon& daemon, const std::string& how) {
    return server_path(daemon.add_server(how, well_.url(), R"("tags":["bad"])"));
  }

  struct Check {
    std::string status;
    std::string message;
  };

  // The latest first.
  static std::vector<Check> history(Daemon& daemon, const std::string& server) {
    const ApiAnswer answer = daemon.api("GET", server + "/health-history?probe=bad&limit=50");
    std::vector<Check> checks;
    for (int i = 0; i < 50; ++i) {
      const std::string item = "items[" + std::to_string(i) + "].";
      Check check{answer.text(item + "status"), answer.text(item + "message")};
      if (check.status.empty()) break;
      checks.push_back(std::move(check));
    }
    return checks;
  }

  static bool has(const std::vector<Check>& checks, const std::string& status,
                  const std::string& says) {
    return std::ranges::any_of(checks, [&](const Check& check) {
      return check.status == status && check.message.find(says) != std::string::npos;
    });
  }

  static double deaths(Daemon& daemon) {
    return daemon.metric("muster_plugin_deaths_total{plugin=\"misbehaving\"}");
  }

  // One row after the other, each on a plugin that was lifted out of what the one before did.
  void a_bad_plugin_costs_only_itself() {
    const TempDir drop_in;
    add_plugin(drop_in.path(), "misbehaving");
    const StateFolder state;
    Daemon daemon(state.path(), settings(drop_in.path()));
    daemon.start();
    ChangingServer good;
    const std::string neighbour = server_path(daemon.add_server("good", good.url()));
    for (const Row& row : kRows) {
      const int asked = good.requests();
      const std::string server = add_bad(daemon, row.how);
      CPPUNIT_ASSERT_MESSAGE(row.how, eventually(kPatience, [&] {
                               daemon.api("DELETE", kFleet + "/plugins/misbehaving/quarantine");
                               return has(history(daemon, server), row.status, row.says);
                             }));
      CPPUNIT_ASSERT_MESSAGE(row.how,
                             eventually(kPatience, [&] { return good.requests() > asked + 1; }));
      CPPUNIT_ASSERT_EQUAL_MESSAGE(row.how, std::string("healthy"),
                                   daemon.api("GET", neighbour).text("health_status"));
      CPPUNIT_ASSERT_EQUAL(204, daemon.api("DELETE", server).status);
      daemon.api("DELETE", kFleet + "/plugins/misbehaving/quarantine");
      CPPUNIT_ASSERT_MESSAGE(row.how, eventually(kPatience, [&] {
                               return daemon.metric("muster_plugin_up{plugin=\"misbehaving\"}") ==
                                      1;
                             }));
    }
    CPPUNIT_ASSERT(deaths(daemon) >= 5);
    CPPUNIT_ASSERT(daemon.process().running());
  }

  void quarantine_is_seen_and_lifted() {
    const TempDir drop_in;
    add_plugin(drop_in.path(), "misbehaving");
    const StateFolder state;
    Daemon daemon(state.path(), settings(drop_in.path()));
    daemon.start();
    const std::string server = add_bad(daemon, "aborts");
    const auto plugin = [&](const std::string& field) {
      const ApiAnswer answer = daemon.api("GET", kFleet + "/plugins");
      for (int i = 0; i < 20; ++i) {
        const std::string item = "items[" + std::to_string(i) + "].";
        if (answer.text(item + "name") == "misbehaving") return answer.text(item + field);
      }
      return std::string();
    };
    CPPUNIT_ASSERT(eventually(2 * kPatience, [&] { return plugin("state") == "quarantined"; }));
    CPPUNIT_ASSERT_EQUAL(std::string("died of SIGABRT"), plugin("last_end.how"));
    CPPUNIT_ASSERT(eventually(kPatience, [&] {
      return has(history(daemon, server), "unknown", "the plugin is in quarantine");
    }));
    CPPUNIT_ASSERT_EQUAL(204, daemon.api("DELETE", server).status);
    CPPUNIT_ASSERT_EQUAL(204,
                         daemon.api("DELETE", kFleet + "/plugins/misbehaving/quarantine").status);
    CPPUNIT_ASSERT(eventually(kPatience, [&] { return plugin("state") == "running"; }));
  }

  void a_reload_takes_in_new_and_changed_files() {
    const TempDir drop_in;
    add_plugin(drop_in.path(), "misbehaving");
    const StateFolder state;
    Daemon daemon(state.path(), settings(drop_in.path()));
    daemon.start();
    const std::string server = add_bad(daemon, "pid");
    const auto last_ok = [&] {  // which process has answered
      const auto checks = history(daemon, server);
      return !checks.empty() && checks.front().status == "ok" ? checks.front().message : "";
    };
    CPPUNIT_ASSERT(eventually(kPatience, [&] { return !last_ok().empty(); }));
    const std::string before = last_ok();

    add_plugin(drop_in.path(), "services");
    drop_in.write("rubbish.so", "rubbish");
    // What stands behind the last section of an ELF file means nothing to anybody.
    std::ofstream(drop_in.path() / "misbehaving.so", std::ios::app) << "changed";
    daemon.reload(kHealthProbe + kBadProbe);
    CPPUNIT_ASSERT(daemon.process().wait_for_line("config.reloaded", kPatience));
    assert_contains(daemon.log(), "rubbish.so: not an ELF file");
    const std::string listed = daemon.api("GET", kFleet + "/plugins").body;
    assert_contains(listed, "\"name\":\"services\"");
    CPPUNIT_ASSERT(
        eventually(kPatience, [&] { return !last_ok().empty() && last_ok() != before; }));
    CPPUNIT_ASSERT_EQUAL(1.0, daemon.metric("muster_plugin_up{plugin=\"misbehaving\"}"));
    CPPUNIT_ASSERT_EQUAL(0.0, deaths(daemon));
  }

  ChangingServer well_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(MusterdWallTest);
}  // namespace muster
