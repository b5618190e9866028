// Walks over one line of a metrics document. Views into the line; unescaped values go into a buffer
// of the cursor's own, which lives until the next line. One thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sample.h"

namespace prometheus_pull {

class LineCursor {
 public:
  void begin(std::string_view line);

  bool at_end() const { return rest_.empty(); }
  bool starts_with(char c) const { return !rest_.empty() && rest_.front() == c; }
  bool at_blank() const { return starts_with(' ') || starts_with('\t'); }
  void skip_blanks();
  std::string_view word();  // up to a blank or the end
  std::string_view metric_name();

  // From "{" to "}". False when they are no labels or too many.
  bool labels(std::vector<Label>& found);

 private:
  std::string_view take_name(bool colons);
  bool label(std::vector<Label>& found);
  std::optional<std::string_view> quoted();
  std::string_view unescape(std::string_view text);
  bool take(char c);

  std::string_view rest_;
  std::size_t line_size_ = 0;
  std::string unescaped_;
};

// "1", "-2.5e3", "+Inf", "NaN"; nothing for anything else.
std::optional<double> to_value(std::string_view text);

}  // namespace prometheus_pull
