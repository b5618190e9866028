#include "inquiry.h"

#include <sys/random.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "shared/talk.h"
#include "tcp_question.h"

namespace dns_probe {
namespace {

using muster::probes::Talk;

constexpr int kMostTries = 2;  // a datagram may get lost
constexpr std::int64_t kPatienceNs = 1'000'000'000;

// What nobody can guess who would answer in the server's place.
std::uint16_t random_id() {
  std::uint16_t id = 0;
  static_cast<void>(!::getrandom(&id, sizeof id, 0));
  return id;
}

muster_reason reason_of(int error) {
  if (error == ECONNREFUSED) return MUSTER_REASON_REFUSED;
  const bool ours = error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
  return ours ? MUSTER_REASON_SELF_OVERLOAD : MUSTER_REASON_UNREACHABLE_NETWORK;
}

}  // namespace

Inquiry::Inquiry(const muster::sdk::Host& host, Plan plan, Done done)
    : host_(host), names_(host), poll_(host), plan_(std::move(plan)), done_(std::move(done)) {}

void Inquiry::start(Run run) {
  names_.resolve(std::move(run), plan_.server,
                 [self = shared_from_this()](Run open, const muster_names_event& event) {
                   self->on_address(std::move(open), event);
                 });
}

void Inquiry::on_address(Run run, const muster_names_event& event) {
  if (event.reason != MUSTER_REASON_NONE) {
    return fail(std::move(run), event.reason, std::string(muster::sdk::view(event.error)));
  }
  const std::string_view all = muster::sdk::view(event.addresses);
  address_ = all.substr(0, all.find('\n'));
  began_ = host_.now_ns();
  plan_.tcp ? ask_by_tcp(std::move(run)) : ask_by_udp(std::move(run));
}

// Each try has a socket of its own, so a port of its own.
void Inquiry::ask_by_udp(Run run) {
  ++tries_;
  plan_.question.id = random_id();
  int error = socket_.open(address_, plan_.port);
  if (error == 0) error = socket_.send(to_bytes(plan_.question).value_or(""));
  if (error != 0) return fail_with(std::move(run), error);
  until_ = host_.now_ns() + kPatienceNs;
  await(std::move(run));
}

void Inquiry::await(Run run) {
  poll_.wait(std::move(run), socket_.fd(), MUSTER_POLL_READ, until_,
             [self = shared_from_this()](Run open, std::uint32_t events) {
               self->on_ready(std::move(open), events);
             });
}

void Inquiry::on_ready(Run run, std::uint32_t events) {
  if (events == 0) {
    if (!run.cancelled() && tries_ < kMostTries) return ask_by_udp(std::move(run));
    return fail(std::move(run), MUSTER_REASON_TIMEOUT_RESPONSE, "no answer in time");
  }
  std::string bytes;
  const int error = socket_.receive(bytes);
  if (error == EAGAIN) return await(std::move(run));
  if (error != 0) return fail_with(std::move(run), error);
  on_bytes(std::move(run), bytes);
}

void Inquiry::on_bytes(Run run, std::string_view bytes) {
  auto answer = read_answer(bytes, plan_.question);
  const bool by_udp = socket_.fd() >= 0;
  if (answer && answer->truncated && by_udp) return ask_by_tcp(std::move(run));
  if (answer) return finish(std::move(run), {{}, std::move(answer), 0});
  // One that is not for us may be anybody's; ours is still to come.
  if (by_udp && !(bytes.size() >= 2 &&
                  bytes.substr(0, 2) == to_bytes(plan_.question).value_or("").substr(0, 2))) {
    return await(std::move(run));
  }
  fail(std::move(run), MUSTER_REASON_PROTOCOL, "the answer is no message of DNS");
}

void Inquiry::ask_by_tcp(Run run) {
  socket_.close();
  plan_.question.id = random_id();
  Talk::Plan plan;
  plan.host = address_;
  plan.port = plan_.port;
  plan.most_bytes = 2 + 64 * 1024;
  const auto words = std::make_shared<TcpQuestion>(to_bytes(plan_.question).value_or(""));
  Talk::begin(host_, std::move(run), std::move(plan), words,
              [self = shared_from_this(), words](Run open, const Talk::Ending& ending) {
                if (ending.failure) {
                  return self->fail(std::move(open), ending.failure.reason,
                                    "by TCP: " + ending.failure.message);
                }
                if (words->is_whole()) return self->on_bytes(std::move(open), words->answer());
                self->fail(std::move(open), MUSTER_REASON_PROTOCOL,
                           "by TCP: the server ended the connection instead of an answer");
              });
}

void Inquiry::fail_with(Run run, int error) {
  fail(std::move(run), reason_of(error),
       error == ECONNREFUSED ? "nobody listens there" : std::string(std::strerror(error)));
}

void Inquiry::fail(Run run, muster_reason reason, std::string why) {
  finish(std::move(run), {{reason, std::move(why)}, std::nullopt, 0});
}

void Inquiry::finish(Run run, Outcome outcome) {
  outcome.seconds = static_cast<double>(host_.now_ns() - began_) / 1e9;
  done_(std::move(run), std::move(outcome));
}

}  // namespace dns_probe
