// Encodes rows in PostgreSQL's binary COPY format and sends them in one go. Call row() with the
// number of columns, then one value after the other, in column order. One owner, no locks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "aggregator/storage/connection.h"
#include "common/base/clock.h"

namespace muster {

class CopyWriter {
 public:
  CopyWriter();

  void row(std::int16_t columns);
  void null();
  void int16(std::int16_t value);
  void int32(std::int32_t value);
  void int64(std::int64_t value);
  void float32(float value);
  void float64(double value);
  void character(char value);  // the one-byte type "char"
  void time(WallTime value);   // timestamptz
  void text(std::string_view value);

  std::int64_t rows() const { return rows_; }

  // `statement`: COPY table (columns) FROM STDIN (FORMAT binary). The rows are then gone.
  DbResult<std::int64_t> send(Connection& connection, const std::string& statement);

 private:
  template <typename T>
  void put(T value);
  template <typename T>
  void column(T value);

  std::string stream_;
  std::int64_t rows_ = 0;
};

}  // namespace muster
