// A result as bytes in the spool, and back. What an older version wrote is refused, not guessed at:
// every segment names its version. Values; a RowDecoder has one owner.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "aggregator/spool/result_row.h"
#include "common/base/bytes.h"

namespace muster {

void encode_row(const ResultRow& row, std::string& out);

struct RecordedChange {
  ServerKey server = 0;
  std::shared_ptr<const HealthChange> change;  // nullptr: none, or it cannot be read
};

// Of a record, without the rest of it.
RecordedChange change_in(std::string_view record);

// Rows that came apart are joined again: equal words and equal probes become one object.
class RowDecoder {
 public:
  Result<ResultRow> decode(std::string_view record);

 private:
  struct TextHash {  // of a part of a record, without making a string of it
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };

  static constexpr std::size_t kMostShared = 10'000;

  // Found by what they are in the record.
  template <typename Pointer>
  using Shared = std::unordered_map<std::string, Pointer, TextHash, std::equal_to<>>;

  template <typename Pointer>
  static Pointer remember(Shared<Pointer>& shared, std::string_view bytes, Pointer made);

  WordsPointer words_of(std::string_view bytes);
  ProbeSpecPointer probe_of(std::string_view bytes);

  Shared<WordsPointer> words_;
  Shared<ProbeSpecPointer> probes_;
};

}  // namespace muster
