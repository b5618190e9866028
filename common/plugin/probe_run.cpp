#include "common/plugin/probe_run.h"

#include "common/base/log.h"
#include "common/net/event_loop.h"
#include "common/plugin/probe_runtime.h"
#include "common/plugin/target_state.h"
#include "common/plugin/translate.h"

using namespace std::chrono_literals;
using muster::FailureReason;
using muster::Finding;
using muster::HttpResponse;

namespace {

// For the plugin to make a finding of a request that timed out; longer where another process has
// the same deadline and the same patience with it.
constexpr auto kGrace = 100ms;
constexpr auto kIsolatedGrace = 300ms;

Finding timed_out() {
  Finding finding;
  finding.status = muster::CheckStatus::kCritical;
  finding.reason = muster::FailureReason::kTimeoutResponse;
  finding.words = muster::say("the probe did not end by its deadline");
  return finding;
}

}  // namespace

void muster_run::start(std::shared_ptr<muster::ProbeTarget::State> target, muster::Duration timeout,
                       muster::ProbeTarget::Done done) {
  target_ = std::move(target);
  target_->run = this;
  done_ = std::move(done);
  completed_ = cancelled_ = ended_ = false;
  services_ = nullptr;  // of the run before
  const auto deadline = runtime_.loop().clock().now() + timeout;
  runtime_.loop().arm(deadline_, deadline);
  starting_ = true;
  target_->probe->plugin().start(target_->probe->handle(), &target_->c_target, this,
                                 deadline.time_since_epoch().count());
  starting_ = false;
  end_when_idle();
}

muster::EventLoop& muster_run::loop() {
  return runtime_.loop();
}

const muster::Server& muster_run::server() const {
  return *target_->server;
}

bool muster_run::trusted() const {
  return target_->probe->trusted();
}

void muster_run::give_up() {
  done_ = nullptr;
  cancel();
}

// What is under way ends, and the plugin hears of it.
void muster_run::cancel() {
  cancelled_ = true;
  if (http_) http_->cancel();
  if (services_) services_->cancel();
  const auto tell = target_->probe->plugin().cancel;
  if (!ended_ && tell != nullptr) tell(target_->probe->handle(), this);
}

void muster_run::complete(muster_run* run, const muster_result* result) {
  if (run->completed_.exchange(true)) {
    muster::log::error("plugin.completed_twice", {});
    return;
  }
  const bool in_loop = run->runtime_.loop().in_loop();
  Finding finding = muster::to_finding(
      *result, in_loop ? run->runtime_.words().of(*result) : muster::to_words(*result));
  // Posted even on the loop when called inside start(), where the caller has not been told yet that
  // there is a run.
  if (in_loop && !run->starting_) {
    return run->on_completed(std::move(finding));
  }
  run->runtime_.loop().post(
      [run, finding = std::move(finding)]() mutable { run->on_completed(std::move(finding)); });
}

void muster_run::send_http(const muster_http_request& request, muster_http_done done, void* user) {
  const auto plan = target_->plan_of(request);
  if (http_ || !plan) {
    HttpResponse refused;
    refused.reason = http_ ? muster::FailureReason::kProtocol : plan.error().reason;
    refused.error = http_ ? "another request of this run is open" : plan.error().message;
    runtime_.loop().post([done, user, refused = std::move(refused)] {
      muster::with_c_response(refused, done, user);
    });
    return;
  }
  http_done_ = done;
  http_user_ = user;
  http_ =
      runtime_.http().send(*plan, [this](const HttpResponse& response) { on_http_done(response); });
  if (cancelled_) http_->cancel();
}

void muster_run::connect(muster_str host, std::uint16_t port, muster_stream_done done, void* user) {
  auto tls = target_->tls_of_server(std::string(muster::view(host)));
  if (!tls) {
    return services().refuse(FailureReason::kTlsFailed, tls.error().message, done, user);
  }
  services().connect(std::move(*tls), host, port, done, user);
}

muster::RunServices& muster_run::services() {
  if (!services_) {
    services_ = std::make_unique<muster::RunServices>(runtime_, [this] { end_when_idle(); });
  }
  return *services_;
}

// True: the plugin hears of it, and may say which phase it was.
bool muster_run::time_out_services() {
  if (cancelled_.exchange(true)) return false;
  const bool heard = http_ || (services_ && services_->listens()) || target_->probe->isolated();
  if (http_) http_->time_out();
  if (services_) services_->time_out();
  return heard;
}

void muster_run::on_deadline() {
  if (time_out_services()) {
    const auto grace = target_->probe->isolated() ? kIsolatedGrace : kGrace;
    return runtime_.loop().arm(deadline_, runtime_.loop().clock().now() + grace);
  }
  const auto target = target_;  // the last owner may let go of it when it is told
  if (!ended_) cancel();
  if (!done_) return;
  muster::log::warn("plugin.deadline_missed", {{"probe", target->probe->name()}});
  deliver(timed_out());
}

void muster_run::on_completed(Finding finding) {
  ended_ = true;
  deadline_.cancel();
  if (http_) http_->cancel();
  if (services_) services_->cancel();
  // A copy, because whoever is told may let go of the target and so of this run's last owner.
  const auto target = target_;
  deliver(std::move(finding));
  end_when_idle();
}

void muster_run::on_http_done(const HttpResponse& response) {
  http_ = nullptr;
  muster::with_c_response(response, http_done_, http_user_);
  end_when_idle();
}

void muster_run::deliver(Finding finding) {
  if (!done_) return;
  const auto done = std::exchange(done_, nullptr);
  if (ended_ && idle()) target_->run = nullptr;  // so that a new run may start from inside done
  done(std::move(finding));
}

void muster_run::end_when_idle() {
  if (!ended_ || !idle() || starting_ || !target_) return;
  if (target_->run == this) target_->run = nullptr;
  target_ = nullptr;
  runtime_.take_back(*this);
}
