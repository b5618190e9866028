#include "common/plugin/probe_target.h"

#include <strings.h>

#include <functional>
#include <string>

#include "common/plugin/probe_run.h"
#include "common/plugin/probe_runtime.h"
#include "common/plugin/target_state.h"
#include "common/plugin/translate.h"

namespace muster {
namespace {

// A probe may be told to ask another host, which is to be shown nothing of this server's.
bool is_its_own(const Server& server, const std::string& asked) {
  const auto same = [&](const std::string& host) {
    return ::strcasecmp(asked.c_str(), host.c_str()) == 0;
  };
  const auto api = Url::parse(server.api_url);
  return same(server.hostname) || (api && same(api->host));
}

}  // namespace

ProbeTarget::State::State(ProbeRuntime& runtime_, std::shared_ptr<const ConfiguredProbe> probe_,
                          ServerPointer server_)
    : runtime(runtime_),
      probe(std::move(probe_)),
      server(std::move(server_)),
      labels{{{to_c("region"), to_c(server->region)},
              {to_c("environment"), to_c(server->environment)}}} {
  c_target.struct_size = sizeof(muster_target);
  c_target.name = to_c(server->name);
  c_target.host = to_c(server->hostname);
  c_target.api_url = to_c(server->api_url);
  if (probe->trusted()) c_target.credential = to_c(server->api_token.reveal());
  c_target.labels = labels.data();
  c_target.label_count = labels.size();
  c_target.slot = &slot;
}

ProbeTarget::State::~State() {
  const auto release = probe->plugin().release_target;
  if (slot != nullptr && release != nullptr) release(probe->handle(), slot);
}

Result<std::shared_ptr<TlsContext>> ProbeTarget::State::tls_of_server(
    const std::string& host) const {
  if (!server->tls || !is_its_own(*server, host)) return nullptr;
  auto context = runtime.http().tls_for(*server->tls);
  if (!context) return fail(Error(context.error()).in("tls of this server"));
  return context;
}

tl::expected<std::shared_ptr<const HttpPlan>, ProbeTarget::State::Refusal>
ProbeTarget::State::plan_of(const muster_http_request& request) {
  thread_local std::string texts;
  gather_texts(request, texts);
  const std::size_t hash = std::hash<std::string>()(texts);
  if (last_plan && hash == last_request) return last_plan;
  const auto url = Url::parse(view(request.url));
  if (!url) return tl::unexpected(Refusal{FailureReason::kProtocol, url.error().message});
  HttpRequest wanted = to_request(request, *url);
  if (url->tls) {
    auto context = tls_of_server(url->host);
    if (!context) {
      return tl::unexpected(Refusal{FailureReason::kTlsFailed, context.error().message});
    }
    wanted.tls = std::move(*context);
  }
  last_plan = runtime.http().prepare(wanted);
  last_request = hash;
  return last_plan;
}

ProbeTarget::ProbeTarget(ProbeRuntime& runtime, std::shared_ptr<const ConfiguredProbe> probe,
                         ServerPointer server)
    : state_(std::make_shared<State>(runtime, std::move(probe), std::move(server))) {}

ProbeTarget::~ProbeTarget() {
  if (state_->run != nullptr) state_->run->give_up();
}

bool ProbeTarget::open() const {
  return state_->run != nullptr;
}

void ProbeTarget::start(Duration timeout, Done done) {
  state_->runtime.lend().start(state_, timeout, std::move(done));
}

}  // namespace muster
