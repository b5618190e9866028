// What came of each line of an import, and the answer that says so. One request's, no locks.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "aggregator/api/problem.h"
#include "aggregator/storage/server_import.h"

namespace muster {

class ImportReport {
 public:
  void refused(int line, std::string name, Problem problem);
  void stored(int line, std::string name, const ImportOutcome& outcome);

  // From this line on nothing is stored. The first reason is kept.
  void stop(int line, Problem problem);

  bool has_failures() const { return failed_ > 0; }
  bool has_changes() const { return created_ + updated_ > 0; }
  const std::optional<Problem>& stopped() const { return stopped_; }

  // All that is wrong, for a request of which then nothing was stored.
  Problem as_problem() const;
  std::string to_json(bool dry_run);

 private:
  struct Entry {
    int line = 0;
    std::string name;  // empty: it cannot be read
    ImportOutcome outcome;
    std::optional<Problem> problem;
  };

  static void write(JsonWriter& json, const Entry& entry);
  void write_stop(JsonWriter& json) const;

  std::vector<Entry> entries_;
  int created_ = 0;
  int updated_ = 0;
  int skipped_ = 0;
  int failed_ = 0;
  int stopped_at_ = 0;
  std::optional<Problem> stopped_;
};

}  // namespace muster
