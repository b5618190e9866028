// Calls what may throw: a handler, or the API around it. What is thrown is a fault of ours, which
// goes to the log, and to the client as no more than that. Any thread.
#pragma once

#include <Poco/Exception.h>

#include <exception>
#include <string>
#include <tl/expected.hpp>

#include "aggregator/api/problem.h"

namespace muster {

Problem handler_fault(const std::string& fault, const std::string& request_id);

template <typename Ask>
auto without_throwing(const std::string& request_id, Ask ask)
    -> tl::expected<decltype(ask()), Problem> {
  try {
    return ask();
  } catch (const Poco::Exception& exception) {
    return tl::unexpected(handler_fault(exception.displayText(), request_id));
  } catch (const std::exception& exception) {
    return tl::unexpected(handler_fault(exception.what(), request_id));
  }
}

}  // namespace muster
