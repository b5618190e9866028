// Asks PostgreSQL as PQping does: sends the startup packet and takes any answer of a server as
// alive, except 57P03, which it gives while starting up, recovering or shutting down. Needs no
// password: a request for one is an answer.
#pragma once

#include "agent-shim/check_target.h"
#include "agent-shim/component_check.h"

namespace muster::shim {

class PostgresqlCheck final : public ComponentCheck {
 public:
  explicit PostgresqlCheck(PostgresqlTarget target) : target_(std::move(target)) {}
  Result<std::string> run(const Deadline& deadline) const override;

 private:
  Result<std::string> converse(const Deadline& deadline) const;

  const PostgresqlTarget target_;
};

std::string startup_packet(const std::string& user, const std::string& database);

// What the server's first message means: its type byte and its body.
Result<std::string> judge_first_message(char type, std::string_view body);

}  // namespace muster::shim
