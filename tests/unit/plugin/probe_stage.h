// One probe of a real plugin with a loop and an HTTP client of its own, asked about one server as
// musterd would. One thread.
#pragma once

#include <cppunit/extensions/HelperMacros.h>

#include <future>
#include <string>

#include "common/config/reader.h"
#include "common/config/schema.h"
#include "common/config/yaml_document.h"
#include "common/net/address_guard.h"
#include "common/net/event_loop.h"
#include "common/net/http_client.h"
#include "common/net/tls_context.h"
#include "common/plugin/probe_runtime.h"
#include "common/plugin/probe_target.h"

namespace muster::test {

class ProbeStage {
 public:
  // `config` is the YAML below `config:`.
  ProbeStage(const std::string& plugin, const std::string& config) {
    const auto library = *PluginLibrary::load(std::string(MUSTER_BUILD_DIR) +
                                              "/plugins/muster_probe_" + plugin + ".so");
    const Schema schema = *Schema::parse(library->table().config_schema);
    auto node = *parse_yaml(config, "test.yaml");
    const Faults faults = schema.apply(node, Surroundings::system());
    CPPUNIT_ASSERT_MESSAGE(faults.empty() ? "" : faults.front().to_string(), faults.empty());
    probe_ = *ConfiguredProbe::create(library, "test", to_json(node, schema.tree()), clock_);
    loop_.start();
  }
  ~ProbeStage() {
    loop_.run_and_wait([this] { target_.reset(); });
    loop_.stop();
  }
  ProbeStage(const ProbeStage&) = delete;
  ProbeStage& operator=(const ProbeStage&) = delete;

  void watch(Server server) {
    auto shared = std::make_shared<Server>(std::move(server));
    loop_.run_and_wait([&] { target_.emplace(runtime_, probe_, shared); });
  }

  Finding check(Duration timeout = std::chrono::seconds(10)) {
    std::promise<Finding> found;
    loop_.run_and_wait([&] {
      target_->start(timeout, [&](Finding finding) { found.set_value(std::move(finding)); });
    });
    return found.get_future().get();
  }

  // -1 when there is none of that name.
  static double metric(const Finding& finding, const std::string& name) {
    for (const Metric& metric : finding.metrics) {
      if (metric.name == name) return metric.value;
    }
    return -1;
  }

 private:
  SystemClock clock_;
  EventLoop loop_{"test", clock_, std::chrono::milliseconds(1)};
  AddressGuard guard_ = *AddressGuard::make({"127.0.0.0/8"}, {});
  HttpClient http_{loop_, *TlsContext::make({}), guard_, {}};
  ProbeRuntime runtime_{loop_, http_};
  std::shared_ptr<const ConfiguredProbe> probe_;
  std::optional<ProbeTarget> target_;
};

}  // namespace muster::test
