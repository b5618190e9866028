#include "tests/simfleet/stats.h"

#include <functional>

namespace muster::sim {
namespace {

using Loops = std::vector<std::unique_ptr<LoopStats>>;

std::uint64_t sum(const Loops& loops, const std::function<std::uint64_t(const LoopStats&)>& one) {
  std::uint64_t total = 0;
  for (const auto& loop : loops) total += one(*loop);
  return total;
}

std::string field(const char* name, std::uint64_t value) {
  return '"' + std::string(name) + "\":" + std::to_string(value);
}

std::string requests_document(const Loops& loops) {
  std::string text;
  std::uint64_t total = 0;
  for (const BehaviourEntry& entry : behaviour_table()) {
    const auto index = static_cast<std::size_t>(entry.kind);
    const std::uint64_t count =
        sum(loops, [index](const LoopStats& stats) { return stats.requests[index].value(); });
    total += count;
    if (count > 0) text += "," + field(std::string(entry.name).c_str(), count);
  }
  const std::uint64_t bad = sum(loops, [](auto& stats) { return stats.bad_requests.value(); });
  return "{" + field("total", total) + "," + field("bad", bad) + text + "}";
}

}  // namespace

std::string stats_document(const Loops& loops) {
  const auto total = [&loops](Counter LoopStats::*counter) {
    return sum(loops, [counter](const LoopStats& stats) { return (stats.*counter).value(); });
  };
  const std::uint64_t closed = total(&LoopStats::closed);
  const std::uint64_t accepted = total(&LoopStats::accepted);
  return "{\"connections\":{" + field("accepted", accepted) + "," +
         field("open", accepted - std::min(closed, accepted)) + "," +
         field("closed_for_descriptors", total(&LoopStats::closed_for_descriptors)) +
         "},\"requests\":" + requests_document(loops) + ",\"tls\":{" +
         field("full", total(&LoopStats::tls_full)) + "," +
         field("resumed", total(&LoopStats::tls_resumed)) + "," +
         field("failed", total(&LoopStats::tls_failed)) + "}}";
}

}  // namespace muster::sim
