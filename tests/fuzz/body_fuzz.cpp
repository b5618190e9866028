// Bodies of requests: whatever the bytes, they are taken or refused with an answer that is JSON.
#include "aggregator/api/group_input.h"
#include "aggregator/api/operation_input.h"
#include "aggregator/api/rotation_input.h"
#include "aggregator/api/server_input.h"
#include "tests/fuzz/readers/readers.h"

using namespace muster;

namespace {

// Takes a parameter and is never run.
class Action final : public OperationAction {
 public:
  std::string_view name() const override { return "set_status"; }
  Role role() const override { return Role::kAdmin; }
  std::vector<ParameterMistake> mistakes(const OperationParameters& given) const override {
    if (given.contains("status")) return {};
    return {{"status", "required", "says what the servers are to be"}};
  }
  std::optional<std::string> reason_to_skip(const OperationCandidate&,
                                            const OperationParameters&) const override {
    return std::nullopt;
  }
  bool blocks() const override { return false; }
  void run(const TargetRun&, Done) override {}
};

const OperationActions& actions() {
  static const OperationActions kActions = [] {
    OperationActions table;
    table.add(std::make_unique<Action>());
    return table;
  }();
  return kActions;
}

void read_server(const std::string& text) {
  const auto body = JsonBody::parse(text);
  fuzz::must_be_told_well(body);
  if (!body) return;
  fuzz::must_be_told_well(read_new_server(*body));
  ServerRecord server;
  server.name = "web-1";
  server.api_url = "https://web-1.example";
  fuzz::must_be_told_well(read_server_patch(*body, server));
}

void read_group_and_patch(const std::string& text) {
  fuzz::must_be_told_well(read_group(text, {}));
  GroupRecord group;
  group.name = "web";
  group.filter.tags = {"web"};
  fuzz::must_be_told_well(read_group(text, group));
  fuzz::must_be_told_well(read_members(text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  read_server(text);
  fuzz::must_be_told_well(read_rotation(text));
  read_group_and_patch(text);
  fuzz::must_be_told_well(read_operation(text, actions()));
  fuzz::must_be_told_well(read_health_check_of_all(text, actions()));
  fuzz::read_token(text);
  fuzz::read_organization(text);
  fuzz::read_session(text);
  return 0;
}
