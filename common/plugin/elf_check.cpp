#include "common/plugin/elf_check.h"

#include <elf.h>

#include <cstring>
#include <fstream>
#include <vector>

namespace muster {
namespace {

// The one machine this binary was built for.
#if defined(__x86_64__)
constexpr unsigned kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr unsigned kMachine = EM_AARCH64;
#else
#error "name this machine's ELF number here"
#endif

tl::unexpected<Error> no(const char* why) {
  return fail(ErrorCode::kInvalid, why);
}

Result<void> check_segments(std::ifstream& file, const Elf64_Ehdr& header, std::uint64_t size) {
  if (header.e_phentsize != sizeof(Elf64_Phdr)) return no("not a valid ELF file");
  const std::uint64_t table_end =
      header.e_phoff + std::uint64_t{header.e_phnum} * sizeof(Elf64_Phdr);
  const std::uint64_t sections_end =
      header.e_shoff + std::uint64_t{header.e_shnum} * header.e_shentsize;
  if (table_end > size || sections_end > size) return no("the file is truncated");
  std::vector<Elf64_Phdr> segments(header.e_phnum);
  file.seekg(static_cast<std::streamoff>(header.e_phoff));
  file.read(reinterpret_cast<char*>(segments.data()),
            static_cast<std::streamsize>(segments.size() * sizeof(Elf64_Phdr)));
  for (const Elf64_Phdr& segment : segments) {
    if (segment.p_offset > size || segment.p_filesz > size - segment.p_offset) {
      return no("the file is truncated");
    }
  }
  return {};
}

}  // namespace

Result<void> check_shared_library(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return fail_errno("cannot be read");
  const auto size = static_cast<std::uint64_t>(file.tellg());
  Elf64_Ehdr header{};
  file.seekg(0);
  if (!file.read(reinterpret_cast<char*>(&header), sizeof header) ||
      std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) {
    return no("not an ELF file");
  }
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_machine != kMachine) {
    return no("built for another machine");
  }
  if (header.e_type != ET_DYN) return no("not a shared library");
  return check_segments(file, header, size);
}

}  // namespace muster
