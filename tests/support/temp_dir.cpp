#include "tests/support/temp_dir.h"

#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace muster::test {
namespace fs = std::filesystem;

TempDir::TempDir() {
  std::string pattern = (fs::temp_directory_path() / "muster-test-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  path_ = pattern;
}

TempDir::~TempDir() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

fs::path TempDir::write(const std::string& name, const std::string& content) const {
  const fs::path file = path_ / name;
  fs::create_directories(file.parent_path());
  const fs::path part = file.string() + ".part";  // a daemon may be reading the old one
  std::ofstream(part, std::ios::binary) << content;
  fs::permissions(part, fs::perms::owner_read | fs::perms::owner_write);
  fs::rename(part, file);
  return file;
}

}  // namespace muster::test
