// A result as bytes in the spool, and back. What an older version wrote is refused, not guessed at:
// every segment names its version. Values; a RowDecoder has one owner.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "aggregator/spool/result_row.h"
#include "common/base/bytes.h"

namespace muster {

void encode_row(const ResultRow& row, std::string& out);

// Rows that came apart are joined again: equal words and equal probes become one object.
class RowDecoder {
 public:
  Result<ResultRow> decode(std::string_view record);

 private:
  static constexpr std::size_t kMostShared = 10'000;

  WordsPointer words_of(std::string_view bytes);
  ProbeSpecPointer probe_of(std::string_view bytes);

  std::unordered_map<std::string, WordsPointer> words_;
  std::unordered_map<std::string, ProbeSpecPointer> probes_;
};

}  // namespace muster
