#include "mysql_run.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>

#include "error_code.h"

namespace mysql_probe {
namespace {

using std::chrono::steady_clock;

// Until when the handshake that this worker makes may go on.
thread_local steady_clock::time_point handshake_ends;

// In a TLS handshake the library blocks even in its non-blocking half, and asks this.
int wait_in_handshake(my_socket socket, my_bool to_read, int) {
  pollfd waited{socket, static_cast<short>(to_read != 0 ? POLLIN : POLLOUT), 0};
  int ready = 0;
  do {
    const auto left = handshake_ends - steady_clock::now();
    const auto left_ms = std::chrono::duration_cast<std::chrono::milliseconds>(left).count();
    ready = ::poll(&waited, 1, static_cast<int>(std::max<std::int64_t>(left_ms, 0)));
  } while (ready < 0 && errno == EINTR);
  return ready;
}

bool has_peer(int socket) {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  return ::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) == 0;
}

}  // namespace

// A farewell to the server, or what is left of an answer, could block; the shutdown makes both fail
// at once.
void MysqlRun::Close::operator()(MYSQL* mysql) const {
  const auto socket = mysql_get_socket(mysql);
  if (socket != MARIADB_INVALID_SOCKET) ::shutdown(socket, SHUT_RDWR);
  mysql_close(mysql);
}

// The library checks the certificate against the name that it is given to connect to, and would
// resolve that by itself, to addresses that nobody has looked at. It reads the name again when the
// connection stands: so it is given the address to connect to and the name to check.
void MysqlRun::connect(const std::string& address) {
  disconnect();
  mysql_.reset(mysql_init(nullptr));
  if (!mysql_) return fail({MUSTER_UNKNOWN, MUSTER_REASON_SELF_OVERLOAD, "no memory"});
  set_options();
  std::snprintf(connect_to_.data(), connect_to_.size(), "%s", address.c_str());
  const int waits_for = start_call();
  std::snprintf(connect_to_.data(), connect_to_.size(), "%s", server_.c_str());
  drive(waits_for);
}

void MysqlRun::disconnect() {
  if (on_worker_) return;  // the last one who holds us closes it
  if (mysql_ != nullptr && result_ != nullptr) {
    ::shutdown(mysql_get_socket(mysql_.get()), SHUT_RDWR);
    mysql_free_result(std::exchange(result_, nullptr));
  }
  mysql_ = nullptr;
}

