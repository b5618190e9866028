// The contract of the API for people: one page without scripts that asks nobody for anything.
// Immutable, made when first asked for; any thread.
#pragma once

#include <string>

namespace muster {

const std::string& docs_page();

}  // namespace muster
