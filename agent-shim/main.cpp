// muster-shim: gives a server that has no /health of its own one. The tour: shim_app (options and
// wiring), endpoints (what each path answers), check_runner and *_check (components),
// system_sampler and proc_parsers (figures), http_front and router (the way in).
#include <pthread.h>
#include <signal.h>

#include "agent-shim/footprint.h"
#include "agent-shim/shim_app.h"

namespace {

// Before any thread starts, so that none of them can be the one that SIGTERM kills.
void leave_signals_to_the_app() {
  sigset_t stop;
  sigemptyset(&stop);
  for (const int signal : {SIGTERM, SIGINT, SIGQUIT}) sigaddset(&stop, signal);
  ::pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
}

}  // namespace

int main(int argc, char** argv) {
  muster::shim::share_one_heap();
  leave_signals_to_the_app();
  muster::shim::ShimApp app;
  return app.run(argc, argv);
}
