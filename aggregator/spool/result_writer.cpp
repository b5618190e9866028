#include "aggregator/spool/result_writer.h"

#include <pthread.h>

#include <algorithm>
#include <random>
#include <utility>

#include "common/base/log.h"

namespace muster {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr auto kIdle = 1s;
constexpr int kMostReadFailures = 10;

}  // namespace

ResultWriter::ResultWriter(ResultWriterSettings settings, Spool spool,
                           std::unique_ptr<BatchStore> store, const Clock& clock)
    : settings_(settings),
      spool_(spool),
      store_(std::move(store)),
      clock_(clock),
      backoff_(settings.first_retry, settings.most_retry, std::random_device()()),
      batch_size_(settings.batch_rows) {}

ResultWriter::~ResultWriter() {
  stop();
}

void ResultWriter::start() {
  thread_ = std::thread([this] { run(); });
}

void ResultWriter::stop() {
  if (!thread_.joinable()) return;
  stop_.set(settings_.stop_patience);
  spool_.live.close();
  if (!ended_.wait_for(settings_.stop_patience)) store_->give_up();
  thread_.join();
}

void ResultWriter::run() {
  ::pthread_setname_np(::pthread_self(), "writer");
  while (!spool_.live.drained()) {
    const bool waiting = spool_.backlog.empty() || stop_.asked();
    const LiveBatches::Patience patience{waiting ? kIdle : 0ms,
                                         waiting ? settings_.batch_delay : 0ms};
    if (auto item = spool_.live.take(patience)) {
      handle(std::move(*item));
    } else if (!waiting) {
      replay_some();
    }
  }
  if (rows_left_ > 0) log::warn("storage.rows_left_on_disk", {{"rows", rows_left_}});
  ended_.give();
}

void ResultWriter::handle(LiveItem item) {
  if (auto* batch = std::get_if<ResultBatch>(&item)) return write(std::move(*batch));
  if (!stop_.passed()) remove(std::get<SealedSegment>(item));
}

void ResultWriter::replay_some() {
  if (!replay_ && !open_oldest()) return;
  auto batch = replay_->next(settings_.batch_rows);
  if (!batch) return reading_failed(batch.error());
  if (batch->empty()) return finish_replay();
  write(std::move(*batch));
}

// Where it goes on is what the database says, not what we believe.
bool ResultWriter::open_oldest() {
  replayed_ = spool_.backlog.begin_oldest();
  if (!replayed_) return false;
  auto replay = SegmentReplay::open(*replayed_);
  if (!replay) {
    reading_failed(replay.error());
    return false;
  }
  const auto stored = with_patience([&] { return store_->stored_upto(replay->id()); });
  if (!stored) return false;
  replay->skip_to(*stored);
  log::info("spool.replaying", {{"segment", replayed_->path.filename().string()},
                                {"from", std::max(*stored, replayed_->from)},
                                {"bytes", replayed_->bytes}});
  replayed_->id = replay->id();
  replay_.emplace(std::move(*replay));
  return true;
}

// What was whole in a damaged segment is stored, and stays known, in case somebody repairs the
// rest.
void ResultWriter::finish_replay() {
  const std::int64_t damages = replay_->damages();
  spool_.counters.torn_bytes += replay_->torn_bytes();
  spool_.counters.damages += damages;
  spool_.counters.damaged_bytes += replay_->damaged_bytes();
  if (damages > 0) {
    log::error("spool.damaged", {{"segment", replayed_->path.filename().string()},
                                 {"places", damages},
                                 {"bytes", replay_->damaged_bytes()}});
  }
  replay_.reset();
  read_failures_ = 0;
  spool_.backlog.remove_oldest();
  if (damages == 0) return remove(*replayed_);
  (void)spool_.directory.put_aside(replayed_->path);
}

// What passes (too many open files) is tried again, from where the database says it is. A file that
// is gone, or is no segment, stays so.
void ResultWriter::reading_failed(const Error& why) {
  replay_.reset();
  const bool may_pass = why.code != ErrorCode::kInvalid && why.code != ErrorCode::kNotFound;
  if (may_pass && ++read_failures_ < kMostReadFailures) {
    log::warn("spool.reading_failed", {{"error", why.message}});
    return stop_.wait_for(backoff_.next());
  }
  read_failures_ = 0;
  ++spool_.counters.damages;
  spool_.counters.damaged_bytes += replayed_->bytes;
  log::error("spool.segment_put_aside", {{"error", why.message}});
  spool_.backlog.remove_oldest();
  (void)spool_.directory.put_aside(replayed_->path);
}

