// A probe whose schema uses all that a schema can say, and that refuses what no schema can.
#include <muster/config.hpp>

namespace {

using namespace muster::sdk;

constexpr char kSchema[] = R"({
  "type": "object",
  "required": ["target", "password"],
  "properties": {
    "target": {"type": "string", "format": "http-url", "description": "Where it asks."},
    "password": {"type": "string", "minLength": 8, "x-muster-secret": true,
                 "description": "What it says there."},
    "pin": {"type": "string", "enum": ["one-two-three", "four-five-six"],
            "default": "one-two-three", "x-muster-secret": true},
    "mode": {"type": "string", "enum": ["fast", "thorough"], "default": "fast"},
    "pause": {"type": "string", "format": "duration", "minimum": "1s", "maximum": "1h",
              "default": "10s", "description": "How long it rests."},
    "ratio": {"type": "number", "minimum": 0, "maximum": 1, "default": 0.5},
    "tries": {"type": "integer", "minimum": 1, "maximum": 10},
    "verify": {"type": "boolean", "default": true},
    "name": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 10, "default": "true"},
    "ports": {"type": "array", "minItems": 1, "uniqueItems": true, "default": [80, 443],
              "items": {"type": "integer", "minimum": 1, "maximum": 65535}},
    "tls": {"type": "object", "default": {}, "properties": {
      "authority": {"type": "string", "format": "path"},
      "names": {"type": "array", "default": [], "items": {"type": "string"}}}},
    "labels": {"type": "object", "additionalProperties": {"type": "string", "maxLength": 5}}
  }
})";

class Particular final : public Probe {
 public:
  Particular(const Host&, std::string_view json) {
    const Config config = Config::parse(json);
    const std::string password = config.text("password");
    if (password.starts_with("refuse")) {
      throw config.error("password", "nobody takes " + password + ", or " + config.text("pin"));
    }
    if (config["tls"].texts("names") == std::vector<std::string>{"x"}) {
      throw config["tls"].error("names", "x is no name");
    }
  }
  void start(const Target&, Run run) override {
    Result result;
    result.status = MUSTER_OK;
    std::move(run).complete(result);
  }
};

}  // namespace

MUSTER_PROBE(Particular, "particular", "2.1.0", "Is particular about its configuration", kSchema)
