// Asks one DNS server one question: by UDP, twice if need be, and by TCP what does not fit or where
// that is wanted. Kept alive by its own callbacks; lives on the run's loop.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "dns_message.h"
#include "muster/probe.hpp"
#include "shared/conversation.h"
#include "udp_socket.h"

namespace dns_probe {

class Inquiry : public std::enable_shared_from_this<Inquiry> {
 public:
  struct Plan {
    std::string server;  // a name or an address
    std::uint16_t port = 53;
    bool tcp = false;
    Question question;
  };
  struct Outcome {  // one of the two
    muster::probes::Failure failure;
    std::optional<Answer> answer;
    double seconds = 0;  // from the question to the answer
  };
  using Done = std::function<void(muster::sdk::Run, Outcome)>;  // once, unless the host ends

  Inquiry(const muster::sdk::Host& host, Plan plan, Done done);

  void start(muster::sdk::Run run);

 private:
  using Run = muster::sdk::Run;

  void on_address(Run run, const muster_names_event& event);
  void ask_by_udp(Run run);
  void await(Run run);
  void on_ready(Run run, std::uint32_t events);
  void ask_by_tcp(Run run);
  void on_bytes(Run run, std::string_view bytes);
  void fail(Run run, muster_reason reason, std::string why);
  void fail_with(Run run, int error);
  void finish(Run run, Outcome outcome);

  const muster::sdk::Host host_;
  const muster::sdk::Names names_;
  const muster::sdk::Poll poll_;
  Plan plan_;
  const Done done_;
  std::string address_;
  UdpSocket socket_;
  int tries_ = 0;
  std::int64_t began_ = 0;
  std::int64_t until_ = 0;  // of this try
};

}  // namespace dns_probe
