// What probe.hpp promises: exceptions never cross the border, and each run ends exactly once.
#include "muster/probe.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "muster/fake_host.hpp"

namespace muster::sdk {
namespace {

// Does what its configuration says.
class Actor final : public Probe {
 public:
  Actor(const Host& host, std::string_view config)
      : http_(host), stream_(host), poll_(host), names_(host), workers_(host), role_(config) {
    if (role_ == "refuses") throw ConfigError("/key", "no good");
    if (role_ == "throws a number") throw 7;
    if (role_ == "throws much") throw std::runtime_error(std::string(5000, 'x'));
  }

  void start(const Target& target, Run run) override {
    if (role_ == "drops") return;
    if (role_ == "throws in start") throw std::runtime_error("on purpose");
    if (role_ == "throws a number in start") throw 7;
    if (role_ == "counts") return count(target, std::move(run));
    ask(std::move(run));
  }

 private:
  struct Counted final : TargetState {
    ~Counted() override { ++released; }
    int runs = 0;
  };

  void ask(Run run) {
    const std::string service = role_.substr(0, role_.find(' '));
    const bool keeps = role_.ends_with("keeps");
    const auto done = [this, keeps](Run& run) {
      if (keeps) return throw std::runtime_error("thrown while it has the run");
      Run moved = std::move(run);
      act(std::move(moved));
    };
    if (service == "http") {
      muster_http_request request{};
      request.struct_size = sizeof request;
      http_.send(std::move(run), request,
                 [done](Run&& open, const muster_http_response&) { done(open); });
    } else if (service == "stream") {
      stream_.connect(std::move(run), "h", 1,
                      [done](Run&& open, const muster_stream_event&) { done(open); });
    } else if (service == "poll") {
      poll_.wait(std::move(run), -1, 0, INT64_MAX,
                 [done](Run&& open, std::uint32_t) { done(open); });
    } else if (service == "names") {
      names_.resolve(std::move(run), "h",
                     [done](Run&& open, const muster_names_event&) { done(open); });
    } else {
      workers_.submit(std::move(run), [done](Run&& open) { done(open); });
    }
  }

  void act(Run run) const {
    if (role_.ends_with("drops")) return;
    if (role_.ends_with("throws")) throw std::runtime_error("thrown later");
    if (role_.ends_with("throws a number")) throw 7;
    Result well;
    well.status = run.cancelled() ? MUSTER_WARNING : MUSTER_OK;
    std::move(run).complete(well);
    if (role_.ends_with("throws after")) throw std::runtime_error("thrown after the end");
  }

  static void count(const Target& target, Run run) {
    auto& state = target.state<Counted>([] { return std::make_unique<Counted>(); });
    Result result;
    result.status = MUSTER_OK;
    result.add_gauge("runs", ++state.runs);
    std::move(run).complete(result);
  }

 public:
  static inline int released = 0;

 private:
  const Http http_;
  const Stream stream_;
  const Poll poll_;
  const Names names_;
  const Workers workers_;
  const std::string role_;
};

}  // namespace
}  // namespace muster::sdk

MUSTER_PROBE(muster::sdk::Actor, "actor", "1.0.0", "plays a role", "{}")

