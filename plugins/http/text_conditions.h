// Conditions on status, headers, body text, time and certificate. Immutable; any thread.
#pragma once

#include <optional>
#include <string>

#include "condition.h"
#include "shared/linear_regex.h"
#include "status_set.h"

namespace http_probe {

using muster::probes::LinearRegex;

class StatusCondition final : public Condition {
 public:
  explicit StatusCondition(StatusSet expected);
  const char* fault(const Answer& answer, JsonBody& json) const override;

 private:
  const StatusSet expected_;
};

// A header is there, is not there, or has a value in which a pattern is found. Of several headers
// of that name one is enough.
class HeaderCondition final : public Condition {
 public:
  HeaderCondition(std::string name, std::string header, bool present, muster_status severity);
  HeaderCondition(std::string name, std::string header, LinearRegex pattern, bool wanted,
                  muster_status severity);
  const char* fault(const Answer& answer, JsonBody& json) const override;

 private:
  const std::string header_;
  const std::optional<LinearRegex> pattern_;
  const bool wanted_;  // that it is there, or that it matches
};

class BodyTextCondition final : public Condition {
 public:
  BodyTextCondition(std::string name, std::string text, bool wanted, muster_status severity);
  const char* fault(const Answer& answer, JsonBody& json) const override;

 private:
  const std::string text_;
  const bool wanted_;
};

class BodyPatternCondition final : public Condition {
 public:
  BodyPatternCondition(std::string name, LinearRegex pattern, bool wanted, muster_status severity);
  const char* fault(const Answer& answer, JsonBody& json) const override;

 private:
  const LinearRegex pattern_;
  const bool wanted_;
};

class TimeCondition final : public Condition {
 public:
  TimeCondition(std::string name, double most_seconds, muster_status severity);
  const char* fault(const Answer& answer, JsonBody& json) const override;

 private:
  const double most_seconds_;
};

// Without TLS there is nothing that could expire.
class CertificateCondition final : public Condition {
 public:
  CertificateCondition(std::int64_t days, muster_status severity);
  const char* fault(const Answer& answer, JsonBody& json) const override;

 private:
  const std::int64_t least_seconds_;
};

}  // namespace http_probe
