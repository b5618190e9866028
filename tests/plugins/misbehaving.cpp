// A probe that breaks the contract in the way that its target's name says.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <muster/probe.hpp>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>

namespace {

using muster::sdk::ConfigError;
using muster::sdk::Host;
using muster::sdk::Http;
using muster::sdk::Probe;
using muster::sdk::Result;
using muster::sdk::Run;
using muster::sdk::Target;

struct Counted final : muster::sdk::TargetState {
  int runs = 0;
};

class Misbehaving final : public Probe {
 public:
  Misbehaving(const Host& host, std::string_view config) : host_(host), http_(host) {
    if (config == R"({"refuse":true})") throw ConfigError("/refuse", "asked to refuse");
    if (config == R"({"throw":true})") throw 7;
  }

  void start(const Target& target, Run run) override {
    const std::string_view how = target.name();
    Result good;
    good.status = MUSTER_OK;
    if (how == "throws") throw std::runtime_error("on purpose");
    if (how == "drops") return;
    if (how == "twice") return complete_twice(std::move(run), good);
    if (how == "thread") return complete_from_a_thread(std::move(run));
    if (how == "counts") return count(target, std::move(run));
    if (how == "rubbish") return rubbish(std::move(run));
    if (how == "http") return ask(target, std::move(run));
    if (how == "blocks") std::this_thread::sleep_for(std::chrono::seconds(8));
    if (how == "never") return keep(std::move(run));
    if (how == "late") return complete_late(std::move(run));
    if (how == "megabyte") return megabyte(std::move(run));
    if (how == "token") return show(target.credential(), std::move(run));
    if (how == "pid") return show(std::to_string(::getpid()), std::move(run));
    if (how == "pokes") return poke(std::move(run));
    if (how.starts_with("socket: ")) return abuse_sockets(how.substr(8), std::move(run));
    if (how == "signals") {
      for (const int each : {SIGTERM, SIGINT, SIGHUP}) ::raise(each);
    }
    die(how);
    std::move(run).complete(good);
  }

 private:
  static void die(std::string_view how) {
    if (how == "crashes") ::raise(SIGSEGV);
    if (how == "aborts") std::abort();
    if (how == "exits") std::exit(0);
    while (how == "hangs") ::pause();
    while (how == "leaks memory") leak(new char[1024 * 1024]);
    while (how == "leaks descriptors" && ::open("/dev/null", O_RDONLY) >= 0) continue;
  }

  static void leak(char* memory) {
    static std::vector<char*> kept;
    kept.push_back(memory);
  }

  // Well after the deadline, when nobody waits any more.
  static void complete_late(Run run) {
    std::thread([run = std::move(run)]() mutable {
      std::this_thread::sleep_for(std::chrono::milliseconds(600));
      std::move(run).complete(Result{.status = MUSTER_OK});
    }).detach();
  }

  static void megabyte(Run run) {
    std::vector<std::string> names;
    for (int i = 0; i < 10'000; ++i) names.push_back(std::string(100, 'm') + std::to_string(i));
    Result result;
    result.status = MUSTER_OK;
    for (const std::string& name : names) result.add_gauge(name, 1);
    std::move(run).complete(result);
  }

  static void show(std::string_view text, Run run) {
    Result result;
    result.status = MUSTER_OK;
    result.message = text;
    std::move(run).complete(result);
  }

  // Out of its process: other programs, other processes, inherited descriptors.
  static void poke(Run run) {
    std::string got;
    if (::kill(::getppid(), 0) == 0) got += "parent ";
    ::execl("/bin/true", "true", nullptr);
    for (int fd = 3; fd < 64; ++fd) got += ::fcntl(fd, F_GETFD) >= 0 ? "x" : ".";
    Result result;
    result.status = MUSTER_OK;
    result.message = got;
    std::move(run).complete(result);
  }

  // Those of its host, which are where any plugin finds them.
  static void abuse_sockets(std::string_view how, Run run) {
    constexpr int kControl = 4;
    constexpr int kLoops = 5;
    using namespace std::string_view_literals;
    if (how == "greets again") say(kControl, kGreeting);
    if (how == "refuses late") say(kControl, "\2\4\0\0\0late"sv);
    if (how == "cut") say(kControl, "\5\1\0"sv);
    if (how == "says nothing") say(kControl, "");
    if (how == "mad") say(kLoops, "\xff");
    if (how == "cut result") say(kLoops, "\12\1\0\0\0"sv);
    if (how == "closes") close_later(kLoops);
    if (how == "shuts") ::shutdown(kLoops, SHUT_RDWR);
    keep(std::move(run));
  }

  static constexpr std::string_view kGreeting{
      "\1\13\0\0\0misbehaving\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 32};

  // When its host is not looking at it, which would see it at once.
  static void close_later(int socket) {
    std::thread([socket] {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      ::close(socket);
    }).detach();
  }

  static void say(int socket, std::string_view packet) {
    static_cast<void>(::send(socket, packet.data(), packet.size(), MSG_NOSIGNAL));
  }

  void complete_twice(Run run, const Result& result) const {
    muster_run* const handle = run.c_run();
    std::move(run).complete(result);
    muster_result again{};
    again.struct_size = sizeof again;
    host_.c_host()->complete(handle, &again);
  }

  static void complete_from_a_thread(Run run) {
    std::thread([run = std::move(run)]() mutable {
      Result result;
      result.status = MUSTER_WARNING;
      result.message = "from elsewhere";
      std::move(run).complete(result);
    }).detach();
  }

  static void count(const Target& target, Run run) {
    auto& state = target.state<Counted>([] { return std::make_unique<Counted>(); });
    Result result;
    result.status = MUSTER_OK;
    result.add_gauge("runs", ++state.runs);
    std::move(run).complete(result);
  }

  static void rubbish(Run run) {
    static const std::string kLong(100'000, 'x');
    Result result;
    result.status = 77;
    result.reason = static_cast<muster_reason>(4711);
    result.http_status = -5;
    result.message = "bad \xff\xfe bytes\nand lines";
    result.add_component(kLong, 12, kLong);
    result.add_gauge("nan", 0.0 / 0.0);
    result.add_gauge("good", 1);
    std::move(run).complete(result);
  }

  // Never given back, which is the point; reachable, so that it is no leak.
  static void keep(Run run) {
    static auto* const kept = new std::vector<Run>;
    kept->push_back(std::move(run));
  }

  void ask(const Target& target, Run run) {
    const std::string url(target.api_url());
    muster_http_request request{};
    request.struct_size = sizeof request;
    request.method = muster::sdk::to_c("GET");
    request.url = muster::sdk::to_c(url);
    http_.send(std::move(run), request, [](Run open, const muster_http_response& response) {
      Result result;
      result.status = response.reason == MUSTER_REASON_NONE ? MUSTER_OK : MUSTER_CRITICAL;
      result.reason = response.reason;
      result.http_status = response.status_code;
      std::move(open).complete(result);
    });
  }

  const Host host_;
  const Http http_;
};

}  // namespace

MUSTER_PROBE(Misbehaving, "misbehaving", "1.0.0", "breaks the contract", "{}", MUSTER_HTTP)
