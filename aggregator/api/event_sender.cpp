#include "aggregator/api/event_sender.h"

#include <mutex>
#include <utility>

#include "aggregator/api/response_wire.h"

namespace muster {

// What the stream holds: rings once however often it is rung before somebody looks, and not at all
// once the connection is gone, or the loop with it.
class EventSender::Bell {
 public:
  Bell(EventLoop& loop, std::weak_ptr<EventSender> sender)
      : loop_(&loop), sender_(std::move(sender)) {}

  void ring() {
    const std::lock_guard lock(mutex_);
    if (loop_ == nullptr || std::exchange(rung_, true)) return;
    loop_->post([weak = sender_] {
      if (const auto sender = weak.lock()) sender->on_wake();
    });
  }
  void heard() {
    const std::lock_guard lock(mutex_);
    rung_ = false;
  }
  void silence() {
    const std::lock_guard lock(mutex_);
    loop_ = nullptr;
  }

 private:
  std::mutex mutex_;
  EventLoop* loop_;
  bool rung_ = false;
  const std::weak_ptr<EventSender> sender_;
};

EventSender::EventSender(EventLoop& loop, Line& line, std::shared_ptr<EventStream> stream,
                         bool chunked)
    : loop_(loop), line_(&line), stream_(std::move(stream)), chunked_(chunked) {}

EventSender::~EventSender() {
  stop();
}

void EventSender::start() {
  bell_ = std::make_shared<Bell>(loop_, weak_from_this());
  stream_->start([bell = bell_] { bell->ring(); });
  pump();
}

void EventSender::on_written() {
  writing_ = false;
  if (line_ == nullptr) return;
  over_ ? line_->end_stream() : pump();
}

void EventSender::stop() {
  line_ = nullptr;
  if (bell_) bell_->silence();
  stream_ = nullptr;
}

void EventSender::on_wake() {
  bell_->heard();
  if (line_ != nullptr && !writing_) pump();
}

void EventSender::pump() {
  auto piece = stream_->take();
  over_ = !piece;
  if (over_ && !chunked_) return line_->end_stream();
  if (!over_ && piece->empty()) return;
  piece_ = std::move(piece).value_or("");
  if (chunked_) piece_ = to_chunk(piece_);
  writing_ = true;
  line_->write_piece(piece_);
}

}  // namespace muster
