// The plugin tls: shakes hands, and judges the certificates that the server shows.
#include <ctime>
#include <memory>
#include <string>

#include "shared/certificate.h"
#include "shared/endpoint.h"
#include "shown.h"
#include "starttls.h"
#include "tls_schema.h"

namespace tls_probe {
namespace {

using muster::probes::days_until;
using muster::probes::Faults;
using muster::probes::Talk;
using muster::sdk::Host;
using muster::sdk::Result;
using muster::sdk::Run;
using muster::sdk::Target;

class TlsProbe final : public muster::sdk::Probe {
 public:
  TlsProbe(const Host& host, std::string_view config_json)
      : host_(host), config_(config_json), endpoint_(config_, config_.starttls == "none") {}

  void start(const Target& target, Run run) override {
    const auto words = make_starttls(config_.starttls);
    Talk::begin(host_, std::move(run), endpoint_.plan_for(target), words,
                [this, words](Run open, const Talk::Ending& ending) {
                  finish(std::move(open), ending.failure ? ending.failure : words->failure(),
                         ending);
                });
  }

 private:
  void finish(Run run, const muster::probes::Failure& failure, const Talk::Ending& ending) const {
    const Shown shown = ending.tls == nullptr ? Shown() : Shown(*ending.tls);
    Faults faults;
    if (failure) {
      faults.failed(failure.reason, describe(failure, shown));
    } else {
      judge(shown, config_, std::time(nullptr), faults);
    }
    complete(std::move(run), faults, shown, ending);
  }

  static std::string describe(const muster::probes::Failure& failure, const Shown& shown) {
    if (failure.reason != MUSTER_REASON_TLS_WRONG_NAME) return failure.message;
    return failure.message +
           (shown.names.empty() ? "; it has no names" : "; it is for " + list_of(shown.names));
  }

  void complete(Run run, const Faults& faults, const Shown& shown,
                const Talk::Ending& ending) const {
    const std::string message = faults.message();
    const std::string certificate = shown.subject + ", for " + list_of(shown.names) + ", of " +
                                    shown.issuer + ", until " + date_of(shown.not_after);
    const std::string chain = std::to_string(shown.chain_length) +
                              (shown.chain_length == 1 ? " certificate" : " certificates") +
                              ", until " + date_of(shown.chain_not_after);
    const std::string protocol = shown.version + ", " + shown.cipher;
    Result result;
    muster::probes::judge_talk(result, faults, message, ending);
    if (ending.tls != nullptr) {
      result.add_component("certificate", faults.status(), certificate);
      result.add_component("chain", MUSTER_OK, chain);
      result.add_component("protocol", MUSTER_OK, protocol);
      add_days(shown, result);
    }
    std::move(run).complete(result);
  }

  void add_days(const Shown& shown, Result& result) const {
    endpoint_.add_gauge(result, "certificate_expires_in_days", days_until(shown.not_after));
    endpoint_.add_gauge(result, "chain_expires_in_days", days_until(shown.chain_not_after));
  }

  const Host host_;
  const TlsConfig config_;
  const muster::probes::Endpoint endpoint_;
};

}  // namespace
}  // namespace tls_probe

MUSTER_PROBE(tls_probe::TlsProbe, "tls", "1.0.0",
             "Shakes hands over TLS or STARTTLS and judges the certificates that are shown",
             tls_probe::kSchema, MUSTER_STREAM)
