#include "tests/support/fake_dns.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace muster::test {
namespace {

using Kind = DnsReply::Kind;
constexpr int kTypeA = 1;
constexpr int kTypeAaaa = 28;
constexpr std::size_t kHeader = 12;

void put16(std::string& out, unsigned value) {
  out += static_cast<char>(value >> 8);
  out += static_cast<char>(value & 0xff);
}

// The address as DNS carries it; empty if it is not of this type's family.
std::string octets(const std::string& address, int type) {
  char bytes[16];
  const int family = type == kTypeA ? AF_INET : AF_INET6;
  if (::inet_pton(family, address.c_str(), bytes) != 1) return {};
  return {bytes, type == kTypeA ? std::size_t{4} : std::size_t{16}};
}

std::vector<std::string> records_of(const DnsReply& reply, int type) {
  std::vector<std::string> records;
  for (const std::string& address : reply.addresses) {
    const std::string data = octets(address, type);
    if (data.empty()) continue;
    std::string& record = records.emplace_back();
    put16(record, 0xc000 + kHeader);  // the name, as in the question
    put16(record, static_cast<unsigned>(type));
    put16(record, 1);
    put16(record, reply.ttl >> 16);
    put16(record, reply.ttl & 0xffff);
    put16(record, static_cast<unsigned>(data.size()));
    record += data;
  }
  return records;
}

unsigned rcode_of(Kind kind) {
  return kind == Kind::kNxdomain ? 3 : kind == Kind::kServfail ? 2 : 0;
}

int bound(int type, std::uint16_t port) {
  const int fd = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return fd;
  ::close(fd);
  return -1;
}

std::uint16_t port_of(int fd) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

std::string receive_exactly(int fd, std::size_t count) {
  std::string bytes(count, '\0');
  const ssize_t got = ::recv(fd, bytes.data(), count, MSG_WAITALL);
  bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return bytes;
}

}  // namespace

struct FakeDns::Question {
  std::string name;
  int type = 0;
  std::string bytes;  // as asked, to be repeated in the answer

  explicit Question(const std::string& request) {
    std::size_t at = kHeader;
    while (at < request.size() && request[at] != 0) {
      const auto length = static_cast<unsigned char>(request[at]);
      if (!name.empty()) name += '.';
      name += request.substr(at + 1, length);
      at += 1 + length;
    }
    if (at + 5 > request.size()) return;
    type = static_cast<unsigned char>(request[at + 2]);
    bytes = request.substr(kHeader, at + 5 - kHeader);
  }
};

FakeDns::FakeDns() {
  bind_both();
  if (::pipe2(stop_, O_CLOEXEC) != 0) throw std::runtime_error("the fake DNS server has no pipe");
  thread_ = std::thread([this] { serve(); });
}

FakeDns::~FakeDns() {
  ::close(stop_[1]);
  thread_.join();
  for (const int fd : {udp_, tcp_, stop_[0]}) ::close(fd);
}

// The same port for both; another process may have one half of the first that is found.
void FakeDns::bind_both() {
  for (int attempt = 0; attempt < 50 && tcp_ < 0; ++attempt) {
    if (udp_ >= 0) ::close(udp_);
    udp_ = bound(SOCK_DGRAM, 0);
    port_ = port_of(udp_);
    tcp_ = bound(SOCK_STREAM, port_);
  }
  if (tcp_ < 0 || ::listen(tcp_, 64) != 0) throw std::runtime_error("the fake DNS cannot listen");
}

void FakeDns::script(const std::string& name, std::vector<DnsReply> replies) {
  const std::lock_guard lock(mutex_);
  names_[name] = {std::move(replies), {}};
}

void FakeDns::script_all_others(DnsReply reply) {
  const std::lock_guard lock(mutex_);
  others_ = std::move(reply);
}

int FakeDns::questions(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto known = names_.find(name);
  if (known == names_.end()) return 0;
  const auto asked = known->second.asked.find(kTypeA);
  return asked == known->second.asked.end() ? 0 : static_cast<int>(asked->second);
}

void FakeDns::serve() {
  std::vector<pollfd> watched{{stop_[0], POLLIN, 0}, {udp_, POLLIN, 0}, {tcp_, POLLIN, 0}};
  while (::poll(watched.data(), watched.size(), -1) >= 0 && watched[0].revents == 0) {
    if (watched[1].revents != 0) answer_datagram();
    for (std::size_t i = watched.size() - 1; i > 2; --i) {
      if (watched[i].revents == 0 || answer_stream(watched[i].fd)) continue;
      ::close(watched[i].fd);
      watched.erase(watched.begin() + static_cast<std::ptrdiff_t>(i));
    }
    if (watched[2].revents == 0) continue;
    watched.push_back({::accept4(tcp_, nullptr, nullptr, SOCK_CLOEXEC), POLLIN, 0});
    ++connections_;
  }
  for (std::size_t i = 3; i < watched.size(); ++i) ::close(watched[i].fd);
}

void FakeDns::answer_datagram() {
  char buffer[1024];
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  auto* const generic = reinterpret_cast<sockaddr*>(&peer);
  const ssize_t count = ::recvfrom(udp_, buffer, sizeof buffer, 0, generic, &size);
  if (count < static_cast<ssize_t>(kHeader)) return;
  const std::string reply = answer({buffer, static_cast<std::size_t>(count)}, false);
  if (!reply.empty()) ::sendto(udp_, reply.data(), reply.size(), 0, generic, size);
}

// One question of a connection; false when it is to be closed.
bool FakeDns::answer_stream(int fd) {
  const std::string prefix = receive_exactly(fd, 2);
  if (prefix.size() < 2) return false;
  const auto high = static_cast<unsigned char>(prefix[0]);
  const auto low = static_cast<unsigned char>(prefix[1]);
  const std::string reply = answer(receive_exactly(fd, high * 256u + low), true);
  if (reply.empty()) return false;
  std::string framed;
  put16(framed, static_cast<unsigned>(reply.size()));
  framed += reply;
  return ::send(fd, framed.data(), framed.size(), MSG_NOSIGNAL) > 0;
}

// A question that comes again by TCP is the same question still.
DnsReply FakeDns::reply_to(const Question& question, bool tcp) {
  const std::lock_guard lock(mutex_);
  const auto known = names_.find(question.name);
  if (known == names_.end()) return others_;
  Name& name = known->second;
  std::size_t& asked = name.asked[question.type];
  if (!tcp) ++asked;
  return name.replies[std::min(asked, name.replies.size()) - 1];
}

std::string FakeDns::answer(const std::string& request, bool tcp) {
  if (request.size() < kHeader) return {};
  const Question question(request);
  const DnsReply reply = reply_to(question, tcp);
  const bool no_six = reply.kind == Kind::kFourOnly && question.type == kTypeAaaa;
  if (reply.kind == Kind::kSilence || no_six) return {};
  if (tcp && reply.kind == Kind::kTruncatedClosed) return {};
  const bool truncated =
      !tcp && (reply.kind == Kind::kTruncated || reply.kind == Kind::kTruncatedClosed);

  const std::vector<std::string> records =
      truncated ? std::vector<std::string>{} : records_of(reply, question.type);
  std::string bytes = request.substr(0, 2);
  put16(bytes, 0x8180u + (truncated ? 0x0200u : 0u) + rcode_of(reply.kind));
  for (const unsigned number : {1u, static_cast<unsigned>(records.size()), 0u, 0u})
    put16(bytes, number);
  bytes += question.bytes;
  for (const std::string& record : records) bytes += record;
  return bytes;
}

}  // namespace muster::test
