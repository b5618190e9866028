#include "aggregator/storage/copy_writer.h"

#include <array>
#include <bit>
#include <type_traits>
#include <utility>

namespace muster {
namespace {

using namespace std::string_view_literals;

// Signature, flags, length of the header extension: PostgreSQL's documentation of COPY.
constexpr std::string_view kHeader = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0"sv;
constexpr WallTime kPostgresEpoch{std::chrono::sys_days{std::chrono::January / 1 / 2000}};

}  // namespace

CopyWriter::CopyWriter() : stream_(kHeader) {}

// Network byte order.
template <typename T>
void CopyWriter::put(T value) {
  const auto bits = static_cast<std::make_unsigned_t<T>>(value);
  std::array<char, sizeof(T)> bytes;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    bytes[i] = static_cast<char>(bits >> 8 * (sizeof(T) - 1 - i));
  }
  stream_.append(bytes.data(), bytes.size());
}

void CopyWriter::row(std::int16_t columns) {
  put(columns);
  ++rows_;
}

void CopyWriter::null() {
  put<std::int32_t>(-1);
}

void CopyWriter::int16(std::int16_t value) {
  put<std::int32_t>(2);
  put(value);
}

void CopyWriter::int32(std::int32_t value) {
  put<std::int32_t>(4);
  put(value);
}

void CopyWriter::int64(std::int64_t value) {
  put<std::int32_t>(8);
  put(value);
}

void CopyWriter::float32(float value) {
  int32(std::bit_cast<std::int32_t>(value));
}

void CopyWriter::float64(double value) {
  int64(std::bit_cast<std::int64_t>(value));
}

void CopyWriter::character(char value) {
  put<std::int32_t>(1);
  stream_ += value;
}

void CopyWriter::time(WallTime value) {
  int64((value - kPostgresEpoch).count());
}

void CopyWriter::text(std::string_view value) {
  put(static_cast<std::int32_t>(value.size()));
  stream_ += value;
}

DbResult<std::int64_t> CopyWriter::send(Connection& connection, const std::string& statement) {
  put<std::int16_t>(-1);
  auto copied = connection.copy_in(statement, stream_);
  stream_ = kHeader;
  rows_ = 0;
  return copied;
}

}  // namespace muster
