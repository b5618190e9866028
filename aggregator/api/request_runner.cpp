#include "aggregator/api/request_runner.h"

#include <Poco/Exception.h>

#include <utility>

#include "aggregator/api/problem.h"
#include "common/base/log.h"

namespace muster {
namespace {

ApiResponse failed(const std::string& fault, const std::string& request_id) {
  log::error("api.handler_failed", {{"error", fault}, {"request_id", request_id}});
  return to_response(problem_of({ErrorCode::kInternal, fault}), request_id);
}

// The last stop for what the handlers throw.
template <typename Ask>
auto guarded(const std::string& request_id, Ask ask) -> tl::expected<decltype(ask()), ApiResponse> {
  try {
    return ask();
  } catch (const Poco::Exception& exception) {
    return tl::unexpected(failed(exception.displayText(), request_id));
  } catch (const std::exception& exception) {
    return tl::unexpected(failed(exception.what(), request_id));
  }
}

WireResponse final_answer(ConnectionContext& context, ApiResponse response, AnswerTerms terms) {
  if (context.stopping) terms.keep_alive = false;
  return to_wire(std::move(response), terms);
}

Admission admitted(ConnectionContext& context, ApiRequest head, AnswerTerms terms) {
  terms.keep_alive = false;  // what is refused leaves its body unread
  auto plan = guarded(terms.request_id, [&] { return context.handler.admit(std::move(head)); });
  if (!plan) return tl::unexpected(final_answer(context, std::move(plan.error()), terms));
  if (!*plan) return tl::unexpected(final_answer(context, std::move(plan->error()), terms));
  return **plan;
}

WireResponse handled(ConnectionContext& context, ApiRequest request, AnswerTerms terms) {
  auto answer =
      guarded(terms.request_id, [&] { return context.handler.handle(std::move(request)); });
  return final_answer(context, answer ? std::move(*answer) : std::move(answer.error()),
                      std::move(terms));
}

}  // namespace

bool run_admission(ConnectionContext& context, ApiRequest head, AnswerTerms terms,
                   std::function<void(Admission)> done) {
  return context.pool.submit([&context, head = std::move(head), terms = std::move(terms),
                              done = std::move(done)]() mutable {
    context.loop.post([done = std::move(done),
                       outcome = admitted(context, std::move(head), std::move(terms))]() mutable {
      done(std::move(outcome));
    });
  });
}

bool run_handler(ConnectionContext& context, ApiRequest request, AnswerTerms terms,
                 std::function<void(WireResponse)> done) {
  return context.pool.submit([&context, request = std::move(request), terms = std::move(terms),
                              done = std::move(done)]() mutable {
    context.loop.post([done = std::move(done),
                       wire = handled(context, std::move(request), std::move(terms))]() mutable {
      done(std::move(wire));
    });
  });
}

}  // namespace muster
