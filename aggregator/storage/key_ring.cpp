#include "aggregator/storage/key_ring.h"

#include <algorithm>
#include <optional>
#include <string>

#include "aggregator/storage/aead.h"
#include "aggregator/storage/key_references.h"
#include "aggregator/storage/transaction.h"
#include "common/base/log.h"

namespace muster {
using namespace std::chrono_literals;
namespace {

// Uses are counted in the table ahead, so that few seals write to it.
constexpr int kReserved = 64;
constexpr auto kReservedFor = 30s;

// Writers of the table take turns; readers do not wait.
constexpr const char* kLockTable = "LOCK TABLE data_keys IN SHARE ROW EXCLUSIVE MODE";

std::string bound_to(std::uint32_t data_key, std::uint32_t kek) {
  return "data_keys|wrapped|" + std::to_string(data_key) + "|" + std::to_string(kek);
}

const Kek* find_kek(const std::vector<Kek>& keks, std::uint32_t id) {
  const auto found = std::ranges::find(keks, id, &Kek::id);
  return found == keks.end() ? nullptr : &*found;
}

Error missing(const std::filesystem::path& file, const std::string& keys) {
  return {ErrorCode::kNotFound, file.string() + ": lacks key " + keys +
                                    ", without which credentials in the database cannot be "
                                    "opened; put its line back from a backup (a new key cannot "
                                    "open them)"};
}

std::string listed(const KeyCounts& keys) {
  std::string list;
  for (const auto& [id, count] : keys) list += (list.empty() ? "" : ", ") + std::to_string(id);
  return list;
}

Result<KeyCounts> needed_keks(ConnectionPool& pool) {
  auto lease = pool.lease();
  if (!lease) return fail(lease.error());
  auto references = KeyReferences::count(**lease);
  if (!references) return fail(references.error());
  return references->by_kek();
}

DbResult<void> insert(Connection& connection, std::uint32_t id, std::uint32_t kek,
                      const std::string& wrapped, WallTime now) {
  auto retired =
      connection.exec("UPDATE data_keys SET retired_at = $1 WHERE retired_at IS NULL", {now});
  if (!retired) return fail(retired.error());
  auto made = connection.exec(
      "INSERT INTO data_keys (id, kek_id, uses, wrapped, created_at) VALUES ($1, $2, $3, $4, $5)",
      {id, kek, kReserved, Param::bytes(wrapped), now});
  if (!made) return fail(made.error());
  return {};
}

}  // namespace

Result<void> KeyRing::open() {
  const auto there = file_.exists();
  if (!there) return fail(there.error());
  auto needed = needed_keks(pool_);
  if (!needed) return fail(needed.error());
  if (!*there && !needed->empty()) return fail(missing(file_.path(), listed(*needed)));
  if (!*there) {
    if (auto made = file_.put_first(1); !made) return fail(made.error());
  }
  if (auto read = reread_file(); !read) return read;
  known_.with([&](const Known& known) {
    std::erase_if(*needed, [&](const auto& kek) { return find_kek(known.keks, kek.first); });
  });
  if (!needed->empty()) return fail(missing(file_.path(), listed(*needed)));
  return {};
}

Result<KeyRing::DataKey> KeyRing::for_sealing() {
  const TimePoint now = clock_.now();
  auto reserved = known_.with([&](Known& known) -> std::optional<DataKey> {
    if (known.seals_left == 0 || now >= known.sealing_until) return std::nullopt;
    --known.seals_left;
    return known.sealing;
  });
  if (reserved) return std::move(*reserved);
  auto key = reserve();
  if (!key) return key;
  known_.with([&](Known& known) {
    known.sealing = *key;
    known.data[key->id] = key->bytes;
    known.seals_left = kReserved - 1;
    known.sealing_until = now + kReservedFor;
  });
  return key;
}

Result<Secret> KeyRing::data_key(std::uint32_t id) {
  auto known = known_.with([&](const Known& keys) {
    const auto found = keys.data.find(id);
    return found == keys.data.end() ? Secret() : found->second;
  });
  if (!known.empty()) return known;
  auto lease = pool_.lease();
  if (!lease) return fail(lease.error());
  auto rows = (*lease)->exec("SELECT kek_id, wrapped FROM data_keys WHERE id = $1", {id});
  if (!rows) return fail(rows.error());
  if (rows->empty()) {
    return fail(ErrorCode::kNotFound, "there is no data key " + std::to_string(id));
  }
  auto key = unwrapped(id, static_cast<std::uint32_t>(rows->integer(0, 0)), rows->bytes(0, 1));
  if (key) known_.with([&](Known& keys) { keys.data[id] = *key; });
  return key;
}

Result<Secret> KeyRing::kek(std::uint32_t id) {
  const auto known = [&] {
    return known_.with([&](const Known& keys) {
      const Kek* const found = find_kek(keys.keks, id);
      return found ? found->bytes : Secret();
    });
  };
  if (Secret key = known(); !key.empty()) return key;
  if (auto read = reread_file(); !read) return fail(read.error());
  if (Secret key = known(); !key.empty()) return key;
  return fail(missing(file_.path(), std::to_string(id)));
}

Result<KeyRing::Rotation> KeyRing::rotate() {
  auto lease = pool_.lease();
  if (!lease) return fail(lease.error());
  // Before the file is changed: of two rotations at once the second sees the first one's key.
  auto transaction = Transaction::begin(**lease, {kLockTable, {}});
  if (!transaction) return fail(transaction.error());
  const auto by = next_kek();
  if (!by) return fail(by.error());
  const auto rewrapped = wrap_anew(**lease, *by);
  if (!rewrapped) return fail(rewrapped.error());
  const auto fresh = make_data_key(**lease);
  if (!fresh) return fail(fresh.error());
  if (auto committed = transaction->commit(); !committed) return fail(committed.error());
  known_.with([](Known& known) { known.seals_left = 0; });
  return Rotation{by->id, fresh->id, *rewrapped};
}

Result<void> KeyRing::reread_file() {
  auto keks = file_.read();
  if (!keks) return fail(keks.error());
  known_.with([&](Known& known) { known.keks = std::move(*keks); });
  return {};
}

Result<Kek> KeyRing::first_kek() {
  if (auto read = reread_file(); !read) return fail(read.error());
  return known_.with([](const Known& known) { return known.keks.front(); });
}

// A first key that nothing needs yet was put there to become the next one, by whoever keeps the
// file where we cannot write, or by a rotation that was interrupted.
Result<Kek> KeyRing::next_kek() {
  auto first = first_kek();
  if (!first) return first;
  const auto needed = needed_keks(pool_);
  if (!needed) return fail(needed.error());
  if (!needed->empty() && !needed->contains(first->id)) return first;
  std::uint32_t newest = needed->empty() ? 0 : needed->rbegin()->first;
  known_.with([&](const Known& known) {
    for (const Kek& kek : known.keks) newest = std::max(newest, kek.id);
  });
  auto made = file_.put_first(newest + 1);
  if (!made) return made;
  if (auto read = reread_file(); !read) return fail(read.error());
  return made;
}

Result<KeyRing::DataKey> KeyRing::reserve() {
  auto lease = pool_.lease();
  if (!lease) return fail(lease.error());
  auto transaction = Transaction::begin(**lease, {kLockTable, {}});
  if (!transaction) return fail(transaction.error());
  auto usable = (*lease)->exec(
      "UPDATE data_keys SET uses = uses + $1 WHERE retired_at IS NULL AND uses + $1 <= $2 "
      "AND created_at > $3 RETURNING id, kek_id, wrapped",
      {kReserved, kMostUses, clock_.wall() - kMostAge});
  if (!usable) return fail(usable.error());
  Result<DataKey> key;
  if (usable->empty()) {
    key = make_data_key(**lease);
  } else {
    const auto id = static_cast<std::uint32_t>(usable->integer(0, 0));
    auto bytes =
        unwrapped(id, static_cast<std::uint32_t>(usable->integer(0, 1)), usable->bytes(0, 2));
    if (!bytes) return fail(bytes.error());
    key = DataKey{id, std::move(*bytes)};
  }
  if (!key) return key;
  if (auto committed = transaction->commit(); !committed) return fail(committed.error());
  return key;
}

Result<KeyRing::DataKey> KeyRing::make_data_key(Connection& connection) {
  auto next = connection.exec("SELECT coalesce(max(id), 0) + 1 FROM data_keys");
  if (!next) return fail(next.error());
  auto kek = first_kek();
  if (!kek) return fail(kek.error());
  auto bytes = aead::random_key();
  if (!bytes) return fail(bytes.error());
  DataKey key{static_cast<std::uint32_t>(next->integer(0, 0)), std::move(*bytes)};
  auto wrapped = aead::seal(kek->bytes, key.bytes.reveal(), bound_to(key.id, kek->id));
  if (!wrapped) return fail(wrapped.error());
  auto made = insert(connection, key.id, kek->id, *wrapped, clock_.wall());
  if (!made) return fail(made.error());
  log::info("secrets.data_key_made", {{"data_key", key.id}, {"kek", kek->id}});
  return key;
}

Result<int> KeyRing::wrap_anew(Connection& connection, const Kek& by) {
  auto rows =
      connection.exec("SELECT id, kek_id, wrapped FROM data_keys WHERE kek_id <> $1", {by.id});
  if (!rows) return fail(rows.error());
  for (int i = 0; i < rows->size(); ++i) {
    const auto id = static_cast<std::uint32_t>(rows->integer(i, 0));
    auto key = unwrapped(id, static_cast<std::uint32_t>(rows->integer(i, 1)), rows->bytes(i, 2));
    if (!key) return fail(key.error());
    auto wrapped = aead::seal(by.bytes, key->reveal(), bound_to(id, by.id));
    if (!wrapped) return fail(wrapped.error());
    auto done = connection.exec("UPDATE data_keys SET kek_id = $2, wrapped = $3 WHERE id = $1",
                                {id, by.id, Param::bytes(*wrapped)});
    if (!done) return fail(done.error());
  }
  return rows->size();
}

Result<Secret> KeyRing::unwrapped(std::uint32_t id, std::uint32_t kek_id,
                                  std::string_view wrapped) {
  const auto by = kek(kek_id);
  if (!by) return by;
  auto key = aead::unseal(*by, wrapped, bound_to(id, kek_id));
  if (!key) return fail(key.error().in("data key " + std::to_string(id)));
  return key;
}

}  // namespace muster
