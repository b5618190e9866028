#include "aggregator/storage/archive_file.h"

#include "aggregator/storage/archive_stream.h"
#include "aggregator/storage/zstd_writer.h"

namespace muster {
namespace {

constexpr std::size_t kAskEvery = 64UL * 1024 * 1024;  // bytes of CSV

DbError of_file(const Error& error) {
  return {error, "", ""};
}

DbResult<ArchiveContent> content_of(Connection& connection, const std::string& table,
                                    const std::string& columns) {
  auto rows = connection.exec("SELECT count(*), coalesce(sum(hashtextextended(ROW(" + columns +
                              ")::text, 0)::numeric), 0) FROM " + table);
  if (!rows) return fail(rows.error());
  return ArchiveContent{rows->integer(0, 0), std::string(rows->text(0, 1))};
}

}  // namespace

DbResult<ArchiveFile> write_archive(Connection& connection, const std::string& table,
                                    std::string_view order, const std::filesystem::path& path,
                                    const std::function<Result<void>()>& go_on) {
  const auto columns = columns_of(connection, table);
  if (!columns) return fail(columns.error());
  const auto content = content_of(connection, table, *columns);
  if (!content) return fail(content.error());
  auto file = ZstdWriter::create(path);
  if (!file) return fail(of_file(file.error()));
  std::size_t unasked = kAskEvery;
  const auto sink = [&](std::string_view row) {
    unasked += row.size();
    if (unasked < kAskEvery) return file->write(row);
    unasked = 0;
    return go_on().and_then([&] { return file->write(row); });
  };
  auto copied =
      connection.copy_out("COPY (SELECT " + *columns + " FROM " + table + " ORDER BY " +
                              std::string(order) + ") TO STDOUT (FORMAT csv, HEADER true)",
                          sink);
  if (!copied) return fail(copied.error());
  const auto written = file->finish();
  if (!written) return fail(of_file(written.error()));
  return ArchiveFile{*content, written->sha256, static_cast<std::int64_t>(written->bytes)};
}

DbResult<ArchiveFile> load_archive(Connection& connection, const std::string& table,
                                   const std::filesystem::path& path) {
  auto stream = ArchiveStream::open(path);
  if (!stream) return fail(of_file(stream.error()));
  const std::string columns = stream->columns();
  auto copied = connection.copy_in("COPY " + table + " (" + columns + ") FROM STDIN (FORMAT csv)",
                                   Connection::CopySource([&] { return stream->next(); }));
  if (!copied) return fail(copied.error());
  const auto content = content_of(connection, table, columns);
  if (!content) return fail(content.error());
  return ArchiveFile{*content, stream->sha256(), static_cast<std::int64_t>(stream->bytes())};
}

}  // namespace muster
