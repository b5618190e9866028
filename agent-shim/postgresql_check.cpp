#include "agent-shim/postgresql_check.h"

#include "agent-shim/line_reader.h"

namespace muster::shim {
namespace {

constexpr std::uint32_t kProtocol3 = 196608;
constexpr std::uint32_t kAuthenticationOk = 0;
constexpr char kTerminate[] = {'X', 0, 0, 0, 4};

void append_number(std::string& packet, std::uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) packet += static_cast<char>(number >> shift & 0xff);
}

std::uint32_t read_number(std::string_view bytes) {
  std::uint32_t number = 0;
  for (int i = 0; i < 4; ++i) number = number << 8 | static_cast<unsigned char>(bytes[i]);
  return number;
}

// ErrorResponse: fields of one type byte and a zero-terminated text, ended by a zero.
std::string error_field(std::string_view body, char wanted) {
  while (!body.empty() && body.front() != '\0') {
    const std::size_t end = body.find('\0');
    if (end == std::string_view::npos) break;
    if (body.front() == wanted) return std::string(body.substr(1, end - 1));
    body.remove_prefix(end + 1);
  }
  return "";
}

}  // namespace

Result<std::string> PostgresqlCheck::run(const Deadline& deadline) const {
  auto answer = converse(deadline);
  if (!answer) return fail(answer.error().in(target_.endpoint.to_string()));
  return answer;
}

Result<std::string> PostgresqlCheck::converse(const Deadline& deadline) const {
  auto stream = dial(target_.endpoint, deadline);
  if (!stream) return fail(stream.error());
  auto sent = stream->write(startup_packet(target_.user, target_.database), deadline);
  if (!sent) return fail(sent.error());
  LineReader reader(*stream, deadline);
  const auto head = reader.bytes(5);
  if (!head) return fail(head.error());
  const std::uint32_t length = read_number(std::string_view(*head).substr(1));
  if (length < 8) return fail(ErrorCode::kInvalid, "the answer is not PostgreSQL's");
  const auto body = reader.bytes(length - 4);
  if (!body) return fail(body.error().in("the answer is not PostgreSQL's"));
  auto verdict = judge_first_message(head->front(), *body);
  // Where no password was asked for we are a client now, and leave politely.
  if (verdict && head->front() == 'R' && read_number(*body) == kAuthenticationOk) {
    (void)stream->write({kTerminate, sizeof kTerminate}, deadline);
  }
  return verdict;
}

std::string startup_packet(const std::string& user, const std::string& database) {
  std::string body;
  append_number(body, kProtocol3);
  for (const std::string& text : {std::string("user"), user, std::string("database"), database,
                                  std::string("application_name"), std::string("muster-shim")}) {
    body += text;
    body += '\0';
  }
  body += '\0';
  std::string packet;
  append_number(packet, static_cast<std::uint32_t>(body.size() + 4));
  return packet + body;
}

Result<std::string> judge_first_message(char type, std::string_view body) {
  if (type == 'R' && body.size() >= 4) return "accepts connections";
  const std::string state = type == 'E' ? error_field(body, 'C') : "";
  if (state.size() != 5) return fail(ErrorCode::kInvalid, "the answer is not PostgreSQL's");
  const std::string what = error_field(body, 'M') + " (" + state + ")";
  if (state == "57P03") return fail(ErrorCode::kUnavailable, what);
  return "alive: " + what;
}

}  // namespace muster::shim
