#include "postgres_run.h"

#include "connect_error.h"
#include "connect_settings.h"
#include "server_facts.h"

namespace postgres_probe {

// The address is given, or libpq would resolve the name itself and block the loop meanwhile.
void PostgresRun::connect(const std::string& address) {
  const ConnectSettings settings(config_, server_, address);
  connection_.reset(PQconnectStartParams(settings.keys(), settings.values(), 0));
  if (!connection_) return fail({MUSTER_UNKNOWN, MUSTER_REASON_SELF_OVERLOAD, "no memory"});
  PQsetErrorVerbosity(connection_.get(), PQERRORS_VERBOSE);  // with the SQLSTATE
  // What a server remarks on is not for the daemon's log.
  PQsetNoticeReceiver(
      connection_.get(), [](void*, const PGresult*) {}, nullptr);
  if (PQstatus(connection_.get()) == CONNECTION_BAD) return fail_of_connection();
  wait_for(MUSTER_POLL_WRITE, &PostgresRun::on_connecting);
}

void PostgresRun::on_connecting() {
  const auto polled = PQconnectPoll(connection_.get());
  if (!reached() && PQstatus(connection_.get()) != CONNECTION_STARTED &&
      polled != PGRES_POLLING_FAILED) {
    set_reached();
    end_phase("connect");
  }
  if (polled == PGRES_POLLING_READING)
    return wait_for(MUSTER_POLL_READ, &PostgresRun::on_connecting);
  if (polled == PGRES_POLLING_WRITING)
    return wait_for(MUSTER_POLL_WRITE, &PostgresRun::on_connecting);
  if (polled != PGRES_POLLING_OK) return fail_of_connection();
  set_open();
  PQsetErrorVerbosity(connection_.get(), PQERRORS_DEFAULT);
  PQsetnonblocking(connection_.get(), 1);
  send();
}

void PostgresRun::send() {
  told_ = {};
  if (send_step() != 1) return fail_of_connection();
  PQsetSingleRowMode(connection_.get());
  flush();
}

int PostgresRun::send_step() {
  PGconn* const connection = connection_.get();
  const auto ask = [connection](const char* sql, const char* parameter) {
    return PQsendQueryParams(connection, sql, parameter == nullptr ? 0 : 1, nullptr, &parameter,
                             nullptr, nullptr, 0);
  };
  switch (step_) {
    case Step::kBegin:
      return ask("BEGIN READ ONLY", nullptr);
    case Step::kLimit:
      return ask("SELECT set_config('statement_timeout', $1, true)",
                 std::to_string(left_ms()).c_str());
    case Step::kFacts:
      return ask(kFactsSql, config_.database_size ? "true" : "false");
    default:
      return ask(config_.query.text.c_str(), nullptr);
  }
}

void PostgresRun::flush() {
  const int left = PQflush(connection_.get());
  if (left < 0) return fail_of_connection();
  if (left == 0) return wait_for(MUSTER_POLL_READ, &PostgresRun::receive);
  wait_for(MUSTER_POLL_WRITE, &PostgresRun::flush);
}

void PostgresRun::receive() {
  if (PQconsumeInput(connection_.get()) != 1) return fail_of_connection();
  while (PQisBusy(connection_.get()) == 0) {
    Answer next(PQgetResult(connection_.get()));
    if (!next) return end_step();
    if (!take(std::move(next))) return;
  }
  wait_for(MUSTER_POLL_READ, &PostgresRun::receive);
}

bool PostgresRun::take(Answer result) {
  switch (PQresultStatus(result.get())) {
    case PGRES_SINGLE_TUPLE:
      return take_row(result.get());
    case PGRES_TUPLES_OK:  // behind the rows
      told_.columns = static_cast<std::size_t>(PQnfields(result.get()));
      return true;
    case PGRES_COMMAND_OK:
      return true;
    case PGRES_FATAL_ERROR:
      on_refused(result.get());
      return false;
    default:  // a COPY, which would have to be carried on, or nothing at all
      on_strange_answer();
      return false;
  }
}

// A second row is enough to see that there are too many; the others are not waited for.
bool PostgresRun::take_row(const PGresult* row) {
  const auto text = [row](int column) -> std::optional<std::string> {
    if (PQgetisnull(row, 0, column)) return std::nullopt;
    return std::string(PQgetvalue(row, 0, column),
                       static_cast<std::size_t>(PQgetlength(row, 0, column)));
  };
  told_.columns = static_cast<std::size_t>(PQnfields(row));
  if (step_ == Step::kFacts) judge_facts(config_, ServerFacts::read(text), report_);
  if (++told_.rows == 1 && told_.columns > 0) told_.value = text(0);
  if (told_.rows == 1) return true;
  step_ == Step::kQuery ? judge_query() : on_strange_answer();
  return false;
}

void PostgresRun::end_step() {
  if (step_ == Step::kFacts && told_.rows == 0) return on_strange_answer();
  if (step_ == Step::kQuery) return judge_query();
  step_ = static_cast<Step>(static_cast<int>(step_) + 1);
  if (step_ != Step::kQuery || !config_.query.text.empty()) return send();
  end_phase("first_byte");
  complete();
}

void PostgresRun::judge_query() {
  muster::probes::judge_query(config_.query, told_, report_);
  end_phase("first_byte");
  complete();
}

void PostgresRun::on_refused(const PGresult* answer) {
  const char* const sqlstate = PQresultErrorField(answer, PG_DIAG_SQLSTATE);
  if (sqlstate == nullptr) return fail_of_connection();
  const char* const words = PQresultErrorField(answer, PG_DIAG_MESSAGE_PRIMARY);
  auto trouble = read_sqlstate(sqlstate, words == nullptr ? "" : words);
  if (step_ == Step::kQuery) trouble.message = "query: " + trouble.message;
  fail(trouble);
}

void PostgresRun::on_strange_answer() {
  if (step_ == Step::kQuery) {
    return fail({MUSTER_UNKNOWN, MUSTER_REASON_PLUGIN,
                 "query: it must be one statement that returns one value"});
  }
  fail({MUSTER_CRITICAL, MUSTER_REASON_PROTOCOL, "the server answers something else"});
}

void PostgresRun::wait_for(std::uint32_t events, Next next) {
  wait(PQsocket(connection_.get()), events, [this, next](std::uint32_t) { (this->*next)(); });
}

void PostgresRun::fail_of_connection() {
  fail_to_connect(read_connect_error(PQerrorMessage(connection_.get())));
}

}  // namespace postgres_probe
