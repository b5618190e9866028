#include <cppunit/extensions/HelperMacros.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <thread>

#include "tests/integration/shim/real_postgres.h"
#include "tests/integration/shim/running_shim.h"
#include "tests/integration/shim/silent_server.h"
#include "tests/support/eventually.h"
#include "tests/support/free_port.h"

namespace muster {
using namespace std::chrono_literals;
using namespace test;
namespace {

constexpr auto kPatience = 20s;

std::unique_ptr<ChildProcess> start_redis(std::uint16_t port, const std::string& password = "") {
  std::vector<std::string> arguments{
      "--port", std::to_string(port), "--bind", "127.0.0.1", "--save", "", "--dir", "/tmp"};
  if (!password.empty()) arguments.insert(arguments.end(), {"--requirepass", password});
  auto redis = std::make_unique<ChildProcess>("redis-server", arguments);
  CPPUNIT_ASSERT(redis->wait_for_line("Ready to accept connections", kPatience));
  return redis;
}

std::string redis_check(const std::string& name, std::uint16_t port, const std::string& more = "") {
  return "  " + name + ": {redis: {port: " + std::to_string(port) + more + "}}\n";
}

std::chrono::milliseconds duration_of(const std::function<void()>& action) {
  const auto begin = std::chrono::steady_clock::now();
  action();
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               begin);
}

int exit_code(ChildProcess& process) {
  const auto code = process.wait_exit(kPatience);
  CPPUNIT_ASSERT_MESSAGE("it still runs", code.has_value());
  return *code;
}

}  // namespace

class ShimTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ShimTest);
  CPPUNIT_TEST(answers_every_endpoint);
  CPPUNIT_TEST(sees_redis_die);
  CPPUNIT_TEST(knows_what_redis_means_about_passwords);
  CPPUNIT_TEST(sees_postgresql_stop);
  CPPUNIT_TEST(is_only_degraded_by_what_is_not_critical);
  CPPUNIT_TEST(is_not_held_up_by_silent_components);
  CPPUNIT_TEST(wants_the_token);
  CPPUNIT_TEST(refuses_hostile_requests);
  CPPUNIT_TEST(keeps_a_connection_for_the_next_request);
  CPPUNIT_TEST(serves_and_verifies_tls);
  CPPUNIT_TEST(stops_at_once_on_sigterm);
  CPPUNIT_TEST(tells_systemd);
  CPPUNIT_TEST(explains_a_bad_configuration);
  CPPUNIT_TEST(cannot_listen_twice);
  CPPUNIT_TEST(stays_small);
  CPPUNIT_TEST_SUITE_END();

  void answers_every_endpoint() {
    RunningShim shim("checks:\n  self: {process: {name: muster-shim}}\n");
    const auto health = shim.json("/health");
    CPPUNIT_ASSERT_EQUAL(std::string("healthy"), shim.check("self"));
    CPPUNIT_ASSERT(!health->getValue<std::string>("hostname").empty());
    CPPUNIT_ASSERT(!health->getValue<std::string>("version").empty());
    CPPUNIT_ASSERT(health->getValue<int>("uptime_seconds") >= 0);

    const auto metrics = shim.json("/api/v1/metrics/current");
    CPPUNIT_ASSERT(metrics->getObject("cpu")->getValue<int>("cores") > 0);
    CPPUNIT_ASSERT(metrics->getObject("memory")->getValue<double>("usage_percent") > 0);
    CPPUNIT_ASSERT(metrics->getObject("disk")->getValue<double>("total_gb") > 0);
    CPPUNIT_ASSERT(metrics->getObject("network")->has("rx_errors"));
    CPPUNIT_ASSERT(metrics->getObject("users")->has("active"));
    CPPUNIT_ASSERT_EQUAL(std::string("healthy"),
                         metrics->getObject("services")->getValue<std::string>("self"));

    const auto page = shim.get("/metrics");
    CPPUNIT_ASSERT(page.body.find("muster_shim_check_healthy{check=\"self\"} 1\n") !=
                   std::string::npos);
  }

  void sees_redis_die() {
    const auto port = free_port();
    const auto redis = start_redis(port);
    RunningShim shim("cache: 0s\nchecks:\n" + redis_check("redis", port));
    CPPUNIT_ASSERT_EQUAL(200, shim.get("/health").status);
    CPPUNIT_ASSERT_EQUAL(std::string("healthy"), shim.check("redis"));
    redis->signal(SIGKILL);
    CPPUNIT_ASSERT(wait_for_http(shim.port(), "/health", 503, kPatience));
    CPPUNIT_ASSERT_EQUAL(std::string("unhealthy"),
                         shim.json("/health")->getValue<std::string>("status"));
    CPPUNIT_ASSERT(shim.check("redis").find("Connection refused") != std::string::npos);
    const auto again = start_redis(port);
    CPPUNIT_ASSERT(wait_for_http(shim.port(), "/health", 200, kPatience));
  }

  void knows_what_redis_means_about_passwords() {
    const auto port = free_port();
    const auto redis = start_redis(port, "sesame sesame");
    RunningShim shim("checks:\n" + redis_check("stranger", port) +
                         redis_check("friend", port, ", password: \"${REDIS_PASSWORD}\"") +
                         redis_check("thief", port, ", password: wrong"),
                     {{"REDIS_PASSWORD", "sesame sesame"}});
    CPPUNIT_ASSERT_EQUAL(std::string("healthy"), shim.check("stranger"));
    CPPUNIT_ASSERT_EQUAL(std::string("healthy"), shim.check("friend"));
    CPPUNIT_ASSERT(shim.check("thief").find("AUTH refused: -WRONGPASS") != std::string::npos);
    CPPUNIT_ASSERT(shim.get("/health").body.find("sesame") == std::string::npos);
  }

  void sees_postgresql_stop() {
    RealPostgres postgres;
    RunningShim shim("cache: 0s\nchecks:\n  db: {postgresql: {socket_directory: " +
                     postgres.socket_directory() + "}}\n");
    CPPUNIT_ASSERT_EQUAL(std::string("healthy"), shim.check("db"));
    postgres.process().signal(SIGQUIT);
    CPPUNIT_ASSERT(wait_for_http(shim.port(), "/health", 503, kPatience));
    CPPUNIT_ASSERT(shim.check("db").starts_with("unhealthy: " + postgres.socket_directory()));
  }

  void is_only_degraded_by_what_is_not_critical() {
    RunningShim shim("checks:\n  gone: {critical: false, process: {name: no-such-process}}\n");
    CPPUNIT_ASSERT_EQUAL(200, shim.get("/health").status);
    CPPUNIT_ASSERT_EQUAL(std::string("degraded"),
                         shim.json("/health")->getValue<std::string>("status"));
  }

  void is_not_held_up_by_silent_components() {
    const SilentServer silent;
    std::string yaml = "checks:\n";
    for (int i = 0; i < 10; ++i) {
      yaml += "  web" + std::to_string(i) +
              ": {timeout: 1s, http: {url: \"http://127.0.0.1:" + silent.port() + "/\"}}\n";
    }
    RunningShim shim(yaml + "  db: {timeout: 1s, postgresql: {port: " + silent.port() + "}}\n");
    const auto spent = duration_of([&] { CPPUNIT_ASSERT_EQUAL(503, shim.get("/health").status); });
    CPPUNIT_ASSERT_MESSAGE(std::to_string(spent.count()) + " ms", spent < 5s);  // not 11 s
    CPPUNIT_ASSERT(shim.check("db").ends_with("no answer in time"));
  }

  void wants_the_token() {
    RunningShim shim("token: \"${SHIM_TOKEN}\"\npublic_paths: [/health]\n",
                     {{"SHIM_TOKEN", "0123456789abcdef"}});
    const auto refused = shim.get("/metrics");
    CPPUNIT_ASSERT_EQUAL(401, refused.status);
    CPPUNIT_ASSERT(refused.head.find("\r\nWWW-Authenticate: Bearer") != std::string::npos);
    CPPUNIT_ASSERT_EQUAL(401, shim.get("/metrics", {"Authorization: Bearer wrong"}).status);
    CPPUNIT_ASSERT_EQUAL(200,
                         shim.get("/metrics", {"Authorization: Bearer 0123456789abcdef"}).status);
    CPPUNIT_ASSERT_EQUAL(200, shim.get("/health").status);
    CPPUNIT_ASSERT(shim.process().output().find("0123456789abcdef") == std::string::npos);
  }

  void refuses_hostile_requests() {
    RunningShim shim("limits: {request_timeout: 300ms}\n");
    const auto status = [&](const std::string& bytes) {
      const auto answer = exchange(shim.port(), bytes, kPatience);
      return answer ? answer->substr(9, 3) : "none";
    };
    const std::string big(9000, 'a');
    CPPUNIT_ASSERT_EQUAL(std::string("400"), status("\x16\x03\x01\r\n\r\n"));
    CPPUNIT_ASSERT_EQUAL(std::string("431"), status("GET /" + big + " HTTP/1.1\r\n\r\n"));
    CPPUNIT_ASSERT_EQUAL(std::string("408"), status("GET /health HTTP/1.1\r\nHost: a\r\n"));
    CPPUNIT_ASSERT_EQUAL(std::string("404"), status("GET /../etc/passwd HTTP/1.0\r\n\r\n"));
    CPPUNIT_ASSERT_EQUAL(std::string("405"), status("DELETE /health HTTP/1.0\r\n\r\n"));
    CPPUNIT_ASSERT_EQUAL(std::string("413"),
                         status("GET /health HTTP/1.1\r\nContent-Length: 9\r\n\r\nsomething"));
    CPPUNIT_ASSERT_EQUAL(200, shim.get("/health").status);
  }

  void keeps_a_connection_for_the_next_request() {
    RunningShim shim("");
    const std::string request = "GET /nope HTTP/1.1\r\nHost: a\r\n";
    const auto answers =
        exchange(shim.port(), request + "\r\n" + request + "Connection: close\r\n\r\n", kPatience);
    CPPUNIT_ASSERT(answers && answers->find("HTTP/1.1 404", 1) != std::string::npos);
  }

  void serves_and_verifies_tls() {
    TempDir files;
    const std::string folder = files.path();
    ChildProcess openssl(
        "openssl", {"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                    "-nodes", "-subj", "/CN=shim", "-addext", "subjectAltName=IP:127.0.0.1",
                    "-keyout", folder + "/key.pem", "-out", folder + "/crt.pem"});
    CPPUNIT_ASSERT_EQUAL(0, exit_code(openssl));
    const RunningShim served("tls: {certificate: " + folder + "/crt.pem, key: " + folder +
                             "/key.pem}\n");
    const std::string url = "\"https://127.0.0.1:" + std::to_string(served.port()) + "/health\"";
    const std::string name = "\"https://localhost:" + std::to_string(served.port()) + "/health\"";
    const RunningShim asking("checks:\n  known: {http: {url: " + url + ", ca_file: " + folder +
                             "/crt.pem}}\n  unknown: {http: {url: " + url + "}}\n" +
                             "  misnamed: {http: {url: " + name + ", ca_file: " + folder +
                             "/crt.pem}}\n");
    CPPUNIT_ASSERT_EQUAL(std::string("healthy"), asking.check("known"));
    CPPUNIT_ASSERT(asking.check("unknown").find("self-signed") != std::string::npos);
    CPPUNIT_ASSERT(asking.check("misnamed").find("hostname mismatch") != std::string::npos);
  }

  void stops_at_once_on_sigterm() {
    const SilentServer silent;
    RunningShim shim("checks:\n  web: {timeout: 30s, http: {url: \"http://127.0.0.1:" +
                     silent.port() + "/\"}}\n");
    std::thread client([&] { http_get(shim.port(), "/health"); });
    const bool asked = eventually(kPatience, [&] { return silent.has_client(); });
    const auto spent = duration_of([&] {
      shim.process().signal(SIGTERM);
      shim.process().wait_exit(kPatience);
    });
    client.join();
    CPPUNIT_ASSERT(asked);
    CPPUNIT_ASSERT_EQUAL(0, exit_code(shim.process()));
    CPPUNIT_ASSERT_MESSAGE(std::to_string(spent.count()) + " ms", spent < 5s);
  }

  void tells_systemd() {
    TempDir files;
    const std::string path = files.path() / "notify";
    const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    CPPUNIT_ASSERT_EQUAL(0, ::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address));
    const auto message = [&] {
      pollfd event{socket, POLLIN, 0};
      char text[64] = "nothing";
      if (::poll(&event, 1, 20'000) == 1) text[::recv(socket, text, sizeof text - 1, 0)] = '\0';
      return std::string(text);
    };
    RunningShim shim("", {{"NOTIFY_SOCKET", path}});
    CPPUNIT_ASSERT_EQUAL(std::string("READY=1"), message());
    shim.process().signal(SIGINT);
    CPPUNIT_ASSERT_EQUAL(std::string("STOPPING=1"), message());
    CPPUNIT_ASSERT_EQUAL(0, exit_code(shim.process()));
    ::close(socket);
  }

  void explains_a_bad_configuration() {
    TempDir files;
    const std::string bad = files.write("bad.yaml", "listen: {adress: 0.0.0.0}\ncache: often\n");
    for (const std::vector<std::string>& options :
         {std::vector<std::string>{"--check-config", "--config", bad}, {"--config", bad}}) {
      ChildProcess shim(kShimProgram, options);
      CPPUNIT_ASSERT_EQUAL(78, exit_code(shim));
      const std::string output = shim.output();
      CPPUNIT_ASSERT_MESSAGE(output,
                             output.find(bad + ":1:10: unknown key \"adress\", did you mean "
                                               "\"address\"?\n") != std::string::npos);
      CPPUNIT_ASSERT_MESSAGE(output, output.find(bad + ":2:8: ") != std::string::npos);
    }
    const std::string open = files.write("open.yaml", "listen: {address: 0.0.0.0}\n");
    ChildProcess refused(kShimProgram, {"-c", open});
    CPPUNIT_ASSERT_EQUAL(78, exit_code(refused));
    CPPUNIT_ASSERT(refused.output().find("a token is needed") != std::string::npos);
    ChildProcess missing(kShimProgram, {"--config", files.path() / "missing.yaml"});
    CPPUNIT_ASSERT_EQUAL(78, exit_code(missing));
    ChildProcess fine(kShimProgram,
                      {"--check-config", "-c", MUSTER_SOURCE_DIR "/etc/muster-shim.yaml"});
    CPPUNIT_ASSERT_EQUAL(0, exit_code(fine));
  }

  void cannot_listen_twice() {
    RunningShim first("");
    TempDir files;
    const std::string config =
        files.write("second.yaml", "listen: {port: " + std::to_string(first.port()) + "}\n");
    ChildProcess second(kShimProgram, {"--config", config});
    CPPUNIT_ASSERT_EQUAL(69, exit_code(second));
    CPPUNIT_ASSERT(second.output().find("shim.cannot_listen") != std::string::npos);
  }

  void stays_small() {
    const auto port = free_port();
    const auto redis = start_redis(port);
    RunningShim shim("cache: 0s\nchecks:\n" + redis_check("redis", port));
    for (int i = 0; i < 100; ++i) {
      for (const char* path : {"/health", "/metrics", "/api/v1/metrics/current"}) shim.get(path);
    }
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    std::ifstream status("/proc/" + std::to_string(shim.process().pid()) + "/status");
    std::string word;
    while (status >> word && word != "VmRSS:") {
    }
    int kilobytes = 0;
    status >> kilobytes;
    CPPUNIT_ASSERT_MESSAGE(std::to_string(kilobytes) + " kB", kilobytes > 0 && kilobytes < 15'000);
#endif
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ShimTest);
}  // namespace muster
