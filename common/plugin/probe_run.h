// The host's side of one run, which plugins hold as an opaque muster_run. It delivers exactly one
// Finding whatever the plugin does, enforces the deadline, and is over when the plugin has
// completed it and no callback is outstanding. Lives on its loop; owned by the ProbeRuntime.
#pragma once

#include <atomic>
#include <functional>
#include <memory>

#include "common/model/check_result.h"
#include "common/net/http_client.h"
#include "common/net/timer_wheel.h"
#include "common/plugin/probe_target.h"
#include "common/plugin/run_services.h"
#include "muster/probe.h"

struct muster_run {
 public:
  explicit muster_run(muster::ProbeRuntime& runtime) : runtime_(runtime) {}

  // [loop]
  void start(std::shared_ptr<muster::ProbeTarget::State> target, muster::Duration timeout,
             muster::ProbeTarget::Done done);
  void give_up();  // nobody waits for the result any more
  muster::EventLoop& loop();
  const muster::Server& server() const;
  bool trusted() const;  // with the server's token

  // What muster_host and muster_http offer.
  static void complete(muster_run* run, const muster_result* result);                      // [any]
  bool cancelled() const { return cancelled_; }                                            // [any]
  void send_http(const muster_http_request& request, muster_http_done done, void* user);   // [loop]
  void connect(muster_str host, std::uint16_t port, muster_stream_done done, void* user);  // [loop]
  muster::RunServices& services();                                                         // [loop]

 private:
  bool time_out_services();
  void on_deadline();
  void cancel();
  void on_completed(muster::Finding finding);
  void on_http_done(const muster::HttpResponse& response);
  void deliver(muster::Finding finding);
  bool idle() const { return !http_ && (!services_ || services_->idle()); }
  void end_when_idle();

  muster::ProbeRuntime& runtime_;
  std::shared_ptr<muster::ProbeTarget::State> target_;
  muster::ProbeTarget::Done done_;  // empty once the finding is delivered
  muster::Timer deadline_{[this] { on_deadline(); }};
  std::shared_ptr<muster::HttpCall> http_;  // while one is open, and whom to tell of its end
  muster_http_done http_done_ = nullptr;
  void* http_user_ = nullptr;
  std::unique_ptr<muster::RunServices> services_;  // made when first needed
  std::atomic<bool> completed_{true};              // by the plugin; true also while it is not lent
  std::atomic<bool> cancelled_{false};
  bool starting_ = false;
  bool ended_ = true;  // the loop's own view of completed_
};
