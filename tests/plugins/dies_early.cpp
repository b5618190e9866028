// A library that ends its process before anybody has asked it for anything.
#include <cstdlib>

namespace {
const struct Early {
  Early() { std::_Exit(7); }
} early;
}  // namespace
