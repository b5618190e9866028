// Runs my_probe through a host that is played: no network, no Muster.
#include <cstdio>
#include <cstdlib>

#include "muster/fake_host.hpp"

namespace {

using namespace muster::sdk;

constexpr char kConfig[] = R"({"path":"/hello","expect":"well","warn_after":"1s"})";

void expect(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "not so: %s\n", what);
  std::exit(1);
}

FakeResult answered(const FakeAnswer& answer) {
  FakeHost host;
  host.http = [&](const FakeRequest& request) {
    expect(request.url == "http://127.0.0.1:8471/hello", "it asks for the path");
    return answer;
  };
  return FakeProbe(host, *muster_plugin_v1(), kConfig).run();
}

}  // namespace

int main() {
  const FakeResult well = answered({.body = "all is well"});
  expect(well.completions == 1 && well.status == MUSTER_OK, "the text is there: ok");
  expect(well.metrics.at(0).second == 11, "the size is a metric");
  expect(answered({.body = "alas"}).reason == MUSTER_REASON_BAD_DOCUMENT, "it is not: critical");
  expect(answered({.status_code = 503}).status == MUSTER_CRITICAL, "503: critical");
  expect(answered({.status_code = 404}).status == MUSTER_UNKNOWN, "404: unknown");
  expect(answered({.reason = MUSTER_REASON_REFUSED}).reason == MUSTER_REASON_REFUSED, "refused");
  expect(answered({.reason = MUSTER_REASON_SELF}).status == MUSTER_UNKNOWN,
         "our own fault: unknown");
}
