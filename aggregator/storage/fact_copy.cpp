#include "aggregator/storage/fact_copy.h"

#include <algorithm>
#include <utility>

namespace muster {
namespace {

std::string copy_statement(const std::string& table, const std::string& columns) {
  return "COPY " + table + " (" + columns + ") FROM STDIN (FORMAT binary)";
}

}  // namespace

FactCopy::FactCopy(std::string table, std::string columns, std::vector<TimeRange> bounds,
                   std::string reason)
    : table_(std::move(table)),
      columns_(std::move(columns)),
      bounds_(std::move(bounds)),
      reason_(std::move(reason)) {}

CopyWriter& FactCopy::begin_row(WallTime at, std::int16_t columns) {
  refusing_ = std::ranges::none_of(bounds_, [&](const TimeRange& r) { return r.contains(at); });
  ++(refusing_ ? refused_ : kept_);
  CopyWriter& copy = refusing_ ? quarantine_ : rows_;
  copy.row(static_cast<std::int16_t>(columns + (refusing_ ? 1 : 0)));
  return copy;
}

void FactCopy::end_row() {
  if (refusing_) quarantine_.text(reason_);
}

DbResult<void> FactCopy::send(Connection& connection) {
  if (kept_ > 0) {
    auto sent = rows_.send(connection, copy_statement(table_, columns_));
    if (!sent) return fail(sent.error());
  }
  if (refused_ > 0) {
    auto sent = quarantine_.send(
        connection, copy_statement(table_ + "_quarantine", columns_ + ", quarantine_reason"));
    if (!sent) return fail(sent.error());
  }
  return {};
}

}  // namespace muster
