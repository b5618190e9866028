#include "series_selector.h"

#include <algorithm>
#include <stdexcept>

namespace prometheus_pull {
namespace {

constexpr std::size_t kMostMatchers = 20;
constexpr std::string_view kBlanks = " \t\n";

bool is_name_character(char c, bool colons) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         (colons && c == ':');
}

}  // namespace

class SeriesSelector::Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) { skip_blanks(); }

  std::string name(bool colons) {
    std::size_t size = 0;
    while (size < rest_.size() && is_name_character(rest_[size], colons)) ++size;
    if (size > 0 && rest_[0] >= '0' && rest_[0] <= '9') fail("a name cannot begin with a digit");
    return take_text(size);
  }
  bool take(std::string_view token) {
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    skip_blanks();
    return true;
  }
  Matcher matcher() {
    Matcher made{name(false)};
    if (made.label.empty()) fail("a label's name is missing");
    skip_blanks();
    const bool is_pattern = take_operator(made);
    made.value = quoted();
    if (is_pattern) made.pattern.emplace(made.value);
    return made;
  }
  void skip_blanks() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(kBlanks), rest_.size()));
  }
  bool at_end() const { return rest_.empty(); }
  [[noreturn]] static void fail(const std::string& why) { throw std::invalid_argument(why); }

 private:
  std::string take_text(std::size_t size) {
    std::string taken(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return taken;
  }
  // Returns whether it wants a pattern.
  bool take_operator(Matcher& made) {
    made.wanted = !rest_.starts_with('!');
    if (take("=~") || take("!~")) return true;
    if (take("!=") || take("=")) return false;
    fail("behind " + made.label + " stands none of = != =~ !~");
  }
  // \\, \" and \' are unescaped; other backslashes belong to a pattern.
  std::string quoted() {
    const char quote = rest_.empty() ? '\0' : rest_[0];
    if (quote != '"' && quote != '\'') fail("a label's value is not in quotes");
    std::string value;
    std::size_t at = 1;
    for (; at < rest_.size() && rest_[at] != quote; ++at) {
      const char next = at + 1 < rest_.size() ? rest_[at + 1] : '\0';
      if (rest_[at] == '\\' && (next == '\\' || next == quote)) ++at;
      value += rest_[at];
    }
    if (at >= rest_.size()) fail("a label's value has no closing quote");
    rest_.remove_prefix(at + 1);
    skip_blanks();
    return value;
  }

  std::string_view rest_;
};

SeriesSelector::SeriesSelector(std::string_view text) : text_(text) {
  Reader reader(text);
  name_ = reader.name(true);
  is_prefix_ = reader.take("*");
  if (name_.empty() && !is_prefix_) Reader::fail("the metric's name is missing");
  reader.skip_blanks();
  if (reader.take("{")) {
    while (!reader.take("}")) {
      if (matchers_.size() == kMostMatchers) Reader::fail("has more than 20 matchers");
      matchers_.push_back(reader.matcher());
      if (reader.take(",")) continue;
      if (reader.take("}")) break;
      Reader::fail("there is no } or , behind the matcher of " + matchers_.back().label);
    }
  }
  if (!reader.at_end()) Reader::fail("something stands behind it");
}

bool SeriesSelector::matches(const Sample& sample) const {
  const bool named = is_prefix_ ? sample.name.starts_with(name_) : sample.name == name_;
  return named && std::all_of(matchers_.begin(), matchers_.end(), [&](const Matcher& matcher) {
           return matcher.holds(sample.label(matcher.label));
         });
}

bool SeriesSelector::Matcher::holds(std::string_view actual) const {
  const bool same = pattern ? pattern->matches_all_of(actual) : actual == value;
  return same == wanted;
}

bool matches_name(std::string_view pattern, std::string_view name) {
  if (!pattern.ends_with('*')) return pattern == name;
  return name.starts_with(pattern.substr(0, pattern.size() - 1));
}

}  // namespace prometheus_pull
