#include "aggregator/api/token_handlers.cpp"
#include "tests/fuzz/readers/readers.h"

void muster::fuzz::read_token(const std::string& body) {
  for (const bool platform : {false, true}) {
    must_be_told_well(read_new_token(body, platform, WallTime()));
  }
}
