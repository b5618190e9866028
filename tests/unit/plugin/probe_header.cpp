#include "muster/probe.h"

int probe_header_stands_alone = sizeof(muster_plugin);
