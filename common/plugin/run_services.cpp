#include "common/plugin/run_services.h"

#include <algorithm>
#include <string>

#include "common/net/event_loop.h"
#include "common/net/http_client.h"
#include "common/plugin/probe_runtime.h"
#include "common/plugin/translate.h"

namespace muster {

RunServices::RunServices(ProbeRuntime& runtime, std::function<void()> on_idle)
    : runtime_(runtime), on_idle_(std::move(on_idle)) {}

// A second connection takes the place of the first.
void RunServices::connect(std::shared_ptr<TlsContext> tls, muster_str host, std::uint16_t port,
                          muster_stream_done done, void* user) {
  if (stream_ && stream_->busy()) {
    return refuse(FailureReason::kProtocol, "another operation of the stream is open", done, user);
  }
  if (stream_) stream_->cancel();
  stream_ = runtime_.http().dialogue(std::move(tls));
  stream_->connect(std::string(view(host)), port, answer(done, user));
  if (over_) stream_->cancel();  // nobody else would
}

void RunServices::start_tls(muster_str name, muster_stream_done done, void* user) {
  if (has_stream(done, user)) stream_->start_tls(std::string(view(name)), answer(done, user));
}

void RunServices::write(muster_str data, muster_stream_done done, void* user) {
  if (has_stream(done, user)) stream_->write(std::string(view(data)), answer(done, user));
}

void RunServices::read(std::size_t most, muster_stream_done done, void* user) {
  if (has_stream(done, user)) stream_->read(most, answer(done, user));
}

Dialogue::Done RunServices::answer(muster_stream_done done, void* user) {
  ++open_;
  return [this, stream = stream_, done, user](const Dialogue::Event& event) {
    with_c_event(event, *stream, done, user);
    landed();
  };
}

bool RunServices::has_stream(muster_stream_done done, void* user) {
  if (!stream_) refuse(FailureReason::kProtocol, "the stream is not connected", done, user);
  return stream_ != nullptr;
}

void RunServices::refuse(FailureReason reason, std::string why, muster_stream_done done,
                         void* user) {
  ++open_;
  runtime_.loop().post([this, reason, why = std::move(why), done, user] {
    muster_stream_event event{};
    event.struct_size = sizeof event;
    event.reason = static_cast<muster_reason>(reason);
    event.error = to_c(why);
    done(user, &event);
    landed();
  });
}

void RunServices::wait(int fd, std::uint32_t events, TimePoint until, muster_poll_ready ready,
                       void* user) {
  ++open_;
  if (waits_.size() >= kMostWaits) {
    return runtime_.loop().post([this, ready, user] {
      ready(user, 0);
      landed();
    });
  }
  auto wait = std::make_shared<DescriptorWait>(runtime_.loop());
  waits_.push_back(wait);
  wait->start(fd, events, until, [this, key = wait.get(), ready, user](std::uint32_t seen) {
    std::erase_if(waits_, [key](const auto& other) { return other.get() == key; });
    ready(user, seen);
    landed();
  });
  // Nobody would end it: the deadline, which is what it waits for besides, has passed.
  if (over_ && until == TimePoint::max()) wait->end();
}

void RunServices::resolve(muster_str host, muster_names_done done, void* user) {
  ++open_;
  const auto answer = [this, done, user](const NameLookup::Found& found) {
    with_c_names(found, done, user);
    landed();
  };
  if (names_ && names_->busy()) {
    return runtime_.loop().post([answer] {
      answer({{FailureReason::kProtocol, "another lookup of this run is open"}, {}});
    });
  }
  names_ = runtime_.http().name_lookup();
  names_->start(std::string(view(host)), answer);
  if (over_) names_->cancel();
}

bool RunServices::submit(void (*work)(void* user), void* user) {
  const bool taken = runtime_.workers().submit([this, work, user] {
    work(user);
    runtime_.loop().post([this] { landed(); });
  });
  if (taken) ++open_;
  return taken;
}

void RunServices::time_out() {
  over_ = true;
  if (stream_) stream_->time_out();
  if (names_) names_->time_out();
  end_waits();
}

void RunServices::cancel() {
  over_ = true;
  if (stream_) stream_->cancel();
  if (names_) names_->cancel();
  end_waits();
}

void RunServices::end_waits() {
  for (const auto& wait : waits_) wait->end();
}

void RunServices::landed() {
  if (--open_ == 0) on_idle_();
}

}  // namespace muster
