// Built on yaml-cpp's events and not on its node tree: so every limit holds before memory is spent,
// and an alias is a copy that has been paid for.
#include "common/config/yaml_document.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <unordered_map>
#include <utility>

#include "common/base/file.h"
#include "common/base/utf8.h"

namespace muster {
namespace {

constexpr std::size_t kMostFileBytes = 1024 * 1024;
constexpr std::size_t kMostDepth = 64;
constexpr std::size_t kMostValues = 100'000;
constexpr std::size_t kMostTextBytes = 4 * kMostFileBytes;  // once aliases are resolved

struct Stop {  // thrown through yaml-cpp: reading on makes no sense
  Fault fault;
};

struct Cost {
  std::size_t values = 0;
  std::size_t text_bytes = 0;
  std::size_t depth = 0;
};

Cost cost_of(const Node& node) {
  Cost cost{1, node.text.size(), 0};
  const auto add = [&cost](const Node& part) {
    const Cost inner = cost_of(part);
    cost.values += inner.values;
    cost.text_bytes += inner.text_bytes;
    cost.depth = std::max(cost.depth, inner.depth);
  };
  for (const Node& item : node.items) add(item);
  for (const Node::Entry& entry : node.entries) {
    cost.text_bytes += entry.key.size();
    add(entry.value);
  }
  if (node.kind == Node::Kind::kList || node.kind == Node::Kind::kMap) ++cost.depth;
  return cost;
}

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(std::string_view text, std::string file) : text_(text), file_(std::move(file)) {}

