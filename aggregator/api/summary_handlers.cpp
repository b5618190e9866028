#include "aggregator/api/summary_handlers.h"

#include <array>
#include <map>

#include "aggregator/api/json_writer.h"
#include "aggregator/api/query_reader.h"
#include "aggregator/storage/server_record.h"
#include "common/base/rfc3339.h"

namespace muster {
namespace {

using Counts = std::map<std::string, std::size_t>;

// Counts by a word that neighbours mostly share: looking it up is then one comparison.
class WordCounts {
 public:
  void count(const std::string& word) {
    if (last_ == nullptr || last_->first != word) last_ = &*counts_.try_emplace(word).first;
    ++last_->second;
  }
  const Counts& counts() const { return counts_; }

 private:
  Counts counts_;
  Counts::value_type* last_ = nullptr;
};

struct Summary {
  std::size_t servers = 0;
  std::array<std::size_t, kHealthStateNames.size()> by_health{};
  std::array<std::size_t, 3> by_status{};
  WordCounts by_region;
  WordCounts by_environment;
};

// From memory, each server once: it is a touch of several cache lines.
Summary sum_up(const LiveTable& live, OrganizationKey organization) {
  Summary sum;
  live.for_each([&](const LiveServer& known) {
    const Server& server = *known.server;
    if (server.organization != organization) return;
    ++sum.servers;
    ++sum.by_health[static_cast<std::size_t>(known.state)];
    ++sum.by_status[static_cast<std::size_t>(server.status)];
    sum.by_region.count(server.region);
    sum.by_environment.count(server.environment);
  });
  return sum;
}

void write_counts(JsonWriter& json, std::string_view name, const Counts& counts) {
  json.key(name).begin_object();
  for (const auto& [value, count] : counts) json.member(value, count);
  json.end_object();
}

}  // namespace

Answer SummaryHandlers::show(const ApiRequest& request) {
  QueryReader query(request.query);
  if (auto problem = query.finish()) return refuse(std::move(*problem));
  const Summary sum = sum_up(context_.live, request.organization);
  JsonWriter json;
  json.begin_object().member("servers", sum.servers).key("by_health").begin_object();
  for (std::size_t i = 0; i < sum.by_health.size(); ++i) {
    json.member(kHealthStateNames[i], sum.by_health[i]);
  }
  json.end_object().key("by_status").begin_object();
  for (const auto status :
       {Server::Status::kActive, Server::Status::kMaintenance, Server::Status::kDisabled}) {
    json.member(to_string(status), sum.by_status[static_cast<std::size_t>(status)]);
  }
  json.end_object();
  write_counts(json, "by_region", sum.by_region.counts());
  write_counts(json, "by_environment", sum.by_environment.counts());
  json.member("generated_at", to_rfc3339(context_.clock.wall())).end_object();
  return ApiResponse{200, json.take(), {}};
}

}  // namespace muster
