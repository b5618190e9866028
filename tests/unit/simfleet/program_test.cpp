// The real program over sockets.
#include <arpa/inet.h>
#include <cppunit/extensions/HelperMacros.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>

#include <cerrno>

#include <chrono>
#include <optional>

#include "tests/support/eventually.h"
#include "tests/support/http_get.h"
#include "tests/support/sim_client.h"
#include "tests/support/sim_process.h"

namespace muster {
using namespace std::chrono_literals;
using test::body_of;
using test::SimClient;
using test::SimProcess;

class ProgramTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ProgramTest);
  CPPUNIT_TEST(every_loopback_address_is_a_server);
  CPPUNIT_TEST(keeps_connections_and_takes_pipelined_and_split_requests);
  CPPUNIT_TEST(the_path_wins_over_the_address);
  CPPUNIT_TEST(wants_its_token);
  CPPUNIT_TEST(breaks_off_in_mid_body);
  CPPUNIT_TEST(kept_connections_turn_out_dead);
  CPPUNIT_TEST(refuses_and_speaks_ssh_before_a_request);
  CPPUNIT_TEST(a_closed_port_refuses_and_a_silent_one_never_opens);
  CPPUNIT_TEST(a_slow_answer_takes_its_time);
  CPPUNIT_TEST(hangs_without_harm_to_others);
  CPPUNIT_TEST(sends_without_end_and_without_harm_to_others);
  CPPUNIT_TEST(survives_bad_requests);
  CPPUNIT_TEST(makes_room_when_descriptors_run_out);
  CPPUNIT_TEST(several_threads_share_the_port);
  CPPUNIT_TEST(ends_as_it_is_told);
  CPPUNIT_TEST_SUITE_END();

  static std::string get(const SimProcess& sim, const std::string& path,
                         const std::string& address = "127.0.0.1",
                         const std::string& headers = "") {
    SimClient client(address, sim.port());
    client.get(path, headers);
    return client.read_answer();
  }

  static bool counts(const SimProcess& sim, const std::string& field) {
    return sim.stats().find(field) != std::string::npos;
  }

  void every_loopback_address_is_a_server() {
    const SimProcess sim;
    for (const char* address : {"127.0.0.1", "127.0.0.2", "127.255.255.254"}) {
      const std::string answer = get(sim, "/health", address);
      CPPUNIT_ASSERT(answer.starts_with("HTTP/1.1 200 OK\r\n"));
      CPPUNIT_ASSERT_EQUAL(std::size_t{243}, body_of(answer).size());
    }
    const std::string metrics = body_of(get(sim, "/api/v1/metrics/current", "127.0.0.7"));
    CPPUNIT_ASSERT(metrics.starts_with("{\"timestamp\":\"") && metrics.ends_with("}}"));
    CPPUNIT_ASSERT(get(sim, "/nothing").starts_with("HTTP/1.1 404"));
    CPPUNIT_ASSERT(counts(sim, "\"healthy\":4"));
  }

  void keeps_connections_and_takes_pipelined_and_split_requests() {
    const SimProcess sim;
    SimClient client("127.0.0.1", sim.port());
    client.send("GET /health HTTP/1.1\r\n\r\nGET /sim/unhealthy/health HTTP/1.1\r\n\r\nGET /hea");
    CPPUNIT_ASSERT(client.read_answer().starts_with("HTTP/1.1 200"));
    CPPUNIT_ASSERT(client.read_answer().starts_with("HTTP/1.1 503"));
    client.send("lth HTTP/1.1\r\nConnection: close\r\n\r");
    client.send("\n");
    CPPUNIT_ASSERT(client.read_to_end().starts_with("HTTP/1.1 200"));
    CPPUNIT_ASSERT(client.end() == SimClient::End::kClosed);
  }

  void the_path_wins_over_the_address() {
    const SimProcess sim({"--rule", "127.5.0.0/16=unhealthy", "--rule", "127.0.0.0/8=degraded"});
    CPPUNIT_ASSERT(get(sim, "/health", "127.5.1.2").starts_with("HTTP/1.1 503"));
    CPPUNIT_ASSERT(get(sim, "/health", "127.6.1.2").find("\"degraded\"") != std::string::npos);
    CPPUNIT_ASSERT(get(sim, "/sim/healthy/health", "127.5.1.2").starts_with("HTTP/1.1 200"));
    CPPUNIT_ASSERT(get(sim, "/sim/nonsense/health").starts_with("HTTP/1.1 404"));
    CPPUNIT_ASSERT(get(sim, "/sim/status:429/health").starts_with("HTTP/1.1 429"));
    CPPUNIT_ASSERT(
        get(sim, "/sim/redirect-loop/health").find("Location: /sim/redirect-loop/health\r\n") !=
        std::string::npos);
  }

  void wants_its_token() {
    const SimProcess sim({"--token", "right"});
    const std::string path = "/sim/unauthorized/health";
    const auto status = [&](const std::string& headers) {
      return get(sim, path, "127.0.0.1", headers).substr(9, 3);
    };
    CPPUNIT_ASSERT_EQUAL(std::string("401"), status(""));
    CPPUNIT_ASSERT_EQUAL(std::string("401"), status("Authorization: Bearer wrong\r\n"));
    CPPUNIT_ASSERT_EQUAL(std::string("200"), status("Authorization: Bearer right\r\n"));
  }

  static void expect_end(const SimProcess& sim, const std::string& path, std::size_t body_bytes,
                         SimClient::End end) {
    SimClient client("127.0.0.1", sim.port());
    client.get(path);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(path, body_bytes, body_of(client.read_to_end()).size());
    CPPUNIT_ASSERT_MESSAGE(path, client.end() == end);
  }

  void breaks_off_in_mid_body() {
    const SimProcess sim;
    expect_end(sim, "/sim/reset/health", 121, SimClient::End::kReset);
    expect_end(sim, "/sim/close/health", 121, SimClient::End::kClosed);
    expect_end(sim, "/sim/truncated/health", 243, SimClient::End::kClosed);
    expect_end(sim, "/sim/refuse/health", 0, SimClient::End::kReset);
  }

  void kept_connections_turn_out_dead() {
    const SimProcess sim;
    SimClient client("127.0.0.1", sim.port());
    client.get("/sim/keepalive-close/health");
    const std::string answer = client.read_answer();
    CPPUNIT_ASSERT(answer.find("Connection") == std::string::npos);
    CPPUNIT_ASSERT_EQUAL(std::size_t{243}, body_of(answer).size());
    client.read_to_end();
    CPPUNIT_ASSERT(client.end() == SimClient::End::kClosed);
  }

  void refuses_and_speaks_ssh_before_a_request() {
    const SimProcess sim({"--rule", "127.5.0.0/16=refuse", "--rule", "127.6.0.0/16=ssh"});
    SimClient refused("127.5.0.1", sim.port());
    CPPUNIT_ASSERT_EQUAL(std::string(), refused.read_to_end());
    CPPUNIT_ASSERT(refused.end() == SimClient::End::kReset);
    SimClient ssh("127.6.0.1", sim.port());
    CPPUNIT_ASSERT_EQUAL(std::string("SSH-2.0-"), ssh.read(8));
  }

  // The error of a connect() that may take `patience`; 0 when it opens.
  static int connect_error(const std::string& address, std::uint16_t port, int patience_ms) {
    const UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_port = htons(port);
    ::inet_pton(AF_INET, address.c_str(), &name.sin_addr);
    if (::connect(fd.get(), reinterpret_cast<sockaddr*>(&name), sizeof name) == 0) return 0;
    if (errno != EINPROGRESS) return errno;
    pollfd wanted{fd.get(), POLLOUT, 0};
    if (::poll(&wanted, 1, patience_ms) == 0) return ETIMEDOUT;
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    return error;
  }

  void a_closed_port_refuses_and_a_silent_one_never_opens() {
    const SimProcess sim({"--closed-port", "0", "--silent-port", "0"});
    for (const char* address : {"127.0.0.1", "127.0.0.2", "127.9.8.7"}) {
      CPPUNIT_ASSERT_EQUAL(0, connect_error(address, sim.port(), 10'000));
      CPPUNIT_ASSERT_EQUAL(ECONNREFUSED, connect_error(address, sim.closed_port(), 10'000));
      CPPUNIT_ASSERT_EQUAL(ETIMEDOUT, connect_error(address, sim.silent_port(), 300));
    }
    CPPUNIT_ASSERT(get(sim, "/health").starts_with("HTTP/1.1 200"));
  }

  void a_slow_answer_takes_its_time() {
    const SimProcess sim;
    const auto before = std::chrono::steady_clock::now();
    CPPUNIT_ASSERT(get(sim, "/sim/slow:300/health").starts_with("HTTP/1.1 200"));
    CPPUNIT_ASSERT(std::chrono::steady_clock::now() - before >= 300ms);
  }

  void hangs_without_harm_to_others() {
    const SimProcess sim({"--rule", "127.5.0.0/16=hang"});
    SimClient hanging("127.5.0.1", sim.port());
    hanging.get("/health");
    CPPUNIT_ASSERT(test::eventually(10s, [&] { return counts(sim, "\"hang\":1"); }));
    CPPUNIT_ASSERT(get(sim, "/health").starts_with("HTTP/1.1 200"));
    CPPUNIT_ASSERT(!hanging.has_something_to_read());
  }

  void sends_without_end_and_without_harm_to_others() {
    const SimProcess sim;
    for (const char* path : {"/sim/endless/health", "/sim/huge/health", "/sim/endless-headers"}) {
      SimClient endless("127.0.0.1", sim.port());
      endless.get(path);
      CPPUNIT_ASSERT_EQUAL(std::size_t{20'000'000}, endless.read(20'000'000).size());
      CPPUNIT_ASSERT(get(sim, "/health").starts_with("HTTP/1.1 200"));
    }
  }

  void survives_bad_requests() {
    const SimProcess sim;
    const auto answer_to = [&](const std::string& bytes) {
      SimClient client("127.0.0.1", sim.port());
      client.send(bytes);
      return client.read_to_end().substr(0, 12);
    };
    CPPUNIT_ASSERT_EQUAL(std::string("HTTP/1.1 400"), answer_to("rubbish\r\n\r\n"));
    CPPUNIT_ASSERT_EQUAL(std::string("HTTP/1.1 431"), answer_to(std::string(100'000, 'x')));
    CPPUNIT_ASSERT_EQUAL(std::string("HTTP/1.1 405"), answer_to("PUT / HTTP/1.1\r\n\r\n"));
    CPPUNIT_ASSERT(get(sim, "/health").starts_with("HTTP/1.1 200"));
    CPPUNIT_ASSERT(counts(sim, "\"bad\":3"));
  }

  void makes_room_when_descriptors_run_out() {
    SimProcess sim({}, 120);
    std::vector<std::unique_ptr<SimClient>> clients;
    for (int i = 0; i < 150; ++i) {
      clients.push_back(std::make_unique<SimClient>("127.0.0.1", sim.port()));
      clients.back()->get("/health");
      CPPUNIT_ASSERT(clients.back()->read_answer().starts_with("HTTP/1.1 200"));
    }
    clients.front()->read_to_end();
    CPPUNIT_ASSERT(clients.front()->end() == SimClient::End::kClosed);
    CPPUNIT_ASSERT(!clients.back()->has_something_to_read());
    CPPUNIT_ASSERT(!counts(sim, "\"closed_for_descriptors\":0"));
  }

  void several_threads_share_the_port() {
    const SimProcess sim({"--threads", "3"});
    for (int i = 0; i < 30; ++i) {
      const std::string address = "127.0.0." + std::to_string(i + 1);
      CPPUNIT_ASSERT(get(sim, "/health", address).starts_with("HTTP/1.1 200"));
    }
    CPPUNIT_ASSERT(counts(sim, "\"total\":30,"));
  }

  void ends_as_it_is_told() {
    SimProcess sim;
    test::ChildProcess second(test::kSimfleetProgram,
                              {"--port", std::to_string(sim.port()), "--threads", "2"});
    CPPUNIT_ASSERT_EQUAL(2, second.wait_exit(20s).value());
    const SimClient open("127.0.0.1", sim.port());
    sim.process().signal(SIGTERM);
    CPPUNIT_ASSERT_EQUAL(0, sim.process().wait_exit(20s).value());
    test::ChildProcess brief(test::kSimfleetProgram, {"--port", "0", "--duration", "1"});
    CPPUNIT_ASSERT_EQUAL(0, brief.wait_exit(20s).value());
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ProgramTest);
}  // namespace muster
