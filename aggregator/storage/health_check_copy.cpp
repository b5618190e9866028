#include "aggregator/storage/health_check_copy.h"

#include <utility>

#include "aggregator/storage/clamped.h"
#include "aggregator/storage/fact_codes.h"

namespace muster {
namespace {

constexpr std::string_view kCheckColumns =
    "ts, detail_hash, org_id, server_key, duration_us, dns_us, connect_us, tls_us, first_byte_us, "
    "transfer_us, probe_id, http_status, reason, status, state";
constexpr std::int16_t kCheckColumnCount = 15;

std::int32_t micros_of(std::chrono::microseconds duration) {
  return clamped<std::int32_t>(static_cast<double>(duration.count()));
}

void put_phase(CopyWriter& copy, std::chrono::microseconds phase) {
  phase.count() == 0 ? copy.null() : copy.int32(micros_of(phase));
}

}  // namespace

HealthCheckCopy::HealthCheckCopy(std::vector<TimeRange> bounds, std::string reason)
    : facts_("server_health_checks", std::string(kCheckColumns), std::move(bounds),
             std::move(reason)) {}

void HealthCheckCopy::add(const ResultRow& row, const RowKeys& keys) {
  CopyWriter& copy = facts_.begin_row(row.at, kCheckColumnCount);
  copy.time(row.at);
  keys.detail_hash == 0 ? copy.null() : copy.int64(keys.detail_hash);
  copy.int32(row.organization);
  copy.int32(row.server);
  copy.int32(micros_of(row.duration));
  put_phase(copy, row.phases.dns);
  put_phase(copy, row.phases.connect);
  put_phase(copy, row.phases.tls);
  put_phase(copy, row.phases.first_byte);
  put_phase(copy, row.phases.transfer);
  copy.int16(keys.probe_id);
  row.http_status == 0 ? copy.null() : copy.int16(clamped<std::int16_t>(row.http_status));
  copy.int16(static_cast<std::int16_t>(row.reason));
  copy.character(code_of(row.status));
  copy.character(code_of(row.state));
  facts_.end_row();
}

}  // namespace muster