  Node& root() { return root_; }
  Faults& faults() { return faults_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (started_) throw Stop{{at(mark), "a second document starts here; a file holds only one"}};
    started_ = true;
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_as_key(mark);
    add({Node::Kind::kNull, at(mark)}, anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_as_key(mark);
    const auto found = anchored_.find(anchor);
    if (found == anchored_.end()) {
      throw Stop{{at(mark), "this alias stands inside the very value it names"}};
    }
    const Cost cost = cost_of(found->second);
    check_depth(cost.depth, at(mark));
    pay(cost, at(mark));
    place(found->second);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    check_quotes(mark);
    if (expects_key()) return set_key(text, at(mark));
    check_tag(tag, mark);
    Node node{Node::Kind::kScalar, at(mark), text};
    node.quoted = !tag.empty() && tag != "?";
    add(std::move(node), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Node::Kind::kList, mark, tag, anchor);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(Node::Kind::kMap, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

 private:
  struct Open {  // a list or map whose end has not been read yet
    Node node;
    YAML::anchor_t anchor = 0;
    bool has_key = false;  // maps: `key` waits for its value
    std::string key;
    Location key_at;
    std::unordered_map<std::string, int> lines;  // maps: where each key stands
  };

  Location at(const YAML::Mark& mark) const { return {file_, mark.line + 1, mark.column + 1}; }

  bool expects_key() const {
    return !open_.empty() && open_.back().node.kind == Node::Kind::kMap && !open_.back().has_key;
  }

  void refuse_as_key(const YAML::Mark& mark, const char* why = "a key must be plain text") const {
    if (expects_key()) throw Stop{{at(mark), why}};
  }

  // yaml-cpp takes the end of the file for the closing quote.
  void check_quotes(const YAML::Mark& mark) const {
    const auto start = static_cast<std::size_t>(mark.pos);
    const char quote = start < text_.size() ? text_[start] : ' ';
    if (quote != '"' && quote != '\'') return;
    for (std::size_t i = start + 1; i < text_.size(); ++i) {
      if (text_[i] == quote) return;  // doubled or last, either way there is one
      if (text_[i] == '\\' && quote == '"') ++i;
    }
    throw Stop{{at(mark), "this quote is never closed"}};
  }

  void check_tag(const std::string& tag, const YAML::Mark& mark) {
    if (tag.empty() || tag == "?" || tag == "!" || tag == "tag:yaml.org,2002:str") return;
    faults_.push_back({at(mark), "the tag \"" + tag + "\" is not supported"});
  }

  void check_depth(std::size_t more, const Location& where) const {
    if (open_.size() + more <= kMostDepth) return;
    throw Stop{{where, "nested deeper than " + std::to_string(kMostDepth) + " levels"}};
  }

  void pay(const Cost& cost, const Location& where) {
    values_ += cost.values;
    text_bytes_ += cost.text_bytes;
    if (values_ <= kMostValues && text_bytes_ <= kMostTextBytes) return;
    throw Stop{{where, "too much content: more than " + std::to_string(kMostValues) +
                           " values or " + std::to_string(kMostTextBytes) +
                           " bytes of text once aliases are replaced"}};
  }

  void set_key(const std::string& key, Location where) {
    Open& map = open_.back();
    const auto [first, is_new] = map.lines.emplace(key, where.line);
    if (!is_new) {
      faults_.push_back({where, "key \"" + key + "\" is given twice, first on line " +
                                    std::to_string(first->second)});
    } else if (key == "<<") {
      faults_.push_back({where, "unknown key \"<<\": merge keys are not supported"});
    }
    map.has_key = true;
    map.key = key;
    map.key_at = std::move(where);
  }

  void open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor) {
    // What yaml-cpp makes of a bracket that is never closed.
    refuse_as_key(mark, "a key must be plain text; is a bracket left open?");
    check_tag(tag, mark);
    check_depth(1, at(mark));
    open_.push_back({{kind, at(mark)}, anchor});
  }

  void close() {
    Open done = std::move(open_.back());
    open_.pop_back();
    add(std::move(done.node), done.anchor);
  }

  void add(Node node, YAML::anchor_t anchor) {
    pay({1, node.text.size()}, node.at);
    if (anchor != 0) {  // the copy that is kept costs as much as one that is used
      pay(cost_of(node), node.at);
      anchored_[anchor] = node;
    }
    place(std::move(node));
  }

  void place(Node node) {
    if (open_.empty()) {
      root_ = std::move(node);
    } else if (Open& parent = open_.back(); parent.node.kind == Node::Kind::kList) {
      parent.node.items.push_back(std::move(node));
    } else {
      parent.node.entries.push_back(
          {std::move(parent.key), std::move(parent.key_at), std::move(node)});
      parent.has_key = false;
    }
  }

  const std::string_view text_;
  const std::string file_;
  Node root_;
  Faults faults_;
  bool started_ = false;
  std::vector<Open> open_;
  std::unordered_map<YAML::anchor_t, Node> anchored_;
  std::size_t values_ = 0;
  std::size_t text_bytes_ = 0;
};

bool is_forbidden(unsigned char c) {
  return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f;
}

std::size_t utf8_length(std::string_view text) {  // of its first character; 0: not UTF-8
  for (std::size_t length = 1; length <= 4 && length <= text.size(); ++length) {
    if (is_utf8(text.substr(0, length))) return length;
  }
  return 0;
}

// yaml-cpp would take a U+0004 for the end of the file, and guess at other encodings.
std::optional<Fault> find_bad_character(std::string_view text, const std::string& file_name) {
  Location here{file_name, 1, 1};
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = utf8_length(text.substr(i, 4));
    if (length == 0) return Fault{here, "this is not UTF-8"};
    if (is_forbidden(static_cast<unsigned char>(text[i]))) {
      return Fault{here, "control characters are not allowed in YAML"};
    }
    here.column += static_cast<int>(length);
    if (text[i] == '\n') here = {file_name, here.line + 1, 1};
    i += length;
  }
  return std::nullopt;
}

void read_events(std::string_view text, TreeBuilder& builder) {
  std::istringstream stream{std::string(text)};
  YAML::Parser parser(stream);
  while (parser.HandleNextDocument(builder)) {
  }
}

// yaml-cpp speaks of its own machinery; this is what usually lies behind.
std::string explain(const std::string& message) {
  if (message == "illegal EOF in scalar") return "a quote is never closed";
  if (message.ends_with("flow not found")) return "a bracket is never closed";
  if (message.starts_with("end of ")) return "the indentation does not fit the lines above";
  if (message != "illegal map value") return message;
  return "no value can stand here; check the indentation, and quote text that holds \": \"";
}

bool is_indented_by_tab(std::string_view text, int line) {
  for (; line > 0; --line) text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  return text.substr(0, text.find_first_not_of(" \t")).find('\t') != std::string_view::npos;
}

Fault broken_yaml(const YAML::Exception& error, std::string_view text, const std::string& file) {
  const bool placed = !error.mark.is_null();
  const Location at =
      placed ? Location{file, error.mark.line + 1, error.mark.column + 1} : Location{file};
  if (placed && !text.empty() && is_indented_by_tab(text, error.mark.line)) {
    return {at, "not valid YAML: a tab indents this line; use spaces"};
  }
  return {at, "not valid YAML: " + explain(error.msg)};
}

}  // namespace

tl::expected<Node, Faults> parse_yaml(std::string_view text, const std::string& file_name) {
  if (text.size() > kMostFileBytes) {
    const std::string limit = std::to_string(kMostFileBytes);
    return tl::unexpected(Faults{{{file_name}, "larger than " + limit + " bytes"}});
  }
  if (auto fault = find_bad_character(text, file_name)) {
    return tl::unexpected(Faults{std::move(*fault)});
  }
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);  // a byte order mark
  TreeBuilder builder(text, file_name);
  try {
    read_events(text, builder);
  } catch (const Stop& stop) {
    builder.faults().push_back(stop.fault);
  } catch (const YAML::Exception& error) {
    builder.faults().push_back(broken_yaml(error, text, file_name));
  }
  if (!builder.faults().empty()) return tl::unexpected(std::move(builder.faults()));
  if (builder.root().kind == Node::Kind::kNull) return Node{Node::Kind::kMap, {file_name, 1, 1}};
  return std::move(builder.root());
}

tl::expected<Node, Faults> load_yaml(const std::filesystem::path& path) {
  const auto text = read_file(path, kMostFileBytes);
  if (text) return parse_yaml(*text, path.string());
  std::string message = text.error().message;  // "PATH: why", and a Fault names the file itself
  const std::string prefix = path.string() + ": ";
  if (message.starts_with(prefix)) message.erase(0, prefix.size());
  return tl::unexpected(Faults{{{path.string()}, std::move(message)}});
}

}  // namespace muster
