#include "aggregator/app/plugin_template.h"

#include <cctype>

#include "common/base/file.h"

namespace muster {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kLongestName = 63;  // as probe entries take it

bool is_plugin_name(std::string_view name) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz";
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789_";
  return !name.empty() && name.size() <= kLongestName &&
         kLetters.find(name.front()) != std::string_view::npos &&
         name.find_first_not_of(kAllowed) == std::string_view::npos;
}

// door_check: DoorCheck.
std::string to_class_name(std::string_view name) {
  std::string words;
  bool starts = true;
  for (const char c : name) {
    if (c != '_') words += starts ? static_cast<char>(std::toupper(c)) : c;
    starts = c == '_';
  }
  return words;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

}  // namespace

std::vector<TemplateFile> plugin_template_for(std::string_view name) {
  std::vector<TemplateFile> files = plugin_template();
  for (TemplateFile& file : files) {
    replace_all(file.text, "MyProbe", to_class_name(name));
    replace_all(file.text, "my_probe", name);
    replace_all(file.name, "my_probe", name);
  }
  return files;
}

Result<void> write_plugin_template(std::string_view name, const fs::path& directory) {
  if (!is_plugin_name(name)) {
    return fail(ErrorCode::kInvalid, '"' + std::string(name) +
                                         "\" is no name for a plugin: a letter, then letters, "
                                         "digits and _, all lower case, at most 63");
  }
  std::error_code error;
  const bool made = fs::create_directory(directory, error);
  if (error) return fail(ErrorCode::kInvalid, directory.string() + ": " + error.message());
  if (!made) {
    return fail(ErrorCode::kInvalid,
                directory.string() + ": is there already; name another folder");
  }
  for (const TemplateFile& file : plugin_template_for(name)) {
    if (auto written = write_file(directory / file.name, file.text, 0644); !written) return written;
  }
  return {};
}

}  // namespace muster
