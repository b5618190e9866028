// One run of a command, from its start to its end: reads what it writes, asks it to end shortly
// before the deadline, kills it at the deadline. Lives on its loop; kept alive by what it waits
// for, which is never longer than until the command is reaped.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "child.h"
#include "children.h"
#include "muster/probe.hpp"

namespace exec_probe {

class ExecRun : public std::enable_shared_from_this<ExecRun> {
 public:
  struct Options {
    bool perfdata_limits = false;  // whether the limits of perfdata are metrics too
  };

  ExecRun(const muster::sdk::Host& host, Children& children, Options options, muster::sdk::Run run)
      : host_(host), poll_(host), children_(children), options_(options), run_(std::move(run)) {}

  void start(const Command& command, std::int64_t deadline_ns);

 private:
  enum class Stage { kRunning, kAskedToEnd, kKilled, kOver };

  void watch(PipeEnd& pipe);
  void watch_child(std::int64_t until_ns);
  void on_child(std::uint32_t events);
  void on_time();
  void finish(const Ending& ending);
  std::string said() const;
  void complete(const Verdict& verdict);

  const muster::sdk::Host host_;
  const muster::sdk::Poll poll_;
  Children& children_;
  const Options options_;
  muster::sdk::Run run_;
  std::shared_ptr<Child> child_ = std::make_shared<Child>();
  Stage stage_ = Stage::kRunning;
  std::int64_t grace_ns_ = 0;
  std::int64_t ask_at_ns_ = 0;
  bool timed_out_ = false;
};

}  // namespace exec_probe
