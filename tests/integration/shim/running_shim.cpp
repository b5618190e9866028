#include "tests/integration/shim/running_shim.h"

#include <Poco/JSON/Parser.h>

#include <stdexcept>

namespace muster::test {
using namespace std::chrono_literals;

RunningShim::RunningShim(const std::string& yaml, const ChildProcess::Environment& extra) {
  const auto config = directory_.write("shim.yaml", "listen: {port: 0}\n" + yaml);
  process_ = std::make_unique<ChildProcess>(
      kShimProgram, std::vector<std::string>{"--config", config.string()}, extra);
  const auto line = process_->wait_for_line("shim.listening", 20s);
  if (!line) throw std::runtime_error("the shim did not start: " + process_->output());
  const std::string mark = "address=127.0.0.1:";
  port_ = static_cast<std::uint16_t>(std::stoi(line->substr(line->find(mark) + mark.size())));
}

HttpAnswer RunningShim::get(const std::string& path,
                            const std::vector<std::string>& headers) const {
  auto answer = http_get(port_, path, headers, 20s);
  if (!answer) throw std::runtime_error("no answer from the shim for " + path);
  return *answer;
}

Poco::JSON::Object::Ptr RunningShim::json(const std::string& path) const {
  return Poco::JSON::Parser().parse(get(path).body).extract<Poco::JSON::Object::Ptr>();
}

std::string RunningShim::check(const std::string& name) const {
  const auto entry = json("/health")->getObject("checks")->getObject(name);
  const auto status = entry->getValue<std::string>("status");
  return status == "healthy" ? status : status + ": " + entry->getValue<std::string>("message");
}

}  // namespace muster::test
