#include "aggregator/spool/spooler.h"

#include <pthread.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "aggregator/spool/row_codec.h"
#include "aggregator/spool/segment_reader.h"
#include "common/base/log.h"

namespace muster {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr auto kIdle = 1s;

// Of a segment that is given up; one that cannot be read counts as one.
std::int64_t rows_behind(const SealedSegment& segment) {
  auto reader = SegmentReader::open(segment.path);
  if (!reader) return 1;
  reader->seek(segment.from);
  std::int64_t rows = 0;
  for (auto next = reader->next(); next && *next; next = reader->next()) ++rows;
  return rows;
}

}  // namespace

Spooler::Spooler(SpoolerSettings settings, SpoolDirectory& directory, LiveBatches& live,
                 Backlog& backlog)
    : settings_(settings),
      directory_(directory),
      live_(live),
      backlog_(backlog),
      queue_(settings.queue_rows) {}

Spooler::~Spooler() {
  stop();
}

void Spooler::start() {
  thread_ = std::thread([this] { run(); });
}

void Spooler::stop() {
  if (!thread_.joinable()) return;
  queue_.close();
  stop_.give();
  thread_.join();
}

void Spooler::on_result(const CheckResult& result, const Verdict& verdict) {
  ResultRow row = ResultRow::from(result, verdict);
  const std::size_t bytes = row.size_bytes();
  const bool fits = queued_bytes_.fetch_add(bytes) + bytes <= settings_.queue_bytes;
  if (fits && queue_.push(std::move(row))) return;
  queued_bytes_ -= bytes;
  count_dropped();
}

// A tenth is left for the checks that are under way.
bool Spooler::has_room() const {
  return queue_.size() < queue_.capacity() / 10 * 9 &&
         queued_bytes_ < settings_.queue_bytes / 10 * 9;
}

void Spooler::run() {
  ::pthread_setname_np(::pthread_self(), "spool");
  while (!queue_.drained()) {
    auto rows = collect();
    if (counters_.behind && live_.empty()) catch_up();
    if (!rows.empty()) keep(std::move(rows));
  }
  seal();
  if (memory_) live_.end({{}, memory_->id, 0, 0});
  live_.close();
  log::info("spool.stopped", {{"rows_on_disk", counters_.rows_kept.load()},
                              {"rows_in_memory", counters_.rows_in_memory.load()}});
}

// What has gathered sync_every after the first row came, so that one fdatasync serves them all.
// Rows that were there already may have come as the one before began.
std::vector<ResultRow> Spooler::collect() {
  const bool were_there = queue_.size() > 0;
  auto rows = pop(settings_.batch_rows, kIdle);
  if (rows.empty() || rows.size() >= settings_.batch_rows) return rows;
  const Instant now = steady_clock::now();
  const auto until = (were_there ? emptied_ : now) + settings_.sync_every;
  if (until > now) stop_.wait_for(std::chrono::ceil<std::chrono::milliseconds>(until - now));
  emptied_ = steady_clock::now();
  auto more = pop(settings_.batch_rows - rows.size(), 0ms);
  std::ranges::move(more, std::back_inserter(rows));
  return rows;
}

std::vector<ResultRow> Spooler::pop(std::size_t most, std::chrono::milliseconds patience) {
  auto rows = queue_.pop_batch(most, patience);
  for (const ResultRow& row : rows) queued_bytes_ -= row.size_bytes();
  return rows;
}

void Spooler::keep(std::vector<ResultRow> rows) {
  ResultBatch batch = encode(std::move(rows));
  if (put_on_disk(batch)) {
    hand_over(std::move(batch));
  } else {
    put_in_memory(std::move(batch));
  }
}

// Positions count from zero here: where the records will lie is not known yet.
ResultBatch Spooler::encode(std::vector<ResultRow> rows) {
  ResultBatch batch;
  batch.rows = std::move(rows);
  batch.ends.reserve(batch.rows.size());
  records_.clear();
  for (const ResultRow& row : batch.rows) {
    payload_.clear();
    encode_row(row, payload_);
    put_record(payload_, records_);
    batch.ends.push_back(static_cast<std::int64_t>(records_.size()));
  }
  return batch;
}

