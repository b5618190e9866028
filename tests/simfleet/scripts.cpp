#include "tests/simfleet/scripts.h"

#include <array>
#include <limits>

#include "tests/simfleet/hostile_bodies.h"
#include "tests/simfleet/http_answer.h"

namespace muster::sim {
namespace {

using What = Step::What;

constexpr std::uint64_t kForEver = std::numeric_limits<std::uint64_t>::max();
constexpr std::size_t kBlockBytes = 64 * 1024;

Step send(std::string bytes, std::uint64_t times = 1) {
  return {What::kSend, std::move(bytes), times};
}

void answer(Script& script, const HttpAnswer& answer) {
  script.steps = {send(answer_text(answer))};
}

void healthy(Script& script, const Behaviour&) {
  script.steps = {{What::kContent}};
}

void degraded(Script& script, const Behaviour&) {
  script.condition = Condition::kDegraded;
  script.steps = {{What::kContent}};
}

void unhealthy(Script& script, const Behaviour&) {
  script.condition = Condition::kUnhealthy;
  script.steps = {{What::kContent}};
}

void slow(Script& script, const Behaviour& behaviour) {
  const std::chrono::milliseconds wait(behaviour.number);
  script.steps = {{What::kWait, {}, 1, wait}, {What::kContent}};
}

void hang(Script& script, const Behaviour&) {
  script.steps = {{What::kHang}};
}

void drip(Script& script, const Behaviour&) {
  script.steps = {{What::kDripContent}};
}

void reset(Script& script, const Behaviour&) {
  script.steps = {{What::kHalfContent}, {What::kReset}};
}

void close(Script& script, const Behaviour&) {
  script.steps = {{What::kHalfContent}, {What::kClose}};
}

void refuse(Script& script, const Behaviour&) {
  script.at_accept = true;
  script.steps = {{What::kReset}};
}

void huge(Script& script, const Behaviour&) {
  const std::string begin = kPaddedBegin;
  const std::string end = kPaddedEnd;
  const std::size_t size = begin.size() + kHugeBytes + end.size();
  script.steps = {send(answer_head("Content-Length: " + std::to_string(size) + "\r\n") + begin),
                  send(std::string(kBlockBytes, 'a'), kHugeBytes / kBlockBytes), send(end)};
}

void endless(Script& script, const Behaviour&) {
  const std::string begin = kPaddedBegin;
  script.steps = {send(answer_head("Transfer-Encoding: chunked\r\n") + "1f\r\n" + begin + "\r\n"),
                  send("4000\r\n" + std::string(0x4000, 'a') + "\r\n", kForEver)};
  static_assert(std::string_view(kPaddedBegin).size() == 0x1f);
}

void endless_headers(Script& script, const Behaviour&) {
  std::string lines;
  for (int i = 0; i < 256; ++i) lines += "X-Endless: there is always one more\r\n";
  script.steps = {send("HTTP/1.1 200 OK\r\n"), send(lines, kForEver)};
}

void send_gzip_bomb(Script& script, const Behaviour&) {
  answer(script, {.body = gzip_bomb(), .headers = "Content-Encoding: gzip\r\n"});
}

void redirect_loop(Script& script, const Behaviour&) {
  script.redirects_to_itself = true;
  script.steps = {{What::kContent}};
}

void redirect(Script& script, const Behaviour& behaviour) {
  const std::string location = "Location: " + behaviour.url + "\r\n";
  answer(script, {.status = 302, .type = "text/plain", .headers = location});
}

void bad_json(Script& script, const Behaviour&) {
  answer(script, {.body = R"({"status": healthy, "database": {"status": "healthy",}})"});
}

void send_deep_json(Script& script, const Behaviour&) {
  answer(script, {.body = deep_json()});
}

void bad_utf8(Script& script, const Behaviour&) {
  answer(script, {.body = bad_utf8_json()});
}

void empty(Script& script, const Behaviour&) {
  answer(script, {});
}

void html(Script& script, const Behaviour&) {
  answer(script, {.type = "text/html; charset=utf-8",
                  .body = "<!DOCTYPE html>\n<html><head><title>Welcome</title></head>"
                          "<body><h1>It works!</h1></body></html>\n"});
}

void status(Script& script, const Behaviour& behaviour) {
  answer(script, {.status = behaviour.number, .body = R"({"error":"simulated"})"});
}

void unauthorized(Script& script, const Behaviour&) {
  script.steps = {{What::kContent}};
  script.requirement = Script::Requirement::kBearerToken;
  const auto otherwise = std::make_shared<Script>();
  otherwise->kind = script.kind;
  answer(*otherwise, {.status = 401,
                      .body = R"({"error":"unauthorized"})",
                      .headers = "WWW-Authenticate: Bearer\r\n"});
  script.otherwise = otherwise;
}

void flapping(Script& script, const Behaviour& behaviour) {
  script.steps = {{What::kContent}};
  script.requirement = Script::Requirement::kEvenPeriod;
  script.period = std::chrono::seconds(behaviour.number);
  const auto otherwise = std::make_shared<Script>(*make_script({BehaviourKind::kUnhealthy}));
  otherwise->kind = script.kind;
  script.otherwise = otherwise;
}

void keepalive_close(Script& script, const Behaviour&) {
  script.steps = {{What::kContent}, {What::kClose}};
}

void truncated(Script& script, const Behaviour&) {
  script.missing_bytes = 100;
  script.steps = {{What::kContent}, {What::kClose}};
}

void bad_chunk(Script& script, const Behaviour&) {
  script.steps = {send(answer_head("Transfer-Encoding: chunked\r\n") +
                       "2\r\n{}\r\nno-number\r\n{}\r\n0\r\n\r\n"),
                  {What::kHang}};
}

void ssh(Script& script, const Behaviour&) {
  script.at_accept = true;
  script.steps = {send("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n"), {What::kHang}};
}

// In the order of BehaviourKind.
constexpr std::array<void (*)(Script&, const Behaviour&), kBehaviourCount> kMakers{
    healthy,        degraded,      unhealthy, slow,         hang,           drip,
    reset,          close,         refuse,    huge,         endless,        endless_headers,
    send_gzip_bomb, redirect_loop, redirect,  bad_json,     send_deep_json, bad_utf8,
    empty,          html,          status,    unauthorized, flapping,       keepalive_close,
    truncated,      bad_chunk,     ssh};

}  // namespace

ScriptPointer make_script(const Behaviour& behaviour) {
  const auto script = std::make_shared<Script>();
  script->kind = behaviour.kind;
  kMakers[static_cast<std::size_t>(behaviour.kind)](*script, behaviour);
  append_answer(script->health_answer,
                {.status = script->condition == Condition::kUnhealthy ? 503u : 200u,
                 .body = health_document(script->condition),
                 .missing_bytes = script->missing_bytes});
  return script;
}

ScriptPointer make_plain_script(unsigned status, std::string_view body) {
  const auto script = std::make_shared<Script>();
  answer(*script, {.status = status, .body = body});
  return script;
}

}  // namespace muster::sim
