// muster-simfleet: plays a fleet of servers on loopback, well and badly behaved. The tour:
//   options, rules, address_range   the command line, and which address does what
//   behaviour, scripts, script      the table of behaviours, and what each does on the wire
//   documents, hostile_bodies       what is sent; http_answer puts a head before it
//   fleet, event_loop, listener     sockets and threads; loop_state and timer_queue belong to them
//   dead_port                       servers that are not there
//   connection, stream, playback    one connection: reads requests, plays scripts
//   request_parser, request_target  what a client asks for
//   tls_server, tls_certificates    HTTPS with good and bad certificates
//   stats, counter                  /sim/stats
#include <pthread.h>
#include <signal.h>

#include <cstdio>

#include "tests/simfleet/fleet.h"

namespace {

// Before any thread starts, so that only the one that waits for them gets them.
void block_end_signals() {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
}

int complain(const muster::Error& error) {
  std::fprintf(stderr, "muster-simfleet: %s\n", error.message.c_str());
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace muster::sim;
  const auto options = parse_options({argv + 1, argv + argc});
  if (!options) return complain(options.error());
  if (options->help) {
    std::fputs(usage().c_str(), stdout);
    return 0;
  }
  block_end_signals();
  const auto fleet = Fleet::open(*options);
  if (!fleet) return complain(fleet.error());
  std::printf("simfleet listening on %u tls %u closed %u silent %u\n", (*fleet)->port(),
              (*fleet)->tls_port(), (*fleet)->closed_port(), (*fleet)->silent_port());
  std::fflush(stdout);
  (*fleet)->run();
  return 0;
}
