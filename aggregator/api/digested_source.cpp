#include "aggregator/api/digested_source.h"

namespace muster {

Result<std::string> DigestedSource::next() {
  if (error_) return fail(*error_);
  if (ended_) return std::string();
  auto piece = source_->next();
  if (!piece) {
    error_ = piece.error();
    return piece;
  }
  ended_ = piece->empty();
  sha256_.add(*piece);
  return piece;
}

Result<std::string> DigestedSource::digest() {
  while (!ended_) {
    if (const auto piece = next(); !piece) return fail(piece.error());
  }
  return sha256_.finish();
}

}  // namespace muster