// First the file, durably, then what the database knows of it: in the other order a file that came
// back after a loss of power would be stored again.
void ResultWriter::remove(const SealedSegment& segment) {
  if (!segment.path.empty()) {
    if (auto removed = spool_.directory.remove(segment.path); !removed) {
      log::error("spool.segment_not_removed", {{"error", removed.error().message}});
      return;
    }
  }
  if (auto done = store_->forget(segment.id); !done) {
    log::warn("spool.mark_not_removed", {{"error", done.error().message}});
  }
}

void ResultWriter::write(ResultBatch batch) {
  while (!batch.empty()) {
    if (stop_.passed()) return leave(batch);
    const auto stored = with_patience([&] { return offer(batch); });
    if (stored) {
      count(*stored);
      batch = std::move(batch).behind(stored->upto);
    } else if (!stored.error().refused) {
      return leave(batch);
    } else if (batch.rows.size() > 1) {
      // One row's data fails the whole batch: its neighbours get through in the half without it.
      ResultBatch second = batch.split_off(batch.rows.size() / 2);
      write(std::exchange(batch, std::move(second)));
    } else {
      return put_aside(std::move(batch), stored.error());
    }
  }
}

StoreResult<StoredBatch> ResultWriter::offer(const ResultBatch& batch) {
  const std::size_t rows = std::min(batch.rows.size(), batch_size_.rows());
  const auto begin = steady_clock::now();
  auto stored = rows == batch.rows.size() ? store_->store(batch) : store_->store(batch.first(rows));
  if (stored) {
    batch_size_.stored(rows, steady_clock::now() - begin);
  } else if (stored.error().code == ErrorCode::kTimeout) {
    batch_size_.too_slow(rows);
  }
  return stored;
}

void ResultWriter::put_aside(ResultBatch batch, const StoreFailure& why) {
  const ResultRow& row = batch.rows.front();
  log::error("storage.row_refused", {{"server", row.server},
                                     {"probe", row.probe->name},
                                     {"sqlstate", why.sqlstate},
                                     {"error", why.message}});
  const std::string reason = why.sqlstate + ": " + why.message;
  const auto aside = with_patience([&] { return store_->quarantine(batch, reason); });
  if (aside) {
    count(*aside);
  } else if (aside.error().refused) {
    ++counters_.rows_lost;
    log::error("storage.rows_lost", {{"rows", 1}, {"why", aside.error().message}});
  } else {
    leave(batch);
  }
}

template <typename Try>
auto ResultWriter::with_patience(Try attempt) -> decltype(attempt()) {
  while (true) {
    auto done = attempt();
    if (done) note_success();
    if (done || done.error().refused) return done;
    note_failure(done.error());
    pause_after(done.error());
    if (stop_.passed()) return done;
  }
}

void ResultWriter::note_success() {
  backoff_.reset();
  if (std::exchange(failing_, false)) log::info("storage.writing_again");
}

void ResultWriter::note_failure(const StoreFailure& failure) {
  ++counters_.store_failures;
  if (!failure_logs_[failure.sqlstate].opens()) return;
  failing_ = true;
  log::warn("storage.write_failed", {{"rows_waiting", spool_.live.rows()},
                                     {"sqlstate", failure.sqlstate},
                                     {"error", failure.message}});
}

void ResultWriter::pause_after(const StoreFailure& failure) {
  const auto least = failure.unreachable ? settings_.connect_retry : std::chrono::milliseconds(0);
  stop_.wait_for(std::max(backoff_.next(), least));
}

// We stop before it was stored: the next start finds it on disk, unless the disk had failed too.
void ResultWriter::leave(const ResultBatch& batch) {
  const auto rows = static_cast<std::int64_t>(batch.rows.size());
  if (batch.on_disk) {
    rows_left_ += rows;
  } else {
    counters_.rows_lost += rows;
    log::error("storage.rows_lost",
               {{"rows", rows}, {"why", "neither disk nor database took them"}});
  }
}

void ResultWriter::count(const StoredBatch& stored) {
  counters_.checks_written += stored.checks;
  counters_.metrics_written += stored.metrics;
  counters_.custom_metrics_written += stored.custom_metrics;
  counters_.series_refused += stored.series_refused;
  counters_.changes_written += stored.changes;
  counters_.rows_quarantined += stored.quarantined;
  counters_.rows_late += stored.late;
  ++counters_.batches_written;
  counters_.last_success_unix_us = clock_.wall().time_since_epoch().count();
}

}  // namespace muster
