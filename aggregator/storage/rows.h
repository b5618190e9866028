// The answer to one statement. Columns are read by position, in the order of the SELECT list;
// reading a type that the column does not have is our own mistake and gives that type's zero.
// Owns libpq's result; belongs to whoever asked.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/base/uuid.h"

struct pg_result;

namespace muster {

class Rows {
 public:
  Rows() = default;
  explicit Rows(pg_result* result);

  int size() const;
  bool empty() const { return size() == 0; }
  bool is_end() const { return result_ == nullptr; }  // no result at all, as opposed to no rows
  bool is_sync() const;                               // behind statements that went together
  std::string_view command() const;                   // the tag, "COMMIT"
  std::int64_t affected() const;  // rows that an INSERT, UPDATE or DELETE touched

  bool is_null(int row, int column) const;
  std::string_view text(int row, int column) const;
  std::int64_t integer(int row, int column) const;
  double number(int row, int column) const;
  bool boolean(int row, int column) const;
  WallTime time(int row, int column) const;  // selected as epoch microseconds: micros(column)
  std::optional<WallTime> optional_time(int row, int column) const;
  std::optional<double> optional_number(int row, int column) const;
  Uuid uuid(int row, int column) const;
  std::vector<std::string> texts(int row, int column) const;  // text[]
  std::string bytes(int row, int column) const;               // bytea

 private:
  struct Clear {
    void operator()(pg_result* result) const;
  };
  std::unique_ptr<pg_result, Clear> result_;
};

// SQL for a timestamptz column as Rows::time() reads it: epoch microseconds.
std::string micros(std::string_view column);

}  // namespace muster
