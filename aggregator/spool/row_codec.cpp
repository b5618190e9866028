#include "aggregator/spool/row_codec.h"

#include <cmath>
#include <limits>

namespace muster {
namespace {

constexpr auto kLastStatus = static_cast<std::uint8_t>(CheckStatus::kUnknown);
constexpr auto kLastState = static_cast<std::uint8_t>(HealthState::kMaintenance);

// Each part stands behind its length, so that the reader can look it up before it takes it apart.
template <typename Fill>
void put_part(std::string& out, Fill fill) {
  const std::size_t at = out.size();
  ByteWriter(out).put(std::uint32_t{0});
  fill(out);
  const auto length = static_cast<std::uint32_t>(out.size() - at - sizeof(std::uint32_t));
  out.replace(at, sizeof length, reinterpret_cast<const char*>(&length), sizeof length);
}

void put_time(ByteWriter& to, WallTime time) {
  to.put(static_cast<std::int64_t>(time.time_since_epoch().count()));
}

WallTime take_time(ByteReader& from) {
  return WallTime(WallTime::duration(from.take<std::int64_t>()));
}

void put_micros(ByteWriter& to, std::chrono::microseconds span) {
  to.put(static_cast<std::int64_t>(span.count()));
}

std::chrono::microseconds take_micros(ByteReader& from) {
  return std::chrono::microseconds(from.take<std::int64_t>());
}

// A number past the last one of its enum can only come from another version: shown as unknown.
CheckStatus take_status(ByteReader& from) {
  const auto number = from.take<std::uint8_t>();
  return number > kLastStatus ? CheckStatus::kUnknown : static_cast<CheckStatus>(number);
}

HealthState take_state(ByteReader& from) {
  const auto number = from.take<std::uint8_t>();
  return number > kLastState ? HealthState::kUnknown : static_cast<HealthState>(number);
}

FailureReason take_reason(ByteReader& from) {
  return failure_reason_from(from.take<std::int16_t>()).value_or(FailureReason::kNone);
}

void put_probe(const ProbeSpec& probe, std::string& out) {
  ByteWriter to(out);
  to.put(static_cast<std::int64_t>(probe.every.count()));
  to.put_text(probe.name);
}

void put_words(const Words& words, std::string& out) {
  if (words.empty()) return;
  ByteWriter to(out);
  to.put_text(words.message);
  for (const Component& component : words.components) {
    to.put_text(component.name);
    to.put(static_cast<std::uint8_t>(component.status));
    to.put_text(component.message);
  }
}

void put_metrics(const StandardMetricValues& values, std::string& out) {
  ByteWriter to(out);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i])) continue;
    to.put(static_cast<std::uint8_t>(i));
    to.put(values[i]);
  }
}

std::shared_ptr<const StandardMetricValues> metrics_of(std::string_view bytes) {
  if (bytes.empty()) return nullptr;
  auto values = std::make_shared<StandardMetricValues>();
  values->fill(std::numeric_limits<double>::quiet_NaN());
  for (ByteReader from(bytes); !from.rest().empty();) {
    const auto place = from.take<std::uint8_t>();
    const auto value = from.take<double>();
    if (place < values->size()) (*values)[place] = value;
  }
  return values;
}

void put_custom(const std::vector<Metric>& metrics, std::string& out) {
  ByteWriter to(out);
  for (const Metric& metric : metrics) {
    to.put(static_cast<std::uint8_t>(metric.kind));
    to.put(metric.value);
    to.put_text(metric.name);
    to.put(static_cast<std::uint32_t>(metric.labels.size()));
    for (const auto& [name, value] : metric.labels) {
      to.put_text(name);
      to.put_text(value);
    }
  }
}

Metric take_custom(ByteReader& from) {
  Metric metric;
  metric.kind = from.take<std::uint8_t>() == 0 ? Metric::Kind::kGauge : Metric::Kind::kCounter;
  metric.value = from.take<double>();
  metric.name = from.take_text();
  for (auto left = from.take<std::uint32_t>(); left > 0 && from.ok(); --left) {
    std::string name(from.take_text());
    metric.labels.emplace_back(std::move(name), from.take_text());
  }
  return metric;
}

std::shared_ptr<const std::vector<Metric>> custom_of(std::string_view bytes) {
  if (bytes.empty()) return nullptr;
  auto metrics = std::make_shared<std::vector<Metric>>();
  for (ByteReader from(bytes); !from.rest().empty();) metrics->push_back(take_custom(from));
  return metrics;
}

void put_change(const HealthChange& change, std::string& out) {
  ByteWriter to(out);
  to.put(static_cast<std::uint8_t>(change.from));
  to.put(static_cast<std::uint8_t>(change.to));
  to.put(static_cast<std::int16_t>(change.reason));
  put_time(to, change.at);
  to.put(change.slot_ms);
  to.put(static_cast<std::uint8_t>(change.announced));
  to.put_text(change.message);
}

