// One import, from the lines of its body to the answer: reads and judges the lines, stores them in
// batches, tells the fleet. One request's, no locks.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "aggregator/api/api_context.h"
#include "aggregator/api/check_quota.h"
#include "aggregator/api/import_report.h"
#include "aggregator/api/json_lines.h"

namespace muster {

struct ImportTerms {
  OnConflict on_conflict = OnConflict::kRefuse;
  bool atomic = false;   // all lines or none
  bool dry_run = false;  // none
};

class ImportRun {
 public:
  static constexpr int kMostLines = 10'000;

  ImportRun(const ApiContext& context, const CheckQuota& quota, const ApiRequest& request,
            ImportTerms terms)
      : context_(context),
        quota_(quota),
        organization_(request.organization),
        lines_(request),
        terms_(terms) {}

  Answer run();

 private:
  void read_all();
  void take(const JsonLine& line);
  std::optional<Problem> name_problem(const std::string& name, int line);
  void store_waiting();
  std::optional<Problem> try_to_store();
  void refuse_waiting(const Problem& problem);
  void fail_with(Problem problem);
  Result<ServerImport::Outcomes> store() const;
  void report(const ServerImport::Outcomes& outcomes);
  void announce(const ServerImport::Outcomes& outcomes);
  Answer answer();

  const ApiContext& context_;
  const CheckQuota& quota_;
  const OrganizationKey organization_;
  JsonLines lines_;
  const ImportTerms terms_;
  int taken_ = 0;
  std::unordered_map<std::string, int> line_of_name_;
  std::vector<NewServer> waiting_;
  std::vector<int> waiting_lines_;
  std::optional<Problem> failure_;  // of the database, after which nothing more is stored
  ImportReport report_;
};

}  // namespace muster
