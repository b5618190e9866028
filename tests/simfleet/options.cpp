#include "tests/simfleet/options.h"

#include <charconv>
#include <functional>
#include <map>

namespace muster::sim {
namespace {

using Setter = std::function<Result<void>(Options&, const std::string&)>;

template <typename Number>
Result<Number> parse_number(const std::string& text, unsigned long least, unsigned long most) {
  unsigned long number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < least || number > most) {
    return fail(ErrorCode::kInvalid, "expected a number from " + std::to_string(least) + " to " +
                                         std::to_string(most) + ", not '" + text + "'");
  }
  return static_cast<Number>(number);
}

template <typename Field, typename T>
Result<void> store(Field& field, Result<T> value) {
  if (!value) return fail(value.error());
  field = std::move(*value);
  return {};
}

template <typename T>
Result<void> append(std::vector<T>& list, Result<T> value) {
  if (!value) return fail(value.error());
  list.push_back(std::move(*value));
  return {};
}

Result<Ipv4> parse_listen(const std::string& text) {
  const auto address = parse_address(text);
  if (address && *address != 0 && !is_loopback(*address)) {
    return fail(ErrorCode::kInvalid, "the fleet is for loopback only: 0.0.0.0 or 127.x.y.z");
  }
  return address;
}

Result<std::uint16_t> parse_port(const std::string& text) {
  return parse_number<std::uint16_t>(text, 0, 65535);
}

Result<std::chrono::seconds> parse_duration(const std::string& text) {
  const auto seconds = parse_number<long>(text, 0, 31'536'000);
  if (!seconds) return fail(seconds.error());
  return std::chrono::seconds(*seconds);
}

const std::map<std::string, Setter>& setters() {
  static const std::map<std::string, Setter> all{
      {"--listen", [](auto& o, auto& text) { return store(o.listen, parse_listen(text)); }},
      {"--port", [](auto& o, auto& text) { return store(o.port, parse_port(text)); }},
      {"--tls-port", [](auto& o, auto& text) { return store(o.tls_port, parse_port(text)); }},
      {"--closed-port", [](auto& o, auto& text) { return store(o.closed_port, parse_port(text)); }},
      {"--silent-port", [](auto& o, auto& text) { return store(o.silent_port, parse_port(text)); }},
      {"--ca-file",
       [](auto& o, auto& text) { return store(o.ca_file, Result<std::string>(text)); }},
      {"--token", [](auto& o, auto& text) { return store(o.token, Result<std::string>(text)); }},
      {"--rule", [](auto& o, auto& text) { return append(o.rules, parse_behaviour_rule(text)); }},
      {"--tls-rule",
       [](auto& o, auto& text) { return append(o.tls_rules, parse_certificate_rule(text)); }},
      {"--threads",
       [](auto& o, auto& text) { return store(o.threads, parse_number<unsigned>(text, 1, 64)); }},
      {"--duration", [](auto& o, auto& text) { return store(o.duration, parse_duration(text)); }},
  };
  return all;
}

constexpr const char* kUsage =
    R"(muster-simfleet plays a fleet: every 127.x.y.z on its port is a server.

  --listen ADDRESS       0.0.0.0 (default) or an address in 127.0.0.0/8
  --port PORT            HTTP; default 18480, 0 takes a free one
  --tls-port PORT        HTTPS as well; 0 takes a free one; without it there is no HTTPS
  --closed-port PORT     a port where every connection is refused; 0 takes a free one
  --silent-port PORT     a port where no connection ever opens; 0 takes a free one
  --ca-file FILE         writes the authority of the certificates there, in PEM
  --rule CIDR=BEHAVIOUR  what a range of addresses does; the first match wins; else healthy
  --tls-rule CIDR=KIND   its certificate: good, expired, wrong-name, self-signed, expiring (in
                         5 days). A server name such as expired.sim.test decides before the rules
  --token TOKEN          what "unauthorized" takes as bearer token; default simfleet
  --threads N            event loops; default 1
  --duration SECONDS     ends after that time; default 0: at SIGTERM

Paths: /health and /api/v1/metrics/current do what the address does. /sim/BEHAVIOUR before them
decides for one request, whatever the address does. /sim/stats counts.

When it is ready it prints one line, with 0 for a port that was not asked for:
simfleet listening on PORT tls PORT closed PORT silent PORT

Behaviours:
)";

std::string argument_name(BehaviourEntry::Argument argument) {
  switch (argument) {
    case BehaviourEntry::Argument::kMilliseconds:
      return ":MS";
    case BehaviourEntry::Argument::kSeconds:
      return ":SECONDS";
    case BehaviourEntry::Argument::kStatus:
      return ":CODE";
    case BehaviourEntry::Argument::kUrl:
      return ":URL";
    default:
      return "";
  }
}

}  // namespace

Result<Options> parse_options(const std::vector<std::string>& arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& name = arguments[i];
    if (name == "--help" || name == "-h") {
      options.help = true;
      return options;
    }
    const auto setter = setters().find(name);
    if (setter == setters().end()) return fail(ErrorCode::kInvalid, "no option " + name);
    if (++i == arguments.size()) return fail(ErrorCode::kInvalid, name + " needs a value");
    const auto set = setter->second(options, arguments[i]);
    if (!set) return fail(set.error().in(name));
  }
  return options;
}

std::string usage() {
  std::string text = kUsage;
  for (const BehaviourEntry& entry : behaviour_table()) {
    std::string name = std::string(entry.name) + argument_name(entry.argument);
    name.resize(20, ' ');
    text += "  " + name + std::string(entry.meaning) + "\n";
  }
  return text;
}

}  // namespace muster::sim