std::shared_ptr<const HealthChange> change_of(std::string_view bytes) {
  if (bytes.empty()) return nullptr;
  ByteReader from(bytes);
  auto change = std::make_shared<HealthChange>();
  change->from = take_state(from);
  change->to = take_state(from);
  change->reason = take_reason(from);
  change->at = take_time(from);
  change->slot_ms = from.take<std::int64_t>();
  change->announced = from.take<std::uint8_t>() != 0;
  change->message = from.take_text();
  return change;
}

}  // namespace

void encode_row(const ResultRow& row, std::string& out) {
  ByteWriter to(out);
  put_time(to, row.at);
  to.put(row.organization);
  to.put(row.server);
  put_micros(to, row.duration);
  for (const auto phase : {row.phases.dns, row.phases.connect, row.phases.tls,
                           row.phases.first_byte, row.phases.transfer}) {
    put_micros(to, phase);
  }
  to.put(static_cast<std::uint8_t>(row.status));
  to.put(static_cast<std::int16_t>(row.reason));
  to.put(static_cast<std::uint8_t>(row.state));
  to.put(static_cast<std::int32_t>(row.http_status));
  to.put(static_cast<std::uint8_t>(row.answered));
  put_part(out, [&](std::string& part) { put_probe(*row.probe, part); });
  put_part(out, [&](std::string& part) { put_words(*row.words, part); });
  put_part(out, [&](std::string& part) {
    if (row.metrics) put_metrics(*row.metrics, part);
  });
  put_part(out, [&](std::string& part) {
    if (row.custom_metrics) put_custom(*row.custom_metrics, part);
  });
  put_part(out, [&](std::string& part) {
    if (row.change) put_change(*row.change, part);
  });
}

Result<ResultRow> RowDecoder::decode(std::string_view record) {
  ByteReader from(record);
  ResultRow row;
  row.at = take_time(from);
  row.organization = from.take<OrganizationKey>();
  row.server = from.take<ServerKey>();
  row.duration = take_micros(from);
  for (auto* phase : {&row.phases.dns, &row.phases.connect, &row.phases.tls, &row.phases.first_byte,
                      &row.phases.transfer}) {
    *phase = take_micros(from);
  }
  row.status = take_status(from);
  row.reason = take_reason(from);
  row.state = take_state(from);
  row.http_status = from.take<std::int32_t>();
  row.answered = from.take<std::uint8_t>() != 0;
  row.probe = probe_of(from.take_text());
  row.words = words_of(from.take_text());
  row.metrics = metrics_of(from.take_text());
  row.custom_metrics = custom_of(from.take_text());
  row.change = change_of(from.take_text());
  if (!from.ok()) return fail(ErrorCode::kInvalid, "a record of the spool is too short");
  return row;
}

RecordedChange change_in(std::string_view record) {
  constexpr std::size_t kSpans = 6 * sizeof(std::int64_t);  // duration and phases
  constexpr std::size_t kOutcome = 1 + 2 + 1 + 4 + 1;       // status to answered
  constexpr int kPartsBefore = 4;
  ByteReader from(record);
  take_time(from);
  from.take<OrganizationKey>();
  const auto server = from.take<ServerKey>();
  from.take_bytes(kSpans + kOutcome);
  for (int part = 0; part < kPartsBefore; ++part) from.take_text();
  auto change = change_of(from.take_text());
  return {server, from.ok() ? std::move(change) : nullptr};
}

template <typename Pointer>
Pointer RowDecoder::remember(Shared<Pointer>& shared, std::string_view bytes, Pointer made) {
  if (shared.size() >= kMostShared) shared.clear();
  shared.emplace(bytes, made);
  return made;
}

WordsPointer RowDecoder::words_of(std::string_view bytes) {
  if (bytes.empty()) return no_words();
  if (const auto known = words_.find(bytes); known != words_.end()) return known->second;
  ByteReader from(bytes);
  Words read;
  read.message = from.take_text();
  while (!from.rest().empty()) {
    Component component;
    component.name = from.take_text();
    component.status = take_status(from);
    component.message = from.take_text();
    read.components.push_back(std::move(component));
  }
  return remember(words_, bytes, std::make_shared<const Words>(std::move(read)));
}

ProbeSpecPointer RowDecoder::probe_of(std::string_view bytes) {
  if (const auto known = probes_.find(bytes); known != probes_.end()) return known->second;
  ByteReader from(bytes);
  ProbeSpec read;
  read.every = std::chrono::milliseconds(from.take<std::int64_t>());
  read.name = from.take_text();
  return remember(probes_, bytes, std::make_shared<const ProbeSpec>(std::move(read)));
}

}  // namespace muster
