// A DNS server on a free port of 127.0.0.1, UDP and TCP, that answers by the test's script: for
// each name a list of replies, one a question, the last one from then on. Names without a script do
// not exist. One thread of its own, which ends with the object.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace muster::test {

struct DnsReply {
  enum class Kind {
    kAddresses,
    kNxdomain,
    kServfail,
    kSilence,
    kTruncated,        // the addresses come over TCP
    kTruncatedClosed,  // and TCP is closed instead
    kFourOnly,         // the question for AAAA gets no answer
  };

  Kind kind = Kind::kAddresses;
  std::vector<std::string> addresses;  // of both families, each in the answer that it belongs to
  std::uint32_t ttl = 60;
};

class FakeDns {
 public:
  FakeDns();
  ~FakeDns();
  FakeDns(const FakeDns&) = delete;
  FakeDns& operator=(const FakeDns&) = delete;

  std::string server() const { return "127.0.0.1:" + std::to_string(port_); }
  void script(const std::string& name, std::vector<DnsReply> replies);
  void script_all_others(DnsReply reply);

  int questions(const std::string& name) const;  // for its A record, by UDP
  int connections() const { return connections_; }

 private:
  struct Name {
    std::vector<DnsReply> replies;
    std::map<int, std::size_t> asked;  // by type
  };
  struct Question;

  void bind_both();
  void serve();
  void answer_datagram();
  bool answer_stream(int fd);
  DnsReply reply_to(const Question& question, bool tcp);
  std::string answer(const std::string& request, bool tcp);  // empty: none

  int udp_ = -1;
  int tcp_ = -1;
  int stop_[2] = {-1, -1};  // a pipe
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::map<std::string, Name> names_;
  DnsReply others_{DnsReply::Kind::kNxdomain};
  std::atomic<int> connections_{0};
  std::thread thread_;
};

}  // namespace muster::test
