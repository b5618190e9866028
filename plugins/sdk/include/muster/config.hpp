// SPDX-License-Identifier: Apache-2.0
//
// muster/config.hpp - reads the JSON that create() is given. The host has checked it against the
// plugin's schema and filled in the defaults, so a value that is not there or has another type is a
// fault of the schema: it throws ConfigError with its place. Cheap to copy, immutable, any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "muster/json.hpp"
#include "muster/probe.hpp"

namespace muster::sdk {

class Config {
 public:
  static Config parse(std::string_view json) {
    auto parsed = Json::parse(json);
    if (!parsed) throw ConfigError("", "the configuration is not JSON");
    auto root = std::make_shared<const Json>(std::move(*parsed));
    const Json* const value = root.get();
    return Config(std::move(root), value, "");
  }

  // Values of a map, by their keys.
  bool has(std::string_view key) const {
    const Json* const found = expect(Json::Kind::kObject, "a map").find(key);
    return found != nullptr && found->kind != Json::Kind::kNull;
  }
  Config operator[](std::string_view key) const {
    if (has(key)) return at(value_->find(key), key);
    throw error(key, "is missing");
  }
  std::string text(std::string_view key) const { return (*this)[key].text(); }
  std::string text_or(std::string_view key, std::string_view without) const {
    return has(key) ? text(key) : std::string(without);
  }
  std::int64_t integer(std::string_view key) const { return (*this)[key].integer(); }
  double number(std::string_view key) const { return (*this)[key].number(); }
  bool boolean(std::string_view key) const { return (*this)[key].boolean(); }
  std::chrono::milliseconds duration(std::string_view key) const { return (*this)[key].duration(); }
  std::vector<Config> list(std::string_view key) const { return (*this)[key].list(); }
  std::vector<std::string> texts(std::string_view key) const {
    std::vector<std::string> all;
    for (const Config& item : list(key)) all.push_back(item.text());
    return all;
  }

  // The value itself.
  std::string text() const { return expect(Json::Kind::kText, "text").text; }
  bool boolean() const { return expect(Json::Kind::kBoolean, "true or false").text == "true"; }
  std::int64_t integer() const { return as<std::int64_t>("a whole number"); }
  double number() const { return as<double>("a number"); }
  std::chrono::milliseconds duration() const {  // format: duration, such as "30s" or "1h30m"
    std::chrono::milliseconds total{};
    std::string rest = text();
    do {
      total += take_part(rest);
    } while (!rest.empty());
    return total;
  }
  std::vector<Config> list() const {
    std::vector<Config> all;
    for (const Json& item : expect(Json::Kind::kList, "a list").items) {
      all.push_back(at(&item, std::to_string(all.size())));
    }
    return all;
  }
  std::vector<std::pair<std::string, Config>> entries() const {  // of a map with free keys
    std::vector<std::pair<std::string, Config>> all;
    for (const auto& [key, value] : expect(Json::Kind::kObject, "a map").entries) {
      all.emplace_back(key, at(&value, key));
    }
    return all;
  }

  // To refuse what no schema can: throw config.error("key", "why").
  ConfigError error(std::string_view key, const std::string& why) const {
    return {place_ + '/' + escaped(key), why};
  }

 private:
  Config(std::shared_ptr<const Json> root, const Json* value, std::string place)
      : root_(std::move(root)), value_(value), place_(std::move(place)) {}

  Config at(const Json* value, std::string_view key) const {
    return Config(root_, value, place_ + '/' + escaped(key));
  }
  ConfigError is_not(const char* what) const { return {place_, std::string("is not ") + what}; }
  const Json& expect(Json::Kind kind, const char* what) const {
    if (value_->kind != kind) throw is_not(what);
    return *value_;
  }
  template <typename Number>
  Number as(const char* what) const {
    const auto number = value_->as<Number>();
    if (!number) throw is_not(what);
    return *number;
  }

  // Takes "30s" off the front.
  std::chrono::milliseconds take_part(std::string& rest) const {
    static constexpr std::pair<std::string_view, std::int64_t> kUnits[] = {
        {"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
    constexpr const char* kDigits = "0123456789";
    const std::size_t unit_at = std::min(rest.find_first_not_of(kDigits), rest.size());
    const std::size_t end = std::min(rest.find_first_of(kDigits, unit_at), rest.size());
    const auto count =
        Json{Json::Kind::kNumber, rest.substr(0, unit_at), {}, {}}.as<std::int64_t>();
    const std::string unit = rest.substr(unit_at, end - unit_at);
    rest.erase(0, end);
    for (const auto& [name, milliseconds] : kUnits) {
      if (count && unit == name) return std::chrono::milliseconds(*count * milliseconds);
    }
    throw is_not("a duration");
  }

  // RFC 6901.
  static std::string escaped(std::string_view key) {
    std::string token;
    for (const char c : key) token += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    return token;
  }

  std::shared_ptr<const Json> root_;
  const Json* value_;
  std::string place_;  // a JSON pointer, which the host turns into a line of the YAML file
};

}  // namespace muster::sdk