bool Spooler::put_on_disk(ResultBatch& batch) {
  if (!open_segment()) return false;
  const std::int64_t from = segment_->end();
  const auto begin = steady_clock::now();
  if (auto appended = segment_->append(records_); !appended) {
    disk_failed(appended.error());
    give_segment_up();
    return false;
  }
  disk_works();
  counters_.sync_seconds.observe(
      std::chrono::duration<double>(steady_clock::now() - begin).count());
  counters_.rows_kept += static_cast<std::int64_t>(batch.rows.size());
  batch.place(segment_->id(), from);
  log::debug("spool.synced", {{"segment", segment_->path().filename().string()},
                              {"rows", batch.rows.size()},
                              {"end", segment_->end()}});
  return true;
}

void Spooler::put_in_memory(ResultBatch batch) {
  if (!memory_) memory_ = MemorySegment{};
  batch.on_disk = false;
  batch.place(memory_->id, memory_->end);
  memory_->end = batch.to();
  counters_.rows_in_memory += static_cast<std::int64_t>(batch.rows.size());
  counters_.dropped_memory += static_cast<std::int64_t>(live_.push_newest(std::move(batch)));
}

void Spooler::hand_over(ResultBatch batch) {
  const std::int64_t from = batch.from;
  if (!counters_.behind && !live_.push(std::move(batch))) {
    log::warn("spool.falling_behind", {{"rows_waiting", live_.rows()}});
    counters_.behind = true;
    return leave_on_disk(from);
  }
  if (segment_->end() >= settings_.segment_bytes) seal();
}

bool Spooler::open_segment() {
  if (is_full()) make_room();
  if (is_full()) {
    not_durable("spool.size is reached");
    return false;
  }
  return segment_ || begin_segment();
}

bool Spooler::begin_segment() {
  if (steady_clock::now() < next_try_) return false;
  auto segment = directory_.begin_segment();
  if (segment) {
    segment_.emplace(std::move(*segment));
  } else {
    disk_failed(segment.error());
  }
  return segment_.has_value();
}

// After a failure. One in which nothing is safe has nothing to wait for.
void Spooler::give_segment_up() {
  if (!segment_->empty() || !directory_.remove(segment_->path())) return seal();
  segment_.reset();
}

// Nothing more is appended. Who reads it depends on whether its batches went to the writer.
void Spooler::seal() {
  if (!segment_) return;
  if (counters_.behind) return leave_on_disk(kSegmentHeader);
  live_.end(segment_->sealed(segment_->end()));
  segment_.reset();
}

void Spooler::leave_on_disk(std::int64_t from) {
  backlog_.add(segment_->sealed(from));
  segment_.reset();
}

// The writer has stored all that it was handed: from now on it is handed what comes, while the
// segments in between wait for their turn.
void Spooler::catch_up() {
  seal();
  counters_.behind = false;
  log::info("spool.live_again",
            {{"segments_waiting", backlog_.segments()}, {"bytes_waiting", backlog_.bytes()}});
}

bool Spooler::is_full() const {
  return backlog_.bytes() + (segment_ ? segment_->end() : 0) > settings_.most_bytes;
}

void Spooler::make_room() {
  while (settings_.when_full == WhenSpoolFull::kDropOldest && is_full()) {
    const auto oldest = backlog_.give_up_oldest();
    if (!oldest) return;
    const std::int64_t rows = rows_behind(*oldest);
    counters_.dropped_full += rows;
    log::error("spool.full", {{"dropped_rows", rows}, {"most_bytes", settings_.most_bytes}});
    if (auto removed = directory_.remove(oldest->path); !removed) disk_failed(removed.error());
  }
}

void Spooler::disk_failed(const Error& error) {
  next_try_ = steady_clock::now() + settings_.disk_retry;
  ++counters_.failures;
  not_durable(error.message);
}

void Spooler::not_durable(const std::string& why) {
  if (counters_.durable.exchange(false)) log::error("spool.not_durable", {{"error", why}});
}

void Spooler::disk_works() {
  if (memory_) live_.end({{}, memory_->id, 0, 0});
  memory_.reset();
  if (!counters_.durable.exchange(true)) log::info("spool.durable_again");
}

void Spooler::count_dropped() {
  const std::int64_t dropped = ++counters_.dropped_queue;
  if (!drop_log_.opens()) return;
  log::error("storage.results_dropped",
             {{"dropped_so_far", dropped}, {"queue", queue_.capacity()}});
}

}  // namespace muster
