// Bytes of a connection as they come, in pieces: taken, waited for or refused.
#include "aggregator/api/request_parser.h"
#include "tests/fuzz/fuzz.h"

using namespace muster;

namespace {

void append(RequestParser::Buffer& input, const std::uint8_t* data, std::size_t size) {
  auto space = input.prepare(size);
  std::memcpy(space.data(), data, size);
  input.commit(size);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t step = 1 + data[0];  // the first byte says how long the pieces are
  RequestParser parser;
  RequestParser::Buffer input;
  bool has_head = false;
  for (std::size_t at = 1; at < size; at += step) {
    append(input, data + at, std::min(step, size - at));
    const auto taken = has_head ? parser.take_body(input) : parser.take_head(input);
    if (!taken) {
      fuzz::must_be_json(taken.error());
      return 0;
    }
    if (has_head && *taken) return 0;
    has_head = has_head || *taken;
    if (has_head && !parser.has_body()) return 0;
  }
  return 0;
}
