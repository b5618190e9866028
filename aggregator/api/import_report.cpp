#include "aggregator/api/import_report.h"

#include <algorithm>

#include "aggregator/api/json_writer.h"
#include "aggregator/api/server_problems.h"

namespace muster {
namespace {

using Kind = ImportOutcome::Kind;

constexpr std::size_t kMostErrors = 1'000;  // of a problem

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::kCreated:
      return "created";
    case Kind::kUpdated:
      return "updated";
    case Kind::kSkipped:
      return "skipped";
    default:
      return "failed";
  }
}

Problem problem_of(Kind kind) {
  switch (kind) {
    case Kind::kNameTaken:
      return name_taken();
    case Kind::kQuotaExceeded:
      return server_quota_exceeded();
    case Kind::kNotStored:
      return {ProblemCode::kUnavailable, "the database does not answer; try again", {}, {}};
    default:
      return {ProblemCode::kValidationFailed, "the database refuses a value of this line", {}, {}};
  }
}

}  // namespace

void ImportReport::refused(int line, std::string name, Problem problem) {
  ++failed_;
  entries_.push_back({line, std::move(name), {}, std::move(problem)});
}

void ImportReport::stored(int line, std::string name, const ImportOutcome& outcome) {
  if (outcome.is_failure()) return refused(line, std::move(name), problem_of(outcome.kind));
  int& count = outcome.kind == Kind::kCreated   ? created_
               : outcome.kind == Kind::kUpdated ? updated_
                                                : skipped_;
  ++count;
  entries_.push_back({line, std::move(name), outcome, std::nullopt});
}

void ImportReport::stop(int line, Problem problem) {
  if (stopped_) return;
  stopped_at_ = line;
  stopped_ = std::move(problem);
}

Problem ImportReport::as_problem() const {
  Problem whole{ProblemCode::kValidationFailed,
                std::to_string(failed_) + " lines are not good; nothing was stored",
                {},
                {}};
  for (const Entry& entry : entries_) {
    if (!entry.problem) continue;
    std::vector<FieldError> errors = entry.problem->errors;
    if (errors.empty()) {
      errors.push_back({"", std::string(name_of(entry.problem->code)), entry.problem->detail});
    }
    for (FieldError& error : errors) {
      if (whole.errors.size() >= kMostErrors) break;
      error.line = entry.line;
      whole.errors.push_back(std::move(error));
    }
  }
  std::ranges::stable_sort(whole.errors, {}, &FieldError::line);
  return whole;
}

std::string ImportReport::to_json(bool dry_run) {
  // What is bad at a glance comes before what waits for its batch.
  std::ranges::sort(entries_, {}, &Entry::line);
  JsonWriter json;
  json.begin_object().member("created", created_).member("updated", updated_);
  json.member("skipped", skipped_).member("failed", failed_).member("dry_run", dry_run);
  json.key("results").begin_array();
  for (const Entry& entry : entries_) write(json, entry);
  json.end_array();
  write_stop(json);
  return json.end_object().take();
}

void ImportReport::write(JsonWriter& json, const Entry& entry) {
  json.begin_object().member("line", entry.line);
  json.member("status", name_of(entry.problem ? Kind::kRefused : entry.outcome.kind));
  if (!entry.name.empty()) json.member("name", entry.name);
  if (entry.outcome.id) json.member("id", entry.outcome.id->to_string());
  if (entry.problem) {
    json.member("code", name_of(entry.problem->code)).member("detail", entry.problem->detail);
    if (!entry.problem->errors.empty()) write_errors(json, entry.problem->errors);
  }
  json.end_object();
}

void ImportReport::write_stop(JsonWriter& json) const {
  json.key("stopped");
  if (!stopped_) {
    json.value(nullptr);
    return;
  }
  json.begin_object().member("line", stopped_at_).member("code", name_of(stopped_->code));
  json.member("detail", stopped_->detail).end_object();
}

}  // namespace muster
