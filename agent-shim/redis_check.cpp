#include "agent-shim/redis_check.h"

#include "agent-shim/line_reader.h"

namespace muster::shim {

Result<std::string> RedisCheck::run(const Deadline& deadline) const {
  auto answer = converse(deadline);
  if (!answer) return fail(answer.error().in(target_.endpoint.to_string()));
  return answer;
}

Result<std::string> RedisCheck::converse(const Deadline& deadline) const {
  auto stream = dial(target_.endpoint, deadline);
  if (!stream) return fail(stream.error());
  LineReader reader(*stream, deadline);
  const auto ask = [&](const std::vector<std::string>& command) -> Result<std::string> {
    if (auto sent = stream->write(redis_command(command), deadline); !sent) {
      return fail(sent.error());
    }
    return reader.line();
  };

  if (!target_.password.empty()) {
    const std::string& password = target_.password.reveal();
    const auto login =
        target_.user.empty() ? ask({"AUTH", password}) : ask({"AUTH", target_.user, password});
    if (!login) return login;
    if (*login != "+OK") return fail(ErrorCode::kDenied, "AUTH refused: " + *login);
  }
  const auto pong = ask({"PING"});
  if (!pong || *pong == "+PONG") return pong.map([](const auto&) { return std::string("PONG"); });
  if (pong->starts_with("-NOAUTH")) return "alive, wants a password";
  return fail(ErrorCode::kUnavailable, "PING answered with: " + *pong);
}

std::string redis_command(const std::vector<std::string>& words) {
  std::string text = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string& word : words) {
    text += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
  }
  return text;
}

}  // namespace muster::shim
