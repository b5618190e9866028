// Takes a query string apart and collects what is wrong with it; a parameter that nobody asked for
// is a mistake, since a misspelt filter would silently find everything. One request's, no locks.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "aggregator/api/api_request.h"
#include "aggregator/api/problem.h"
#include "common/base/clock.h"
#include "common/base/uuid.h"

namespace muster {

class QueryReader {
 public:
  explicit QueryReader(const Query& query) : query_(query) {}

  std::optional<std::string> text(const std::string& name);
  std::vector<std::string> texts(const std::string& name);  // of a parameter that may be repeated
  int integer(const std::string& name, int otherwise, int least, int most);
  std::optional<WallTime> time(const std::string& name);  // RFC 3339
  std::optional<Uuid> uuid(const std::string& name);

  // One of a fixed set of words; `words` names them for the message.
  template <typename Parse>
  auto choice(const std::string& name, Parse parse, const std::string& words)
      -> decltype(parse("")) {
    const auto given = text(name);
    if (!given) return std::nullopt;
    const auto parsed = parse(*given);
    if (!parsed) reject(name, "invalid", "must be one of " + words);
    return parsed;
  }

  void reject(const std::string& name, std::string code, std::string detail);
  std::optional<Problem> finish();

 private:
  const Query& query_;
  std::set<std::string> known_{"organization"};  // read by Api for every route
  std::vector<FieldError> errors_;
};

}  // namespace muster
