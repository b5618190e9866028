// A dialogue by the steps of the configuration: sends, and waits for lines and texts. Pure. Owned
// by one run; the steps are the probe's.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "shared/conversation.h"
#include "shared/unread.h"
#include "step.h"

namespace tcp_probe {

class Script final : public muster::probes::Conversation {
 public:
  explicit Script(const std::vector<Step>& steps) : steps_(steps) {}

  muster::probes::Move next() override;
  void heard(std::string_view bytes) override;

  const muster::probes::Failure& failure() const { return failure_; }
  // The step that is under way, or has failed; nullptr: all are done, or none has begun.
  const Step* current() const { return begun_ && done_ < steps_.size() ? &steps_[done_] : nullptr; }

 private:
  muster::probes::Move begin(const Step& step);
  bool found(const Step& step);
  bool found_line(const Step& step);
  bool found_text(const Step& step);
  std::optional<std::string_view> take_line();
  std::string filled_in(const std::string& text) const;
  void fail(const char* why);

  const std::vector<Step>& steps_;
  std::size_t done_ = 0;  // steps
  bool begun_ = false;
  bool acting_ = false;  // the step sends or begins TLS, and is over when that was done
  muster::probes::Unread heard_;
  std::size_t searched_ = 0;  // of it, in vain
  bool ended_ = false;        // the server has
  std::array<std::string, 10> captures_;
  muster::probes::Failure failure_;
};

}  // namespace tcp_probe
