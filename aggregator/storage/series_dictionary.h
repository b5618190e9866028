// The numbers by which the history names custom metrics, as far as their servers may have them:
// looked up once a day, which is noted, and remembered. [writer]
#pragma once

#include <map>
#include <vector>

#include "aggregator/spool/result_row.h"
#include "aggregator/storage/connection.h"
#include "aggregator/storage/day_turn.h"
#include "aggregator/storage/metric_series.h"
#include "aggregator/storage/server_series.h"

namespace muster {

class SeriesDictionary {
 public:
  explicit SeriesDictionary(std::size_t most_per_server, DayTurn day = DayTurn())
      : day_(std::move(day)), servers_(most_per_server) {}

  struct Reading {
    const ResultRow* row;
    std::int32_t series;
    double value;
  };
  struct Learnt {
    std::vector<Reading> readings;  // those that may be stored, in the order of the rows
    std::int64_t refused = 0;       // too many of their server's, or too large
  };

  // Outside of the batch's transaction, so that a rollback cannot take back a number that we
  // remember.
  DbResult<Learnt> learn(Connection& connection, const std::vector<ResultRow>& rows);

 private:
  struct Candidate {
    const ResultRow* row;
    std::optional<MetricSeries> series;  // nothing: too large
    double value;
  };
  using Candidates = std::vector<Candidate>;

  static Candidates candidates_of(const std::vector<ResultRow>& rows);
  DbResult<void> look_up(Connection& connection, const Candidates& candidates);
  DbResult<void> look_up(Connection& connection, const std::vector<const MetricSeries*>& unknown,
                         bool make);
  std::vector<const MetricSeries*> unknown_of(const Candidates& candidates) const;
  std::vector<const MetricSeries*> admissible_of(const Candidates& candidates);
  Learnt admit(const Candidates& candidates);

  // Far more than a large fleet has; past it everything is looked up anew.
  static constexpr std::size_t kMostRemembered = 500'000;

  DayTurn day_;
  std::map<MetricSeries, std::int32_t> ids_;
  ServerSeries servers_;
};

}  // namespace muster
