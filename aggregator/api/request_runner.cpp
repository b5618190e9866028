#include "aggregator/api/request_runner.h"

#include <utility>

#include "aggregator/api/handler_fault.h"

namespace muster {
namespace {

WireResponse final_answer(ConnectionContext& context, ApiResponse response, AnswerTerms terms) {
  if (context.stopping) terms.keep_alive = false;
  return to_wire(std::move(response), terms);
}

Admission admitted(ConnectionContext& context, ApiRequest head, AnswerTerms terms) {
  terms.keep_alive = false;  // what is refused leaves its body unread
  auto plan =
      without_throwing(terms.request_id, [&] { return context.handler.admit(std::move(head)); });
  if (!plan)
    return tl::unexpected(
        final_answer(context, to_response(plan.error(), terms.request_id), terms));
  if (!*plan) return tl::unexpected(final_answer(context, std::move(plan->error()), terms));
  return **plan;
}

WireResponse handled(ConnectionContext& context, ApiRequest request, const AnswerTerms& terms) {
  auto answer = without_throwing(terms.request_id,
                                 [&] { return context.handler.handle(std::move(request)); });
  return final_answer(
      context, answer ? std::move(*answer) : to_response(answer.error(), terms.request_id), terms);
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
