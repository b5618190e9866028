// The load of ./dev bench storage: so many checks of a fleet, brought into PostgreSQL by the
// pipeline (spool, then COPY) or by one plain binary COPY of the same rows. Prints a line for the
// script: seconds, CPU seconds of the threads that did it.
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>

#include "aggregator/spool/result_pipeline.h"
#include "aggregator/storage/health_check_copy.h"
#include "aggregator/storage/postgres_batch_store.h"
#include "tests/support/eventually.h"
#include "tests/support/must.h"
#include "tests/support/sample_result.h"

namespace muster {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using test::must;

constexpr int kServers = 10'000;

// The n-th check: all servers in the same mixed order, each twice a minute, some with a message.
CheckResult check(const std::vector<ServerPointer>& servers, const ProbeSpecPointer& probe,
                  const std::vector<WordsPointer>& words, WallTime begin, std::int64_t n) {
  CheckResult result = test::sample_result(1, begin + n * 3ms);
  result.server = servers[static_cast<std::size_t>(n * 7919 % kServers)];
  result.probe = probe;
  result.duration = std::chrono::microseconds(800 + n * 7919 % 5'000);
  result.phases.first_byte = result.duration - 100us;
  result.phases.transfer = 40us;
  if (n % 20 == 0) result.words = words[static_cast<std::size_t>(n / 20) % words.size()];
  return result;
}

class Load {
 public:
  Load(std::int64_t rows, WallTime begin) : rows_(rows), begin_(begin) {
    for (int key = 1; key <= kServers; ++key) servers_.push_back(test::sample_server(key));
    for (int i = 0; i < 50; ++i)
      words_.push_back(say("disk " + std::to_string(i) + " nearly full"));
  }

  std::int64_t rows() const { return rows_; }
  CheckResult at(std::int64_t n) const { return check(servers_, probe_, words_, begin_, n); }

 private:
  const std::int64_t rows_;
  const WallTime begin_;
  std::vector<ServerPointer> servers_;
  const ProbeSpecPointer probe_ = test::sample_probe();
  std::vector<WordsPointer> words_;
};

double cpu_seconds(const std::string& stat) {
  std::istringstream fields(stat.substr(stat.rfind(')') + 2));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  double user = 0, system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

// Of the threads of this process that have one of these names.
double cpu_of(const std::vector<std::string>& threads) {
  double sum = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream file(task.path() / "stat");
    const std::string stat{std::istreambuf_iterator<char>(file), {}};
    for (const std::string& name : threads) {
      if (stat.find("(" + name + ")") != std::string::npos) sum += cpu_seconds(stat);
    }
  }
  return sum;
}

void wait(const std::function<bool()>& condition) {
  if (!test::eventually(10min, condition)) throw std::runtime_error("waited in vain");
}

void print(steady_clock::time_point begin, double cpu) {
  const std::chrono::duration<double> took = steady_clock::now() - begin;
  std::cout << took.count() << ' ' << cpu << std::endl;
}

void by_pipeline(const std::string& conninfo, const std::string& spool, const Load& load) {
  const SystemClock clock;
  PipelineSettings settings;
  settings.directory = spool;
  settings.writer.stop_patience = 10min;
  const auto pipeline = must(ResultPipeline::open(
      settings, std::make_unique<PostgresBatchStore>(ConnectionSettings{conninfo}), clock));
  pipeline->start();
  const auto begin = steady_clock::now();
  const Verdict well = test::sample_verdict();
  for (std::int64_t n = 0; n < load.rows(); ++n) {
    if (!pipeline->sink().has_room()) wait([&] { return pipeline->sink().has_room(); });
    pipeline->sink().on_result(load.at(n), well);
  }
  const auto& counters = pipeline->writer().counters();
  wait([&] { return counters.checks_written == load.rows(); });
  print(begin, cpu_of({"spool", "writer"}));
  pipeline->stop();
}

void by_copy(const std::string& conninfo, const Load& load) {
  Connection connection = must(Connection::open({.conninfo = conninfo, .deadline = 10min}));
  HealthCheckCopy copy({{WallTime::min(), WallTime::max()}}, "");
  for (std::int64_t n = 0; n < load.rows(); ++n) {
    copy.add(ResultRow::from(load.at(n), test::sample_verdict()), {1, n % 20 == 0 ? n : 0});
  }
  const double before = cpu_of({"storage_load"});
  const auto begin = steady_clock::now();
  must(copy.facts().send(connection));
  print(begin, cpu_of({"storage_load"}) - before);
}

}  // namespace
}  // namespace muster

// storage_load CONNINFO SPOOL|copy ROWS UNIX_SECONDS
int main(int argc, char** argv) {
  if (argc != 5) return 2;
  const muster::WallTime begin{std::chrono::seconds(std::stoll(argv[4]))};
  const muster::Load load(std::stoll(argv[3]), begin);
  if (argv[2] == std::string("copy")) {
    muster::by_copy(argv[1], load);
  } else {
    muster::by_pipeline(argv[1], argv[2], load);
  }
}
