// Which statements of a session are worth preparing, and which are: what comes a third time, of a
// bounded number. Pure; its connection's.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>

namespace muster {

class PreparedStatements {
 public:
  // Counts the use. True: it is time to prepare it, under next_name().
  bool used(const std::string& sql);

  std::string next_name() const { return "m" + std::to_string(prepared_ + 1); }
  void added(const std::string& sql);  // it was prepared under next_name()

  const std::string* name_of(const std::string& sql) const;  // null: it is not prepared

 private:
  struct Known {
    int uses = 0;
    std::string name;  // empty: not prepared
  };

  std::unordered_map<std::string, Known> known_;
  std::size_t prepared_ = 0;
};

}  // namespace muster
