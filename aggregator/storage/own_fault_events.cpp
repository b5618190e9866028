#include "aggregator/storage/own_fault_events.h"

#include <pthread.h>

#include <random>

#include "common/base/log.h"
#include "common/model/failure_reason.h"

namespace muster {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMostPending = 256;
constexpr auto kIdle = 1h;  // news wake the thread
constexpr auto kReason = static_cast<int>(FailureReason::kSelf);

// Offered again when the answer to a COMMIT was lost, so it looks whether it is there already.
constexpr const char* kWrite = R"(
INSERT INTO fleet_events (at, org_id, kind, reason, message)
SELECT $1::timestamptz, o.org_id, $2::text, $3::smallint, $4::text
FROM organizations AS o
WHERE EXISTS (SELECT FROM managed_servers AS m WHERE m.org_id = o.org_id)
  AND NOT EXISTS (SELECT FROM fleet_events AS e
                  WHERE e.server_key IS NULL AND e.org_id = o.org_id AND e.kind = $2
                    AND e.at = $1::timestamptz))";

constexpr const char* kEndUnfinished = R"(
INSERT INTO fleet_events (at, org_id, kind, reason, message)
SELECT now(), last.org_id, 'own_fault_ended', $1::smallint, last.message
FROM (SELECT DISTINCT ON (org_id) org_id, kind, message
      FROM fleet_events
      WHERE server_key IS NULL AND kind IN ('own_fault_began', 'own_fault_ended')
      ORDER BY org_id, id DESC) AS last
WHERE last.kind = 'own_fault_began')";

}  // namespace

OwnFaultEvents::OwnFaultEvents(ConnectionPool& pool)
    : pool_(pool), queue_(kMostPending), backoff_(200ms, 10s, std::random_device()()) {}

OwnFaultEvents::~OwnFaultEvents() {
  stop();
}

void OwnFaultEvents::start() {
  thread_ = std::thread([this] { run(); });
}

void OwnFaultEvents::stop() {
  queue_.close();
  if (thread_.joinable()) thread_.join();
}

void OwnFaultEvents::on_own_fault(const OwnFaultNews& news) {
  if (!queue_.push(OwnFaultNews(news))) log::error("storage.own_fault_event_dropped");
}

// The last round is the one after the queue was closed: one more try.
void OwnFaultEvents::run() {
  ::pthread_setname_np(::pthread_self(), "events");
  for (bool last = false; !last; last = queue_.drained()) {
    const auto done = write_all();
    if (done) {
      backoff_.reset();
    } else {
      log::warn("storage.own_fault_event_delayed",
                {{"events", pending_.size()}, {"error", done.error().message}});
    }
    collect();
  }
  write_all();
}

void OwnFaultEvents::collect() {
  const std::chrono::milliseconds patience =
      pending_.empty() && unfinished_ended_ ? std::chrono::milliseconds(kIdle) : backoff_.next();
  for (OwnFaultNews& news : queue_.pop_batch(kMostPending, patience)) {
    if (pending_.size() >= kMostPending) {
      log::error("storage.own_fault_event_dropped");
      pending_.pop_front();
    }
    pending_.push_back(std::move(news));
  }
}

Result<void> OwnFaultEvents::write_all() {
  if (auto ended = unfinished_ended_ ? Result<void>() : end_unfinished(); !ended) return ended;
  unfinished_ended_ = true;
  while (!pending_.empty()) {
    if (auto written = write(pending_.front()); !written) return written;
    pending_.pop_front();
  }
  return {};
}

Result<void> OwnFaultEvents::write(const OwnFaultNews& news) {
  auto lease = pool_.lease();
  if (!lease) return fail(lease.error());
  const auto kind = news.began ? "own_fault_began" : "own_fault_ended";
  auto done = (*lease)->exec(kWrite, {news.at, kind, kReason, news.message});
  if (!done) return fail(done.error());
  return {};
}

Result<void> OwnFaultEvents::end_unfinished() {
  auto lease = pool_.lease();
  if (!lease) return fail(lease.error());
  auto done = (*lease)->exec(kEndUnfinished, {kReason});
  if (!done) return fail(done.error());
  if (done->affected() > 0) log::info("storage.own_fault_ended", {{"events", done->affected()}});
  return {};
}

}  // namespace muster
