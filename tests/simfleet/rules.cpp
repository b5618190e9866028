#include "tests/simfleet/rules.h"

namespace muster::sim {
namespace {

Result<CertificateKind> parse_certificate_kind(std::string_view text) {
  if (const auto kind = certificate_kind(text)) return *kind;
  return fail(ErrorCode::kInvalid, "'" + std::string(text) + "' is no kind of certificate");
}

template <typename Meaning, typename Parse>
Result<Rule<Meaning>> parse_rule(std::string_view text, Parse parse) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) {
    return fail(ErrorCode::kInvalid, "'" + std::string(text) + "' is not CIDR=MEANING");
  }
  auto range = AddressRange::parse(text.substr(0, equals));
  if (!range) return fail(range.error());
  if (!range->is_loopback()) {
    return fail(ErrorCode::kInvalid, "a rule is for addresses in 127.0.0.0/8 only");
  }
  auto meaning = parse(text.substr(equals + 1));
  if (!meaning) return fail(meaning.error());
  return Rule<Meaning>{*range, std::move(*meaning)};
}

}  // namespace

Result<BehaviourRule> parse_behaviour_rule(std::string_view text) {
  return parse_rule<Behaviour>(text, parse_behaviour);
}

Result<CertificateRule> parse_certificate_rule(std::string_view text) {
  return parse_rule<CertificateKind>(text, parse_certificate_kind);
}

}  // namespace muster::sim
