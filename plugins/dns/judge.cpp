#include "judge.h"

#include <algorithm>

namespace dns_probe {
namespace {

using muster::probes::Faults;

constexpr std::uint16_t kTxt = 16;

std::vector<std::string> records_of(const Answer& answer, std::uint16_t type) {
  std::vector<std::string> texts;
  for (const Record& record : answer.records) {
    if (record.type == type) texts.push_back(record.text);
  }
  return texts;
}

std::vector<std::string> all_plain(const std::vector<std::string>& records, std::uint16_t type) {
  std::vector<std::string> texts;
  for (const std::string& record : records) texts.push_back(plain(record, type));
  std::sort(texts.begin(), texts.end());
  return texts;
}

void judge_records(const Answer& answer, const DnsConfig& config, Faults& faults) {
  const auto records = records_of(answer, config.type);
  const auto there = all_plain(records, config.type);
  const bool may_be_none = config.rcode != "NOERROR" || (config.exactly && config.exactly->empty());
  if (records.empty() && !may_be_none) {
    return faults.judged(MUSTER_CRITICAL, "there are no " + config.type_name + " records");
  }
  for (const std::string& wanted : config.contains) {
    if (std::binary_search(there.begin(), there.end(), plain(wanted, config.type))) continue;
    faults.judged(MUSTER_CRITICAL, "the record " + wanted + " is missing");
  }
  if (config.exactly && there != all_plain(*config.exactly, config.type)) {
    faults.judged(MUSTER_CRITICAL, "the records are not exactly those expected");
  }
  const auto fails = [&](const std::string& text) {
    return !config.matches->matches_part_of(text);
  };
  if (config.matches && std::any_of(records.begin(), records.end(), fails)) {
    faults.judged(MUSTER_CRITICAL, "a record does not match the expression");
  }
}

}  // namespace

std::string plain(const std::string& record, std::uint16_t type) {
  if (type == kTxt) return record;
  std::string text = record;
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (text.size() > 1 && text.ends_with('.')) text.pop_back();
  return text;
}

void judge(const Answer& answer, const DnsConfig& config, Faults& faults) {
  const std::string rcode = name_of_rcode(answer.rcode);
  if (rcode != config.rcode) {
    return faults.judged(MUSTER_CRITICAL, "the answer is " + rcode + ", expected " + config.rcode);
  }
  if (config.authenticated && !answer.authenticated) {
    faults.judged(MUSTER_CRITICAL, "the answer is not authenticated by DNSSEC");
  }
  if (config.authoritative && !answer.authoritative) {
    faults.judged(MUSTER_CRITICAL, "the answer is not authoritative");
  }
  judge_records(answer, config, faults);
}

}  // namespace dns_probe
