// Bodies of requests: whatever the bytes, they are taken or refused with an answer that is JSON.
#include "aggregator/api/rotation_input.h"
#include "aggregator/api/selector_input.h"
#include "aggregator/api/server_input.h"
#include "tests/fuzz/fuzz.h"

using namespace muster;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  fuzz::must_be_told_well(read_rotation(text));
  const auto body = JsonBody::parse(text);
  fuzz::must_be_told_well(body);
  if (!body) return 0;
  fuzz::must_be_told_well(read_new_server(*body));
  ServerRecord server;
  server.name = "web-1";
  server.api_url = "https://web-1.example";
  fuzz::must_be_told_well(read_server_patch(*body, server));
  FieldReader reader(*body);
  (void)read_selector(reader, "selector");
  if (const auto problem = reader.finish()) fuzz::must_be_json(*problem);
  return 0;
}
