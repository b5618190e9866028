#include "aggregator/api/docs_page.h"

#include <yaml-cpp/yaml.h>

#include <string_view>

#include "aggregator/api/openapi_document.h"

namespace muster {
namespace {

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Muster fleet API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --link: light-dark(#0b57d0, #8ab4f8); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
a { color: var(--link); } nav ul { columns: 18rem; padding-left: 1.2rem; }
h2 { border-bottom: 1px solid var(--line); margin-top: 3rem; } h3 { margin: 2.2rem 0 .3rem; }
code, pre { font: 14px/1.45 ui-monospace, monospace; } pre { background: var(--soft); padding: .7rem;
overflow-x: auto; border-radius: 6px; } table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; vertical-align: top; padding: .25rem .8rem .25rem 0;
border-bottom: 1px solid var(--line); } .verb { font-weight: 700; } .role { opacity: .75; }
p { margin: .4rem 0; }
</style></head><body>
)";

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

std::string text_of(const YAML::Node& node) {
  return node && node.IsScalar() ? escaped(node.Scalar()) : std::string();
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(c - (c >= 'a' && c <= 'z' ? 32 : 0));
  return text;
}

class Page {
 public:
  explicit Page(const YAML::Node& document) : document_(document), html_(kHead) {}

  std::string render() {
    add_introduction();
    for (const YAML::Node& tag : document_["tags"]) add_tag(tag);
    add_schemas();
    return html_ + "</body></html>\n";
  }

 private:
  // "#/components/parameters/limit"; anything else is what it is.
  YAML::Node resolved(const YAML::Node& node) const {
    if (!node.IsMap() || !node["$ref"]) return node;
    const std::string reference = node["$ref"].Scalar();
    YAML::Node at;
    at.reset(document_);
    for (std::size_t start = 2; start < reference.size();) {
      const std::size_t end = std::min(reference.find('/', start), reference.size());
      const YAML::Node next = at[reference.substr(start, end - start)];
      at.reset(next);
      start = end + 1;
    }
    return at;
  }

  void add_introduction() {
    const YAML::Node info = document_["info"];
    html_ += "<h1>" + text_of(info["title"]) + "</h1><p>" + text_of(info["summary"]) + "</p><p>" +
             text_of(info["description"]) +
             "</p><p>For programs: <a href=\"/api/v1/fleet/openapi.json\">openapi.json</a>.</p>"
             "<nav><ul>";
    for (const YAML::Node& tag : document_["tags"]) {
      html_ +=
          "<li><a href=\"#" + text_of(tag["name"]) + "\">" + text_of(tag["name"]) + "</a></li>";
    }
    html_ += "<li><a href=\"#schemas\">Schemas</a></li></ul></nav>\n";
  }

  void add_tag(const YAML::Node& tag) {
    const std::string name = tag["name"].Scalar();
    html_ += "<h2 id=\"" + escaped(name) + "\">" + escaped(name) + "</h2><p>" +
             text_of(tag["description"]) + "</p>\n";
    for (const auto& path : document_["paths"]) {
      for (const char* method : {"get", "post", "patch", "delete"}) {
        const YAML::Node operation = path.second[method];
        if (operation && operation["tags"][0].Scalar() == name) {
          add_operation(path.first.Scalar(), method, operation, path.second["parameters"]);
        }
      }
    }
  }

  void add_operation(const std::string& path, const std::string& method,
                     const YAML::Node& operation, const YAML::Node& shared) {
    html_ += "<section id=\"" + text_of(operation["operationId"]) + "\"><h3>" +
             text_of(operation["summary"]) + "</h3><p><code><span class=\"verb\">" + upper(method) +
             "</span> " + escaped(path) + "</code> <span class=\"role\">" +
             text_of(operation["x-role"]) + "</span></p>";
    if (operation["description"]) html_ += "<p>" + text_of(operation["description"]) + "</p>";
    add_parameters(operation["parameters"], shared);
    if (operation["requestBody"]) add_body(resolved(operation["requestBody"]));
    add_example(path, method, operation);
    add_responses(operation["responses"]);
    html_ += "</section>\n";
  }

  void add_parameters(const YAML::Node& own, const YAML::Node& shared) {
    std::string rows;
    for (const YAML::Node& list : {shared, own}) {
      if (!list) continue;
      for (const YAML::Node& item : list) rows += parameter_row(resolved(item));
    }
    if (!rows.empty()) html_ += "<table><tr><th>parameter<th>in<th>takes</tr>" + rows + "</table>";
  }

