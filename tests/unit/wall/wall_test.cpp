// Plugins behind the wall, good and bad, as the loops see them.
#include "common/wall/wall.h"

#include <cppunit/extensions/HelperMacros.h>

#include <filesystem>
#include <map>

#include "tests/support/eventually.h"
#include "tests/support/fake_server.h"
#include "tests/support/probe_scene.h"
#include "tests/support/temp_dir.h"

namespace muster {
using namespace std::chrono_literals;

class WallTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(WallTest);
  CPPUNIT_TEST(a_plugin_behind_it_is_as_any_other);
  CPPUNIT_TEST(keeps_state_for_each_target_and_gives_it_back);
  CPPUNIT_TEST(a_refused_configuration_says_why);
  CPPUNIT_TEST(a_plugin_that_cannot_be_used_says_why);
  CPPUNIT_TEST(bad_ones_cost_their_own_runs);
  CPPUNIT_TEST(a_hung_one_is_killed_and_started_again);
  CPPUNIT_TEST(a_result_that_is_too_large_is_cut);
  CPPUNIT_TEST(reaches_nothing_outside);
  CPPUNIT_TEST(a_token_is_confided_only_to_the_trusted);
  CPPUNIT_TEST(what_it_says_over_its_own_sockets_is_not_trusted);
  CPPUNIT_TEST(signals_to_all_are_left_to_the_daemon);
  CPPUNIT_TEST(the_largest_server_is_told_of);
  CPPUNIT_TEST(a_configuration_that_is_too_large_is_refused);
  CPPUNIT_TEST(a_start_that_fails_is_no_death);
  CPPUNIT_TEST(of_a_replaced_plugin_the_new_one_is_shown);
  CPPUNIT_TEST(who_dies_too_often_is_quarantined_until_lifted);
  CPPUNIT_TEST_SUITE_END();

 public:
  void tearDown() override {
    if (scene_) scene_->give_up();
    wall_->detach();
    scene_.reset();
    library_.reset();
    wall_.reset();
  }

  void setUp() override { build_wall(kHostProgram); }

 private:
  static inline const std::string kHostProgram = MUSTER_BUILD_DIR "/bin/muster-probe-host";

  void build_wall(const std::string& program) {
    wire::Setup setup;
    setup.allow_networks = {"127.0.0.0/8"};
    setup.loops = 1;
    wall_.emplace(clock_, program, setup, 20ms);
  }

  Result<std::shared_ptr<const PluginLibrary>> load(const std::string& file) {
    return PluginFile::open(std::string(MUSTER_BUILD_DIR) + "/" + file)
        .and_then([this](PluginFile opened) { return wall_->load(std::move(opened)); });
  }

  void open(const std::string& file = "tests/plugins/misbehaving.so") {
    library_ = test::must(load(file));
    scene_.emplace(library_);
    wall_->attach({&scene_->loop()});
  }

  Finding check(const std::string& how, Duration timeout = 5s, const std::string& api_url = {}) {
    Server server;
    server.name = how;
    server.hostname = "127.0.0.1";
    server.api_url = api_url;
    server.api_token = Secret("hush");
    scene_->configure("{}", server, trusted_);
    return scene_->check(timeout);
  }

  PluginStatus status() const { return wall_->status().at(0); }

  void assert_plugin_fault(const std::string& message, const Finding& finding) {
    CPPUNIT_ASSERT_EQUAL(message, finding.message());
    CPPUNIT_ASSERT(finding.status == CheckStatus::kUnknown);
    CPPUNIT_ASSERT(finding.reason == FailureReason::kPlugin);
  }

  void assert_well_again() {
    CPPUNIT_ASSERT(
        test::eventually(10s, [this] { return check("plain").status == CheckStatus::kOk; }));
  }

