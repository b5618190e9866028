// One thing that a check demands of an answer. Immutable after construction; any thread.
#pragma once

#include <simdjson.h>

#include <string>
#include <utility>

#include "answer.h"
#include "muster/probe.h"

namespace http_probe {

// The body as JSON, parsed once for all conditions that look into it.
class JsonBody {
 public:
  explicit JsonBody(std::string_view body) : body_(body) {}

  // The root; an error when the body is no JSON, is deeper than 64 or holds bad UTF-8.
  simdjson::simdjson_result<simdjson::dom::element> root();

 private:
  std::string_view body_;
  bool parsed_ = false;
  simdjson::simdjson_result<simdjson::dom::element> root_ = simdjson::UNINITIALIZED;
};

class Condition {
 public:
  // `name` describes what is demanded, "status 2xx", without figures of the answer.
  Condition(std::string name, muster_status severity, muster_reason reason)
      : name_(std::move(name)), severity_(severity), reason_(reason) {}
  virtual ~Condition() = default;

  // Empty: as demanded. Otherwise a few words on what is wrong instead, the same at every run.
  virtual const char* fault(const Answer& answer, JsonBody& json) const = 0;

  const std::string& name() const { return name_; }
  muster_status severity() const { return severity_; }  // what a fault is: warning or critical
  muster_reason reason() const { return reason_; }

 private:
  const std::string name_;
  const muster_status severity_;
  const muster_reason reason_;
};

inline constexpr const char* kAsDemanded = "";

}  // namespace http_probe
