#include "common/base/log.h"

#include <Poco/AutoPtr.h>
#include <Poco/ConsoleChannel.h>
#include <Poco/FormattingChannel.h>
#include <Poco/Logger.h>
#include <Poco/Message.h>
#include <Poco/PatternFormatter.h>

#include <array>
#include <iostream>
#include <utility>

namespace muster::log {
namespace {

constexpr std::array<std::pair<std::string_view, Level>, 4> kNames{{{"error", Level::kError},
                                                                    {"warn", Level::kWarn},
                                                                    {"info", Level::kInfo},
                                                                    {"debug", Level::kDebug}}};

Poco::Message::Priority priority(Level level) {
  switch (level) {
    case Level::kError:
      return Poco::Message::PRIO_ERROR;
    case Level::kWarn:
      return Poco::Message::PRIO_WARNING;
    case Level::kInfo:
      return Poco::Message::PRIO_INFORMATION;
    case Level::kDebug:
      return Poco::Message::PRIO_DEBUG;
  }
  return Poco::Message::PRIO_INFORMATION;
}

Poco::Logger& logger() {
  static Poco::Logger& instance = Poco::Logger::get("muster");
  return instance;
}

void append_quoted(std::string& line, std::string_view text) {
  line += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      line += '\\';
      line += c;
    } else if (c == '\n') {
      line += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      line += '?';
    } else {
      line += c;
    }
  }
  line += '"';
}

bool plain(std::string_view text) {
  if (text.empty()) return false;
  for (const unsigned char c : text) {
    if (c <= ' ' || c == '"' || c == '\\' || c == '=' || c == 0x7f) return false;
  }
  return true;
}

void append_value(std::string& line, const Field& field) {
  if (const auto* text = std::get_if<std::string_view>(&field.value)) {
    plain(*text) ? void(line.append(*text)) : append_quoted(line, *text);
  } else if (const auto* integer = std::get_if<std::int64_t>(&field.value)) {
    line += std::to_string(*integer);
  } else if (const auto* number = std::get_if<double>(&field.value)) {
    line += std::to_string(*number);
  } else {
    line += std::get<bool>(field.value) ? "true" : "false";
  }
}

}  // namespace

Result<Level> parse_level(std::string_view name) {
  for (const auto& [known, level] : kNames) {
    if (known == name) return level;
  }
  return fail(ErrorCode::kInvalid, "the log level is error, warn, info or debug");
}

void start(Level level) {
  static bool started = false;  // loggers inherit a channel, so its presence says nothing
  if (!std::exchange(started, true)) {
    Poco::AutoPtr<Poco::PatternFormatter> formatter(
        new Poco::PatternFormatter("%Y-%m-%dT%H:%M:%S.%iZ %t"));
    Poco::AutoPtr<Poco::ConsoleChannel> console(new Poco::ConsoleChannel(std::cerr));
    logger().setChannel(new Poco::FormattingChannel(formatter, console));
  }
  logger().setLevel(priority(level));
}

bool enabled(Level level) {
  return logger().getLevel() >= priority(level);
}

void write(Level level, std::string_view event, Fields fields) {
  if (!enabled(level)) return;
  std::string line(kNames[static_cast<std::size_t>(level)].first);
  line += ' ';
  line += event;
  for (const Field& field : fields) {
    line += ' ';
    line += field.key;
    line += '=';
    append_value(line, field);
  }
  logger().log(Poco::Message("muster", line, priority(level)));
}

}  // namespace muster::log
