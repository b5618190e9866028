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
  const Load load = Load::of(batch);
  const std::lock_guard lock(mutex_);
  if (!(load_ - in_memory_ + load).fits(most_)) return false;
  const bool urgent = has_change(batch);
  add(std::move(batch), load, urgent);
  return true;
}

std::size_t LiveBatches::push_newest(ResultBatch batch) {
  const Load load = Load::of(batch);
  const std::lock_guard lock(mutex_);
  std::size_t dropped = 0;
  while (in_memory_.rows > 0 && !(in_memory_ + load).fits(most_)) {
    dropped += drop_oldest_in_memory();
  }
  const bool urgent = has_change(batch);
  in_memory_ = in_memory_ + load;
  add(std::move(batch), load, urgent);
  return dropped;
}

void LiveBatches::end(SealedSegment segment) {
  const std::lock_guard lock(mutex_);
  add(std::move(segment), {}, false);
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
  if (std::holds_alternative<SealedSegment>(items_.front().item)) return pop_front().item;
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
  return load_.rows;
}

// The reader sleeps until there is a first item, and then until there is a whole batch.
void LiveBatches::add(LiveItem item, const Load& load, bool urgent) {
  const bool was_empty = items_.empty();
  items_.push_back({std::move(item), load});
  load_ = load_ + load;
  urgent_ |= urgent;
  if (was_empty || whole()) ready_.notify_one();
}

std::size_t LiveBatches::drop_oldest_in_memory() {
  const auto oldest = std::ranges::find_if(items_, [](const Waiting& waiting) {
    const auto* batch = std::get_if<ResultBatch>(&waiting.item);
    return batch != nullptr && !batch->on_disk;
  });
  const Load load = oldest->load;
  items_.erase(oldest);
  load_ = load_ - load;
  in_memory_ = in_memory_ - load;
  return load.rows;
}

ResultBatch LiveBatches::join_front() {
  Waiting first = pop_front();
  ResultBatch joined = std::get<ResultBatch>(std::move(first.item));
  Load load = first.load;
  while (!items_.empty()) {
    const auto* next = std::get_if<ResultBatch>(&items_.front().item);
    if (next == nullptr || !joined.is_followed_by(*next)) break;
    load = load + items_.front().load;
    if (!load.fits(whole_)) break;
    joined.append(std::get<ResultBatch>(pop_front().item));
  }
  urgent_ = urgent_ && !items_.empty();
  return joined;
}

LiveBatches::Waiting LiveBatches::pop_front() {
  Waiting first = std::move(items_.front());
  items_.pop_front();
  load_ = load_ - first.load;
  const auto* batch = std::get_if<ResultBatch>(&first.item);
  if (batch != nullptr && !batch->on_disk) in_memory_ = in_memory_ - first.load;
  return first;
}

}  // namespace muster
