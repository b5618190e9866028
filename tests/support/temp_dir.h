// A directory of its own for one test, removed with all it holds when the test ends.
#pragma once

#include <filesystem>
#include <string>

namespace muster::test {

class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::filesystem::path& path() const { return path_; }

  // Writes `content` to a file inside and returns its path; mode 0600.
  std::filesystem::path write(const std::string& name, const std::string& content) const;

 private:
  std::filesystem::path path_;
};

}  // namespace muster::test
