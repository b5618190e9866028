// One thing wrong with a configuration file, and the place: "muster.yaml:12:3: unknown key ...".
// A value.
#pragma once

#include <compare>
#include <string>
#include <vector>

namespace muster {

struct Location {
  std::string file;
  int line = 0;    // from 1; 0 when the fault has no place inside the file
  int column = 0;  // from 1, in bytes

  auto operator<=>(const Location&) const = default;
  std::string to_string() const;  // "file:line:column", or only "file"
};

struct Fault {
  Location at;
  std::string message;

  auto operator<=>(const Fault&) const = default;
  std::string to_string() const { return at.to_string() + ": " + message; }
};

using Faults = std::vector<Fault>;

}  // namespace muster
