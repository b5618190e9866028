// Runs one plugin in this process, as a loop does, against one server: what its tests need. Its
// users link muster_plugin and muster_config.
#pragma once

#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/config/reader.h"
#include "common/config/schema.h"
#include "common/config/yaml_document.h"
#include "common/net/address_guard.h"
#include "common/net/event_loop.h"
#include "common/net/http_client.h"
#include "common/net/resolver.h"
#include "common/net/tls_context.h"
#include "common/plugin/probe_runtime.h"
#include "common/plugin/probe_target.h"
#include "tests/support/must.h"

namespace muster::test {

class ProbeScene {
 public:
  // `file` below the build's folder: "plugins/muster_probe_tcp.so".
  explicit ProbeScene(const std::string& file, const ResolverOptions& dns = {})
      : ProbeScene(must(PluginLibrary::load(std::string(MUSTER_BUILD_DIR) + "/" + file)), dns) {}
  explicit ProbeScene(std::shared_ptr<const PluginLibrary> library, const ResolverOptions& dns = {})
      : library_(std::move(library)),
        http_(loop_, must(TlsContext::make({})), guard_, {.dns = dns}) {
    loop_.start();
  }
  ~ProbeScene() {
    loop_.run_and_wait([this] { target_.reset(); });
    loop_.stop();
  }

  // The plugin with the configuration `yaml`, checked and completed by its own schema. Further
  // checks keep what the plugin remembers of the server, until the next configure().
  void configure(const std::string& yaml, Server server, bool trusted = true) {
    Node node = parse_yaml(yaml, "test.yaml").value();
    const Schema schema = must(Schema::parse(library_->table().config_schema));
    if (const Faults faults = schema.apply(node, Surroundings::system()); !faults.empty()) {
      throw std::runtime_error(faults.front().message);
    }
    const auto probe = must(
        ConfiguredProbe::create(library_, "test", to_json(node, schema.tree()), clock_, trusted));
    loop_.run_and_wait([&] {
      target_.emplace(runtime_, probe, std::make_shared<const Server>(std::move(server)));
    });
  }

  Finding check(Duration timeout = std::chrono::seconds(10)) {
    std::promise<Finding> found;
    loop_.run_and_wait([&] {
      target_->start(timeout, [&](Finding finding) { found.set_value(std::move(finding)); });
    });
    return found.get_future().get();
  }

  Finding check(const std::string& yaml, Server server,
                Duration timeout = std::chrono::seconds(10)) {
    configure(yaml, std::move(server));
    return check(timeout);
  }

  // A check for whose result nobody waits.
  void start(Duration timeout = std::chrono::seconds(10)) {
    loop_.run_and_wait([&] { target_->start(timeout, [](Finding) {}); });
  }

  EventLoop& loop() { return loop_; }

  // Runs that the plugin or a service still holds.
  std::size_t open_runs() {
    std::size_t open = 0;
    loop_.run_and_wait([&] { open = runtime_.open_runs(); });
    return open;
  }

  void give_up() {
    loop_.run_and_wait([this] { target_.reset(); });
  }

 private:
  std::shared_ptr<const PluginLibrary> library_;
  SystemClock clock_;
  EventLoop loop_{"test", clock_, std::chrono::milliseconds(1)};
  AddressGuard guard_ = must(AddressGuard::make({"127.0.0.0/8", "::1/128"}, {}));
  HttpClient http_;
  ProbeRuntime runtime_{loop_, http_};
  std::optional<ProbeTarget> target_;
};

}  // namespace muster::test
