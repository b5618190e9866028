#include "health_document.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <new>

namespace http_health {
namespace dom = simdjson::dom;
namespace {

constexpr std::size_t kMostChecks = 200;
constexpr std::size_t kMostDepth = 32;  // of the JSON text
constexpr int kMostNesting = 4;         // of checks inside checks
constexpr std::size_t kMostBytes = 256 * 1024;

constexpr std::array<std::string_view, 5> kStatusKeys{"status", "state", "health", "outcome",
                                                      "result"};
constexpr std::array<std::string_view, 9> kContainers{"checks",  "components", "details",
                                                      "entries", "results",    "info",
                                                      "error",   "services",   "dependencies"};
constexpr std::array<std::string_view, 5> kMessageKeys{"output", "message", "error", "description",
                                                       "reason"};
constexpr std::array<std::string_view, 4> kNameKeys{"name", "id", "component", "service"};

constexpr std::array<std::string_view, 10> kGood{"pass",  "ok",    "up",    "healthy", "passing",
                                                 "green", "ready", "alive", "true",    "running"};
constexpr std::array<std::string_view, 4> kMiddling{"warn", "warning", "degraded", "yellow"};
constexpr std::array<std::string_view, 8> kBad{"fail",      "failed",   "error", "down",
                                               "unhealthy", "critical", "red",   "out_of_service"};

template <std::size_t N>
bool one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::optional<muster_status> status_of_word(std::string_view text) {
  std::string word(text.substr(0, 32));
  std::transform(word.begin(), word.end(), word.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (one_of(word, kGood)) return MUSTER_OK;
  if (one_of(word, kMiddling)) return MUSTER_WARNING;
  if (one_of(word, kBad)) return MUSTER_CRITICAL;
  return std::nullopt;
}

// "up" or true.
std::optional<muster_status> status_of_scalar(dom::element value) {
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return status_of_word(text);
  bool flag = false;
  if (value.get(flag) == simdjson::SUCCESS) return flag ? MUSTER_OK : MUSTER_CRITICAL;
  return std::nullopt;
}

// Of a scalar, or of an object that holds one under a status key.
std::optional<muster_status> status_of(dom::element value) {
  dom::object object;
  if (value.get(object) != simdjson::SUCCESS) return status_of_scalar(value);
  for (const std::string_view key : kStatusKeys) {
    dom::element held;
    if (object[key].get(held) != simdjson::SUCCESS) continue;
    if (held.is_string() || held.is_bool()) return status_of_scalar(held);
  }
  return std::nullopt;
}

template <std::size_t N>
std::string first_text(dom::object object, const std::array<std::string_view, N>& keys) {
  for (const std::string_view key : keys) {
    std::string_view text;
    if (object[key].get(text) == simdjson::SUCCESS) return std::string(text);
  }
  return {};
}

class Reader {
 public:
  explicit Reader(std::vector<Check>& checks) : checks_(checks) {}

  void read_top(dom::object top) {
    for (const auto [key, value] : top) {
      if (one_of(key, kStatusKeys) && value.is_string()) continue;
      if (one_of(key, kContainers)) {
        read_container(value, std::string(), 0, key == "services");
      } else if (value.is_object() && status_of(value)) {
        read_check(std::string(key), value, 0);
      }
    }
  }

 private:
  // Members are checks by their name; list items carry their name inside.
  void read_container(dom::element container, const std::string& prefix, int nesting, bool named) {
    dom::object object;
    dom::array array;
    if (container.get(object) == simdjson::SUCCESS) {
      for (const auto [key, value] : object) {
        read_check(prefix + (named ? "services/" : "") + std::string(key), value, nesting);
      }
    } else if (container.get(array) == simdjson::SUCCESS) {
      for (const dom::element item : array) read_item(prefix, item, nesting);
    }
  }

  void read_item(const std::string& prefix, dom::element item, int nesting) {
    dom::object object;
    if (item.get(object) != simdjson::SUCCESS) return;
    const std::string name = first_text(object, kNameKeys);
    if (!name.empty()) read_check(prefix + name, item, nesting);
  }

  void read_check(const std::string& name, dom::element value, int nesting) {
    dom::array measurements;
    if (value.get(measurements) == simdjson::SUCCESS) return read_measurements(name, measurements);
    const auto status = status_of(value);
    dom::object object;
    const bool is_object = value.get(object) == simdjson::SUCCESS;
    if (status) add({name, *status, is_object ? first_text(object, kMessageKeys) : std::string()});
    if (is_object && nesting < kMostNesting) read_inner(name, object, nesting + 1);
  }

  void read_inner(const std::string& name, dom::object object, int nesting) {
    for (const auto [key, value] : object) {
      if (one_of(key, kContainers) && !value.is_string()) {
        read_container(value, name + "/", nesting, false);
      }
    }
  }

  // health+json: several measurements of one component; the worst speaks for it.
  void read_measurements(const std::string& name, dom::array measurements) {
    Check check{name, MUSTER_OK, {}};
    bool stated = false;
    for (const dom::element item : measurements) {
      const auto status = status_of(item);
      dom::object object;
      if (!status || item.get(object) != simdjson::SUCCESS) continue;
      if (!stated || *status > check.status) {
        check.status = *status;
        check.message = first_text(object, kMessageKeys);
      }
      stated = true;
    }
    if (stated) add(std::move(check));
  }

  void add(Check check) {
    if (checks_.size() < kMostChecks) checks_.push_back(std::move(check));
  }

  std::vector<Check>& checks_;
};

std::optional<muster_status> worst(const std::vector<Check>& checks) {
  const auto found =
      std::max_element(checks.begin(), checks.end(),
                       [](const Check& a, const Check& b) { return a.status < b.status; });
  return found == checks.end() ? std::nullopt : std::optional(found->status);
}

// Starts small and grows with what it is given; the depth is fixed here.
dom::parser make_parser() {
  dom::parser parser(kMostBytes);
  if (parser.allocate(4096, kMostDepth) != simdjson::SUCCESS) throw std::bad_alloc();
  return parser;
}

std::optional<HealthDocument> read_json(std::string_view body) {
  thread_local dom::parser parser = make_parser();
  dom::element root;
  if (parser.parse(body.data(), body.size()).get(root) != simdjson::SUCCESS) return std::nullopt;
  HealthDocument document;
  document.checks.reserve(8);
  document.stated = status_of(root);
  dom::object top;
  if (root.get(top) == simdjson::SUCCESS) Reader(document.checks).read_top(top);
  if (!document.stated) document.stated = worst(document.checks);
  return document;
}

// Kubernetes' verbose text: "[+]ping ok" and "[-]etcd failed: reason withheld".
HealthDocument read_text(std::string_view body) {
  HealthDocument document;
  while (!body.empty() && document.checks.size() < kMostChecks) {
    const auto end = std::min(body.find('\n'), body.size());
    const std::string_view line = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    if (!line.starts_with("[+]") && !line.starts_with("[-]")) continue;
    const auto space = std::min(line.find(' ', 3), line.size());
    const bool good = line[1] == '+';
    document.checks.push_back({std::string(line.substr(3, space - 3)),
                               good ? MUSTER_OK : MUSTER_CRITICAL,
                               good ? std::string() : std::string(line.substr(space))});
  }
  document.stated = worst(document.checks);
  return document;
}

}  // namespace

std::optional<HealthDocument> read_health(std::string_view body) {
  const auto start = body.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) return HealthDocument{};
  const bool json = body[start] == '{' || body[start] == '"' ||
                    (body[start] == '[' && !body.substr(start).starts_with("[+]") &&
                     !body.substr(start).starts_with("[-]"));
  if (json) return body.size() <= kMostBytes ? read_json(body) : std::nullopt;
  HealthDocument document = read_text(body);
  const auto end = body.find_last_not_of(" \t\r\n");
  if (!document.stated) document.stated = status_of_word(body.substr(start, end - start + 1));
  return document;
}

}  // namespace http_health
