// muster-probe-host: one plugin in a process of its own. Started by musterd only, with the plugin
// and the sockets as descriptors; the argument is the plugin's file name, for messages and `ps`.
#include <cstdio>

#include "common/wall/probe_host.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("muster-probe-host is started by musterd\n", stderr);
    return 64;  // EX_USAGE
  }
  muster::ProbeHost(argv[1]).serve();
}
