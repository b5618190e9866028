#include "aggregator/storage/connection.h"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

#include "aggregator/storage/database_hosts.h"

namespace muster {
namespace {

using namespace std::chrono_literals;

std::string_view field(const PGresult* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text == nullptr ? std::string_view() : std::string_view(text);
}

std::string trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  return std::string(text);
}

DbError error_of(const PGresult* result) {
  const std::string_view sqlstate = field(result, PG_DIAG_SQLSTATE);
  std::string message(field(result, PG_DIAG_MESSAGE_PRIMARY));
  if (message.empty()) message = trimmed(PQresultErrorMessage(result));
  const std::string_view detail = field(result, PG_DIAG_MESSAGE_DETAIL);
  if (!detail.empty()) message += " (" + std::string(detail) + ")";
  return {{code_of_sqlstate(sqlstate), std::move(message)},
          std::string(sqlstate),
          std::string(field(result, PG_DIAG_CONSTRAINT_NAME))};
}

bool is_failure(const PGresult* result) {
  switch (PQresultStatus(result)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_EMPTY_QUERY:
    case PGRES_COPY_IN:
    case PGRES_COPY_OUT:
    case PGRES_PIPELINE_SYNC:
    case PGRES_PIPELINE_ABORTED:  // behind the one that failed
      return false;
    default:
      return true;
  }
}

// After these the session is of no use, even if the socket is still open.
bool ends_session(std::string_view sqlstate) {
  return sqlstate.starts_with("57P") || sqlstate.starts_with("08") || sqlstate == "25006";
}

// `conninfo` is expanded by libpq, a URL as well as key=value; what follows it wins. An empty value
// does not.
pg_conn* start_connecting(const std::string& conninfo, const DatabaseHost& host) {
  const char* const keys[] = {
      "dbname", "application_name", "target_session_attrs", "host", "hostaddr", "port", nullptr};
  const char* const values[] = {
      conninfo.c_str(),     "musterd",         "read-write", host.host.c_str(),
      host.address.c_str(), host.port.c_str(), nullptr};
  return PQconnectStartParams(keys, values, 1);
}

bool is_sqlstate(std::string_view text) {
  return text.size() == 5 && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
         });
}

// While it connects libpq has no result, only words: "... FATAL:  53300: sorry, too many clients
// already", with the severity in any language, and on the next line a place in the server's source.
void take_sqlstate(DbError& error) {
  constexpr std::string_view kBefore = ":  ", kBehind = ": ";
  const std::string_view words = error.message;
  for (auto at = words.find(kBefore); at != words.npos; at = words.find(kBefore, at + 1)) {
    const std::string_view rest = words.substr(at + kBefore.size());
    if (!is_sqlstate(rest.substr(0, 5)) || !rest.substr(5).starts_with(kBehind)) continue;
    error.sqlstate = rest.substr(0, 5);
    error.message.resize(std::min(words.find('\n', at), words.size()));
    return;
  }
}

// What is acknowledged must be on the server's disk, whatever somebody has set for the database or
// the role: the spool forgets it then. Other settings than "off" are the administrator's to choose.
constexpr const char* kDurableCommits =
    ", CASE current_setting('synchronous_commit') WHEN 'off' "
    "THEN set_config('synchronous_commit', 'on', false) END";

void ignore_notice(void*, const PGresult*) {}

}  // namespace

void Connection::Finish::operator()(pg_conn* connection) const {
  PQfinish(connection);
}

ConnectionSettings ConnectionSettings::as(const std::string& other_role) const {
  ConnectionSettings settings = *this;
  settings.role = other_role;
  return settings;
}

// Each host has the time to connect to itself.
DbResult<Connection> Connection::open(const ConnectionSettings& settings) {
  std::vector<DatabaseHost> hosts = hosts_of(settings.conninfo);
  if (hosts.empty()) hosts.emplace_back();
  DbResult<Connection> opened = open(settings, hosts.front());
  for (std::size_t i = 1; i < hosts.size() && !opened; ++i) opened = open(settings, hosts[i]);
  return opened;
}

