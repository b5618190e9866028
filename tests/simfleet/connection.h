// One accepted connection: reads requests, plays the script that each of them asks for. Belongs to
// one event loop and thread; it moves itself to the loop's `closed` when it is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/simfleet/loop_state.h"
#include "tests/simfleet/playback.h"
#include "tests/simfleet/request_parser.h"
#include "tests/simfleet/request_target.h"
#include "tests/simfleet/stream.h"

namespace muster::sim {

class Connection {
 public:
  Connection(Stream stream, Ipv4 local, LoopState& loop);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // `place` is where it stands in the loop's list. Plays what does not wait for a request.
  void start(LoopState::Connections::iterator place);
  void on_events(std::uint32_t epoll_events);
  void on_timer();
  void run();  // goes on until it has to wait for an event or a timer
  void close();

  bool is_closed() const { return phase_ == Phase::kClosed; }
  int fd() const { return stream_.fd(); }

 private:
  enum class Phase : std::uint8_t {
    kReading,   // waits for a request
    kPlaying,   // a script
    kWaiting,   // a script that waits for its timer
    kHanging,   // a script that has nothing more to say, ever
    kDraining,  // has said its last, and reads on so that this arrives
    kClosed,
  };

  bool read_requests();
  bool read_more();
  void keep_rest();
  void count_handshake(const IoResult& result);

  void answer(const Request& request);
  const ScriptPointer& choose(const ScriptPointer& named, const Request& request) const;
  void play_document(const ScriptPointer& script, RequestTarget::Document document,
                     std::string_view target);
  void play(const ScriptPointer& script, std::string_view content);
  void refuse_request(ParsedRequest::State state);

  bool play_on();
  bool send(std::string_view bytes);
  void wait_for(std::chrono::milliseconds time);
  void hang();
  void finish_answer();
  bool drain();
  void reset();
  void leave();

  LoopState& loop_;
  Stream stream_;
  const Ipv4 local_;
  const ScriptPointer by_address_;
  LoopState::Connections::iterator place_;
  Phase phase_ = Phase::kReading;
  bool readable_ = false;  // as far as we know: epoll tells changes only
  bool writable_ = true;
  bool peer_ended_ = false;
  bool keep_alive_ = true;
  bool handshake_counted_ = false;
  std::size_t turn_bytes_ = 0;  // moved since the others had their turn
  TimePoint due_;
  Playback playback_;
  std::string made_;        // an answer made for one request
  std::string rest_;        // input kept from one event to the next
  std::string_view input_;  // not yet parsed: in rest_, or in the loop's buffer during run()
};

}  // namespace muster::sim
