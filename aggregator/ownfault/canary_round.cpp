#include "aggregator/ownfault/canary_round.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

namespace muster {
namespace {

using namespace std::chrono_literals;
using namespace std::string_view_literals;

constexpr auto kOversleep = 500ms;

// "NS of the root", recursion desired: what every DNS server has an opinion about.
constexpr std::string_view kQuery = "\x4d\x75\x01\0\0\x01\0\0\0\0\0\0\0\0\x02\0\x01"sv;
constexpr std::size_t kHeaderBytes = 12;
constexpr unsigned char kResponse = 0x80;
constexpr unsigned char kRcode = 0x0f;
constexpr unsigned char kServfail = 2;

// A server that fails cannot look names up: a resolver on this machine says so when its own
// servers are away. Any other answer will do.
bool is_dns_answer(std::string_view bytes) {
  return bytes.size() >= kHeaderBytes && bytes.substr(0, 2) == kQuery.substr(0, 2) &&
         (static_cast<unsigned char>(bytes[2]) & kResponse) != 0 &&
         (static_cast<unsigned char>(bytes[3]) & kRcode) != kServfail;
}

bool is_our_shortage(int error) {
  return error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOBUFS ||
         error == EADDRNOTAVAIL;
}

// Of a TCP connection: whoever refuses is there.
CanaryAnswer meaning_of(int error) {
  if (error == 0 || error == ECONNREFUSED || error == ECONNRESET) return CanaryAnswer::kAlive;
  return is_our_shortage(error) ? CanaryAnswer::kNotAsked : CanaryAnswer::kSilent;
}

bool ready(int fd, short events) {
  pollfd asked{fd, events, 0};
  return ::poll(&asked, 1, 0) == 1;
}

}  // namespace

CanaryRound::CanaryRound(const std::vector<Canary>& canaries, Duration timeout, TimePoint now)
    : again_at_(now + timeout / 2), end_(now + timeout) {
  for (const Canary& canary : canaries) questions_.push_back(ask(canary));
}

CanaryRound::Question CanaryRound::ask(const Canary& canary) {
  Question question;
  question.dns = canary.dns;
  const int type = canary.dns ? SOCK_DGRAM : SOCK_STREAM;
  UniqueFd fd(::socket(canary.address.ss_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const bool connected =
      fd && ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&canary.address),
                      canary.address_size) == 0;
  const int error = connected ? 0 : errno;
  if (error == EINPROGRESS || (connected && canary.dns)) {
    if (canary.dns) ::send(fd.get(), kQuery.data(), kQuery.size(), MSG_NOSIGNAL);
    question.fd = std::move(fd);
  } else {
    question.answer = meaning_of(error);
  }
  return question;
}

void CanaryRound::hear(Question& question) {
  if (!question.dns) {
    if (!ready(question.fd.get(), POLLOUT)) return;
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(question.fd.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    question.answer = meaning_of(error);
    question.fd = UniqueFd();
    return;
  }
  std::array<char, 512> buffer;
  const ssize_t count = ::recv(question.fd.get(), buffer.data(), buffer.size(), 0);
  if (count < 0) return;  // nothing yet, or nobody listens; asked once more all the same
  if (!is_dns_answer({buffer.data(), static_cast<std::size_t>(count)})) return;
  question.answer = CanaryAnswer::kAlive;
  question.fd = UniqueFd();
}

void CanaryRound::watch(std::vector<pollfd>& fds) const {
  for (const Question& question : questions_) {
    if (!question.fd) continue;
    fds.push_back({question.fd.get(), static_cast<short>(question.dns ? POLLIN : POLLOUT), 0});
  }
}

void CanaryRound::serve(TimePoint now) {
  const bool again = !asked_again_ && now >= again_at_;
  asked_again_ = asked_again_ || again;
  for (Question& question : questions_) {
    if (question.fd) hear(question);
    if (again && question.fd && question.dns) {
      ::send(question.fd.get(), kQuery.data(), kQuery.size(), MSG_NOSIGNAL);
    }
  }
}

bool CanaryRound::done(TimePoint now) const {
  return now >= end_ || std::ranges::none_of(questions_, [](const Question& question) {
           return static_cast<bool>(question.fd);
         });
}

TimePoint CanaryRound::next_step() const {
  return asked_again_ ? end_ : again_at_;
}

bool CanaryRound::overslept(TimePoint now) const {
  return now > end_ + kOversleep;
}

std::vector<CanaryAnswer> CanaryRound::answers() const {
  std::vector<CanaryAnswer> answers;
  for (const Question& question : questions_) answers.push_back(question.answer);
  return answers;
}

}  // namespace muster
