#include "aggregator/api/json_body.h"

#include <Poco/JSON/ParseHandler.h>
#include <Poco/JSON/Parser.h>

#include <algorithm>
#include <set>
#include <stack>

#include "aggregator/api/json_tree.h"
#include "common/base/utf8.h"

namespace muster {
namespace {

constexpr std::size_t kMostDepth = 32;

// Poco keeps the last of two equal keys; a reader of the request may have seen the first.
class UniqueKeys final : public Poco::JSON::ParseHandler {
 public:
  void startObject() override {
    seen_.emplace();
    ParseHandler::startObject();
  }
  void endObject() override {
    seen_.pop();
    ParseHandler::endObject();
  }
  void key(const std::string& name) override {
    if (!seen_.top().insert(name).second) throw Poco::DataException("a key is there twice");
    ParseHandler::key(name);
  }

 private:
  std::stack<std::set<std::string>> seen_;
};

// The parser quotes single bytes, which need not be text.
std::string printable(std::string message) {
  std::ranges::replace_if(
      message, [](char c) { return c < ' ' || c > '~'; }, '?');
  return message;
}

Poco::Dynamic::Var parse_tree(const std::string& text) {
  Poco::JSON::Parser parser(new UniqueKeys);
  parser.setDepth(kMostDepth);
  parser.setAllowComments(false);
  parser.setAllowNullByte(false);  // PostgreSQL has no text with NUL in it
  return parser.parse(text);
}

}  // namespace

JsonBody::JsonBody(Tree part) : tree_(std::make_shared<const Tree>(std::move(part))) {}

tl::expected<JsonBody, Problem> JsonBody::parse(const std::string& text) {
  if (!is_utf8(text)) return refuse(ProblemCode::kInvalidJson, "the body is not UTF-8");
  if (text.find('\0') != std::string::npos) {
    return refuse(ProblemCode::kInvalidJson, "the body holds a NUL byte");
  }
  try {
    const Poco::Dynamic::Var root = parse_tree(text);
    if (root.type() != typeid(Poco::JSON::Object::Ptr)) {
      return refuse(ProblemCode::kInvalidJson, "the body is not a JSON object");
    }
    return JsonBody(Tree{root.extract<Poco::JSON::Object::Ptr>()});
  } catch (const Poco::Exception& fault) {
    return refuse(ProblemCode::kInvalidJson, printable(fault.message()));
  }
}

}  // namespace muster
