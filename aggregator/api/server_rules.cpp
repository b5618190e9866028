#include "aggregator/api/server_rules.h"

#include <Poco/Exception.h>
#include <Poco/URI.h>
#include <arpa/inet.h>

#include <algorithm>
#include <cctype>

namespace muster {
namespace {

constexpr std::size_t kLongestUrl = 2048;
constexpr std::size_t kLongestToken = 4096;

std::size_t characters(const std::string& utf8) {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

// C0, DEL, and C1, which is C2 80 to C2 9F in UTF-8.
bool has_control_character(const std::string& utf8) {
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto c = static_cast<unsigned char>(utf8[i]);
    if (c < 0x20 || c == 0x7f) return true;
    if (c == 0xc2 && i + 1 < utf8.size() && static_cast<unsigned char>(utf8[i + 1]) < 0xa0) {
      return true;
    }
  }
  return false;
}

Complaint complaint_about_line(const std::string& text, std::size_t least, std::size_t most) {
  const std::size_t length = characters(text);
  if (length < least || length > most) {
    return "must have " + std::to_string(least) + " to " + std::to_string(most) + " characters";
  }
  if (has_control_character(text)) return "may not hold control characters";
  if (!text.empty() && text.find_first_not_of(' ') == std::string::npos) {
    return "may not consist of spaces";
  }
  return std::nullopt;
}

bool is_graphic_ascii(const std::string& text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return c > 0x20 && c < 0x7f; });
}

bool is_host_label(std::string_view label) {
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), [](unsigned char c) {
           return c < 0x80 && (std::isalnum(c) || c == '-' || c == '_');
         });
}

bool is_domain_name(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.empty() || name.size() > 253) return false;
  while (true) {
    const std::size_t dot = name.find('.');
    if (!is_host_label(name.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

// "300.1.2.3" has the form of a domain name, but no such name exists.
bool looks_like_ipv4(const std::string& host) {
  return host.find_first_not_of("0123456789.") == std::string::npos;
}

bool is_host(const std::string& host) {
  in6_addr address;
  if (::inet_pton(AF_INET, host.c_str(), &address) == 1) return true;
  if (::inet_pton(AF_INET6, host.c_str(), &address) == 1) return true;
  return !looks_like_ipv4(host) && is_domain_name(host);
}

Complaint complaint_about_parts(const Poco::URI& url) {
  if (url.getScheme() != "http" && url.getScheme() != "https") {
    return "must begin with http:// or https://";
  }
  if (!url.getUserInfo().empty()) {
    return "may not hold a user or password; the credential is api_token";
  }
  if (!is_host(url.getHost())) return "must name a host or an IP address";
  return std::nullopt;
}

}  // namespace

Complaint complaint_about_name(const std::string& name) {
  return complaint_about_line(name, 1, 200);
}

Complaint complaint_about_hostname(const std::string& hostname) {
  if (is_host(hostname)) return std::nullopt;
  return "must be a domain name or an IP address";
}

Complaint complaint_about_api_url(const std::string& url) {
  if (url.size() > kLongestUrl) {
    return "may have " + std::to_string(kLongestUrl) + " characters at most";
  }
  if (!is_graphic_ascii(url) || url.find('\\') != std::string::npos) {
    return "must be an ASCII URL without spaces";
  }
  if (url.find_first_of("?#") != std::string::npos) {
    return "may not have a query or a fragment: paths are added behind it";
  }
  try {
    return complaint_about_parts(Poco::URI(url));
  } catch (const Poco::Exception&) {
    return "must be a URL such as https://node-1.example:8471";
  }
}

Complaint complaint_about_api_token(const std::string& token) {
  if (token.size() > kLongestToken) {
    return "may have " + std::to_string(kLongestToken) + " characters at most";
  }
  if (!is_graphic_ascii(token)) return "must be ASCII without spaces, as it is sent in a header";
  return std::nullopt;
}

Complaint complaint_about_place(const std::string& place) {
  return complaint_about_line(place, 0, 100);
}

Complaint complaint_about_tag(const std::string& tag) {
  return complaint_about_line(tag, 1, 100);
}

std::string host_of(const std::string& url) {
  return Poco::URI(url).getHost();
}

std::string without_trailing_slashes(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

}  // namespace muster
