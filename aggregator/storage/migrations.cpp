#include "aggregator/storage/migrations.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "aggregator/storage/database_roles.h"
#include "aggregator/storage/transaction.h"
#include "common/base/file.h"
#include "common/base/log.h"
#include "common/base/sha256.h"

namespace muster {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostFileBytes = 4UL * 1024 * 1024;
constexpr std::int64_t kLock = 0x6d757374657201;  // "muster", 1
constexpr std::chrono::minutes kPatience{10};     // for another daemon's migrations, and our own

// Held by the session, so that it spans the transactions of all migrations.
class MigrationLock {
 public:
  static DbResult<MigrationLock> take(Connection& connection) {
    connection.set_deadline(kPatience);
    if (auto set = connection.exec("SELECT set_config('statement_timeout', '0', false), "
                                   "set_config('lock_timeout', '0', false)");
        !set) {
      return fail(set.error());
    }
    if (auto locked = connection.exec("SELECT pg_advisory_lock($1)", {kLock}); !locked) {
      return fail(locked.error());
    }
    return MigrationLock(connection);
  }

  MigrationLock(MigrationLock&& other) noexcept
      : connection_(std::exchange(other.connection_, nullptr)) {}
  MigrationLock& operator=(MigrationLock&&) = delete;
  ~MigrationLock() {
    if (connection_ != nullptr) (void)connection_->exec("SELECT pg_advisory_unlock($1)", {kLock});
  }

 private:
  explicit MigrationLock(Connection& connection) : connection_(&connection) {}

  Connection* connection_;
};

DbResult<std::map<int, std::string>> applied_checksums(Connection& connection) {
  auto made = connection.exec(
      "CREATE TABLE IF NOT EXISTS schema_migrations ("
      "number int PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL, "
      "applied_at timestamptz NOT NULL DEFAULT now())");
  if (!made) return fail(made.error());
  auto rows = connection.exec("SELECT number, sha256 FROM schema_migrations");
  if (!rows) return fail(rows.error());
  std::map<int, std::string> applied;
  for (int i = 0; i < rows->size(); ++i) {
    applied.emplace(static_cast<int>(rows->integer(i, 0)), rows->text(i, 1));
  }
  return applied;
}

DbResult<void> apply_one(Connection& connection, const Migration& migration) {
  auto transaction = Transaction::begin(connection);
  if (!transaction) return fail(transaction.error());
  if (auto done = connection.exec_script(migration.sql); !done) return done;
  auto recorded =
      connection.exec("INSERT INTO schema_migrations (number, name, sha256) VALUES ($1, $2, $3)",
                      {migration.number, migration.name, sha256_hex(migration.sql)});
  if (!recorded) return fail(recorded.error());
  return transaction->commit();
}

Error changed(const Migration& migration) {
  return {ErrorCode::kConflict,
          "migration " + migration.name +
              " was applied with other content; a migration must never change once released: "
              "restore the file, and put the change into a new one"};
}

Error newer(int there, int known) {
  return {ErrorCode::kConflict, "the database is at version " + std::to_string(there) +
                                    ", this program knows " + std::to_string(known) +
                                    "; run the newer program"};
}

// "0001_organizations.sql"; nothing for other files.
Result<std::optional<Migration>> read_migration(const fs::path& path) {
  const std::string stem = path.stem().string();
  const bool numbered = path.extension() == ".sql" && stem.size() > 5 && stem[4] == '_';
  Migration migration;
  const auto [end, error] =
      std::from_chars(stem.data(), stem.data() + stem.size(), migration.number);
  if (!numbered || error != std::errc() || end != stem.data() + 4) return std::nullopt;
  auto sql = read_file(path, kMostFileBytes);
  if (!sql) return fail(sql.error());
  migration.name = stem;
  migration.sql = std::move(*sql);
  return migration;
}

}  // namespace

Migrations::Migrations(std::vector<Migration> migrations) : migrations_(std::move(migrations)) {
  std::ranges::sort(migrations_, {}, &Migration::number);
}

Result<Migrations> Migrations::from_directory(const fs::path& directory) {
  std::vector<Migration> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory, error)) {
    auto migration = read_migration(entry.path());
    if (!migration) return fail(migration.error());
    if (*migration) found.push_back(std::move(**migration));
  }
  if (error) return fail(ErrorCode::kUnavailable, directory.string() + ": " + error.message());
  return Migrations(std::move(found));
}

Result<int> Migrations::apply(Connection& connection) const {
  auto lock = MigrationLock::take(connection);
  if (!lock) return fail(Error(lock.error()).in("migrations"));
  if (auto there = DatabaseRoles::ensure(connection); !there) return fail(there.error());
  auto taken = connection.exec("SELECT set_config('role', $1, false)", {kOwnerRole});
  if (!taken) return fail(Error(taken.error()).in("migrations"));
  auto applied = apply_missing(connection);
  if (auto back = connection.exec("RESET ROLE"); !back && applied) return fail(Error(back.error()));
  return applied;
}

Result<int> Migrations::apply_missing(Connection& connection) const {
  auto applied = applied_checksums(connection);
  if (!applied) return fail(Error(applied.error()).in("migrations"));
  const int known = migrations_.empty() ? 0 : migrations_.back().number;
  if (!applied->empty() && applied->rbegin()->first > known) {
    return fail(newer(applied->rbegin()->first, known));
  }
  // All checksums first, so that nothing is applied on top of a changed past.
  for (const Migration& migration : migrations_) {
    const auto there = applied->find(migration.number);
    if (there != applied->end() && there->second != sha256_hex(migration.sql)) {
      return fail(changed(migration));
    }
  }
  int count = 0;
  for (const Migration& migration : migrations_) {
    if (applied->contains(migration.number)) continue;
    if (auto done = apply_one(connection, migration); !done) {
      return fail(Error(done.error()).in("migration " + migration.name));
    }
    log::info("storage.migrated", {{"migration", migration.name}});
    ++count;
  }
  return count;
}

}  // namespace muster
