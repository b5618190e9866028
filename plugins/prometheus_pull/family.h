// What "# TYPE" says of the samples that follow it: which of them only ever rise. A value.
#pragma once

#include <string_view>

namespace prometheus_pull {

class Family {
 public:
  Family() = default;
  Family(std::string_view name, std::string_view type) : name_(name), type_(type) {}

  bool is_counter(std::string_view sample_name) const;

 private:
  std::string_view name_;
  std::string_view type_;
};

}  // namespace prometheus_pull
