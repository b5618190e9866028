// The simplest HTTP client for tests, on a plain socket, so that a test can also send what no
// library would. One request a connection. Free functions.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace muster::test {

struct HttpAnswer {
  int status = 0;
  std::string head;  // status line and headers as received
  std::string body;
};

// What a server on 127.0.0.1 answers to these bytes until it closes; nothing when it cannot be
// reached or says nothing within `patience`.
std::optional<std::string> exchange(std::uint16_t port, const std::string& request,
                                    std::chrono::milliseconds patience = std::chrono::seconds(10));

// `headers` are whole lines such as "Authorization: Bearer x".
std::optional<HttpAnswer> http_get(std::uint16_t port, const std::string& path,
                                   const std::vector<std::string>& headers = {},
                                   std::chrono::milliseconds patience = std::chrono::seconds(10));

// Asks again until the answer has this status.
std::optional<HttpAnswer> wait_for_http(std::uint16_t port, const std::string& path, int status,
                                        std::chrono::milliseconds patience,
                                        const std::vector<std::string>& headers = {});

}  // namespace muster::test
