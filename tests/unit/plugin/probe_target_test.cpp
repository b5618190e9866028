#include "common/plugin/probe_target.h"

#include <cppunit/extensions/HelperMacros.h>

#include <future>

#include "common/net/address_guard.h"
#include "common/net/event_loop.h"
#include "common/net/http_client.h"
#include "common/net/tls_context.h"
#include "common/plugin/probe_runtime.h"
#include "tests/support/eventually.h"
#include "tests/support/fake_server.h"

namespace muster {
using namespace std::chrono_literals;

class ProbeTargetTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ProbeTargetTest);
  CPPUNIT_TEST(completes_inside_start_and_from_another_thread);
  CPPUNIT_TEST(a_dropped_or_throwing_run_ends_as_unknown);
  CPPUNIT_TEST(a_second_completion_changes_nothing);
  CPPUNIT_TEST(a_probe_that_never_completes_is_ended_and_not_started_again);
  CPPUNIT_TEST(keeps_state_for_each_target_and_gives_it_back);
  CPPUNIT_TEST(cleans_rubbish);
  CPPUNIT_TEST(asks_over_http_and_tells_the_phase_of_a_timeout);
  CPPUNIT_TEST(giving_up_ends_the_request_without_a_result);
  CPPUNIT_TEST(a_refused_configuration_says_why);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    library_ =
        *PluginLibrary::load(std::string(MUSTER_BUILD_DIR) + "/tests/plugins/misbehaving.so");
    probe_ = *ConfiguredProbe::create(library_, "test", "{}", clock_);
    loop_.start();
  }

  void tearDown() override {
    loop_.run_and_wait([this] { target_.reset(); });
    CPPUNIT_ASSERT(test::eventually(2s, [this] { return stuck_ || open_runs() == 0; }));
    loop_.stop();
  }

 private:
  std::size_t open_runs() {
    std::size_t open = 0;
    loop_.run_and_wait([&] { open = runtime_.open_runs(); });
    return open;
  }

  void make_target(const std::string& name, const std::string& api_url = {}) {
    auto server = std::make_shared<Server>();
    server->name = name;
    server->api_url = api_url;
    loop_.run_and_wait([&] { target_.emplace(runtime_, probe_, server); });
  }

  Finding run(std::chrono::milliseconds timeout = 5s) {
    std::promise<Finding> found;
    loop_.run_and_wait([&] {
      target_->start(timeout, [&](Finding finding) { found.set_value(std::move(finding)); });
    });
    return found.get_future().get();
  }

  Finding run_as(const std::string& name) {
    make_target(name);
    return run();
  }

  bool open() {
    bool is_open = false;
    loop_.run_and_wait([&] { is_open = target_->open(); });
    return is_open;
  }

  void completes_inside_start_and_from_another_thread() {
    CPPUNIT_ASSERT(run_as("plain").status == CheckStatus::kOk);
    const Finding finding = run_as("thread");
    CPPUNIT_ASSERT(finding.status == CheckStatus::kWarning);
    CPPUNIT_ASSERT_EQUAL(std::string("from elsewhere"), finding.message());
  }

  void a_dropped_or_throwing_run_ends_as_unknown() {
    for (const char* how : {"drops", "throws"}) {
      const Finding finding = run_as(how);
      CPPUNIT_ASSERT(finding.status == CheckStatus::kUnknown);
      CPPUNIT_ASSERT(finding.reason == FailureReason::kPlugin);
      CPPUNIT_ASSERT_EQUAL(std::string("the probe dropped the run"), finding.message());
    }
  }

  void a_second_completion_changes_nothing() {
    CPPUNIT_ASSERT(run_as("twice").status == CheckStatus::kOk);
    for (int i = 0; i < 600; ++i) CPPUNIT_ASSERT(run().status == CheckStatus::kOk);
  }

  void a_probe_that_never_completes_is_ended_and_not_started_again() {
    make_target("never");
    const Finding finding = run(50ms);
    CPPUNIT_ASSERT(finding.status == CheckStatus::kCritical);
    CPPUNIT_ASSERT(finding.reason == FailureReason::kTimeoutResponse);
    CPPUNIT_ASSERT(open());
    stuck_ = true;
  }

  void keeps_state_for_each_target_and_gives_it_back() {
    CPPUNIT_ASSERT_EQUAL(1.0, run_as("counts").metrics.at(0).value);
    CPPUNIT_ASSERT_EQUAL(2.0, run().metrics.at(0).value);
    CPPUNIT_ASSERT_EQUAL(1.0, run_as("counts").metrics.at(0).value);
  }

  void cleans_rubbish() {
    const Finding finding = run_as("rubbish");
    CPPUNIT_ASSERT(finding.status == CheckStatus::kUnknown);
    CPPUNIT_ASSERT(finding.reason == FailureReason::kPlugin);
    CPPUNIT_ASSERT_EQUAL(0, finding.http_status);
    CPPUNIT_ASSERT_EQUAL(std::string("bad ?? bytes?and lines"), finding.message());
    CPPUNIT_ASSERT_EQUAL(std::size_t{200}, finding.words->components.at(0).name.size());
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, finding.metrics.size());
    CPPUNIT_ASSERT_EQUAL(std::string("good"), finding.metrics[0].name);
  }

  void asks_over_http_and_tells_the_phase_of_a_timeout() {
    test::FakeServer server([](const std::string& request) -> test::FakeAnswer {
      if (request.starts_with("GET /hang")) return {"", test::FakeAnswer::Then::kHang};
      return test::answer_with(200, "{}");
    });
    make_target("http", server.url() + "/");
    CPPUNIT_ASSERT_EQUAL(200, run().http_status);
    make_target("http", server.url() + "/hang");
    CPPUNIT_ASSERT(run(80ms).reason == FailureReason::kTimeoutResponse);
    CPPUNIT_ASSERT(!open());
    make_target("http", "gopher://x");
    CPPUNIT_ASSERT(run().reason == FailureReason::kProtocol);
  }

  void giving_up_ends_the_request_without_a_result() {
    test::FakeServer server([](const std::string&) {
      return test::FakeAnswer{"", test::FakeAnswer::Then::kHang};
    });
    make_target("http", server.url() + "/");
    bool told = false;
    loop_.run_and_wait([&] { target_->start(5s, [&](const Finding&) { told = true; }); });
    CPPUNIT_ASSERT(test::eventually(2s, [&] { return server.requests() == 1; }));
    loop_.run_and_wait([&] { target_.reset(); });
    CPPUNIT_ASSERT(test::eventually(2s, [&] { return open_runs() == 0; }));
    CPPUNIT_ASSERT(!told);
  }

  void a_refused_configuration_says_why() {
    const auto refused = ConfiguredProbe::create(library_, "x", R"({"refuse":true})", clock_);
    CPPUNIT_ASSERT_EQUAL(std::string("/refuse: asked to refuse"), refused.error().message);
    CPPUNIT_ASSERT(!ConfiguredProbe::create(library_, "x", R"({"throw":true})", clock_));
  }

  bool stuck_ = false;
  SystemClock clock_;
  EventLoop loop_{"test", clock_, 1ms};
  AddressGuard guard_ = *AddressGuard::make({"127.0.0.0/8"}, {});
  HttpClient http_{loop_, *TlsContext::make({}), guard_, {}};
  ProbeRuntime runtime_{loop_, http_};
  std::shared_ptr<const PluginLibrary> library_;
  std::shared_ptr<const ConfiguredProbe> probe_;
  std::optional<ProbeTarget> target_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(ProbeTargetTest);
}  // namespace muster
