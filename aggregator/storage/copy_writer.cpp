#include "aggregator/storage/copy_writer.h"

#include <array>
#include <bit>
#include <boost/endian/conversion.hpp>
#include <utility>

namespace muster {
namespace {

using namespace std::string_view_literals;

// Signature, flags, length of the header extension: PostgreSQL's documentation of COPY.
constexpr std::string_view kHeader = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0"sv;
constexpr auto kNetworkOrder = boost::endian::order::big;
constexpr WallTime kPostgresEpoch{std::chrono::sys_days{std::chrono::January / 1 / 2000}};

}  // namespace

CopyWriter::CopyWriter() : stream_(kHeader) {}

template <typename T>
void CopyWriter::put(T value) {
  std::array<unsigned char, sizeof(T)> bytes;
  boost::endian::endian_store<T, sizeof(T), kNetworkOrder>(bytes.data(), value);
  stream_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

// The length and the value in one piece: there are fifteen of them in a row.
template <typename T>
void CopyWriter::column(T value) {
  constexpr std::size_t kLength = sizeof(std::int32_t);
  std::array<unsigned char, kLength + sizeof(T)> bytes;
  boost::endian::endian_store<std::int32_t, kLength, kNetworkOrder>(bytes.data(), sizeof(T));
  boost::endian::endian_store<T, sizeof(T), kNetworkOrder>(bytes.data() + kLength, value);
  stream_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

void CopyWriter::row(std::int16_t columns) {
  put(columns);
  ++rows_;
}

void CopyWriter::null() {
  put<std::int32_t>(-1);
}

void CopyWriter::int16(std::int16_t value) {
  column(value);
}

void CopyWriter::int32(std::int32_t value) {
  column(value);
}

void CopyWriter::int64(std::int64_t value) {
  column(value);
}

void CopyWriter::float32(float value) {
  int32(std::bit_cast<std::int32_t>(value));
}

void CopyWriter::float64(double value) {
  int64(std::bit_cast<std::int64_t>(value));
}

void CopyWriter::character(char value) {
  column(static_cast<std::int8_t>(value));
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
