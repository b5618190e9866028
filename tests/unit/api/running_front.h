// The HTTP front on a free port, in front of a handler that is a function of the test.
#pragma once

#include <cppunit/extensions/HelperMacros.h>

#include <functional>
#include <utility>

#include "aggregator/api/http_front.h"

namespace muster::test {

class FunctionHandler final : public RequestHandler {
 public:
  using Handle = std::function<ApiResponse(ApiRequest)>;
  using Admit = std::function<tl::expected<BodyPlan, ApiResponse>(ApiRequest)>;

  explicit FunctionHandler(Handle handle, std::size_t limit = 1'000)
      : FunctionHandler(std::move(handle), [limit](const ApiRequest&) {
          return BodyPlan{limit, false};
        }) {}
  FunctionHandler(Handle handle, Admit admit)
      : handle_(std::move(handle)), admit_(std::move(admit)) {}

  tl::expected<BodyPlan, ApiResponse> admit(ApiRequest head) override {
    return admit_(std::move(head));
  }
  ApiResponse handle(ApiRequest request) override { return handle_(std::move(request)); }

 private:
  const Handle handle_;
  const Admit admit_;
};

struct RunningFront {
  template <typename... Admit>
  explicit RunningFront(ApiSettings settings, FunctionHandler::Handle handle, Admit... admit)
      : handler(std::move(handle), std::move(admit)...), front(std::move(settings), handler) {
    const auto started = front.start();
    CPPUNIT_ASSERT_MESSAGE(started ? "" : started.error().message, started.has_value());
    port = *started;
  }

  FunctionHandler handler;
  HttpFront front;
  std::uint16_t port = 0;
};

}  // namespace muster::test
