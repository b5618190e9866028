#include "aggregator/api/import_handlers.h"

#include "aggregator/api/import_run.h"
#include "aggregator/api/query_reader.h"

namespace muster {
namespace {

std::optional<OnConflict> asked_conflict(std::string_view name) {
  if (name == "error") return OnConflict::kRefuse;
  if (name == "update") return OnConflict::kUpdate;
  if (name == "skip") return OnConflict::kSkip;
  return std::nullopt;
}

std::optional<bool> asked_flag(std::string_view name) {
  if (name == "true") return true;
  if (name == "false") return false;
  return std::nullopt;
}

}  // namespace

Answer ImportHandlers::import_servers(const ApiRequest& request) {
  QueryReader reader(request.query);
  ImportTerms terms;
  terms.on_conflict = reader.choice("on_conflict", asked_conflict, "error, update, skip")
                          .value_or(terms.on_conflict);
  terms.atomic = reader.choice("atomic", asked_flag, "true, false").value_or(false);
  terms.dry_run = reader.choice("dry_run", asked_flag, "true, false").value_or(false);
  if (auto problem = reader.finish()) return refuse(std::move(*problem));
  return ImportRun(context_, quota_, request, terms).run();
}

}  // namespace muster
