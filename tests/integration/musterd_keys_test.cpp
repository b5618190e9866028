// musterd keys, beside a running daemon, and the rotation of a server's token with a real shim.
#include <signal.h>

#include <fstream>
#include <mutex>
#include <set>

#include "tests/integration/musterd_suite.h"
#include "tests/support/free_port.h"
#include "tests/support/postgres_fixture.h"

namespace muster {
using namespace std::chrono_literals;
using namespace test;
namespace {

const std::string kShimProgram = MUSTER_BUILD_DIR "/bin/muster-shim";
const std::string kOldToken = "the-token-of-yesterday";

// A shim reads its token when it starts.
class Shim {
 public:
  explicit Shim(const std::string& token) { start_with(token); }

  void start_with(const std::string& token) {
    if (process_) {
      process_->signal(SIGTERM);
      process_->wait_exit(kPatience);
    }
    files_.write("token", token);
    const auto config = files_.write("shim.yaml", "listen: {port: " + std::to_string(port_) +
                                                      "}\ntoken: {file: token}\ncache: 0s\n");
    process_ = std::make_unique<ChildProcess>(
        kShimProgram, std::vector<std::string>{"--config", config.string()});
    CPPUNIT_ASSERT_MESSAGE(process_->output(), process_->wait_for_line("shim.listening", 20s));
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  const std::uint16_t port_ = free_port();
  TempDir files_;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace

class MusterdKeysTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(MusterdKeysTest);
  CPPUNIT_TEST(rotates_and_rewraps_beside_a_daemon);
  CPPUNIT_TEST(does_not_start_without_a_key_that_is_needed);
  CPPUNIT_TEST(tells_how_it_is_used);
  CPPUNIT_TEST(a_token_is_rotated_without_a_gap);
  CPPUNIT_TEST(a_shim_gets_its_new_token);
  CPPUNIT_TEST_SUITE_END();

  struct Outcome {
    int code;
    std::string output;
  };

  static Outcome keys(const Daemon& daemon, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "keys");
    arguments.insert(arguments.end(), {"--config", daemon.config_file().string()});
    ChildProcess process(kMusterdProgram, arguments);
    const auto code = process.wait_exit(kPatience);
    return {code.value_or(-1), process.output()};
  }

  static void add(Daemon& daemon, const std::string& name, const std::string& url,
                  const std::string& token) {
    daemon.add_server(name, url, R"("api_token":")" + token + "\"");
  }

  static void remove_last_line(const std::filesystem::path& file) {
    std::string text;
    std::getline(std::ifstream(file), text, '\0');
    text = text.substr(0, text.find('\n') + 1);
    std::ofstream(file) << text;  // in place: it keeps its mode
  }

  // Answers those who bear a token of the list, and counts whom it turned away.
  struct Doorman {
    std::mutex mutex;
    std::set<std::string> good;

    FakeAnswer answer(const std::string& request) {
      const std::lock_guard lock(mutex);
      for (const std::string& token : good) {
        if (request.find("Bearer " + token + "\r\n") != std::string::npos) return healthy();
      }
      return answer_with(401, "{}");
    }
    void let_in(std::set<std::string> tokens) {
      const std::lock_guard lock(mutex);
      good = std::move(tokens);
    }
  };

  void rotates_and_rewraps_beside_a_daemon() {
    ChangingServer server;
    StateFolder state;
    Daemon daemon(state.path(), {kHealthProbe});
    daemon.start();
    add(daemon, "before", server.url(), "token-one");
    assert_contains(keys(daemon, {"status"}).output, "key 1, in use: 1 data keys");

    const Outcome rotated = keys(daemon, {"rotate"});
    CPPUNIT_ASSERT_EQUAL_MESSAGE(rotated.output, 0, rotated.code);
    add(daemon, "between", server.url(), "token-two");  // by a daemon that was told nothing
    const Outcome rewrapped = keys(daemon, {"rewrap"});
    CPPUNIT_ASSERT_EQUAL_MESSAGE(rewrapped.output, 0, rewrapped.code);
    const std::string status = keys(daemon, {"status"}).output;
    assert_contains(status, "key 2, in use: 2 data keys");
    assert_contains(status, "key 1: 0 data keys, 0 values without a data key; may be removed");
    CPPUNIT_ASSERT(status.find("token-one") == std::string::npos);

    daemon.stop();
    remove_last_line(state.path() / "secret.key");
    daemon.start();
    CPPUNIT_ASSERT(daemon.log().find("secret_unreadable") == std::string::npos);
    CPPUNIT_ASSERT(eventually(
        kPatience, [&] { return daemon.metric(R"(muster_secret_kek_refs{kek="2"})") == 2.0; }));
  }

