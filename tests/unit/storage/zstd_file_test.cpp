#include <cppunit/extensions/HelperMacros.h>

#include <fstream>
#include <sstream>

#include "aggregator/storage/zstd_reader.h"
#include "aggregator/storage/zstd_writer.h"
#include "common/base/sha256.h"
#include "tests/support/postgres_fixture.h"
#include "tests/support/temp_dir.h"

namespace muster {
using test::must;
namespace fs = std::filesystem;

class ZstdFileTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ZstdFileTest);
  CPPUNIT_TEST(gives_back_what_it_was_given);
  CPPUNIT_TEST(nothing_has_the_name_before_the_end);
  CPPUNIT_TEST(writes_over_what_a_crash_left);
  CPPUNIT_TEST(every_damaged_byte_is_found);
  CPPUNIT_TEST(a_file_cut_short_is_found);
  CPPUNIT_TEST(refuses_what_is_no_zstd_file);
  CPPUNIT_TEST(says_when_the_disk_refuses);
  CPPUNIT_TEST_SUITE_END();

  const fs::path file() const { return folder_.path() / "a.zst"; }

  static std::string text() {
    std::string lines;
    for (int i = 0; i < 50'000; ++i) lines += std::to_string(i * 7919 % 10'007) + ",x\n";
    return lines;
  }

  ZstdWriter::Written write(const std::string& content) {
    auto writer = must(ZstdWriter::create(file()));
    for (std::size_t at = 0; at < content.size(); at += 777)
      must(writer.write(content.substr(at, 777)));
    return must(writer.finish());
  }

  static Result<std::string> read(const fs::path& path) {
    auto reader = ZstdReader::open(path);
    if (!reader) return fail(reader.error());
    std::string content;
    while (true) {
      const auto piece = reader->next();
      if (!piece) return fail(piece.error());
      if (piece->empty()) return content;
      content += *piece;
    }
  }

  std::string bytes() const {
    std::ostringstream raw;
    raw << std::ifstream(file(), std::ios::binary).rdbuf();
    return raw.str();
  }

  void gives_back_what_it_was_given() {
    const std::string content = text();
    const auto written = write(content);
    CPPUNIT_ASSERT(must(read(file())) == content);
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{bytes().size()}, written.bytes);
    CPPUNIT_ASSERT_EQUAL(sha256_hex(bytes()), written.sha256);
    CPPUNIT_ASSERT(written.bytes < content.size() / 2);
    auto reader = must(ZstdReader::open(file()));
    while (!must(reader.next()).empty()) {
    }
    CPPUNIT_ASSERT_EQUAL(written.sha256, reader.sha256());
    CPPUNIT_ASSERT(fs::status(file()).permissions() ==
                   (fs::perms::owner_read | fs::perms::owner_write));
  }

  void nothing_has_the_name_before_the_end() {
    {
      auto writer = must(ZstdWriter::create(file()));
      must(writer.write(text()));
      CPPUNIT_ASSERT(!fs::exists(file()));
      CPPUNIT_ASSERT(fs::exists(file().string() + ".part"));
    }
    CPPUNIT_ASSERT(fs::is_empty(folder_.path()));
  }

  void writes_over_what_a_crash_left() {
    folder_.write("a.zst.part", std::string(1'000'000, 'x'));
    folder_.write("a.zst", "old");
    write("new");
    CPPUNIT_ASSERT_EQUAL(std::string("new"), must(read(file())));
    CPPUNIT_ASSERT(!fs::exists(file().string() + ".part"));
  }

  void every_damaged_byte_is_found() {
    const std::string content = "a short text that leaves every byte of the file with a meaning";
    write(content);
    const std::string whole = bytes();
    for (std::size_t at = 0; at < whole.size(); ++at) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
      const auto found = read(folder_.write("b.zst", damaged));
      // A few bits of the head do not matter to the content.
      CPPUNIT_ASSERT_MESSAGE("byte " + std::to_string(at), !found || *found == content);
    }
  }

  void a_file_cut_short_is_found() {
    write(text());
    const std::string whole = bytes();
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{1}, std::size_t{9}, whole.size() / 2, whole.size() - 1}) {
      const auto content = read(folder_.write("b.zst", whole.substr(0, size)));
      CPPUNIT_ASSERT_MESSAGE(std::to_string(size), !content);
    }
  }

  void refuses_what_is_no_zstd_file() {
    CPPUNIT_ASSERT(!read(folder_.write("b.zst", "ts,server_key\n1,2\n")));
    CPPUNIT_ASSERT(
        read(folder_.path() / "none").error().message.ends_with("No such file or directory"));
  }

  void says_when_the_disk_refuses() {
    // A device that is always full, under the name of the part.
    fs::create_symlink("/dev/full", file().string() + ".part");
    auto writer = must(ZstdWriter::create(file()));
    const auto written = writer.write(text());
    CPPUNIT_ASSERT(!written);
    CPPUNIT_ASSERT(written.error().message.ends_with("No space left on device"));
  }

  test::TempDir folder_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(ZstdFileTest);
}  // namespace muster
