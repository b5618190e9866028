#include "common/base/file.h"

#include <cppunit/extensions/HelperMacros.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/support/temp_dir.h"

namespace muster {
namespace fs = std::filesystem;

class FileTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(FileTest);
  CPPUNIT_TEST(reads_whole_files_up_to_a_size);
  CPPUNIT_TEST(names_what_it_cannot_read);
  CPPUNIT_TEST(takes_a_secret_from_a_closed_file_only);
  CPPUNIT_TEST(trims_the_end_of_a_secret);
  CPPUNIT_TEST(writes_with_the_mode_it_was_told);
  CPPUNIT_TEST(a_leftover_part_does_not_matter);
  CPPUNIT_TEST(what_cannot_be_written_leaves_the_old_file);
  CPPUNIT_TEST_SUITE_END();

  fs::path path(const std::string& name) const { return folder_.path() / name; }

  static mode_t mode_of(const fs::path& file) {
    struct stat stat {};
    CPPUNIT_ASSERT_EQUAL(0, ::stat(file.c_str(), &stat));
    return stat.st_mode & 07777;
  }

  std::string content(const fs::path& file) { return read_file(file, 1'000'000).value_or("none"); }

  void reads_whole_files_up_to_a_size() {
    const std::string text(50'000, 'x');  // several reads
    const auto file = folder_.write("file", text);
    CPPUNIT_ASSERT(read_file(file, 50'000) == text);
    const auto refused = read_file(file, 49'999);
    CPPUNIT_ASSERT(refused.error().code == ErrorCode::kInvalid);
    CPPUNIT_ASSERT_EQUAL(file.string() + ": larger than 49999 bytes", refused.error().message);
    CPPUNIT_ASSERT(read_file(folder_.write("empty", ""), 0) == std::string());
    // Without an end: the cap holds where no size is known beforehand.
    CPPUNIT_ASSERT(!read_file("/dev/zero", 10'000));
  }

  void names_what_it_cannot_read() {
    const auto missing = read_file(path("missing"), 10);
    CPPUNIT_ASSERT_EQUAL(path("missing").string() + ": No such file or directory",
                         missing.error().message);
    CPPUNIT_ASSERT_EQUAL(folder_.path().string() + ": Is a directory",
                         read_file(folder_.path(), 10).error().message);
    CPPUNIT_ASSERT_EQUAL(path("missing").string() + ": No such file or directory",
                         read_secret_file(path("missing")).error().message);
  }

  void takes_a_secret_from_a_closed_file_only() {
    const auto file = folder_.write("secret", "sesame");
    for (const int mode : {0600, 0400, 0700}) {
      fs::permissions(file, fs::perms(mode));
      CPPUNIT_ASSERT(read_secret_file(file).has_value());
    }
    for (const int mode : {0640, 0604, 0620, 0602, 0610, 0601, 0644}) {
      fs::permissions(file, fs::perms(mode));
      const auto refused = read_secret_file(file);
      CPPUNIT_ASSERT(!refused);
      CPPUNIT_ASSERT(refused.error().code == ErrorCode::kDenied);
      CPPUNIT_ASSERT(refused.error().message.find("chmod 600") != std::string::npos);
      CPPUNIT_ASSERT(refused.error().message.find("sesame") == std::string::npos);
    }
    // The mode of the file counts, not that of a link to it.
    fs::create_symlink(file, path("link"));
    CPPUNIT_ASSERT(!read_secret_file(path("link")));
  }

  void trims_the_end_of_a_secret() {
    const auto secret = [&](const std::string& text) {
      return read_secret_file(folder_.write("secret", text))->reveal();
    };
    CPPUNIT_ASSERT_EQUAL(std::string("sesame"), secret("sesame\n"));
    CPPUNIT_ASSERT_EQUAL(std::string("sesame"), secret("sesame\r\n\n"));
    CPPUNIT_ASSERT_EQUAL(std::string(" two\nlines "), secret(" two\nlines \n"));
    CPPUNIT_ASSERT_EQUAL(std::string(), secret("\n"));
    CPPUNIT_ASSERT(!read_secret_file(folder_.write("huge", std::string(70'000, 'x'))));
  }

  void writes_with_the_mode_it_was_told() {
    CPPUNIT_ASSERT(write_file(path("new"), "one", 0600));
    CPPUNIT_ASSERT_EQUAL(std::string("one"), content(path("new")));
    CPPUNIT_ASSERT_EQUAL(mode_t{0600}, mode_of(path("new")));
    fs::permissions(path("new"), fs::perms(0644));
    CPPUNIT_ASSERT(write_file(path("new"), std::string(100'000, 'y'), 0600));
    CPPUNIT_ASSERT_EQUAL(std::string(100'000, 'y'), content(path("new")));
    CPPUNIT_ASSERT_EQUAL(mode_t{0600}, mode_of(path("new")));
    CPPUNIT_ASSERT(!fs::exists(path("new.part")));
  }

  void a_leftover_part_does_not_matter() {
    folder_.write("file.part", "left by a crash");
    fs::permissions(path("file.part"), fs::perms(0666));
    CPPUNIT_ASSERT(write_file(path("file"), "whole", 0600));
    CPPUNIT_ASSERT_EQUAL(std::string("whole"), content(path("file")));
    CPPUNIT_ASSERT_EQUAL(mode_t{0600}, mode_of(path("file")));
    // Nor does somebody's link: it is not followed.
    const auto other = folder_.write("other", "untouched");
    fs::create_symlink(other, path("file.part"));
    CPPUNIT_ASSERT(write_file(path("file"), "again", 0600));
    CPPUNIT_ASSERT_EQUAL(std::string("untouched"), content(other));
  }

  void what_cannot_be_written_leaves_the_old_file() {
    CPPUNIT_ASSERT(!write_file(path("missing/file"), "text", 0600));
    fs::create_directory(path("folder"));
    const auto refused = write_file(path("folder"), "text", 0600);
    CPPUNIT_ASSERT_EQUAL(path("folder").string() + ": Is a directory", refused.error().message);
    CPPUNIT_ASSERT(fs::is_directory(path("folder")));
  }

  const test::TempDir folder_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(FileTest);
}  // namespace muster
