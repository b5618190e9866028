#include "postgres_run.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "server_facts.h"

namespace postgres_probe {
namespace {

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ",") + text;
  return all;
}

// As many times as there are addresses, because libpq pairs them.
std::string repeated(const std::string& name, std::size_t times) {
  return joined(std::vector<std::string>(times, name));
}

std::optional<std::string> field(const PGresult* answer, int column) {
  if (PQgetisnull(answer, 0, column)) return std::nullopt;
  return std::string(PQgetvalue(answer, 0, column));
}

}  // namespace

void PostgresRun::start(const std::string& server) {
  names_.start(run_, server, [self = shared_from_this(), server](const auto& addresses) {
    self->connect(server, addresses);
  });
}

// The addresses are given, or libpq would resolve the name itself and block the loop meanwhile. The
// name is what the certificate must show. Nothing is taken from the daemon's environment or home.
void PostgresRun::connect(const std::string& server, const plugin_client::Addresses& addresses) {
  if (addresses.reason != MUSTER_REASON_NONE) {
    return fail({addresses.status(), addresses.reason, addresses.error});
  }
  end_phase("dns");
  const std::size_t count = addresses.texts.size();
  const std::string hosts = repeated(server, count), ports = repeated(config_.port, count),
                    hostaddrs = joined(addresses.texts);
  // With a file of authorities "require" would be "verify-ca".
  const bool verifies = config_.sslmode.starts_with("verify");
  const std::string root = verifies ? config_.sslrootcert : "/nonexistent/root.crt";
  const std::array<std::pair<const char*, const char*>, 14> settings{
      {{"host", hosts.c_str()},
       {"hostaddr", hostaddrs.c_str()},
       {"port", ports.c_str()},
       {"user", config_.user.c_str()},
       {"password", config_.password.c_str()},
       {"passfile", "/dev/null"},
       {"dbname", config_.database.c_str()},
       {"sslmode", config_.sslmode.c_str()},
       {"sslrootcert", root.c_str()},
       {"ssl_min_protocol_version", "TLSv1.2"},
       {"gssencmode", "disable"},
       {"application_name", "muster"},
       {"client_encoding", "UTF8"},
       {"target_session_attrs", "any"}}};
  std::array<const char*, settings.size() + 1> keys{}, values{};
  for (std::size_t i = 0; i < settings.size(); ++i) {
    std::tie(keys[i], values[i]) = settings[i];
  }
  connection_.reset(PQconnectStartParams(keys.data(), values.data(), 0));
  if (!connection_) return fail({MUSTER_UNKNOWN, MUSTER_REASON_SELF_OVERLOAD, "no memory"});
  PQsetErrorVerbosity(connection_.get(), PQERRORS_VERBOSE);  // with the SQLSTATE
  if (PQstatus(connection_.get()) == CONNECTION_BAD) return fail_of_connection();
  wait(MUSTER_POLL_WRITE, &PostgresRun::on_connecting);
}

void PostgresRun::on_connecting() {
  const auto polled = PQconnectPoll(connection_.get());
  if (!reached_ && PQstatus(connection_.get()) != CONNECTION_STARTED &&
      polled != PGRES_POLLING_FAILED) {
    reached_ = true;
    end_phase("connect");
  }
  if (polled == PGRES_POLLING_READING) return wait(MUSTER_POLL_READ, &PostgresRun::on_connecting);
  if (polled == PGRES_POLLING_WRITING) return wait(MUSTER_POLL_WRITE, &PostgresRun::on_connecting);
  if (polled != PGRES_POLLING_OK) return fail_of_connection();
  open_ = true;
  PQsetErrorVerbosity(connection_.get(), PQERRORS_DEFAULT);
  PQsetnonblocking(connection_.get(), 1);
  send();
}

void PostgresRun::send() {
  if (send_step() != 1) return fail_of_connection();
  flush();
}