namespace muster {
using namespace sdk;

class ProbeTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ProbeTest);
  CPPUNIT_TEST(a_constructor_that_throws_refuses_the_configuration);
  CPPUNIT_TEST(a_start_that_throws_ends_the_run_as_unknown);
  CPPUNIT_TEST(a_dropped_run_ends_as_unknown);
  CPPUNIT_TEST(a_callback_that_throws_ends_the_run_as_unknown);
  CPPUNIT_TEST(a_callback_that_throws_after_the_end_changes_nothing);
  CPPUNIT_TEST(busy_workers_are_no_evidence);
  CPPUNIT_TEST(state_stays_with_its_target_and_is_given_back);
  CPPUNIT_TEST(a_run_hears_that_it_is_cancelled);
  CPPUNIT_TEST(a_service_that_no_host_has_is_missed);
  CPPUNIT_TEST(a_plugin_without_services_needs_none);
  CPPUNIT_TEST_SUITE_END();

  static inline const std::vector<std::string> kServices{"http", "stream", "poll", "names",
                                                         "workers"};

  FakeResult run(const std::string& role) {
    return FakeProbe(host_, *muster_plugin_v1(), role).run();
  }

  void assert_unknown(const std::string& role, const std::string& message) {
    const FakeResult result = run(role);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(role, 1, result.completions);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(role, muster_status{MUSTER_UNKNOWN}, result.status);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(role, muster_reason{MUSTER_REASON_PLUGIN}, result.reason);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(role, message, result.message);
  }

  std::string refusal(const std::string& role) {
    try {
      FakeProbe(host_, *muster_plugin_v1(), role);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "created";
  }

  void a_constructor_that_throws_refuses_the_configuration() {
    CPPUNIT_ASSERT_EQUAL(std::string("/key: no good"), refusal("refuses"));
    CPPUNIT_ASSERT_EQUAL(std::string("the probe's constructor threw"), refusal("throws a number"));
    CPPUNIT_ASSERT_EQUAL(std::string(511, 'x'), refusal("throws much"));
  }

  void a_start_that_throws_ends_the_run_as_unknown() {
    assert_unknown("throws in start", "the probe dropped the run");
    assert_unknown("throws a number in start", "the probe dropped the run");
    CPPUNIT_ASSERT(host_.log == (std::vector<std::string>{"on purpose", "start() threw"}));
  }

  void a_dropped_run_ends_as_unknown() {
    assert_unknown("drops", "the probe dropped the run");
    for (const std::string& service : kServices) {
      assert_unknown(service + " drops", "the probe dropped the run");
    }
    CPPUNIT_ASSERT(host_.log.empty());
  }

  void a_callback_that_throws_ends_the_run_as_unknown() {
    for (const std::string& service : kServices) {
      host_.log.clear();
      assert_unknown(service + " throws", "the probe dropped the run");
      assert_unknown(service + " throws a number", "the probe dropped the run");
      assert_unknown(service + " keeps", "thrown while it has the run");
      CPPUNIT_ASSERT(host_.log ==
                     (std::vector<std::string>{
                         "thrown later", "the probe threw something that is no std::exception",
                         "thrown while it has the run"}));
    }
  }

  void a_callback_that_throws_after_the_end_changes_nothing() {
    for (const std::string& service : kServices) {
      const FakeResult result = run(service + " throws after");
      CPPUNIT_ASSERT_EQUAL_MESSAGE(service, 1, result.completions);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(service, muster_status{MUSTER_OK}, result.status);
      CPPUNIT_ASSERT_EQUAL(std::string("thrown after the end"), host_.log.back());
    }
  }

  void busy_workers_are_no_evidence() {
    CPPUNIT_ASSERT_EQUAL(muster_status{MUSTER_OK}, run("workers").status);
    host_.workers_are_free = false;
    const FakeResult result = run("workers");
    CPPUNIT_ASSERT_EQUAL(1, result.completions);
    CPPUNIT_ASSERT_EQUAL(muster_status{MUSTER_UNKNOWN}, result.status);
    CPPUNIT_ASSERT_EQUAL(muster_reason{MUSTER_REASON_SELF_OVERLOAD}, result.reason);
  }

  void state_stays_with_its_target_and_is_given_back() {
    Actor::released = 0;
    {
      FakeProbe probe(host_, *muster_plugin_v1(), "counts");
      CPPUNIT_ASSERT_EQUAL(1.0, probe.run().metrics.at(0).second);
      CPPUNIT_ASSERT_EQUAL(2.0, probe.run().metrics.at(0).second);
    }
    CPPUNIT_ASSERT_EQUAL(1, Actor::released);
  }

  void a_run_hears_that_it_is_cancelled() {
    CPPUNIT_ASSERT_EQUAL(muster_status{MUSTER_OK}, run("names").status);
    host_.cancelled = true;
    CPPUNIT_ASSERT_EQUAL(muster_status{MUSTER_WARNING}, run("names").status);
  }

  void a_service_that_no_host_has_is_missed() {
    static const char* const kUnheardOf[] = {"muster.unheard_of/1", nullptr};
    muster_plugin plugin = *muster_plugin_v1();
    plugin.required_services = kUnheardOf;
    CPPUNIT_ASSERT_THROW(FakeProbe(host_, plugin, "counts"), std::runtime_error);
  }

  void a_plugin_without_services_needs_none() {
    CPPUNIT_ASSERT(muster_plugin_v1()->required_services[0] == nullptr);
  }

  FakeHost host_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(ProbeTest);
}  // namespace muster
