#include "exposition.h"

#include <algorithm>

#include "family.h"
#include "line_cursor.h"

namespace prometheus_pull {
namespace {

class Parser {
 public:
  Parser(Dialect dialect, const ParseLimits& limits, SampleSink& sink)
      : open_metrics_(dialect == Dialect::kOpenMetrics), limits_(limits), sink_(sink) {}

  ParseReport parse(std::string_view text) {
    while (!text.empty() && !ended_) {
      if (report_.lines == limits_.lines || report_.samples == limits_.samples) {
        report_.over_limit = true;
        return report_;
      }
      const std::size_t end = std::min(text.find('\n'), text.size());
      read_line(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (!text.empty()) ++report_.bad_lines;  // behind "# EOF"
    report_.without_end = open_metrics_ && !ended_;
    return report_;
  }

 private:
  void read_line(std::string_view line) {
    ++report_.lines;
    if (line.ends_with('\r')) line.remove_suffix(1);
    cursor_.begin(line);
    cursor_.skip_blanks();
    if (cursor_.at_end()) return;
    if (cursor_.starts_with('#')) return read_comment();
    if (!read_sample()) ++report_.bad_lines;
  }

  // Of HELP and UNIT we need nothing.
  void read_comment() {
    if (cursor_.word() != "#") return;
    cursor_.skip_blanks();
    const std::string_view keyword = cursor_.word();
    cursor_.skip_blanks();
    if (keyword == "EOF" && open_metrics_ && cursor_.at_end()) ended_ = true;
    if (keyword != "TYPE") return;
    const std::string_view name = cursor_.word();
    cursor_.skip_blanks();
    family_ = Family(name, cursor_.word());
  }

  bool read_sample() {
    labels_.clear();
    const std::string_view name = cursor_.metric_name();
    if (name.empty()) return false;
    const bool touching = !cursor_.at_blank();  // a brace may, a value may not
    cursor_.skip_blanks();
    if (cursor_.starts_with('{')) {
      if (!cursor_.labels(labels_)) return false;
    } else if (touching) {
      return false;
    }
    cursor_.skip_blanks();
    const auto value = to_value(cursor_.word());
    if (!value || !read_tail()) return false;
    ++report_.samples;
    sink_.take({name, labels_, *value, family_.is_counter(name)});
    return true;
  }

  // A time, which we take from our own clock instead, and in OpenMetrics an exemplar.
  bool read_tail() {
    cursor_.skip_blanks();
    if (cursor_.at_end() || starts_exemplar()) return true;
    if (!to_value(cursor_.word())) return false;
    cursor_.skip_blanks();
    return cursor_.at_end() || starts_exemplar();
  }
  bool starts_exemplar() const { return open_metrics_ && cursor_.starts_with('#'); }

  const bool open_metrics_;
  const ParseLimits limits_;
  SampleSink& sink_;
  ParseReport report_;
  LineCursor cursor_;
  std::vector<Label> labels_;
  Family family_;
  bool ended_ = false;
};

}  // namespace

Dialect dialect_of(std::string_view content_type) {
  constexpr std::string_view kOpenMetrics = "application/openmetrics-text";
  return content_type.starts_with(kOpenMetrics) ? Dialect::kOpenMetrics : Dialect::kText;
}

ParseReport parse_exposition(std::string_view text, Dialect dialect, const ParseLimits& limits,
                             SampleSink& sink) {
  return Parser(dialect, limits, sink).parse(text);
}

}  // namespace prometheus_pull
