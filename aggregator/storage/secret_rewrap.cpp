#include "aggregator/storage/secret_rewrap.h"

#include <string>
#include <vector>

#include "common/base/log.h"

namespace muster {
namespace {

constexpr int kBatch = 500;

}  // namespace

struct SecretRewrap::Batch {
  Rows rows;  // id, org_id, value
  std::vector<std::string> ids;
  std::vector<std::string> old_values;
  std::vector<std::string> new_values;
  std::int64_t unreadable = 0;
};

Result<SecretRewrap::Progress> SecretRewrap::run(const Report& report) {
  Progress sum;
  for (const SealedColumn& column : kSealedColumns) {
    const auto done = run_column(column, report);
    if (!done) return fail(done.error().in(column.name));
    sum.sealed += done->sealed;
    sum.unreadable += done->unreadable;
  }
  return sum;
}

Result<SecretRewrap::Progress> SecretRewrap::run_column(const SealedColumn& column,
                                                        const Report& report) {
  const auto head = secrets_.current_head();
  if (!head) return fail(head.error());
  Progress progress;
  Uuid last;
  while (true) {
    auto batch = read(column, *head, last);
    if (!batch) return fail(batch.error());
    if (batch->rows.empty()) return progress;
    last = batch->rows.uuid(batch->rows.size() - 1, 0);
    if (auto sealed = seal_anew(column, *batch); !sealed) return fail(sealed.error());
    const auto written = write(column, *batch);
    if (!written) return fail(written.error());
    progress.sealed += *written;
    progress.unreadable += batch->unreadable;
    report(column, progress);
  }
}

Result<SecretRewrap::Batch> SecretRewrap::read(const SealedColumn& column, const std::string& head,
                                               const Uuid& after) {
  auto lease = pool_.lease();
  if (!lease) return fail(lease.error());
  const std::string name(column.name);
  auto rows =
      (*lease)->exec("SELECT id, coalesce(org_id, 0), " + name + " FROM " +
                         std::string(column.table) + " WHERE " + name + " IS NOT NULL AND substr(" +
                         name + ", 1, 5) <> $1 AND id > $2 ORDER BY id LIMIT $3",
                     {Param::bytes(head), after, kBatch});
  if (!rows) return fail(rows.error());
  Batch batch;
  batch.rows = std::move(*rows);
  return batch;
}

// A value that cannot be opened is passed over; without the database all of it ends.
Result<void> SecretRewrap::seal_anew(const SealedColumn& column, Batch& batch) {
  for (int i = 0; i < batch.rows.size(); ++i) {
    const SecretPlace place{column.table, column.name,
                            static_cast<std::int32_t>(batch.rows.integer(i, 1)),
                            batch.rows.uuid(i, 0).to_string()};
    std::string old_value = batch.rows.bytes(i, 2);
    const auto text = secrets_.unseal(old_value, place);
    if (!text && text.error().code == ErrorCode::kUnavailable) return fail(text.error());
    if (!text) {
      ++batch.unreadable;
      log::error("secrets.value_unreadable", {{"column", std::string(column.name)},
                                              {"row", place.row_id},
                                              {"error", text.error().message}});
      continue;
    }
    auto new_value = secrets_.seal(text->reveal(), place);
    if (!new_value) return fail(new_value.error());
    batch.ids.push_back(place.row_id);
    batch.old_values.push_back(std::move(old_value));
    batch.new_values.push_back(std::move(*new_value));
  }
  return {};
}

Result<std::int64_t> SecretRewrap::write(const SealedColumn& column, const Batch& batch) {
  if (batch.ids.empty()) return 0;
  auto lease = pool_.lease();
  if (!lease) return fail(lease.error());
  const std::string name(column.name);
  auto done = (*lease)->exec(
      "UPDATE " + std::string(column.table) + " AS t SET " + name +
          " = v.fresh FROM unnest($1::uuid[], $2::bytea[], $3::bytea[]) "
          "AS v (id, old, fresh) WHERE t.id = v.id AND t." +
          name + " = v.old",
      {batch.ids, Param::byte_arrays(batch.old_values), Param::byte_arrays(batch.new_values)});
  if (!done) return fail(done.error());
  return done->affected();
}

}  // namespace muster