  void a_plugin_behind_it_is_as_any_other() {
    open();
    CPPUNIT_ASSERT_EQUAL(std::string("misbehaving"), wall_->status().at(0).name);
    CPPUNIT_ASSERT(check("plain").status == CheckStatus::kOk);
    CPPUNIT_ASSERT_EQUAL(std::string("from elsewhere"), check("thread").message());
    test::FakeServer server([](const std::string&) { return test::answer_with(200, "{}"); });
    const Finding asked = check("http", 5s, server.url() + "/");
    CPPUNIT_ASSERT_EQUAL(200, asked.http_status);
    const Finding rubbish = check("rubbish");
    CPPUNIT_ASSERT_EQUAL(std::string("bad ?? bytes?and lines"), rubbish.message());
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, rubbish.metrics.size());
    CPPUNIT_ASSERT_EQUAL(std::size_t{200}, rubbish.words->components.at(0).name.size());
  }

  void keeps_state_for_each_target_and_gives_it_back() {
    open();
    CPPUNIT_ASSERT_EQUAL(1.0, check("counts").metrics.at(0).value);
    CPPUNIT_ASSERT_EQUAL(2.0, scene_->check(5s).metrics.at(0).value);
    CPPUNIT_ASSERT_EQUAL(1.0, check("counts").metrics.at(0).value);
  }

  void a_refused_configuration_says_why() {
    open();
    const auto refused = ConfiguredProbe::create(test::must(load("tests/plugins/misbehaving.so")),
                                                 "x", R"({"refuse":true})", clock_);
    CPPUNIT_ASSERT_EQUAL(std::string("/refuse: asked to refuse"), refused.error().message);
  }

  void a_plugin_that_cannot_be_used_says_why() {
    const auto why = [this](const std::string& name) {
      return load("tests/plugins/" + name + ".so").error().message;
    };
    CPPUNIT_ASSERT_EQUAL(std::string("dies_early.so: exited with code 7"), why("dies_early"));
    CPPUNIT_ASSERT(why("no_symbol").find("no symbol muster_plugin_v1") != std::string::npos);
    CPPUNIT_ASSERT(why("newer_abi").find("built for probe ABI 1.999") != std::string::npos);
  }

  void bad_ones_cost_their_own_runs() {
    struct Row {
      const char* how;
      const char* says;
    };
    for (const Row& row :
         {Row{"crashes", "the plugin's process died of SIGSEGV"},
          {"aborts", "the plugin's process died of SIGABRT"},
          {"exits", "the plugin's process exited with code 0"},
          {"leaks memory", "the plugin's process was ended because it had used up its memory"},
          {"throws", "the probe dropped the run"}}) {
      if (wall_->status().size() == 1) tearDown(), setUp();
      open();
      assert_plugin_fault(row.says, check(row.how));
      assert_well_again();
    }
  }

  // What the bad one leaves is seen a second later.
  void a_hung_one_is_killed_and_started_again() {
    open();
    const Finding late = check("late", 50ms);
    CPPUNIT_ASSERT(late.reason == FailureReason::kTimeoutResponse);
    check("leaks descriptors");
    CPPUNIT_ASSERT(test::eventually(5s, [this] { return status().deaths == 1; }));
    CPPUNIT_ASSERT_EQUAL(std::string("was ended because it had used up its descriptors"),
                         status().last_end);
    assert_well_again();
    assert_plugin_fault("the plugin's process gave no result by the deadline",
                        check("hangs", 100ms));
    CPPUNIT_ASSERT(test::eventually(12s, [this] { return status().deaths == 2; }));
    CPPUNIT_ASSERT_EQUAL(std::string("did not answer for 5 s and was killed"), status().last_end);
    assert_well_again();
  }

  void a_result_that_is_too_large_is_cut() {
    open();
    const Finding finding = check("megabyte");
    CPPUNIT_ASSERT(finding.status == CheckStatus::kOk);
    CPPUNIT_ASSERT(finding.metrics.size() > 500 && finding.metrics.size() <= 2000);
  }

  void reaches_nothing_outside() {
    open();
    // The plugin, the control socket and the loop's are there, and what the loop has opened itself.
    const std::string got = check("pokes").message();
    CPPUNIT_ASSERT_MESSAGE(got, got.find("parent") == std::string::npos);
    CPPUNIT_ASSERT_MESSAGE(got, got.starts_with("xxx") && got.ends_with(std::string(40, '.')));
  }

  void a_token_is_confided_only_to_the_trusted() {
    open();
    trusted_ = true;
    CPPUNIT_ASSERT_EQUAL(std::string("hush"), check("token").message());
    trusted_ = false;
    CPPUNIT_ASSERT_EQUAL(std::string(), check("token").message());
  }

  void what_it_says_over_its_own_sockets_is_not_trusted() {
    const std::string unreadable =
        "the plugin's process said what could not be read and was killed";
    const std::string closed = "the plugin's process closed a socket and was killed";
    const std::string lost =
        "the plugin's process was ended because it had lost a socket to the daemon";
    for (const auto& [how, says] : std::map<std::string, std::string>{{"greets again", unreadable},
                                                                      {"refuses late", unreadable},
                                                                      {"cut", unreadable},
                                                                      {"mad", unreadable},
                                                                      {"cut result", unreadable},
                                                                      {"says nothing", closed},
                                                                      {"closes", closed},
                                                                      {"shuts", lost}}) {
      if (scene_) tearDown(), setUp();
      open();
      assert_plugin_fault(says, check("socket: " + how));
      assert_well_again();
    }
  }

  void signals_to_all_are_left_to_the_daemon() {
    open();
    CPPUNIT_ASSERT(check("signals").status == CheckStatus::kOk);
  }

  void the_largest_server_is_told_of() {
    open();
    const std::string pem(64 * 1024, 'x');  // what the API takes of each text
    Server server;
    server.name = "plain";
    server.tls = std::make_shared<const TlsIdentity>(TlsIdentity{pem, pem, Secret(pem)});
    scene_->configure("{}", server);
    CPPUNIT_ASSERT_EQUAL(std::string(), scene_->check(5s).message());
    server.hostname = std::string(PacketLink::kMostPacketBytes, 'x');
    scene_->configure("{}", server);
    assert_plugin_fault("the plugin's process cannot be asked: it is too large", scene_->check(5s));
  }

  static inline const std::string kLargeConfig =
      "{\"x\":\"" + std::string(PacketLink::kMostPacketBytes, 'x') + "\"}";

  std::string refusal_of(const std::shared_ptr<const PluginLibrary>& library,
                         const std::string& config_json) const {
    const auto probe = ConfiguredProbe::create(library, "x", config_json, clock_);
    return probe ? "" : probe.error().message;
  }

  void a_configuration_that_is_too_large_is_refused() {
    open();
    CPPUNIT_ASSERT_EQUAL(std::string("/: the configuration is too large"),
                         refusal_of(library_, kLargeConfig));
    CPPUNIT_ASSERT(check("plain").status == CheckStatus::kOk);
  }

  // That is this machine's fault, and goes on for as long as that lasts.
  void a_start_that_fails_is_no_death() {
    const test::TempDir folder;
    const auto program = folder.path() / "muster-probe-host";
    std::filesystem::copy_file(kHostProgram, program);
    build_wall(program);
    open();
    std::filesystem::remove(program);
    assert_plugin_fault("the plugin's process died of SIGSEGV", check("crashes"));
    CPPUNIT_ASSERT(test::eventually(5s, [this] {
      return check("plain").message().find("could not be started: ") != std::string::npos;
    }));
    std::filesystem::copy_file(kHostProgram, program);
    assert_well_again();
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, status().deaths);
  }

  void of_a_replaced_plugin_the_new_one_is_shown() {
    open();
    check("crashes");
    assert_well_again();
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, status().deaths);
    auto replacement = test::must(load("tests/plugins/misbehaving.so"));
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, wall_->status().size());
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, status().deaths);
    replacement.reset();
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, status().deaths);
  }

  void who_dies_too_often_is_quarantined_until_lifted() {
    open();
    CPPUNIT_ASSERT(test::eventually(40s, [this] {
      check("crashes");
      return status().state == PluginStatus::State::kQuarantined;
    }));
    CPPUNIT_ASSERT_EQUAL(std::size_t{5}, status().deaths);
    assert_plugin_fault(
        "the plugin is in quarantine: its process ended 5 times within 10 minutes; the last one "
        "died of SIGSEGV",
        check("plain"));
    // There is no process, and the one that will be could not be told of it.
    CPPUNIT_ASSERT_EQUAL(std::string("/: the configuration is too large"),
                         refusal_of(library_, kLargeConfig));
    CPPUNIT_ASSERT(!wall_->lift("other"));
    CPPUNIT_ASSERT(wall_->lift("misbehaving"));
    assert_well_again();
  }

  SystemClock clock_;
  bool trusted_ = true;
  std::optional<Wall> wall_;
  std::shared_ptr<const PluginLibrary> library_;
  std::optional<test::ProbeScene> scene_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(WallTest);
}  // namespace muster
