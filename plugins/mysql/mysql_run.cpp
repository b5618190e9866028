#include "mysql_run.h"

#include <sys/socket.h>

#include <algorithm>

namespace mysql_probe {
namespace {

Table read_table(MYSQL_RES* result) {
  Table table;
  const unsigned columns = mysql_num_fields(result);
  const MYSQL_FIELD* const fields = mysql_fetch_fields(result);
  for (unsigned i = 0; i < columns; ++i) table.columns.emplace_back(fields[i].name);
  while (MYSQL_ROW row = mysql_fetch_row(result)) {
    const unsigned long* const sizes = mysql_fetch_lengths(result);
    auto& cells = table.rows.emplace_back();
    for (unsigned i = 0; i < columns; ++i) {
      cells.push_back(row[i] == nullptr ? std::nullopt
                                        : std::optional(std::string(row[i], sizes[i])));
    }
  }
  return table;
}

}  // namespace

// A farewell to the server could block; the shutdown makes it fail at once.
MysqlRun::~MysqlRun() {
  if (mysql_ == nullptr) return;
  const auto socket = mysql_get_socket(mysql_);
  if (socket != MARIADB_INVALID_SOCKET) ::shutdown(socket, SHUT_RDWR);
  mysql_close(mysql_);
}

void MysqlRun::start(const std::string& server) {
  plugin_client::NameLookup(host_).start(
      run_, server, [self = shared_from_this(), server](const auto& addresses) {
        self->on_addresses(server, addresses);
      });
}

// The library checks the certificate against the name that it is given, and given a name it
// resolves it by itself: then its first steps are made on a thread that may block.
void MysqlRun::on_addresses(const std::string& server, const plugin_client::Addresses& addresses) {
  if (addresses.reason != MUSTER_REASON_NONE) {
    return fail({addresses.status(), addresses.reason, addresses.error});
  }
  end_phase("dns");
  mysql_ = mysql_init(nullptr);
  if (mysql_ == nullptr) return fail({MUSTER_UNKNOWN, MUSTER_REASON_SELF_OVERLOAD, "no memory"});
  set_options();
  if (config_.sslmode != "verify-full" || plugin_client::is_address(server)) {
    connect_to_ = addresses.texts.front();
    return drive(start_call());
  }
  connect_to_ = server;
  const auto waits_for = std::make_shared<int>(0);
  const auto self = shared_from_this();
  const bool taken = plugin_client::BlockingCall(host_).start(
      run_, [self, waits_for] { *waits_for = self->start_call(); },
      [self, waits_for](bool ended) { ended ? self->drive(*waits_for) : self->on_time(); });
  if (!taken) fail({MUSTER_UNKNOWN, MUSTER_REASON_SELF_OVERLOAD, "no thread is free"});
}

// A server must neither get a file of ours nor a password in the clear.
void MysqlRun::set_options() {
  const unsigned local_files = 0;
  const unsigned long most_bytes = 1 << 20;
  const unsigned tcp = MYSQL_PROTOCOL_TCP;  // also to "localhost"
  mysql_options(mysql_, MYSQL_OPT_NONBLOCK, nullptr);
  mysql_options(mysql_, MYSQL_OPT_PROTOCOL, &tcp);
  mysql_options(mysql_, MYSQL_OPT_LOCAL_INFILE, &local_files);
  mysql_options(mysql_, MYSQL_OPT_MAX_ALLOWED_PACKET, &most_bytes);
  mysql_options(mysql_, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  mysql_options(mysql_, MARIADB_OPT_RESTRICTED_AUTH,
                "mysql_native_password,client_ed25519,caching_sha2_password,sha256_password");
  if (config_.sslmode == "disable") return;
  const my_bool yes = 1;
  const my_bool verify = config_.sslmode == "verify-full" ? 1 : 0;
  mysql_options(mysql_, MYSQL_OPT_SSL_ENFORCE, &yes);
  mysql_options(mysql_, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
  mysql_options(mysql_, MARIADB_OPT_TLS_VERSION, "TLSv1.2,TLSv1.3");
  if (verify != 0) mysql_options(mysql_, MYSQL_OPT_SSL_CA, config_.sslrootcert.c_str());
}

int MysqlRun::start_call() {
  switch (call_) {
    case Call::kConnect:
      return mysql_real_connect_start(
          &connected_, mysql_, connect_to_.c_str(), config_.user.c_str(), config_.password.c_str(),
          config_.database.empty() ? nullptr : config_.database.c_str(), config_.port, nullptr, 0);
    case Call::kQuery:
      return mysql_real_query_start(&query_result_, mysql_, statement_.data(), statement_.size());
    default:
      return mysql_store_result_start(&result_, mysql_);
  }
}

int MysqlRun::continue_call(int ready) {
  switch (call_) {
    case Call::kConnect:
      return mysql_real_connect_cont(&connected_, mysql_, ready);
    case Call::kQuery:
      return mysql_real_query_cont(&query_result_, mysql_, ready);
    default:
      return mysql_store_result_cont(&result_, mysql_, ready);
  }
}

void MysqlRun::drive(int waits_for) {
  if (waits_for == 0) return on_ended();
  std::uint32_t events = 0;
  if ((waits_for & MYSQL_WAIT_READ) != 0) events |= MUSTER_POLL_READ;
  if ((waits_for & MYSQL_WAIT_WRITE) != 0) events |= MUSTER_POLL_WRITE;
  poll_.watch(run_, mysql_get_socket(mysql_), events, INT64_MAX,
              [self = shared_from_this()](std::uint32_t seen) {
                if (seen == 0) return self->on_time();
                const int ready = ((seen & MUSTER_POLL_READ) != 0 ? MYSQL_WAIT_READ : 0) |
                                  ((seen & MUSTER_POLL_WRITE) != 0 ? MYSQL_WAIT_WRITE : 0);
                self->drive(self->continue_call(ready));
              });
}

void MysqlRun::on_ended() {
  switch (call_) {
    case Call::kConnect:
      if (connected_ == nullptr) return on_refused();
      end_phase("connect");
      return ask();
    case Call::kQuery:
      if (query_result_ != 0) return on_refused();
      call_ = Call::kStore;
      return drive(start_call());
    case Call::kStore:
      return on_table();
  }
}

void MysqlRun::ask() {
  statement_ = statement();
  call_ = Call::kQuery;
  drive(start_call());
}

// Not START TRANSACTION READ ONLY, which a CREATE TABLE would end. Two rows are enough to see that
// there are too many.
std::string MysqlRun::statement() const {
  const std::int64_t left_ms =
      std::max<std::int64_t>((deadline_ns_ - host_.now_ns()) / 1'000'000, 1);
  switch (step_) {
    case Step::kLimits:
      return std::string("SET SESSION sql_select_limit = 2, ") +
             (mariadb_connection(mysql_) != 0
                  ? "max_statement_time = " + std::to_string(static_cast<double>(left_ms) / 1000)
                  : "max_execution_time = " + std::to_string(left_ms));
    case Step::kReadOnly:
      return "SET SESSION TRANSACTION READ ONLY";
    case Step::kVariables:
      return "SELECT @@global.max_connections AS most, @@global.read_only AS readonly";
    case Step::kStatus:
      return "SHOW GLOBAL STATUS WHERE Variable_name IN "
             "('Threads_connected', 'Threads_running', 'Uptime')";
    case Step::kReplica:
      return "SHOW REPLICA STATUS";
    case Step::kOldReplica:
      return "SHOW SLAVE STATUS";
    default:
      return config_.query.text;
  }
}

void MysqlRun::on_table() {
  if (result_ == nullptr && mysql_errno(mysql_) != 0) return on_refused();
  Table table;
  if (result_ != nullptr) table = read_table(result_);
  mysql_free_result(std::exchange(result_, nullptr));
  judge_step(table);
  next_step();
}

void MysqlRun::judge_step(const Table& table) {
  if (step_ == Step::kVariables) {
    most_connections_ = plugin_client::to_number(table.find("most").value_or("")).value_or(0);
    judge_read_only(table.find("readonly").value_or("0") != "0", report_);
  } else if (step_ == Step::kStatus) {
    judge_connections(config_, table, most_connections_, report_);
  } else if (step_ == Step::kReplica || step_ == Step::kOldReplica) {
    judge_replication(config_, table, report_);
    step_ = Step::kOldReplica;
  } else if (step_ == Step::kQuery) {
    plugin_client::SqlAnswer answer{table.rows.size(), table.columns.size(), {}};
    if (!table.rows.empty() && !table.columns.empty()) answer.value = table.rows.front().front();
    plugin_client::judge_query(config_.query, answer, report_);
  }
}

void MysqlRun::next_step() {
  step_ = static_cast<Step>(static_cast<int>(step_) + 1);
  if (step_ == Step::kQuery && config_.query.text.empty()) step_ = Step::kDone;
  if (step_ != Step::kDone) return ask();
  end_phase("first_byte");
  report_.complete(std::move(run_));
}

void MysqlRun::on_refused() {
  const unsigned code = mysql_errno(mysql_);
  if (step_ == Step::kReplica && code == kSyntaxError) {
    step_ = Step::kOldReplica;
    return ask();
  }
  if ((step_ == Step::kReplica || step_ == Step::kOldReplica) && is_no_right(code)) {
    judge_unseen_replication(config_, report_);
    step_ = Step::kOldReplica;
    return next_step();
  }
  Trouble trouble = read_error(code, mysql_error(mysql_));
  if (step_ == Step::kQuery) trouble.message = "query: " + trouble.message;
  fail(trouble);
}

void MysqlRun::end_phase(const char* name) {
  const std::int64_t now = host_.now_ns();
  report_.add_phase(name, now - phase_began_ns_);
  phase_began_ns_ = now;
}

void MysqlRun::on_time() {
  if (host_.now_ns() < deadline_ns_) {
    return fail({MUSTER_UNKNOWN, MUSTER_REASON_CANCELLED, "the run was cancelled"});
  }
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  const bool reached =
      mysql_ != nullptr &&
      ::getpeername(mysql_get_socket(mysql_), reinterpret_cast<sockaddr*>(&peer), &size) == 0;
  if (!reached)
    return fail({MUSTER_CRITICAL, MUSTER_REASON_TIMEOUT_CONNECT, "no connection in time"});
  fail(
      {MUSTER_CRITICAL, MUSTER_REASON_TIMEOUT_RESPONSE,
       connected_ != nullptr ? "no whole answer in time" : "the server did not let us in in time"});
}

void MysqlRun::fail(const Trouble& trouble) {
  report_.complete(std::move(run_), trouble.status, trouble.reason, trouble.message);
}

}  // namespace mysql_probe
