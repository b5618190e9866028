#include "aggregator/app/key_commands.h"

#include <algorithm>
#include <iostream>
#include <memory>
#include <sstream>

#include "aggregator/app/command_database.h"
#include "aggregator/storage/secret_rewrap.h"
#include "common/base/rfc3339.h"

namespace muster {
namespace {

constexpr std::size_t kConnections = 2;

// All that the three of them need.
struct Keys {
  Keys(ConnectionSettings database, std::filesystem::path key_file)
      : file(key_file), pool(std::move(database), kConnections), ring(pool, key_file, clock) {}

  SystemClock clock;
  KeyFile file;
  ConnectionPool pool;
  KeyRing ring;
  SecretBox secrets{ring};
};

std::int64_t count_of(const KeyCounts& counts, std::uint32_t key) {
  const auto found = counts.find(key);
  return found == counts.end() ? 0 : found->second;
}

Result<std::unique_ptr<Keys>> open_keys(const Settings& settings) {
  auto database = command_database(settings);
  if (!database) return fail(database.error());
  return std::make_unique<Keys>(std::move(*database), settings.key_file);
}

}  // namespace

Result<std::string> show_keys(const Settings& settings, const CommandArguments&) {
  const auto keys = open_keys(settings);
  if (!keys) return fail(keys.error());
  const auto file = (*keys)->file.read();
  if (!file) return fail(file.error());
  auto lease = (*keys)->pool.lease();
  if (!lease) return fail(lease.error());
  const auto references = KeyReferences::count(**lease);
  if (!references) return fail(references.error());
  return (*keys)->file.path().string() + "\n" + keys_status(*file, *references);
}

Result<std::string> rotate_keys(const Settings& settings, const CommandArguments&) {
  const auto keys = open_keys(settings);
  if (!keys) return fail(keys.error());
  if (auto opened = (*keys)->ring.open(); !opened) return fail(opened.error());
  const auto done = (*keys)->ring.rotate();
  if (!done) return fail(done.error());
  std::ostringstream text;
  text << "key " << done->kek << " of " << (*keys)->file.path().string()
       << " is in use now, and data key " << done->data_key << "; " << done->rewrapped
       << " older data keys are wrapped by it\n"
       << "keep a copy of the file; `musterd keys rewrap` seals the stored values anew\n";
  return text.str();
}

// Long on a large fleet, so it tells how far it is.
Result<std::string> rewrap_secrets(const Settings& settings, const CommandArguments&) {
  const auto keys = open_keys(settings);
  if (!keys) return fail(keys.error());
  if (auto opened = (*keys)->ring.open(); !opened) return fail(opened.error());
  const auto report = [](const SealedColumn& column, const SecretRewrap::Progress& so_far) {
    std::cout << column.table << '.' << column.name << ": " << so_far.sealed << " sealed anew"
              << std::endl;
  };
  const auto done = SecretRewrap((*keys)->pool, (*keys)->secrets).run(report);
  if (!done) return fail(done.error());
  return std::to_string(done->sealed) + " values sealed anew, " + std::to_string(done->unreadable) +
         " could not be opened and were left\n";
}

std::string keys_status(const std::vector<Kek>& file, const KeyReferences& references) {
  std::ostringstream text;
  const KeyCounts needed = references.by_kek();
  for (const Kek& kek : file) {
    text << "  key " << kek.id << (&kek == &file.front() ? ", in use" : "") << ": "
         << std::ranges::count(references.data_keys, kek.id, &DataKeyRecord::kek) << " data keys, "
         << count_of(references.values_by_kek, kek.id) << " values without a data key"
         << (needed.contains(kek.id) || &kek == &file.front() ? "" : "; may be removed") << '\n';
  }
  for (const auto& [id, count] : needed) {
    if (std::ranges::find(file, id, &Kek::id) != file.end()) continue;
    text << "  key " << id << ", MISSING in the file: " << count << " need it\n";
  }
  for (const DataKeyRecord& key : references.data_keys) {
    text << "data key " << key.id << (key.retired ? ", retired" : ", in use") << ": made "
         << to_rfc3339(key.created_at) << ", wrapped by key " << key.kek << ", " << key.uses
         << " uses, " << count_of(references.values_by_data_key, key.id) << " values\n";
  }
  return text.str();
}

}  // namespace muster
