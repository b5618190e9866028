#include "common/plugin/plugin_library.h"

#include <dlfcn.h>

#include <algorithm>
#include <string_view>

#include "common/plugin/host_services.h"

namespace muster {
namespace fs = std::filesystem;
namespace {

using Entry = const muster_plugin* (*)();

constexpr std::size_t kMostPluginNameBytes = 100;

tl::unexpected<Error> refuse(const std::string& file_name, const std::string& why) {
  return fail(ErrorCode::kInvalid, file_name + ": " + why);
}

std::string loader_error() {
  const char* const text = ::dlerror();
  return text != nullptr ? text : "unknown loader error";
}

// Empty when the table can be used.
std::string fault_of(const muster_plugin* table) {
  if (table == nullptr) return "muster_plugin_v1() returned nothing";
  if (table->struct_size < sizeof(muster_plugin)) return "its plugin table is too small";
  if (table->abi_minor > MUSTER_ABI_MINOR) {
    return "built for probe ABI 1." + std::to_string(table->abi_minor) + "; this host has 1." +
           std::to_string(MUSTER_ABI_MINOR);
  }
  if (table->name == nullptr || !valid_plugin_name(table->name))
    return "its name must be of a-z, 0-9 and _";
  if (table->version == nullptr || table->summary == nullptr || table->config_schema == nullptr ||
      table->create == nullptr || table->start == nullptr || table->destroy == nullptr) {
    return "its plugin table has empty fields";
  }
  for (auto service = table->required_services; service != nullptr && *service != nullptr;
       ++service) {
    if (find_service(*service) == nullptr) return "needs the service " + std::string(*service);
  }
  return {};
}

}  // namespace

Result<std::shared_ptr<const PluginLibrary>> PluginLibrary::load(PluginFile file) {
  const std::string name = file.path().filename().string();
  return load_from(file.release(), name);
}

Result<std::shared_ptr<const PluginLibrary>> PluginLibrary::load(const fs::path& path) {
  return PluginFile::open(path).and_then([](PluginFile file) { return load(std::move(file)); });
}

Result<std::shared_ptr<const PluginLibrary>> PluginLibrary::load_from(
    UniqueFd fd, const std::string& file_name) {
  const std::string path = "/proc/self/fd/" + std::to_string(fd.get());
  void* const handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (handle == nullptr) return refuse(file_name, loader_error());
  // Open for good: it is never unloaded, also when it is refused below, and the loader knows it by
  // this path, which must not come to mean another.
  static_cast<void>(fd.release());
  const auto entry = reinterpret_cast<Entry>(::dlsym(handle, "muster_plugin_v1"));
  if (entry == nullptr) return refuse(file_name, "not a probe plugin: no symbol muster_plugin_v1");
  const muster_plugin* const table = entry();
  if (const std::string fault = fault_of(table); !fault.empty()) return refuse(file_name, fault);
  return std::shared_ptr<const PluginLibrary>(new PluginLibrary(table, false));
}

bool valid_plugin_name(std::string_view name) {
  return !name.empty() && name.size() <= kMostPluginNameBytes &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

Result<std::vector<fs::path>> find_plugins(const fs::path& directory) {
  std::error_code error;
  std::vector<fs::path> files;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() == ".so") files.push_back(entry->path());
  }
  if (error) return fail(ErrorCode::kNotFound, directory.string() + ": " + error.message());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace muster
