#include "exec_run.h"

#include <algorithm>
#include <csignal>

#include "command_output.h"
#include "findings.h"

namespace exec_probe {
namespace {

constexpr std::int64_t kMostGraceNs = 1'000'000'000;
constexpr std::int64_t kKillPatienceNs = 1'000'000'000;

}  // namespace

// A command has the last tenth of its time, a second at most, to end by itself.
void ExecRun::start(const Command& command, std::int64_t deadline_ns) {
  const int error = child_->start(command);
  if (error != 0) return complete(judge_start(command.program, error));
  children_.add(child_);
  grace_ns_ = std::clamp<std::int64_t>((deadline_ns - host_.now_ns()) / 10, 0, kMostGraceNs);
  ask_at_ns_ = deadline_ns - grace_ns_;
  watch(child_->output());
  watch(child_->errors());
  watch_child(ask_at_ns_);
}

void ExecRun::watch(PipeEnd& pipe) {
  poll_.watch(run_, pipe.fd(), MUSTER_POLL_READ, INT64_MAX,
              [self = shared_from_this(), &pipe](std::uint32_t events) {
                // Nothing: the time is up, of which on_child() hears as well.
                if (self->stage_ == Stage::kOver || events == 0) return;
                if (pipe.take()) self->watch(pipe);
              });
}

void ExecRun::watch_child(std::int64_t until_ns) {
  poll_.watch(run_, child_->pidfd(), MUSTER_POLL_READ, until_ns,
              [self = shared_from_this()](std::uint32_t events) { self->on_child(events); });
}

void ExecRun::on_child(std::uint32_t events) {
  if (events == 0) return on_time();
  if (const auto ending = child_->reap()) return finish(*ending);
  watch_child(host_.now_ns() + kKillPatienceNs);
}

// The deadline nears, or nobody waits for the result any more.
void ExecRun::on_time() {
  if (stage_ == Stage::kRunning) {
    stage_ = Stage::kAskedToEnd;
    timed_out_ = host_.now_ns() >= ask_at_ns_;
    child_->signal_group(SIGTERM);
    return watch_child(host_.now_ns() + grace_ns_);
  }
  // Once more where it was already: a process in the kernel dies when it comes back from there.
  stage_ = Stage::kKilled;
  child_->signal_group(SIGKILL);
  watch_child(host_.now_ns() + kKillPatienceNs);
}

void ExecRun::finish(const Ending& ending) {
  if (stage_ == Stage::kRunning) return complete(judge(ending, said()));
  if (timed_out_) return complete(judge_timeout(said()));
  complete({MUSTER_UNKNOWN, MUSTER_REASON_CANCELLED, "the run was cancelled"});
}

std::string ExecRun::said() const {
  const std::string message = read_output(child_->output().text()).message;
  return !message.empty() ? message : first_line(child_->errors().text());
}

void ExecRun::complete(const Verdict& verdict) {
  stage_ = Stage::kOver;
  children_.remove(child_);
  Findings(verdict, child_->output().text(), child_->output().cut(), options_.perfdata_limits)
      .complete(std::move(run_));
}

}  // namespace exec_probe
