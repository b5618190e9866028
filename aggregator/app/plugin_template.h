// The beginning of a plugin of one's own, for `musterd plugin new`: plugins/template with other
// names. Lives on the main thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace muster {

struct TemplateFile {
  std::string name;
  std::string text;
};

// The files of plugins/template, as they are in this binary.
const std::vector<TemplateFile>& plugin_template();

// The same for a plugin `name`: my_probe becomes door_check, and MyProbe becomes DoorCheck. Pure.
std::vector<TemplateFile> plugin_template_for(std::string_view name);

// Writes them into `directory`, which must not be there yet.
Result<void> write_plugin_template(std::string_view name, const std::filesystem::path& directory);

}  // namespace muster
