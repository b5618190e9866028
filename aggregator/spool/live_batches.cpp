#include "aggregator/spool/live_batches.h"

#include <algorithm>
#include <utility>

namespace muster {
namespace {

bool has_change(const ResultBatch& batch) {
  return std::ranges::any_of(batch.rows,
                             [](const ResultRow& row) { return row.change != nullptr; });
}

}  // namespace

bool LiveBatches::push(ResultBatch batch) {
  const std::lock_guard lock(mutex_);
  const std::size_t rows = batch.rows.size();
  if (rows_ - rows_in_memory_ + rows > most_rows_) return false;
  const bool urgent = has_change(batch);
  add(std::move(batch), rows, urgent);
  return true;
}

std::size_t LiveBatches::push_newest(ResultBatch batch) {
  const std::lock_guard lock(mutex_);
  const std::size_t rows = batch.rows.size();
  std::size_t dropped = 0;
  while (rows_in_memory_ > 0 && rows_in_memory_ + rows > most_rows_) {
    dropped += drop_oldest_in_memory();
  }
  const bool urgent = has_change(batch);
  rows_in_memory_ += rows;
  add(std::move(batch), rows, urgent);
  return dropped;
}

void LiveBatches::end(SealedSegment segment) {
  const std::lock_guard lock(mutex_);
  add(std::move(segment), 0, false);
}

void LiveBatches::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  ready_.notify_all();
}

std::optional<LiveItem> LiveBatches::take(Patience patience) {
  std::unique_lock lock(mutex_);
  ready_.wait_for(lock, patience.first, [this] { return closed_ || !items_.empty(); });
  if (items_.empty()) return std::nullopt;
  ready_.wait_for(lock, patience.more, [this] { return whole(); });
  if (std::holds_alternative<SealedSegment>(items_.front())) {
    LiveItem item = std::move(items_.front());
    items_.pop_front();
    return item;
  }
  return join_front();
}

bool LiveBatches::empty() const {
  const std::lock_guard lock(mutex_);
  return items_.empty();
}

bool LiveBatches::drained() const {
  const std::lock_guard lock(mutex_);
  return closed_ && items_.empty();
}

std::size_t LiveBatches::rows() const {
  const std::lock_guard lock(mutex_);
  return rows_;
}

// The reader sleeps until there is a first item, and then until there is a whole batch.
void LiveBatches::add(LiveItem item, std::size_t rows, bool urgent) {
  const bool was_empty = items_.empty();
  items_.push_back(std::move(item));
  rows_ += rows;
  urgent_ |= urgent;
  if (was_empty || whole()) ready_.notify_one();
}

std::size_t LiveBatches::drop_oldest_in_memory() {
  const auto oldest = std::ranges::find_if(items_, [](const LiveItem& item) {
    const auto* batch = std::get_if<ResultBatch>(&item);
    return batch != nullptr && !batch->on_disk;
  });
  const std::size_t rows = std::get<ResultBatch>(*oldest).rows.size();
  items_.erase(oldest);
  rows_ -= rows;
  rows_in_memory_ -= rows;
  return rows;
}

ResultBatch LiveBatches::join_front() {
  ResultBatch joined = std::get<ResultBatch>(std::move(items_.front()));
  items_.pop_front();
  while (!items_.empty()) {
    auto* next = std::get_if<ResultBatch>(&items_.front());
    if (next == nullptr || !joined.is_followed_by(*next)) break;
    if (joined.rows.size() + next->rows.size() > batch_rows_) break;
    joined.append(std::move(*next));
    items_.pop_front();
  }
  rows_ -= joined.rows.size();
  if (!joined.on_disk) rows_in_memory_ -= joined.rows.size();
  urgent_ = urgent_ && !items_.empty();
  return joined;
}

}  // namespace muster
