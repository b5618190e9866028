#include "aggregator/storage/result_writer.h"

#include <algorithm>
#include <random>
#include <tuple>
#include <utility>

#include "common/base/log.h"

namespace muster {
namespace {

using namespace std::chrono_literals;

constexpr auto kDropLogPeriod = std::chrono::microseconds(60s);
constexpr auto kIdle = 1s;
constexpr auto kUrgentDelay = 100ms;  // changes of state come in groups

std::int64_t unix_us(WallTime time) {
  return time.time_since_epoch().count();
}

}  // namespace

ResultWriter::ResultWriter(ResultWriterSettings settings, std::unique_ptr<BatchStore> store,
                           const Clock& clock)
    : settings_(settings),
      store_(std::move(store)),
      clock_(clock),
      queue_(settings.queue_rows),
      backoff_(settings.first_retry, settings.most_retry, std::random_device()()) {}

ResultWriter::~ResultWriter() {
  stop();
}

void ResultWriter::start() {
  thread_ = std::thread([this] { run(); });
}

void ResultWriter::stop() {
  if (!thread_.joinable()) return;
  queue_.close();
  {
    const std::lock_guard lock(wait_mutex_);
    stopping_ = true;
    give_up_at_ = std::chrono::steady_clock::now() + settings_.stop_patience;
  }
  wake_.notify_all();
  thread_.join();
}

void ResultWriter::on_result(const CheckResult& result, const Verdict& verdict) {
  if (!queue_.push(ResultRow::from(result, verdict))) return count_dropped();
  if (verdict.change && !urgent_.exchange(true)) hurry();
}

// A tenth is left for the checks that are under way.
bool ResultWriter::has_room() const {
  return queue_.size() < queue_.capacity() / 10 * 9;
}

void ResultWriter::run() {
  while (!queue_.drained()) {
    auto rows = collect();
    if (!rows.empty()) write(std::move(rows));
  }
}

void ResultWriter::hurry() {
  const std::lock_guard lock(wait_mutex_);  // so that the wake-up cannot fall before the wait
  wake_.notify_all();
}

// What has gathered batch_delay after the first row; soon when a state changed, which somebody
// waits to hear of, and at once when it is a whole batch.
std::vector<ResultRow> ResultWriter::collect() {
  auto rows = queue_.pop_batch(settings_.batch_rows, kIdle);
  if (rows.empty() || rows.size() >= settings_.batch_rows) return rows;
  {
    std::unique_lock lock(wait_mutex_);
    const auto least = std::min<std::chrono::milliseconds>(settings_.batch_delay, kUrgentDelay);
    wake_.wait_for(lock, least, [this] { return stopping_; });
    wake_.wait_for(lock, settings_.batch_delay - least, [this] { return stopping_ || urgent_; });
  }
  urgent_ = false;
  auto more = queue_.pop_batch(settings_.batch_rows - rows.size(), 0ms);
  std::ranges::move(more, std::back_inserter(rows));
  return rows;
}

void ResultWriter::write(std::vector<ResultRow> rows) {
  if (out_of_time()) return count_lost(rows.size(), "stopped before they were stored");
  // In order of time, so that COPY stays on one partition and the index grows at its end.
  std::ranges::sort(rows, {}, [](const ResultRow& row) { return std::tuple(row.at, row.server); });
  ResultBatch batch{++last_number_, std::move(rows)};
  auto stored = store_with_patience(batch);
  if (stored) {
    count(*stored);
  } else if (!stored.error().is_data_error()) {
    count_lost(batch.rows.size(), stored.error().message);
  } else if (batch.rows.size() > 1) {
    write_halves(std::move(batch.rows));
  } else {
    put_aside(std::move(batch), stored.error());
  }
}

// One row's data fails the whole batch: its neighbours get through in the halves without it.
void ResultWriter::write_halves(std::vector<ResultRow> rows) {
  const auto middle = rows.begin() + static_cast<std::ptrdiff_t>(rows.size() / 2);
  std::vector<ResultRow> second(std::make_move_iterator(middle),
                                std::make_move_iterator(rows.end()));
  rows.erase(middle, rows.end());
  write(std::move(rows));
  write(std::move(second));
}

void ResultWriter::put_aside(ResultBatch batch, const DbError& why) {
  const ResultRow& row = batch.rows.front();
  log::error("storage.row_refused", {{"server", row.server},
                                     {"probe", row.probe->name},
                                     {"sqlstate", why.sqlstate},
                                     {"error", why.message}});
  batch.number = ++last_number_;
  while (true) {
    const auto aside = store_->quarantine(batch, why.sqlstate + ": " + why.message);
    if (aside) {
      ++counters_.rows_quarantined;
      return;
    }
    if (aside.error().is_data_error() || !may_retry()) {
      ++counters_.rows_lost;
      return;
    }
  }
}

DbResult<StoredBatch> ResultWriter::store_with_patience(const ResultBatch& batch) {
  for (bool first = true;; first = false) {
    auto stored = store_->store(batch);
    if (stored && !first) log::info("storage.writing_again", {{"rows", batch.rows.size()}});
    if (stored) backoff_.reset();
    if (stored || stored.error().is_data_error()) return stored;
    ++counters_.store_failures;
    log::warn("storage.write_failed", {{"rows", batch.rows.size()},
                                       {"queued", queue_.size()},
                                       {"sqlstate", stored.error().sqlstate},
                                       {"error", stored.error().message}});
    if (!may_retry()) return stored;
  }
}

bool ResultWriter::may_retry() {
  std::unique_lock lock(wait_mutex_);
  const bool knew = stopping_;
  wake_.wait_for(lock, backoff_.next(), [&] { return stopping_ != knew; });
  return std::chrono::steady_clock::now() < give_up_at_;
}

bool ResultWriter::out_of_time() {
  const std::lock_guard lock(wait_mutex_);
  return std::chrono::steady_clock::now() >= give_up_at_;
}

void ResultWriter::count_lost(std::size_t rows, const std::string& why) {
  counters_.rows_lost += static_cast<std::int64_t>(rows);
  log::error("storage.rows_lost", {{"rows", rows}, {"why", why}});
}

void ResultWriter::count(const StoredBatch& stored) {
  counters_.checks_written += stored.checks;
  counters_.metrics_written += stored.metrics;
  counters_.changes_written += stored.changes;
  counters_.rows_quarantined += stored.quarantined;
  ++counters_.batches_written;
  counters_.last_success_unix_us = unix_us(clock_.wall());
}

void ResultWriter::count_dropped() {
  const std::int64_t dropped = ++counters_.rows_dropped;
  const std::int64_t now = unix_us(clock_.wall());
  std::int64_t next = next_drop_log_us_;
  // Of the loops that see the minute over, the one that moves it on writes the line.
  if (now < next ||
      !next_drop_log_us_.compare_exchange_strong(next, now + kDropLogPeriod.count())) {
    return;
  }
  log::error("storage.results_dropped",
             {{"dropped_so_far", dropped}, {"queue", queue_.capacity()}});
}

}  // namespace muster
