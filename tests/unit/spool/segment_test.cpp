// What was written is read back, and what was damaged costs only itself.
#include <cppunit/extensions/HelperMacros.h>
#include <signal.h>
#include <sys/resource.h>

#include <algorithm>

#include "aggregator/spool/segment_reader.h"
#include "aggregator/spool/segment_writer.h"
#include "common/base/file.h"
#include "tests/support/must.h"
#include "tests/support/temp_dir.h"

namespace muster {
using test::must;

class SegmentTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SegmentTest);
  CPPUNIT_TEST(what_was_written_is_read);
  CPPUNIT_TEST(reading_goes_on_from_a_position);
  CPPUNIT_TEST(records_longer_than_the_buffer_are_read);
  CPPUNIT_TEST(a_torn_end_costs_the_last_record_only);
  CPPUNIT_TEST(a_flipped_bit_costs_its_record_only);
  CPPUNIT_TEST(another_file_is_refused);
  CPPUNIT_TEST(what_could_not_be_written_whole_is_not_there);
  CPPUNIT_TEST_SUITE_END();

  static std::string payload(int i) { return "record " + std::to_string(i) + std::string(i, '.'); }

  static std::string records(int from, int to) {
    std::string bytes;
    for (int i = from; i < to; ++i) put_record(payload(i), bytes);
    return bytes;
  }

  std::filesystem::path write(int count) {
    auto writer = must(SegmentWriter::create(path_));
    must(writer.append(records(0, count / 2)));
    must(writer.append(records(count / 2, count)));
    id_ = writer.id();
    return path_;
  }

  struct Read {
    std::vector<std::string> payloads;
    std::vector<std::int64_t> ends;
    std::int64_t damages = 0;
    std::int64_t damaged_bytes = 0;
    std::int64_t torn_bytes = 0;
  };

  static Read read(const std::filesystem::path& path, std::int64_t from = 0) {
    auto reader = must(SegmentReader::open(path));
    reader.seek(from);
    Read read;
    while (const auto record = must(reader.next())) {
      read.payloads.emplace_back(record->payload);
      read.ends.push_back(record->end);
    }
    CPPUNIT_ASSERT(!must(reader.next()));  // and counts nothing twice
    read.damages = reader.damages();
    read.damaged_bytes = reader.damaged_bytes();
    read.torn_bytes = reader.torn_bytes();
    return read;
  }

  void what_was_written_is_read() {
    const Read all = read(write(20));
    CPPUNIT_ASSERT_EQUAL(std::size_t{20}, all.payloads.size());
    for (int i = 0; i < 20; ++i) CPPUNIT_ASSERT_EQUAL(payload(i), all.payloads[i]);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, all.damages + all.torn_bytes);
    CPPUNIT_ASSERT(must(SegmentReader::open(path_)).id() == id_);
    CPPUNIT_ASSERT_EQUAL(all.ends.back(),
                         static_cast<std::int64_t>(std::filesystem::file_size(path_)));
  }

  void reading_goes_on_from_a_position() {
    const Read all = read(write(20));
    const Read rest = read(path_, all.ends[11]);
    CPPUNIT_ASSERT_EQUAL(std::size_t{8}, rest.payloads.size());
    CPPUNIT_ASSERT_EQUAL(payload(12), rest.payloads.front());
  }

  void records_longer_than_the_buffer_are_read() {
    auto writer = must(SegmentWriter::create(path_));
    std::string bytes;
    for (const std::size_t size : {300'000u, 10u, 2'000'000u, 262'144u}) {
      put_record(std::string(size, 'x'), bytes);
    }
    must(writer.append(bytes));
    const Read all = read(path_);
    CPPUNIT_ASSERT_EQUAL(std::size_t{4}, all.payloads.size());
    CPPUNIT_ASSERT_EQUAL(std::size_t{2'000'000}, all.payloads[2].size());
  }

  void a_torn_end_costs_the_last_record_only() {
    const Read all = read(write(6));
    const auto before_last = all.ends[4];
    for (std::int64_t size = all.ends.back() - 1; size >= before_last; --size) {
      std::filesystem::resize_file(path_, static_cast<std::uintmax_t>(size));
      const Read torn = read(path_);
      CPPUNIT_ASSERT_EQUAL(std::size_t{5}, torn.payloads.size());
      CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, torn.damages);
      CPPUNIT_ASSERT_EQUAL(size - before_last, torn.torn_bytes);
    }
  }

  // In the length of the last record, which then does not end in the file.
  static bool may_look_torn(std::size_t at, const Read& all) {
    const auto length_at = static_cast<std::size_t>(all.ends[4]) + sizeof(std::uint32_t);
    return at >= length_at && at < length_at + sizeof(std::uint32_t);
  }

  static std::int64_t size_of_record_at(std::size_t at, const Read& all) {
    const auto end = std::ranges::upper_bound(all.ends, static_cast<std::int64_t>(at));
    return *end - (end == all.ends.begin() ? kSegmentHeader : *std::prev(end));
  }

  void a_flipped_bit_costs_its_record_only() {
    const Read all = read(write(6));
    const std::string whole = must(read_file(path_, 1 << 20));
    for (std::size_t at = kSegmentHeader; at < whole.size(); ++at) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ 1 << at % 8);
      must(write_file(path_, damaged, 0600));
      const Read rest = read(path_);
      CPPUNIT_ASSERT_EQUAL(std::size_t{5}, rest.payloads.size());
      CPPUNIT_ASSERT(rest.damages == 1 || may_look_torn(at, all));
      CPPUNIT_ASSERT_EQUAL(size_of_record_at(at, all), rest.damaged_bytes + rest.torn_bytes);
    }
  }

  void another_file_is_refused() {
    const std::string whole = must(read_file(write(2), 1 << 20));
    for (std::size_t at = 0; at < kSegmentHeader; ++at) {
      std::string damaged = whole;
      damaged[at] ^= 4;
      must(write_file(path_, damaged, 0600));
      CPPUNIT_ASSERT(SegmentReader::open(path_).error().code == ErrorCode::kInvalid);
      must(write_file(path_, whole.substr(0, at), 0600));
      CPPUNIT_ASSERT(SegmentReader::open(path_).error().code == ErrorCode::kInvalid);
    }
  }

  // A limit on the size of files stands for a full disk: part of the write happens.
  void what_could_not_be_written_whole_is_not_there() {
    ::signal(SIGXFSZ, SIG_IGN);
    auto writer = must(SegmentWriter::create(path_));
    must(writer.append(records(0, 5)));
    const auto end = writer.end();
    rlimit usual{};
    ::getrlimit(RLIMIT_FSIZE, &usual);
    const rlimit tight{static_cast<rlim_t>(end) + 100, usual.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &tight);
    const auto failed = writer.append(records(5, 50));
    ::setrlimit(RLIMIT_FSIZE, &usual);
    CPPUNIT_ASSERT(!failed);
    CPPUNIT_ASSERT_EQUAL(end, writer.end());
    CPPUNIT_ASSERT_EQUAL(std::uintmax_t(end), std::filesystem::file_size(path_));
    CPPUNIT_ASSERT_EQUAL(std::size_t{5}, read(path_).payloads.size());
  }

  test::TempDir top_;
  std::filesystem::path path_ = top_.path() / "one.segment";
  Uuid id_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(SegmentTest);
}  // namespace muster