DbResult<Connection> Connection::open(const ConnectionSettings& settings,
                                      const DatabaseHost& host) {
  Connection made(start_connecting(settings.conninfo, host), settings);
  PQsetErrorVerbosity(made.connection_.get(), PQERRORS_VERBOSE);  // with the SQLSTATE
  if (auto connected = made.connect(made.until()); !connected) return fail(connected.error());
  PQsetErrorVerbosity(made.connection_.get(), PQERRORS_DEFAULT);
  PQsetNoticeReceiver(made.connection_.get(), ignore_notice, nullptr);
  if (PQsetnonblocking(made.connection_.get(), 1) != 0) return fail(made.network_failure());
  if (auto ready = made.prepare_session(settings); !ready) return fail(ready.error());
  made.deadline_ = settings.deadline;
  return made;
}

DbResult<void> Connection::connect(Instant until) {
  auto state = PGRES_POLLING_WRITING;  // as libpq says: before the first poll
  while (PQstatus(connection_.get()) != CONNECTION_BAD && state != PGRES_POLLING_FAILED) {
    if (auto ready = wait(state == PGRES_POLLING_WRITING, until); !ready) return ready;
    state = PQconnectPoll(connection_.get());
    if (state == PGRES_POLLING_OK) return {};
  }
  DbError error = network_failure();
  take_sqlstate(error);
  return fail(std::move(error));
}

DbResult<void> Connection::prepare_session(const ConnectionSettings& settings) {
  const auto set = [](const std::string& name, const std::string& value) {
    return "set_config('" + name + "', '" + value + "', false)";
  };
  // Generic plans would lock every partition, so each execution is planned for its bounds.
  std::string sql = "SELECT " + set("timezone", "UTC") + ", " +
                    set("plan_cache_mode", "force_custom_plan") + ", " +
                    set("statement_timeout", std::to_string(settings.statement_timeout.count())) +
                    ", " + set("lock_timeout", std::to_string(settings.lock_timeout.count())) +
                    ", " + set("client_min_messages", "warning") + kDurableCommits;
  if (settings.pages_at_hand) sql += ", " + set("random_page_cost", "1.1");
  if (!settings.role.empty()) sql += ", " + set("role", settings.role);
  auto rows = exec(sql);
  if (!rows) return fail(rows.error());
  return {};
}

DbResult<Rows> Connection::exec(const std::string& sql, const Params& params) {
  const Instant end = until();
  if (broken_) return fail(lost(ErrorCode::kUnavailable, "the connection is broken"));
  // What the server cannot parse now would fail as it is sent, too.
  if (auto ready = prepare_if_worth(sql, end); !ready) return fail(ready.error());
  if (auto queued = send(sql, params); !queued) return fail(queued.error());
  if (auto sent = flush(end); !sent) return fail(sent.error());
  return last_result(end);
}

// Without a BEGIN among them the server makes one transaction of all statements up to the sync.
DbResult<Rows> Connection::exec_together(const std::vector<Statement>& statements) {
  const Instant end = until();
  if (broken_) return fail(lost(ErrorCode::kUnavailable, "the connection is broken"));
  for (const Statement& statement : statements) {
    // One may need what another makes: then it is sent as it is.
    if (!in_transaction()) (void)prepare_if_worth(statement.sql, end);
  }
  if (broken_ || PQenterPipelineMode(connection_.get()) != 1) return fail(network_failure());
  for (const Statement& statement : statements) {
    if (auto queued = send(statement.sql, statement.params); !queued) return fail(queued.error());
  }
  if (PQpipelineSync(connection_.get()) != 1) return fail(network_failure());
  if (auto sent = flush(end); !sent) return fail(sent.error());
  auto answer = last_result_together(end);
  if (!broken_ && PQexitPipelineMode(connection_.get()) != 1) return fail(network_failure());
  return answer;
}

DbResult<void> Connection::exec_script(const std::string& sql) {
  const Instant end = until();
  if (broken_) return fail(lost(ErrorCode::kUnavailable, "the connection is broken"));
  if (PQsendQuery(connection_.get(), sql.c_str()) != 1) return fail(network_failure());
  if (auto sent = flush(end); !sent) return sent;
  if (auto rows = last_result(end); !rows) return fail(rows.error());
  return {};
}

bool Connection::in_transaction() const {
  return PQtransactionStatus(connection_.get()) != PQTRANS_IDLE;
}

bool Connection::still_there() {
  if (broken_) return false;
  pollfd event{PQsocket(connection_.get()), POLLIN, 0};
  if (::poll(&event, 1, 0) == 0) return true;
  // Something came unasked: mostly the server's farewell, and a new connection is cheap.
  broken_ = true;
  return false;
}

