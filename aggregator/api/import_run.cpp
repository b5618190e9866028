#include "aggregator/api/import_run.h"

#include "aggregator/api/json_body.h"
#include "aggregator/api/server_input.h"
#include "aggregator/api/server_problems.h"

namespace muster {
namespace {

constexpr std::size_t kBatch = 500;

Problem body_broke_off(const Error& error) {
  return {ProblemCode::kMalformedRequest, "the body broke off: " + error.message, {}, {}};
}

Problem too_many_lines() {
  return {ProblemCode::kBodyTooLarge,
          "a body may have " + std::to_string(ImportRun::kMostLines) + " lines",
          {},
          {}};
}

Problem line_too_long() {
  return {ProblemCode::kBodyTooLarge,
          "a line may have " + std::to_string(JsonLines::kLongestLine) + " bytes",
          {},
          {}};
}

}  // namespace

Answer ImportRun::run() {
  read_all();
  const bool wanted = !terms_.atomic || (!report_.has_failures() && !report_.stopped());
  if (wanted && !waiting_.empty()) store_waiting();
  return answer();
}

// A batch is stored while later lines still come, but for all or nothing. When storing has failed,
// the rest is read all the same, as each line is told of.
void ImportRun::read_all() {
  while (true) {
    auto line = lines_.next();
    if (!line) return report_.stop(lines_.number() + 1, body_broke_off(line.error()));
    if (!*line) return;
    if (++taken_ > kMostLines) return report_.stop((*line)->number, too_many_lines());
    take(**line);
    if (waiting_.size() >= kBatch && !terms_.atomic) store_waiting();
  }
}

void ImportRun::take(const JsonLine& line) {
  if (line.too_long) return report_.refused(line.number, "", line_too_long());
  const auto body = JsonBody::parse(line.text);
  if (!body) return report_.refused(line.number, "", body.error());
  auto server = read_new_server(*body);
  if (!server) return report_.refused(line.number, "", server.error());
  if (auto problem = name_problem(server->name, line.number)) {
    return report_.refused(line.number, server->name, std::move(*problem));
  }
  waiting_.push_back(std::move(*server));
  waiting_lines_.push_back(line.number);
}

std::optional<Problem> ImportRun::name_problem(const std::string& name, int line) {
  const auto [known, is_new] = line_of_name_.emplace(name, line);
  if (is_new) return std::nullopt;
  const std::string detail = "line " + std::to_string(known->second) + " has this name";
  return Problem{
      ProblemCode::kNameTaken, detail, {{"/name", "duplicate", detail, FieldError::In::kBody}}, {}};
}

void ImportRun::store_waiting() {
  if (const auto problem = try_to_store()) refuse_waiting(*problem);
  waiting_.clear();
  waiting_lines_.clear();
}

// Nothing: it was stored. A database that has failed is not asked again.
std::optional<Problem> ImportRun::try_to_store() {
  if (failure_) return failure_;
  if (auto problem = quota_.exceeded_by(organization_, waiting_, terms_.on_conflict)) {
    if (terms_.atomic) report_.stop(waiting_lines_.front(), *problem);
    return problem;
  }
  const auto outcomes = store();
  if (!outcomes) {
    fail_with(write_problem(outcomes.error()));
    return failure_;
  }
  report(*outcomes);
  if (!terms_.dry_run) announce(*outcomes);
  return std::nullopt;
}

void ImportRun::refuse_waiting(const Problem& problem) {
  for (std::size_t i = 0; i < waiting_.size(); ++i) {
    report_.refused(waiting_lines_[i], waiting_[i].name, problem);
  }
}

void ImportRun::fail_with(Problem problem) {
  report_.stop(waiting_lines_.front(), problem);
  failure_ = std::move(problem);
}

Result<ServerImport::Outcomes> ImportRun::store() const {
  ServerImport& servers = context_.server_import;
  if (terms_.dry_run) return servers.foresee(organization_, waiting_, terms_.on_conflict);
  if (terms_.atomic) return servers.store_all(organization_, waiting_, terms_.on_conflict);
  return servers.store(organization_, waiting_, terms_.on_conflict);
}

void ImportRun::report(const ServerImport::Outcomes& outcomes) {
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    report_.stored(waiting_lines_[i], std::move(waiting_[i].name), outcomes[i]);
  }
}

void ImportRun::announce(const ServerImport::Outcomes& outcomes) {
  if (terms_.atomic && report_.has_failures()) return;
  std::vector<Uuid> changed;
  for (const ImportOutcome& outcome : outcomes) {
    using Kind = ImportOutcome::Kind;
    if (outcome.kind == Kind::kCreated || outcome.kind == Kind::kUpdated) {
      changed.push_back(*outcome.id);
    }
  }
  (void)context_.announcer.changed(organization_, changed);  // at once, or soon
}

// A problem says that nothing was stored.
Answer ImportRun::answer() {
  if (report_.stopped() && !report_.has_changes()) return refuse(*report_.stopped());
  if (terms_.atomic && report_.has_failures()) return refuse(report_.as_problem());
  return ApiResponse{200, report_.to_json(terms_.dry_run), {}};
}

}  // namespace muster
