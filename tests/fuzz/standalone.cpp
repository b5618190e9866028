// Runs a fuzz target without libFuzzer, for the tests of every day: the seeds of a folder as they
// are, then changed at random for a number of rounds: PROGRAM FOLDER ROUNDS.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

std::vector<std::string> read_seeds(const char* folder) {
  std::vector<std::string> seeds{""};
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream file(entry.path(), std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return seeds;
}

void run(const std::string& text) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
}

// A byte changed, a piece left out, doubled, or taken from another seed.
void change(std::string& text, const std::string& other, std::mt19937& random) {
  const std::size_t at = random() % (text.size() + 1), length = random() % 16;
  switch (random() % 4) {
    case 0:
      text.insert(at, 1, static_cast<char>(random()));
      break;
    case 1:
      text.erase(at, length);
      break;
    case 2:
      text.insert(at, text.substr(at, length));
      break;
    default:
      text.insert(at, other.substr(random() % (other.size() + 1), length));
  }
}

}  // namespace

int main(int, char** arguments) {
  const std::vector<std::string> seeds = read_seeds(arguments[1]);
  for (const std::string& seed : seeds) run(seed);
  const unsigned start = std::random_device()();
  std::printf("seed %u, %zu files\n", start, seeds.size() - 1);
  std::fflush(stdout);
  std::mt19937 random(start);
  for (int round = std::stoi(arguments[2]); round > 0; --round) {
    std::string text = seeds[random() % seeds.size()];
    for (std::size_t i = 1 + random() % 8; i > 0; --i) {
      change(text, seeds[random() % seeds.size()], random);
    }
    run(text);
  }
}
