// A regular expression (RE2's syntax) whose time to match is linear in the text, whatever the
// pattern is, so that a server's answer cannot hold up a loop. Immutable; any thread; copies share
// what was compiled.
#pragma once

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace muster::probes {

class LinearRegex {
 public:
  // Throws std::invalid_argument, which says what is wrong with the pattern.
  explicit LinearRegex(const std::string& pattern)
      : compiled_(std::make_shared<const RE2>(pattern, options())) {
    if (!compiled_->ok()) throw std::invalid_argument("regular expression: " + compiled_->error());
  }

  bool matches_part_of(std::string_view text) const {
    return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *compiled_);
  }
  bool matches_all_of(std::string_view text) const {
    return RE2::FullMatch(re2::StringPiece(text.data(), text.size()), *compiled_);
  }
  // As matches_part_of(); and puts what the groups caught behind the whole match, into `caught`.
  template <std::size_t most>
  bool capture(std::string_view text, std::array<std::string, most>& caught) const {
    std::array<re2::StringPiece, most> found;
    const int groups = std::min(static_cast<int>(most), compiled_->NumberOfCapturingGroups() + 1);
    if (!compiled_->Match(re2::StringPiece(text.data(), text.size()), 0, text.size(),
                          RE2::UNANCHORED, found.data(), groups)) {
      return false;
    }
    for (std::size_t i = 0; i < most; ++i) caught[i] = found[i].as_string();
    return true;
  }

 private:
  static RE2::Options options() {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(4 << 20);
    return options;
  }

  std::shared_ptr<const RE2> compiled_;
};

}  // namespace muster::probes
