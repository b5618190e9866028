// `musterd keys`: what protects stored credentials. status shows it, rotate replaces the key of the
// key file and the data key, rewrap seals the stored values anew. Safe beside a running daemon.
#pragma once

#include "aggregator/app/command.h"
#include "aggregator/storage/key_file.h"
#include "aggregator/storage/key_references.h"

namespace muster {

Result<std::string> show_keys(const Settings& settings, const CommandArguments& arguments);
Result<std::string> rotate_keys(const Settings& settings, const CommandArguments& arguments);
Result<std::string> rewrap_secrets(const Settings& settings, const CommandArguments& arguments);

// What `keys status` prints. Pure.
std::string keys_status(const std::vector<Kek>& file, const KeyReferences& references);

}  // namespace muster
