// Which series are meant, in PromQL's words: `node_load1`, `http_requests_total{code=~"5..",
// method!="GET"}`, and a name that ends in * for all that begin so. Immutable; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sample.h"
#include "shared/linear_regex.h"

namespace prometheus_pull {

class SeriesSelector {
 public:
  // Throws std::invalid_argument, which says what is wrong.
  explicit SeriesSelector(std::string_view text);

  bool matches(const Sample& sample) const;
  const std::string& text() const { return text_; }

 private:
  struct Matcher {
    std::string label;
    bool wanted = true;                                    // = and =~
    std::string value{};                                   // of = and !=
    std::optional<muster::probes::LinearRegex> pattern{};  // of =~ and !~, matches all of the value

    bool holds(std::string_view actual) const;
  };
  class Reader;

  const std::string text_;
  std::string name_;
  bool is_prefix_ = false;
  std::vector<Matcher> matchers_;
};

// "eth0", or "veth*" for all that begin so.
bool matches_name(std::string_view pattern, std::string_view name);

}  // namespace prometheus_pull
