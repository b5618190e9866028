// Has one conversation with a server over the host's stream, and times it. Kept alive by the
// stream's callbacks; lives on the run's loop.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>

#include "muster/probe.hpp"
#include "shared/conversation.h"

namespace muster::probes {

class Talk : public std::enable_shared_from_this<Talk> {
 public:
  struct Plan {
    std::string host;
    std::uint16_t port = 0;
    std::string server_name;             // whom the certificate must name
    bool tls = false;                    // from the start
    std::size_t most_bytes = 64 * 1024;  // that the server may say
  };
  struct Ending {     // borrowed until the callback returns
    Failure failure;  // of the network; the conversation knows its own
    const muster_tls_info* tls = nullptr;
    std::array<muster_phase, 5> phases{};
    double seconds = 0;  // all of it
  };
  using Done = std::function<void(sdk::Run, const Ending&)>;  // exactly once, unless the host ends

  static void begin(const sdk::Host& host, sdk::Run run, Plan plan,
                    std::shared_ptr<Conversation> words, Done done);

  Talk(const sdk::Host& host, Plan plan, std::shared_ptr<Conversation> words, Done done);

 private:
  using Event = const muster_stream_event&;

  void open(sdk::Run run);
  void start_tls(sdk::Run run);
  void go_on(sdk::Run run, Event event);
  void write(sdk::Run run, const std::string& bytes);
  void read(sdk::Run run);
  void on_read(sdk::Run run, Event event);
  void note_time(std::int64_t began);
  void end(sdk::Run run, Event event, Failure failure) const;

  const sdk::Host host_;
  const sdk::Stream stream_;
  const Plan plan_;
  const std::shared_ptr<Conversation> words_;
  const Done done_;
  std::size_t bytes_ = 0;           // heard
  std::int64_t first_byte_ns_ = 0;  // spent until there was any
  std::int64_t transfer_ns_ = 0;    // and after that
};

}  // namespace muster::probes