// A server must neither get a file of ours nor a password in the clear.
void MysqlRun::set_options() {
  const unsigned local_files = 0;
  const unsigned long largest_packet = 32 << 20;  // beyond kMostBytes, which tells what is wrong
  const unsigned tcp = MYSQL_PROTOCOL_TCP;        // also to "localhost"
  MYSQL* const mysql = mysql_.get();
  mysql_options(mysql, MYSQL_OPT_NONBLOCK, nullptr);
  mysql_options(mysql, MYSQL_OPT_PROTOCOL, &tcp);
  mysql_options(mysql, MYSQL_OPT_LOCAL_INFILE, &local_files);
  mysql_options(mysql, MYSQL_OPT_MAX_ALLOWED_PACKET, &largest_packet);
  mysql_options(mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  mysql_options(mysql, MARIADB_OPT_RESTRICTED_AUTH,
                "mysql_native_password,client_ed25519,caching_sha2_password,sha256_password");
  if (config_.sslmode != "disable") set_tls();
}

void MysqlRun::set_tls() {
  const my_bool yes = 1;
  const my_bool verify = config_.sslmode == "verify-full" ? 1 : 0;
  MYSQL* const mysql = mysql_.get();
  mysql_options(mysql, MARIADB_OPT_IO_WAIT, reinterpret_cast<const void*>(&wait_in_handshake));
  mysql_options(mysql, MYSQL_OPT_SSL_ENFORCE, &yes);
  mysql_options(mysql, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
  mysql_options(mysql, MARIADB_OPT_TLS_VERSION, "TLSv1.2,TLSv1.3");
  if (verify != 0) mysql_options(mysql, MYSQL_OPT_SSL_CA, config_.sslrootcert.c_str());
}

int MysqlRun::start_call() {
  MYSQL* const mysql = mysql_.get();
  switch (call_) {
    case Call::kConnect:
      return mysql_real_connect_start(
          &connected_, mysql, connect_to_.data(), config_.user.c_str(), config_.password.c_str(),
          config_.database.empty() ? nullptr : config_.database.c_str(), config_.port, nullptr, 0);
    case Call::kQuery:
      return mysql_real_query_start(&query_result_, mysql, statement_.data(), statement_.size());
    default:
      return mysql_fetch_row_start(&row_, result_);
  }
}

int MysqlRun::continue_call(int ready) {
  switch (call_) {
    case Call::kConnect:
      return mysql_real_connect_cont(&connected_, mysql_.get(), ready);
    case Call::kQuery:
      return mysql_real_query_cont(&query_result_, mysql_.get(), ready);
    default:
      return mysql_fetch_row_cont(&row_, result_, ready);
  }
}

void MysqlRun::drive(int waits_for) {
  if (waits_for == 0) return on_ended();
  std::uint32_t events = 0;
  if ((waits_for & MYSQL_WAIT_READ) != 0) events |= MUSTER_POLL_READ;
  if ((waits_for & MYSQL_WAIT_WRITE) != 0) events |= MUSTER_POLL_WRITE;
  wait(mysql_get_socket(mysql_.get()), events, [this](std::uint32_t seen) {
    on_ready(((seen & MUSTER_POLL_READ) != 0 ? MYSQL_WAIT_READ : 0) |
             ((seen & MUSTER_POLL_WRITE) != 0 ? MYSQL_WAIT_WRITE : 0));
  });
}

void MysqlRun::on_ready(int ready) {
  if (!reached() && has_peer(mysql_get_socket(mysql_.get()))) set_reached();
  const bool may_block = call_ == Call::kConnect && config_.sslmode != "disable";
  may_block ? continue_on_worker(ready) : drive(continue_call(ready));
}

// What goes on at the deadline is left to itself; a little later it ends by itself.
void MysqlRun::continue_on_worker(int ready) {
  const auto self = std::static_pointer_cast<MysqlRun>(shared_from_this());
  const auto waits_for = std::make_shared<int>(0);
  const auto ends = steady_clock::now() + std::chrono::milliseconds(left_ms() + 200);
  on_worker_ = true;
  const bool taken = blocking_.start(
      run_,
      [self, waits_for, ready, ends] {
        handshake_ends = ends;
        *waits_for = self->continue_call(ready);
      },
      [self, waits_for](bool ended) {
        if (!ended) return self->on_time();
        self->on_worker_ = false;
        self->drive(*waits_for);
      });
  if (taken) return;
  on_worker_ = false;
  fail({MUSTER_UNKNOWN, MUSTER_REASON_SELF_OVERLOAD, "no thread is free"});
}

void MysqlRun::on_ended() {
  switch (call_) {
    case Call::kConnect:
      return connected_ == nullptr ? on_refused() : on_connected();
    case Call::kQuery:
      return query_result_ == 0 ? on_answer() : on_refused();
    case Call::kFetch:
      if (take_row()) fetch();
  }
}

// Without a certificate to verify the library logs in without TLS where a server has none.
void MysqlRun::on_connected() {
  set_open();
  end_phase("connect");
  if (config_.sslmode != "disable" && mysql_get_ssl_cipher(mysql_.get()) == nullptr) {
    return fail({MUSTER_CRITICAL, MUSTER_REASON_TLS_FAILED, "the server does not speak TLS"});
  }
  ask();
}

void MysqlRun::ask() {
  statement_ = statement();
  call_ = Call::kQuery;
  drive(start_call());
}

// Not START TRANSACTION READ ONLY, which a CREATE TABLE would end.
std::string MysqlRun::statement() const {
  switch (step_) {
    case Step::kLimits:
      return mariadb_connection(mysql_.get()) != 0
                 ? "SET SESSION max_statement_time = " +
                       std::to_string(static_cast<double>(left_ms()) / 1000)
                 : "SET SESSION max_execution_time = " + std::to_string(left_ms());
    case Step::kReadOnly:
      return "SET SESSION TRANSACTION READ ONLY";
    case Step::kVariables:
      return "SELECT @@global.max_connections AS most, @@global.read_only AS readonly";
    case Step::kStatus:
      return "SHOW GLOBAL STATUS WHERE Variable_name IN "
             "('Threads_connected', 'Threads_running', 'Uptime')";
    case Step::kReplica:  // every channel, which MySQL shows without ALL
      return mariadb_connection(mysql_.get()) != 0 ? "SHOW ALL SLAVES STATUS"
                                                   : "SHOW REPLICA STATUS";
    case Step::kOldReplica:
      return "SHOW SLAVE STATUS";
    default:
      return config_.query.text;
  }
}

// Rows are read one after the other: what a query returns may be without end.
void MysqlRun::on_answer() {
  table_ = {};
  table_bytes_ = 0;
  result_ = mysql_use_result(mysql_.get());
  if (result_ == nullptr) return mysql_errno(mysql_.get()) == 0 ? end_step() : on_refused();
  const MYSQL_FIELD* const fields = mysql_fetch_fields(result_);
  const unsigned columns = mysql_num_fields(result_);
  for (unsigned i = 0; i < columns; ++i) table_.columns.emplace_back(fields[i].name);
  call_ = Call::kFetch;
  fetch();
}

void MysqlRun::fetch() {
  int waits_for = 0;
  do {
    waits_for = start_call();
  } while (waits_for == 0 && take_row());
  if (waits_for != 0) drive(waits_for);
}

// False: no other is to be fetched.
bool MysqlRun::take_row() {
  if (row_ == nullptr) {
    mysql_errno(mysql_.get()) == 0 ? end_step() : on_refused();
    return false;
  }
  const unsigned long* const sizes = mysql_fetch_lengths(result_);
  auto& cells = table_.rows.emplace_back();
  for (unsigned i = 0; i < table_.columns.size(); ++i) {
    cells.push_back(row_[i] == nullptr ? std::nullopt
                                       : std::optional(std::string(row_[i], sizes[i])));
    table_bytes_ += sizeof cells.back() + sizes[i];
  }
  // Two are enough to see that there are too many.
  const bool enough = step_ == Step::kQuery && table_.rows.size() > 1;
  if (enough) end_step();
  if (!enough && table_bytes_ > kMostBytes) fail_too_large();
  return !enough && table_bytes_ <= kMostBytes;
}

void MysqlRun::end_step() {
  // The last step's may have rows left, which are read by nobody.
  if (step_ != Step::kQuery) mysql_free_result(std::exchange(result_, nullptr));
  judge_step();
  next_step();
}

void MysqlRun::judge_step() {
  if (step_ == Step::kVariables) {
    most_connections_ = muster::probes::to_number(table_.find("most").value_or("")).value_or(0);
    judge_read_only(table_.find("readonly").value_or("0") != "0", report_);
  } else if (step_ == Step::kStatus) {
    judge_status(config_, table_, most_connections_, report_);
  } else if (step_ == Step::kReplica || step_ == Step::kOldReplica) {
    judge_replication(config_, table_, report_);
    step_ = Step::kOldReplica;
  } else if (step_ == Step::kQuery) {
    muster::probes::SqlAnswer answer{table_.rows.size(), table_.columns.size(), {}};
    if (!table_.rows.empty() && !table_.columns.empty()) answer.value = table_.rows.front().front();
    muster::probes::judge_query(config_.query, answer, report_);
  }
}

void MysqlRun::next_step() {
  step_ = static_cast<Step>(static_cast<int>(step_) + 1);
  if (step_ == Step::kQuery && config_.query.text.empty()) step_ = Step::kDone;
  if (step_ != Step::kDone) return ask();
  end_phase("first_byte");
  complete();
}

void MysqlRun::on_refused() {
  const unsigned code = mysql_errno(mysql_.get());
  if (step_ == Step::kReplica && code == kSyntaxError) {
    step_ = Step::kOldReplica;
    return ask();
  }
  if ((step_ == Step::kReplica || step_ == Step::kOldReplica) && is_no_right(code)) {
    judge_unseen_replication(config_, report_);
    step_ = Step::kOldReplica;
    return next_step();
  }
  Trouble trouble = read_error(code, mysql_error(mysql_.get()));
  if (step_ == Step::kQuery) trouble.message = "query: " + trouble.message;
  fail_to_connect(trouble);
}

}  // namespace mysql_probe
