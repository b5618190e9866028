// The small numbers by which the history names probes. Owned by thread `writer`.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "aggregator/spool/result_row.h"
#include "aggregator/storage/connection.h"

namespace muster {

class ProbeDictionary {
 public:
  // Makes sure that every probe of `rows` has its number. Outside of the batch's transaction, so
  // that a rollback cannot take back a number that we remember.
  DbResult<void> learn(Connection& connection, const std::vector<ResultRow>& rows);

  std::int16_t id_of(const std::string& probe) const;  // a learnt one

 private:
  DbResult<void> learn_one(Connection& connection, const std::string& probe);

  std::map<std::string, std::int16_t> ids_;
};

}  // namespace muster
