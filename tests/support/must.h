// The value of a Result, or a test failure with the error's words.
#pragma once

#include <stdexcept>
#include <tl/expected.hpp>
#include <type_traits>
#include <utility>

namespace muster::test {

template <typename T, typename E>
T must(tl::expected<T, E> result) {
  if (!result) throw std::runtime_error(result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace muster::test
