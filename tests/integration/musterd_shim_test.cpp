// The two programs together: a real muster-shim, watched by a real musterd.
#include <signal.h>

#include "tests/integration/musterd_suite.h"
#include "tests/support/free_port.h"

namespace muster {
using namespace std::chrono_literals;
using namespace test;
namespace {

const std::string kShimProgram = MUSTER_BUILD_DIR "/bin/muster-shim";
const std::string kToken = "sesame-open-sesame-open";
constexpr auto kInterval = 1s;
constexpr int kThreshold = 3;

std::string pull_metrics(const std::string& name) {
  return "- {name: " + name +
         ", plugin: metrics_pull, every: 1s, timeout: 1s,"
         " affects_health: false, select: {tags: [measured]}}\n";
}

const std::string kProbes =
    kHealthProbe + pull_metrics("metrics") + pull_metrics("more") + pull_metrics("and-more");

// On a port that stays the same when the shim comes back.
class Shim {
 public:
  Shim() { start(); }

  void start() {
    process_ = std::make_unique<ChildProcess>(
        kShimProgram, std::vector<std::string>{"--config", config_.string()});
    CPPUNIT_ASSERT_MESSAGE(process_->output(), process_->wait_for_line("shim.listening", 20s));
  }

  void kill() {
    process_->signal(SIGKILL);
    process_->wait_exit(kPatience);
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  const std::uint16_t port_ = free_port();
  TempDir files_;
  const std::filesystem::path config_ =
      files_.write("shim.yaml", "listen: {port: " + std::to_string(port_) + "}\ntoken: {file: " +
                                    files_.write("token", kToken).string() + "}\ncache: 0s\n");
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace

class MusterdShimTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(MusterdShimTest);
  CPPUNIT_TEST(watches_a_shim);
  CPPUNIT_TEST(a_wrong_token_is_no_outage);
  CPPUNIT_TEST(sees_the_shim_die_in_time_and_come_back);
  CPPUNIT_TEST(other_probes_do_not_hide_the_death);
  CPPUNIT_TEST_SUITE_END();

  static Daemon& daemon() {
    static StateFolder state;
    static Daemon running(state.path(), {kProbes});
    static Daemon& started = running.start();
    return started;
  }

  static ApiAnswer add(const std::string& name, const Shim& shim, const std::string& token,
                       const std::string& more = "") {
    return daemon().add_server(name, shim.url(), R"("api_token":")" + token + "\"" + more);
  }

  // How long it took until the API says one of these.
  static std::chrono::milliseconds wait_for(const ApiAnswer& server, const std::string& health,
                                            const std::string& or_health = "") {
    const auto begin = std::chrono::steady_clock::now();
    std::string seen;
    const bool came = eventually(kPatience, [&] {
      seen = daemon().api("GET", server_path(server)).text("health_status");
      return seen == health || seen == or_health;
    });
    CPPUNIT_ASSERT_MESSAGE(seen + " and not " + health, came);
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                                 begin);
  }

  void watches_a_shim() {
    Shim shim;
    const ApiAnswer added = add("shimmed", shim, kToken, R"(,"tags":["measured"])");
    CPPUNIT_ASSERT_EQUAL_MESSAGE(added.body, std::string("200"), added.text("check.http_status"));
    // This machine may be short of disk or memory; that it was read is what counts here.
    CPPUNIT_ASSERT_MESSAGE(added.body, added.text("check.reason") == "none" ||
                                           added.text("check.reason") == "reported_unhealthy");
    const std::string path = server_path(added) + "/metrics?period=1m";
    CPPUNIT_ASSERT(eventually(kPatience, [&] {
      return !daemon().api("GET", path).text("items[0].memory_total_bytes").empty();
    }));
  }

  void a_wrong_token_is_no_outage() {
    Shim shim;
    const ApiAnswer added = add("locked-out", shim, "not-the-token-at-all");
    CPPUNIT_ASSERT_EQUAL_MESSAGE(added.body, std::string("auth"), added.text("check.reason"));
    CPPUNIT_ASSERT_EQUAL_MESSAGE(added.body, std::string("unknown"), added.text("check.status"));
  }

  void sees_the_shim_die_in_time_and_come_back() {
    Shim shim;
    const ApiAnswer added = add("dying", shim, kToken);
    wait_for(added, "healthy", "degraded");
    shim.kill();
    const auto spent = wait_for(added, "unreachable", "critical");
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    CPPUNIT_ASSERT_MESSAGE(std::to_string(spent.count()) + " ms",
                           spent < kThreshold * kInterval + 2s);
#endif
    CPPUNIT_ASSERT_EQUAL(std::string("refused"),
                         daemon().api("GET", server_path(added)).text("health_reason"));
    shim.start();
    wait_for(added, "healthy", "degraded");
  }

  // Probes that decide nothing must not use up the tries of the one that does.
  void other_probes_do_not_hide_the_death() {
    Shim shim;
    const ApiAnswer added = add("measured-dying", shim, kToken, R"(,"tags":["measured"])");
    const std::string path = server_path(added) + "/health-history?probe=health";
    CPPUNIT_ASSERT(eventually(kPatience, [&] {  // until its checks are at their regular places
      return !daemon().api("GET", path).text("items[3].at").empty();
    }));
    shim.kill();
    const auto spent = wait_for(added, "unreachable", "critical");
    CPPUNIT_ASSERT_MESSAGE(std::to_string(spent.count()) + " ms", spent < 10s);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MusterdShimTest);
}  // namespace muster
