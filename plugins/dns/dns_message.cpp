#include "dns_message.h"

#include <algorithm>

#include "dns_reader.h"

namespace dns_probe {
namespace {

constexpr unsigned kQr = 0x8000;
constexpr unsigned kAa = 0x0400;
constexpr unsigned kTc = 0x0200;
constexpr unsigned kRd = 0x0100;
constexpr unsigned kAd = 0x0020;
constexpr std::uint16_t kInternet = 1;
constexpr std::uint16_t kOpt = 41;
constexpr std::size_t kMostRecords = 256;

void put16(std::string& bytes, unsigned value) {
  bytes += static_cast<char>(value >> 8);
  bytes += static_cast<char>(value & 0xff);
}

bool put_name(std::string& bytes, std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.size() > 253) return false;
  while (!name.empty()) {
    const std::size_t end = std::min(name.find('.'), name.size());
    if (end == 0 || end > 63) return false;
    bytes += static_cast<char>(end);
    bytes += name.substr(0, end);
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  bytes += '\0';
  return true;
}

bool same_name(std::string_view a, std::string_view b) {
  if (a.ends_with('.')) a.remove_suffix(1);
  if (b.ends_with('.')) b.remove_suffix(1);
  const auto small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return small(x) == small(y); });
}

// A refusal may leave the question out; one that is there is ours.
bool repeats(DnsReader& reader, unsigned questions, const Question& question) {
  if (questions == 0) return true;
  const auto name = reader.name();
  const auto type = reader.u16();
  const auto kind = reader.u16();
  return questions == 1 && reader.good() && same_name(name, question.name) &&
         type == question.type && kind == kInternet;
}

bool read_record(DnsReader& reader, Record& record) {
  record.name = reader.name();
  record.type = reader.u16();
  const auto kind = reader.u16();
  record.ttl = reader.u32();
  const std::size_t size = reader.u16();
  if (!reader.good() || size > reader.left()) return false;
  if (kind != kInternet) {
    reader.skip(size);
    record.type = 0;
    return true;
  }
  record.text = reader.data(record.type, size);
  return reader.good();
}

}  // namespace

std::optional<std::string> to_bytes(const Question& question) {
  std::string bytes;
  put16(bytes, question.id);
  put16(bytes, (question.recursion ? kRd : 0U) | (question.dnssec ? kAd : 0U));
  for (const unsigned count : {1U, 0U, 0U, 1U}) put16(bytes, count);
  if (!put_name(bytes, question.name)) return std::nullopt;
  put16(bytes, question.type);
  put16(bytes, kInternet);
  bytes += '\0';  // OPT (RFC 6891): the root's name, how long a datagram we take, no more
  put16(bytes, kOpt);
  put16(bytes, kMostDatagram);
  put16(bytes, 0);
  put16(bytes, question.dnssec ? 0x8000 : 0);  // DO: signatures may come along
  put16(bytes, 0);
  return bytes;
}

std::optional<Answer> read_answer(std::string_view bytes, const Question& question) {
  DnsReader reader(bytes);
  const unsigned id = reader.u16();
  const unsigned flags = reader.u16();
  const unsigned questions = reader.u16();
  const std::size_t answers = reader.u16();
  reader.skip(4);  // the other sections' counts
  if (!reader.good() || id != question.id || (flags & kQr) == 0) return std::nullopt;
  if (!repeats(reader, questions, question)) return std::nullopt;
  Answer answer;
  answer.rcode = static_cast<int>(flags & 15U);
  answer.truncated = (flags & kTc) != 0;
  answer.authoritative = (flags & kAa) != 0;
  answer.authenticated = (flags & kAd) != 0;
  if (questions == 0 && answers > 0) return std::nullopt;
  for (std::size_t i = 0; i < std::min(answers, kMostRecords); ++i) {
    Record record;
    if (read_record(reader, record)) {
      answer.records.push_back(std::move(record));
    } else if (answer.truncated) {
      break;  // it comes again by TCP
    } else {
      return std::nullopt;
    }
  }
  return answer;
}

}  // namespace dns_probe