int Connection::backend_pid() const {
  return PQbackendPID(connection_.get());
}

DbResult<void> Connection::prepare_if_worth(const std::string& sql, Instant until) {
  if (!prepared_.used(sql)) return {};
  const std::string name = prepared_.next_name();
  if (PQsendPrepare(connection_.get(), name.c_str(), sql.c_str(), 0, nullptr) != 1) {
    return fail(network_failure());
  }
  if (auto sent = flush(until); !sent) return sent;
  if (auto done = last_result(until); !done) return fail(done.error());
  prepared_.added(sql);
  return {};
}

DbResult<void> Connection::send(const std::string& sql, const Params& params) {
  std::vector<const char*> values;
  values.reserve(params.size());
  for (const Param& param : params) values.push_back(param.data());
  const int count = static_cast<int>(values.size());
  const std::string* const name = prepared_.name_of(sql);
  const int queued = name ? PQsendQueryPrepared(connection_.get(), name->c_str(), count,
                                                values.data(), nullptr, nullptr, 0)
                          : PQsendQueryParams(connection_.get(), sql.c_str(), count, nullptr,
                                              values.data(), nullptr, nullptr, 0);
  if (queued != 1) return fail(network_failure());
  return {};
}

DbResult<void> Connection::flush(Instant until) {
  while (true) {
    const int left = PQflush(connection_.get());
    if (left == 0) return {};
    if (left < 0) return fail(network_failure());
    // The server may be busy sending to us before it reads on, so input must not be left waiting.
    if (auto ready = wait(true, until); !ready) return ready;
    if (PQconsumeInput(connection_.get()) != 1) return fail(network_failure());
  }
}

// An empty Rows with no result behind it means that the statement is over.
DbResult<Rows> Connection::next_result(Instant until) {
  while (PQisBusy(connection_.get()) != 0) {
    if (auto ready = wait(false, until); !ready) return fail(ready.error());
    if (PQconsumeInput(connection_.get()) != 1) return fail(network_failure());
  }
  PGresult* result = PQgetResult(connection_.get());
  if (result == nullptr || !is_failure(result)) return Rows(result);
  const Rows keeper(result);
  DbError error = error_of(result);
  if (error.sqlstate.empty()) return fail(network_failure());
  if (ends_session(error.sqlstate)) broken_ = true;
  return fail(std::move(error));
}

DbResult<Rows> Connection::last_result(Instant until) {
  DbResult<Rows> answer{Rows()};
  while (true) {
    auto result = next_result(until);
    if (broken_) return answer ? std::move(result) : std::move(answer);
    if (result && result->is_end()) return answer;
    if (answer) answer = std::move(result);  // the first error stays
  }
}

// Each statement's results end as if it were alone; the sync ends them all.
DbResult<Rows> Connection::last_result_together(Instant until) {
  DbResult<Rows> answer{Rows()};
  while (true) {
    auto result = next_result(until);
    if (broken_) return answer ? std::move(result) : std::move(answer);
    if (result && result->is_sync()) return answer;
    if (result && result->is_end()) continue;
    if (answer) answer = std::move(result);  // the first error stays
  }
}

DbResult<void> Connection::wait(bool to_write, Instant until) {
  constexpr auto kLook = 100ms;  // for being told to give up
  pollfd event{PQsocket(connection_.get()), static_cast<short>(POLLIN | (to_write ? POLLOUT : 0)),
               0};
  while (true) {
    if (give_up_ != nullptr && *give_up_) {
      return fail(lost(ErrorCode::kUnavailable, "given up, as the daemon stops"));
    }
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left <= 0ms) {
      return fail(lost(ErrorCode::kTimeout, "the database did not answer within the deadline"));
    }
    const auto patience = give_up_ == nullptr ? left : std::min(left, kLook);
    const int ready = ::poll(&event, 1, static_cast<int>(patience.count()));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return fail(network_failure());
  }
}

DbError Connection::lost(ErrorCode code, std::string message) {
  broken_ = true;
  return {{code, std::move(message)}, "", ""};
}

DbError Connection::network_failure() {
  const std::string why = trimmed(PQerrorMessage(connection_.get()));
  return lost(ErrorCode::kUnavailable,
              why.empty() ? "the connection to the database was lost" : why);
}

}  // namespace muster
