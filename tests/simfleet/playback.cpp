#include "tests/simfleet/playback.h"

namespace muster::sim {
namespace {

constexpr std::chrono::milliseconds kDripInterval{1000};

std::string_view up_to_mid_body(std::string_view answer) {
  const std::size_t body = answer.find("\r\n\r\n") + 4;
  return answer.substr(0, body + (answer.size() - body) / 2);
}

}  // namespace

void Playback::start(ScriptPointer script, std::string_view content) {
  script_ = std::move(script);
  content_ = content;
  step_ = 0;
  enter_step();
}

void Playback::enter_step() {
  left_ = {};
  rounds_left_ = 0;
  drip_waits_ = false;
  if (step_ == script_->steps.size()) return;
  switch (step().what) {
    case Step::What::kSend:
      left_ = step().bytes;
      rounds_left_ = step().times - 1;
      break;
    case Step::What::kContent:
    case Step::What::kDripContent:
      left_ = content_;
      break;
    case Step::What::kHalfContent:
      left_ = up_to_mid_body(content_);
      break;
    default:
      break;
  }
}

Move Playback::next() const {
  if (step_ == script_->steps.size()) return {Move::What::kDone};
  switch (step().what) {
    case Step::What::kWait:
      return {Move::What::kWait, {}, step().wait};
    case Step::What::kHang:
      return {Move::What::kHang};
    case Step::What::kClose:
      return {Move::What::kClose};
    case Step::What::kReset:
      return {Move::What::kReset};
    case Step::What::kDripContent:
      if (drip_waits_) return {Move::What::kWait, {}, kDripInterval};
      return {Move::What::kSend, left_.substr(0, 1)};
    default:
      return {Move::What::kSend, left_};
  }
}

void Playback::sent(std::size_t bytes) {
  left_.remove_prefix(bytes);
  if (!left_.empty()) {
    drip_waits_ = step().what == Step::What::kDripContent;
  } else if (rounds_left_ > 0) {
    --rounds_left_;
    left_ = step().bytes;
  } else {
    ++step_;
    enter_step();
  }
}

void Playback::waited() {
  if (drip_waits_) {
    drip_waits_ = false;
    return;
  }
  ++step_;
  enter_step();
}

}  // namespace muster::sim
