// Sends an event stream over its connection: takes pieces whenever the stream says that there are
// some, one write at a time. Owned by its connection, on [api-io]; what it gives the stream to wake
// it with is called from any thread.
#pragma once

#include <memory>
#include <string>

#include "aggregator/api/event_stream.h"
#include "common/net/event_loop.h"

namespace muster {

class EventSender : public std::enable_shared_from_this<EventSender> {
 public:
  // The connection.
  class Line {
   public:
    virtual ~Line() = default;
    virtual void write_piece(const std::string& bytes) = 0;  // on_written() follows, if all is well
    virtual void end_stream() = 0;
  };

  EventSender(EventLoop& loop, Line& line, std::shared_ptr<EventStream> stream, bool chunked);
  ~EventSender();
  EventSender(const EventSender&) = delete;
  EventSender& operator=(const EventSender&) = delete;

  void start();
  void on_written();
  void stop();  // lets go of the stream; the line is not called any more

 private:
  class Bell;

  void on_wake();
  void pump();

  EventLoop& loop_;
  Line* line_;
  std::shared_ptr<EventStream> stream_;
  const bool chunked_;
  std::shared_ptr<Bell> bell_;
  std::string piece_;  // being written
  bool writing_ = false;
  bool over_ = false;
};

}  // namespace muster