  void does_not_start_without_a_key_that_is_needed() {
    ChangingServer server;
    StateFolder state;
    Daemon daemon(state.path(), {kHealthProbe});
    daemon.start();
    add(daemon, "a", server.url(), "token-one");
    daemon.stop();
    const std::filesystem::path file = state.path() / "secret.key";
    std::string line;
    std::getline(std::ifstream(file), line);
    std::ofstream(file) << "9" << line.substr(1) << "\n";
    daemon.launch();
    CPPUNIT_ASSERT(!daemon.wait_until_ready());
    assert_contains(daemon.log(), "secret.key: lacks key 1,");
  }

  void tells_how_it_is_used() {
    StateFolder state;
    Daemon daemon(state.path(), {});
    daemon.start();
    CPPUNIT_ASSERT_EQUAL(64, keys(daemon, {}).code);
    CPPUNIT_ASSERT_EQUAL(64, keys(daemon, {"status", "again"}).code);
    daemon.stop();
    const Outcome refused = keys(daemon, {"status"});
    CPPUNIT_ASSERT_EQUAL(69, refused.code);
    assert_contains(refused.output, "does not run; start musterd");
  }

  // Old token, both, new token, and at every moment the server is known to be well.
  void a_token_is_rotated_without_a_gap() {
    Doorman door;
    FakeServer server([&](const std::string& request) { return door.answer(request); });
    StateFolder state;
    Daemon daemon(state.path(), {kHealthProbe});
    daemon.start();
    door.let_in({kOldToken});
    const ApiAnswer added =
        daemon.add_server("guarded", server.url(), R"("api_token":")" + kOldToken + "\"");
    const ApiAnswer rotated = daemon.api("POST", server_path(added) + "/rotate-token");
    CPPUNIT_ASSERT_EQUAL_MESSAGE(rotated.body, 200, rotated.status);
    wait_for_checks(daemon, added, 3);
    door.let_in({rotated.text("api_token")});
    wait_for_checks(daemon, added, 3);
    door.let_in({kOldToken});  // someone brings the old one back
    wait_for_checks(daemon, added, 3);
    CPPUNIT_ASSERT_EQUAL(std::string(),
                         daemon.api("GET", server_path(added) + "/health-history?status=unknown")
                             .text("items[0].reason"));
    door.let_in({});
    CPPUNIT_ASSERT(eventually(kPatience, [&] {
      return daemon.api("GET", server_path(added)).text("health_reason") == "auth";
    }));
  }

  static std::size_t checks(Daemon& daemon, const ApiAnswer& server) {
    const std::string body =
        daemon.api("GET", server_path(server) + "/health-history?limit=500").body;
    std::size_t count = 0;
    for (std::size_t at = 0; (at = body.find("\"probe\"", at)) != std::string::npos; ++at) ++count;
    return count;
  }

  static void wait_for_checks(Daemon& daemon, const ApiAnswer& server, std::size_t more) {
    const std::size_t before = checks(daemon, server);
    CPPUNIT_ASSERT(eventually(kPatience, [&] { return checks(daemon, server) >= before + more; }));
  }

  void a_shim_gets_its_new_token() {
    Shim shim(kOldToken);
    StateFolder state;
    Daemon daemon(state.path(), {kHealthProbe});
    daemon.start();
    const ApiAnswer added =
        daemon.add_server("shimmed", shim.url(), R"("api_token":")" + kOldToken + "\"");
    const ApiAnswer rotated =
        daemon.api("POST", server_path(added) + "/rotate-token", R"({"overlap_seconds":3600})");
    CPPUNIT_ASSERT_EQUAL_MESSAGE(rotated.body, 200, rotated.status);
    wait_for_checks(daemon, added, 2);
    assert_contains(daemon.log(), "check.token_switched");
    shim.start_with(rotated.text("api_token"));
    CPPUNIT_ASSERT(
        eventually(kPatience, [&] { return daemon.log().find("token=new") != std::string::npos; }));
    assert_contains(daemon.api("POST", server_path(added) + "/health-check").body,
                    "\"http_status\":200");
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MusterdKeysTest);
}  // namespace muster
