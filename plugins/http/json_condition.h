// A condition on one value of a JSON body, found by its RFC 6901 pointer. Immutable; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "condition.h"
#include "shared/linear_regex.h"

namespace http_probe {

// "" or "/a/b", where ~ stands as ~0 and / as ~1.
bool is_json_pointer(std::string_view text);

using JsonScalar = std::variant<std::string, double, bool>;

struct JsonTest {
  enum class Kind { kExists, kAbsent, kEquals, kNot, kLess, kGreater, kMatches };
  Kind kind = Kind::kExists;
  JsonScalar value;                                      // of kEquals and kNot
  double number = 0;                                     // of kLess and kGreater
  std::optional<muster::probes::LinearRegex> pattern{};  // of kMatches
  bool of_length = false;  // items of a list, members of an object, bytes of a text
};

class JsonCondition final : public Condition {
 public:
  JsonCondition(std::string name, std::string pointer, JsonTest test, muster_status severity);
  const char* fault(const Answer& answer, JsonBody& json) const override;

 private:
  const std::string pointer_;
  const JsonTest test_;
};

}  // namespace http_probe
