#include "shared/talk.h"

#include <utility>

namespace muster::probes {

using sdk::Run;

void Talk::begin(const sdk::Host& host, Run run, Plan plan, std::shared_ptr<Conversation> words,
                 Done done) {
  std::make_shared<Talk>(host, std::move(plan), std::move(words), std::move(done))
      ->open(std::move(run));
}

Talk::Talk(const sdk::Host& host, Plan plan, std::shared_ptr<Conversation> words, Done done)
    : host_(host),
      stream_(host),
      plan_(std::move(plan)),
      words_(std::move(words)),
      done_(std::move(done)) {}

void Talk::open(Run run) {
  stream_.connect(std::move(run), plan_.host, plan_.port,
                  [self = shared_from_this()](Run open, Event event) {
                    const bool secure = self->plan_.tls && event.reason == MUSTER_REASON_NONE;
                    secure ? self->start_tls(std::move(open)) : self->go_on(std::move(open), event);
                  });
}

void Talk::start_tls(Run run) {
  stream_.start_tls(
      std::move(run), plan_.server_name,
      [self = shared_from_this()](Run open, Event event) { self->go_on(std::move(open), event); });
}

void Talk::go_on(Run run, Event event) {
  if (event.reason != MUSTER_REASON_NONE) {
    return end(std::move(run), event, {event.reason, std::string(sdk::view(event.error))});
  }
  const Move move = words_->next();
  switch (move.kind) {
    case Move::Kind::kSend:
      return write(std::move(run), move.bytes);
    case Move::Kind::kRead:
      return read(std::move(run));
    case Move::Kind::kStartTls:
      return start_tls(std::move(run));
    case Move::Kind::kEnd:
      return end(std::move(run), event, {});
  }
}

void Talk::write(Run run, const std::string& bytes) {
  stream_.write(std::move(run), bytes,
                [self = shared_from_this(), began = host_.now_ns()](Run open, Event event) {
                  self->note_time(began);
                  self->go_on(std::move(open), event);
                });
}

void Talk::read(Run run) {
  // One more than it may say, so that the excess is seen.
  stream_.read(std::move(run), plan_.most_bytes - bytes_ + 1,
               [self = shared_from_this(), began = host_.now_ns()](Run open, Event event) {
                 self->note_time(began);
                 self->on_read(std::move(open), event);
               });
}

void Talk::on_read(Run run, Event event) {
  if (event.reason == MUSTER_REASON_NONE) {
    bytes_ += event.data.size;
    if (bytes_ > plan_.most_bytes) {
      return end(std::move(run), event,
                 {MUSTER_REASON_BODY_TOO_LARGE, "the server said more than it may"});
    }
    words_->heard(sdk::view(event.data));
  }
  go_on(std::move(run), event);
}

// The phases of an HTTP answer have their like here: what is not connection or TLS.
void Talk::note_time(std::int64_t began) {
  (bytes_ == 0 ? first_byte_ns_ : transfer_ns_) += host_.now_ns() - began;
}

void Talk::end(Run run, Event event, Failure failure) const {
  Ending ending;
  ending.failure = std::move(failure);
  ending.tls = event.tls;
  for (std::size_t i = 0; i < 3 && i < event.phase_count; ++i) ending.phases[i] = event.phases[i];
  ending.phases[3] = {sdk::to_c("first_byte"), first_byte_ns_};
  ending.phases[4] = {sdk::to_c("transfer"), transfer_ns_};
  for (const muster_phase& phase : ending.phases) {
    ending.seconds += static_cast<double>(phase.duration_ns) / 1e9;
  }
  done_(std::move(run), ending);
}

}  // namespace muster::probes
