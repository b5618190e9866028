#include "aggregator/api/session_handlers.cpp"
#include "tests/fuzz/readers/readers.h"

void muster::fuzz::read_session(const std::string& body) {
  ApiRequest request;
  request.body = body;
  must_be_told_well(muster::read_token(request));
}
