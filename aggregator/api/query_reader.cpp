#include "aggregator/api/query_reader.h"

#include <charconv>

#include "common/base/rfc3339.h"

namespace muster {

std::optional<std::string> QueryReader::text(const std::string& name) {
  const std::vector<std::string> given = texts(name);
  if (given.empty()) return std::nullopt;
  if (given.size() > 1) reject(name, "repeated", "may be given once");
  return given.front();
}

std::vector<std::string> QueryReader::texts(const std::string& name) {
  known_.insert(name);
  std::vector<std::string> found;
  for (const auto& [key, value] : query_) {
    if (key == name) found.push_back(value);
  }
  return found;
}

int QueryReader::integer(const std::string& name, int otherwise, int least, int most) {
  const auto given = text(name);
  if (!given) return otherwise;
  int value = 0;
  const char* const end = given->data() + given->size();
  const auto [stopped, error] = std::from_chars(given->data(), end, value);
  if (error != std::errc() || stopped != end || value < least || value > most) {
    reject(name, "invalid",
           "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return otherwise;
  }
  return value;
}

std::optional<WallTime> QueryReader::time(const std::string& name) {
  const auto given = text(name);
  if (!given) return std::nullopt;
  const auto parsed = parse_rfc3339(*given);
  if (parsed) return *parsed;
  reject(name, "invalid", parsed.error().message);
  return std::nullopt;
}

std::optional<Uuid> QueryReader::uuid(const std::string& name) {
  const auto given = text(name);
  if (!given) return std::nullopt;
  const auto id = Uuid::parse(*given);
  if (id) return *id;
  reject(name, "invalid", "must be a UUID");
  return std::nullopt;
}

void QueryReader::reject(const std::string& name, std::string code, std::string detail) {
  errors_.push_back({name, std::move(code), std::move(detail), FieldError::In::kQuery});
}

std::optional<Problem> QueryReader::finish() {
  for (const auto& [name, value] : query_) {
    if (known_.insert(name).second) {
      reject(name, "unknown_parameter", "there is no such parameter");
    }
  }
  if (errors_.empty()) return std::nullopt;
  const std::string detail = "parameter " + errors_.front().where + ": " + errors_.front().detail;
  return Problem{ProblemCode::kInvalidParameter, detail, std::move(errors_), {}};
}

}  // namespace muster
