#include "common/plugin/probe_run.h"

#include "common/base/log.h"
#include "common/net/event_loop.h"
#include "common/plugin/probe_runtime.h"
#include "common/plugin/target_state.h"
#include "common/plugin/translate.h"

using namespace std::chrono_literals;
using muster::Finding;
using muster::HttpResponse;

namespace {

constexpr auto kGrace = 100ms;  // for the plugin to make a finding of a request that timed out

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
  const auto deadline = runtime_.loop().clock().now() + timeout;
  runtime_.loop().arm(deadline_, deadline);
  starting_ = true;
  target_->probe->plugin().start(target_->probe->handle(), &target_->c_target, this,
                                 deadline.time_since_epoch().count());
  starting_ = false;
  end_when_idle();
}

void muster_run::give_up() {
  done_ = nullptr;
  cancelled_ = true;
  if (http_) http_->cancel();
  const auto cancel = target_->probe->plugin().cancel;
  if (!ended_ && cancel != nullptr) cancel(target_->probe->handle(), this);
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

void muster_run::on_deadline() {
  if (http_ && !cancelled_) {
    cancelled_ = true;
    http_->time_out();  // the plugin hears of it and says which phase it was
    return runtime_.loop().arm(deadline_, runtime_.loop().clock().now() + kGrace);
  }
  if (done_) {
    muster::log::warn("plugin.deadline_missed", {{"probe", target_->probe->name()}});
    deliver(timed_out());
  }
  if (!ended_) give_up();
}

void muster_run::on_completed(Finding finding) {
  ended_ = true;
  deadline_.cancel();
  if (http_) http_->cancel();
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
  if (ended_ && !http_) target_->run = nullptr;  // so that a new run may start from inside done
  done(std::move(finding));
}

void muster_run::end_when_idle() {
  if (!ended_ || http_ || starting_ || !target_) return;
  if (target_->run == this) target_->run = nullptr;
  target_ = nullptr;
  runtime_.take_back(*this);
}
