#include "aggregator/storage/key_references.h"

#include <string>

#include "aggregator/storage/secret_box.h"

namespace muster {
namespace {

// Version and key stand in the first five bytes of a value.
std::string count_values() {
  std::string all;
  for (const SealedColumn& column : kSealedColumns) {
    if (!all.empty()) all += " UNION ALL ";
    all.append("SELECT ").append(column.name).append(" AS v FROM ").append(column.table);
    all.append(" WHERE ").append(column.name).append(" IS NOT NULL");
  }
  return "SELECT get_byte(v, 0), get_byte(v, 1)::bigint << 24 | get_byte(v, 2) << 16 "
         "| get_byte(v, 3) << 8 | get_byte(v, 4), count(*) FROM (" +
         all + ") AS sealed WHERE length(v) > 5 GROUP BY 1, 2";
}

}  // namespace

KeyCounts KeyReferences::by_kek() const {
  KeyCounts sum = values_by_kek;
  for (const DataKeyRecord& key : data_keys) ++sum[key.kek];
  return sum;
}

DbResult<KeyReferences> KeyReferences::count(Connection& connection) {
  static const std::string kCountValues = count_values();
  KeyReferences found;
  auto values = connection.exec(kCountValues);
  if (!values) return fail(values.error());
  for (int i = 0; i < values->size(); ++i) {
    const auto key = static_cast<std::uint32_t>(values->integer(i, 1));
    const auto version = SecretBox::Version{static_cast<char>(values->integer(i, 0))};
    auto& counts =
        version == SecretBox::Version::kKek ? found.values_by_kek : found.values_by_data_key;
    counts[key] += values->integer(i, 2);
  }
  auto keys = connection.exec("SELECT id, kek_id, uses, " + micros("created_at") +
                              ", retired_at IS NOT NULL FROM data_keys ORDER BY id");
  if (!keys) return fail(keys.error());
  for (int i = 0; i < keys->size(); ++i) {
    found.data_keys.push_back({static_cast<std::uint32_t>(keys->integer(i, 0)),
                               static_cast<std::uint32_t>(keys->integer(i, 1)), keys->integer(i, 2),
                               keys->time(i, 3), keys->boolean(i, 4)});
  }
  return found;
}

}  // namespace muster
