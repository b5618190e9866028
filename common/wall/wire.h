// What a daemon and a muster-probe-host say to each other. Records, one byte of kind and then its
// fields; several of them make a packet. The control socket carries the first group, each loop's
// own socket the second. Both ends are of the same build, so there is no version; what cannot be
// read is a fault all the same, because a plugin may have written over its host's memory. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/bytes.h"
#include "common/model/check_result.h"
#include "common/model/server.h"
#include "muster/probe.h"

namespace muster::wire {

enum class Kind : std::uint8_t {
  kSetup,    // daemon, first: Setup
  kHello,    // host, then: Hello
  kRefused,  // host, instead: why the plugin cannot be used
  kCreate,   // daemon: probe, name, configuration as JSON
  kCreated,  // host: probe, error or nothing
  kDestroy,  // daemon: probe
  kPing,     // daemon; the host answers from its loop
  kPong,     // host

  kStart,    // daemon: run, probe, target, microseconds left, whether a Server follows, Server
  kRelease,  // daemon: target, with whatever run it has
  kDone,     // host: run, Finding
};

struct Setup {  // what the plugin's requests go through
  std::vector<std::string> allow_networks;
  std::vector<std::string> deny_networks;
  std::vector<std::string> dns_servers;
  std::string ca_file;
  std::uint32_t loops = 0;
  std::uint8_t log_level = 0;
  std::int32_t daemon = 0;  // its process, with which the host ends; set by the wall
};

struct Hello {
  std::string name;
  std::string version;
  std::string summary;
  std::string schema;
  std::vector<std::string> services;
};

struct Start {
  std::uint32_t run = 0;
  std::uint32_t probe = 0;
  std::uint32_t target = 0;
  std::int64_t left_us = 0;
};

std::string setup(const Setup& setup);
std::string hello(const Hello& hello);
std::string refused(std::string_view why);
std::string create(std::uint32_t probe, std::string_view name, std::string_view config_json);
std::string created(std::uint32_t probe, std::string_view error);
// `server`: nullptr when the host knows the target already. Its token and key are left out unless
// they are `trusted` to the plugin.
std::string start(const Start& start, const Server* server, bool trusted);
std::string done(std::uint32_t run, const Finding& finding);  // without the metrics past a cap
std::string number(Kind kind, std::uint32_t number = 0);      // kDestroy, kPing, kPong, kRelease

// Each takes what follows the kind; the reader is no longer ok() when it was not all there.
Setup take_setup(ByteReader& reader);
Hello take_hello(ByteReader& reader);  // its words tidied; whose names are valid is not looked at
Start take_start(ByteReader& reader);
ServerPointer take_server(ByteReader& reader);  // nullptr: none follows

// A Finding as the C struct that muster_host::complete() takes; borrows from the packet.
class TakenResult {
 public:
  explicit TakenResult(ByteReader& reader);
  TakenResult(const TakenResult&) = delete;
  TakenResult& operator=(const TakenResult&) = delete;

  const muster_result& c_result() const { return result_; }

 private:
  void take_phases(ByteReader& reader);
  void take_components(ByteReader& reader);
  void take_metrics(ByteReader& reader);

  muster_result result_{};
  std::vector<muster_phase> phases_;
  std::vector<muster_component> components_;
  std::vector<muster_metric> metrics_;
  std::vector<muster_pair> labels_;
};

}  // namespace muster::wire