  std::string parameter_row(const YAML::Node& parameter) const {
    std::string takes = type_of(parameter["schema"]);
    if (parameter["description"]) takes += "; " + text_of(parameter["description"]);
    return "<tr><td><code>" + text_of(parameter["name"]) + "</code><td>" +
           text_of(parameter["in"]) + "<td>" + takes + "</tr>";
  }

  void add_body(const YAML::Node& body) {
    for (const auto& content : body["content"]) {
      html_ += "<p>Body, <code>" + escaped(content.first.Scalar()) +
               "</code>: " + type_of(content.second["schema"]) + "</p>";
    }
  }

  void add_example(const std::string& path, const std::string& method,
                   const YAML::Node& operation) {
    std::string command = "curl";
    if (method != "get") command += " -X " + upper(method);
    if (!operation["security"]) command += " -H \"Authorization: Bearer $TOKEN\"";
    command += " $MUSTER" + path;
    if (operation["requestBody"]) {
      for (const auto& content : resolved(operation["requestBody"])["content"]) {
        command += " \\\n  -H 'Content-Type: " + content.first.Scalar() + "'";
        const YAML::Node example = content.second["example"];
        if (example) command += " -d '" + yaml_as_json(YAML::Dump(example)) + "'";
        break;  // one of its types is enough
      }
    }
    html_ += "<pre>" + escaped(command) + "</pre>";
  }

  void add_responses(const YAML::Node& responses) {
    html_ += "<table><tr><th>answer<th>means</tr>";
    for (const auto& item : responses) {
      const YAML::Node response = resolved(item.second);
      html_ +=
          "<tr><td>" + escaped(item.first.Scalar()) + "<td>" + text_of(response["description"]);
      if (response["content"]) {
        for (const auto& content : response["content"]) {
          html_ += " " + type_of(content.second["schema"]);
        }
      }
      html_ += "</tr>";
    }
    html_ += "</table>";
  }

  // In few words; a named schema links to where it is told.
  std::string type_of(const YAML::Node& schema) const {
    if (!schema) return "";
    if (schema["$ref"]) return link_to(schema["$ref"].Scalar());
    if (schema["enum"]) return joined(schema["enum"]);
    for (const char* choice : {"oneOf", "allOf"}) {
      if (!schema[choice]) continue;
      std::string all;
      for (const YAML::Node& part : schema[choice]) {
        all += (all.empty()                           ? ""
                : choice == std::string_view("oneOf") ? " or "
                                                      : " and ") +
               type_of(part);
      }
      return all;
    }
    const std::string type =
        schema["type"].IsSequence() ? joined(schema["type"]) : text_of(schema["type"]);
    if (schema["items"]) return "array of " + type_of(schema["items"]);
    return schema["format"] ? type + " (" + text_of(schema["format"]) + ")" : type;
  }

  static std::string link_to(const std::string& reference) {
    const std::string name = escaped(reference.substr(reference.rfind('/') + 1));
    return "<a href=\"#schema-" + name + "\">" + name + "</a>";
  }

  static std::string joined(const YAML::Node& list) {
    std::string all;
    for (const YAML::Node& item : list) all += (all.empty() ? "" : ", ") + text_of(item);
    return all;
  }

  void add_schemas() {
    html_ += "<h2 id=\"schemas\">Schemas</h2>";
    for (const auto& item : document_["components"]["schemas"]) {
      const std::string name = escaped(item.first.Scalar());
      html_ += "<section id=\"schema-" + name + "\"><h3>" + name + "</h3>";
      const YAML::Node schema = item.second;
      html_ += "<p>" + text_of(schema["description"]) + " " + type_of(schema) + "</p>";
      if (schema["properties"]) add_properties(schema["properties"]);
      html_ += "</section>\n";
    }
  }

  void add_properties(const YAML::Node& properties) {
    html_ += "<table>";
    for (const auto& item : properties) {
      html_ += "<tr><td><code>" + escaped(item.first.Scalar()) + "</code><td>" +
               type_of(item.second) + "<td>" + text_of(item.second["description"]) + "</tr>";
    }
    html_ += "</table>";
  }

  const YAML::Node document_;
  std::string html_;
};

}  // namespace

const std::string& docs_page() {
  static const std::string kPage = Page(YAML::Load(std::string(kOpenapiYaml))).render();
  return kPage;
}

}  // namespace muster
