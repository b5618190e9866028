// The COPY half of Connection.
#include <libpq-fe.h>

#include <utility>

#include "aggregator/storage/connection.h"

namespace muster {

DbResult<std::int64_t> Connection::copy_in(const std::string& sql, std::string_view data) {
  constexpr std::size_t kPiece = 256UL * 1024;
  const Instant end = until();
  if (auto ready = begin_copy(sql, end); !ready) return fail(ready.error());
  for (std::size_t at = 0; at < data.size(); at += kPiece) {
    if (auto sent = send_copy(data.substr(at, kPiece), end); !sent) return fail(sent.error());
  }
  return end_copy(nullptr, end);
}

DbResult<std::int64_t> Connection::copy_in(const std::string& sql, const CopySource& next) {
  if (auto ready = begin_copy(sql, until()); !ready) return fail(ready.error());
  while (true) {
    const auto piece = next();
    if (!piece) {
      (void)end_copy(piece.error().message.c_str(), until());
      return fail(DbError{piece.error(), "", ""});
    }
    if (piece->empty()) return end_copy(nullptr, until());
    if (auto sent = send_copy(*piece, until()); !sent) return fail(sent.error());
  }
}

DbResult<std::int64_t> Connection::copy_out(const std::string& sql, const CopySink& sink) {
  if (auto ready = begin_copy(sql, until()); !ready) return fail(ready.error());
  if (auto read = read_copy(sink); !read) return fail(read.error());
  auto copied = last_result(until());
  if (!copied) return fail(copied.error());
  return copied->affected();
}

DbResult<Rows> Connection::begin_copy(const std::string& sql, Instant until) {
  if (broken_) return fail(lost(ErrorCode::kUnavailable, "the connection is broken"));
  if (PQsendQuery(connection_.get(), sql.c_str()) != 1) return fail(network_failure());
  if (auto sent = flush(until); !sent) return fail(sent.error());
  // A refused COPY is an error result, followed by the end of the results.
  auto ready = next_result(until);
  if (!ready && !broken_) (void)last_result(until);
  return ready;
}

DbResult<void> Connection::send_copy(std::string_view piece, Instant until) {
  const int queued = PQputCopyData(connection_.get(), piece.data(), static_cast<int>(piece.size()));
  if (queued < 0) return fail(network_failure());
  return flush(until);
}

DbResult<std::int64_t> Connection::end_copy(const char* failure, Instant until) {
  if (PQputCopyEnd(connection_.get(), failure) < 0) return fail(network_failure());
  if (auto sent = flush(until); !sent) return fail(sent.error());
  auto copied = last_result(until);
  if (!copied) return fail(copied.error());
  return copied->affected();
}

DbResult<void> Connection::read_copy(const CopySink& sink) {
  while (true) {
    char* row = nullptr;
    const int size = PQgetCopyData(connection_.get(), &row, 1);
    if (size == -1) return {};
    if (size < -1) return fail(network_failure());
    if (size == 0) {
      if (auto ready = wait(false, until()); !ready) return ready;
      if (PQconsumeInput(connection_.get()) != 1) return fail(network_failure());
      continue;
    }
    const auto taken = sink({row, static_cast<std::size_t>(size)});
    PQfreemem(row);
    if (!taken) return fail(lost(taken.error().code, taken.error().message));
  }
}

}  // namespace muster