int PostgresRun::send_step() {
  PGconn* const connection = connection_.get();
  const auto ask = [connection](const char* sql, const char* parameter) {
    return PQsendQueryParams(connection, sql, parameter == nullptr ? 0 : 1, nullptr, &parameter,
                             nullptr, nullptr, 0);
  };
  const std::int64_t left_ms =
      std::max<std::int64_t>((deadline_ns_ - host_.now_ns()) / 1'000'000, 1);
  switch (step_) {
    case Step::kBegin:
      return ask("BEGIN READ ONLY", nullptr);
    case Step::kLimit:
      return ask("SELECT set_config('statement_timeout', $1, true)",
                 std::to_string(left_ms).c_str());
    case Step::kFacts:
      return ask(kFactsSql, config_.database_size ? "true" : "false");
    default:
      return ask(config_.query.text.c_str(), nullptr);
  }
}

void PostgresRun::flush() {
  const int left = PQflush(connection_.get());
  if (left < 0) return fail_of_connection();
  if (left == 0) return wait(MUSTER_POLL_READ, &PostgresRun::receive);
  wait(MUSTER_POLL_WRITE, &PostgresRun::flush);
}

void PostgresRun::receive() {
  if (PQconsumeInput(connection_.get()) != 1) return fail_of_connection();
  while (PQisBusy(connection_.get()) == 0) {
    Answer next(PQgetResult(connection_.get()));
    if (!next) return on_answer(std::exchange(answer_, nullptr));
    answer_ = std::move(next);
  }
  wait(MUSTER_POLL_READ, &PostgresRun::receive);
}

void PostgresRun::on_answer(const Answer& answer) {
  if (!answer) return fail_of_connection();
  const auto status = PQresultStatus(answer.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) return on_refused(answer.get());
  if (step_ == Step::kFacts) read_facts(answer.get());
  if (step_ == Step::kQuery) read_query(answer.get());
  step_ = static_cast<Step>(static_cast<int>(step_) + 1);
  if (step_ == Step::kQuery && config_.query.text.empty()) step_ = Step::kDone;
  if (step_ != Step::kDone) return send();
  end_phase("first_byte");
  connection_ = nullptr;
  report_.complete(std::move(run_));
}

void PostgresRun::read_facts(const PGresult* answer) {
  const auto facts = ServerFacts::read([answer](int column) { return field(answer, column); });
  judge_facts(config_, facts, report_);
}

void PostgresRun::read_query(const PGresult* answer) {
  plugin_client::SqlAnswer told;
  told.rows = static_cast<std::size_t>(PQntuples(answer));
  told.columns = static_cast<std::size_t>(PQnfields(answer));
  if (told.rows > 0 && told.columns > 0) told.value = field(answer, 0);
  plugin_client::judge_query(config_.query, told, report_);
}

void PostgresRun::on_refused(const PGresult* answer) {
  const char* const sqlstate = PQresultErrorField(answer, PG_DIAG_SQLSTATE);
  if (sqlstate == nullptr) return fail_of_connection();
  const char* const words = PQresultErrorField(answer, PG_DIAG_MESSAGE_PRIMARY);
  Trouble trouble = read_sqlstate(sqlstate, words == nullptr ? "" : words);
  if (step_ == Step::kQuery) trouble.message = "query: " + trouble.message;
  fail(trouble);
}

void PostgresRun::wait(std::uint32_t events, Next next) {
  poll_.watch(run_, PQsocket(connection_.get()), events, INT64_MAX,
              [self = shared_from_this(), next](std::uint32_t ready) {
                ready == 0 ? self->on_time() : (self.get()->*next)();
              });
}

void PostgresRun::end_phase(const char* name) {
  const std::int64_t now = host_.now_ns();
  report_.add_phase(name, now - phase_began_ns_);
  phase_began_ns_ = now;
}

void PostgresRun::on_time() {
  if (host_.now_ns() < deadline_ns_) {
    return fail({MUSTER_UNKNOWN, MUSTER_REASON_CANCELLED, "the run was cancelled"});
  }
  if (!reached_)
    return fail({MUSTER_CRITICAL, MUSTER_REASON_TIMEOUT_CONNECT, "no connection in time"});
  fail({MUSTER_CRITICAL, MUSTER_REASON_TIMEOUT_RESPONSE,
        open_ ? "no whole answer in time" : "the server did not let us in in time"});
}

void PostgresRun::fail(const Trouble& trouble) {
  connection_ = nullptr;
  report_.complete(std::move(run_), trouble.status, trouble.reason, trouble.message);
}

void PostgresRun::fail_of_connection() {
  fail(read_connect_error(PQerrorMessage(connection_.get())));
}

}  // namespace postgres_probe
