// musterd: watches a fleet of servers. The tour: app/daemon (the process), app/aggregator (the
// stages and how they are connected), then the folders in the order in which a check flows:
// schedule, probing, health, live and storage; api and export read what they leave.
#include "aggregator/app/daemon.h"

int main(int argc, char** argv) {
  muster::block_signals();
  muster::bound_memory();
  muster::Daemon daemon;
  return daemon.run(argc, argv);
}
