#include "http_config.h"

#include <simdjson.h>
#include <strings.h>

#include <algorithm>
#include <array>

#include "condition_list.h"
#include "muster/http_get.hpp"

namespace http_probe {
namespace dom = simdjson::dom;
using muster::sdk::ConfigError;
namespace {

constexpr std::string_view kHost = "{host}";

void check_url(std::string_view url) {
  const auto bad = [](unsigned char c) { return c <= ' ' || c == 0x7f; };
  if (std::any_of(url.begin(), url.end(), bad)) throw ConfigError("/url", "has a blank in it");
  if (url.find('#') != std::string_view::npos) throw ConfigError("/url", "has a fragment (#)");
  if (url.starts_with('/')) return;
  const std::size_t start = url.starts_with("http://") ? 7 : url.starts_with("https://") ? 8 : 0;
  if (start == 0) throw ConfigError("/url", "is no http:// or https:// URL, and no path");
  const std::string_view authority = url.substr(start, url.find_first_of("/?", start) - start);
  if (authority.empty()) throw ConfigError("/url", "has no host");
  if (authority.find('@') != std::string_view::npos) {
    throw ConfigError("/url", "holds a user name; send the header Authorization instead");
  }
}

// What frames a request is the host's business.
bool is_ours(const std::string& name) {
  constexpr std::array kOurs{"Host", "Content-Length", "Transfer-Encoding", "Connection"};
  return std::any_of(kOurs.begin(), kOurs.end(),
                     [&](const char* ours) { return ::strcasecmp(ours, name.c_str()) == 0; });
}

bool is_token(std::string_view name) {
  const auto allowed = [](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
  };
  return !name.empty() && name.size() <= 200 && std::all_of(name.begin(), name.end(), allowed);
}

void check_header(const std::string& name, std::string_view value) {
  if (!is_token(name)) throw ConfigError("/headers", "\"" + name + "\" is no header's name");
  if (is_ours(name)) throw ConfigError("/headers/" + name, "is set by Muster");
  const auto control = [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; };
  if (std::any_of(value.begin(), value.end(), control)) {
    throw ConfigError("/headers/" + name, "holds a control character");
  }
}

std::vector<std::pair<std::string, std::string>> read_headers(dom::object headers) {
  std::vector<std::pair<std::string, std::string>> read;
  for (const auto [name, value] : headers) {
    read.emplace_back(std::string(name), std::string(std::string_view(value)));
    check_header(read.back().first, read.back().second);
  }
  if (read.size() > 50) throw ConfigError("/headers", "may have at most 50 headers");
  return read;
}

}  // namespace

HttpConfig::HttpConfig(std::string_view json) {
  dom::parser parser;
  const std::string padded(json);
  const dom::element root = parser.parse(padded);
  url = std::string_view(root["url"]);
  check_url(url);
  below_api_url = url.starts_with('/');
  needs_host = !below_api_url && url.find(kHost) != std::string::npos;
  method = std::string_view(root["method"]);
  headers = read_headers(root["headers"]);
  body = std::string_view(root["body"]);
  follow_redirects = root["follow_redirects"];
  if (root["send_token"].get(send_token) != simdjson::SUCCESS) send_token = below_api_url;
  compressed = root["compressed"];
  most_body_bytes = static_cast<std::uint32_t>(std::uint64_t(root["max_body_bytes"]));
  conditions = read_conditions(root);
}

bool HttpConfig::sends(std::string_view header) const {
  return std::any_of(headers.begin(), headers.end(), [&](const auto& sent) {
    return sent.first.size() == header.size() &&
           ::strncasecmp(sent.first.data(), header.data(), header.size()) == 0;
  });
}

std::string url_for(std::string_view configured, std::string_view host) {
  const std::string written = muster::sdk::host_in_url(host);
  std::string url(configured);
  for (auto at = url.find(kHost); at != std::string::npos;
       at = url.find(kHost, at + written.size())) {
    url.replace(at, kHost.size(), written);
  }
  return url;
}

}  // namespace http_probe
