// Keeps the shim's resident memory small. Free functions for the main thread.
#pragma once

namespace muster::shim {

// One heap for all threads: glibc's usual heap for each would be most of our memory. To be called
// before the first thread starts.
void share_one_heap();

// Gives back what only starting needed: free heap, and pages of program text, which the kernel maps
// again from its cache if we come by once more.
void release_start_pages();

}  // namespace muster::shim
