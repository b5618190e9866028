// The plugin my_probe: GETs a path of a server and looks for a text in the answer.
#include <chrono>
#include <string>

#include "muster/config.hpp"
#include "muster/http_get.hpp"

namespace {

using namespace muster::sdk;

constexpr char kSchema[] = R"({
  "type": "object",
  "required": ["expect"],
  "properties": {
    "path": {
      "type": "string", "pattern": "^/", "default": "/",
      "description": "Path and query below the server's api_url."
    },
    "expect": {
      "type": "string", "minLength": 1,
      "description": "What the answer must contain."
    },
    "warn_after": {
      "type": "string", "format": "duration", "minimum": "1ms", "default": "1s",
      "description": "An answer that takes longer is a warning."
    }
  }
})";

class MyProbeCheck final : public HttpGetProbe {
 public:
  MyProbeCheck(const Host& host, std::string_view config_json)
      : MyProbeCheck(host, Config::parse(config_json)) {}

 private:
  MyProbeCheck(const Host& host, const Config& config)
      : HttpGetProbe(host, {.path = config.text("path")}),
        expect_(config.text("expect")),
        warn_after_(config.duration("warn_after")),
        slow_("the answer takes longer than " + config.text("warn_after")) {}

  // [loop] There is an answer; when there is none, HttpGetProbe has said so. The probe must not
  // change here: several loops use it at once.
  void judge(Run run, const muster_http_response& response, Result& result) override {
    const CodeVerdict code = judge_code(response.status_code);
    result.status = code.status;
    result.reason = code.reason;
    result.message = code.message;
    if (code.status == MUSTER_OK) judge_body(response, result);
    result.add_gauge("my_probe_body_bytes", static_cast<double>(response.body.size));
    std::move(run).complete(result);
  }

  void judge_body(const muster_http_response& response, Result& result) const {
    if (view(response.body).find(expect_) == std::string_view::npos) {
      result.status = MUSTER_CRITICAL;
      result.reason = MUSTER_REASON_BAD_DOCUMENT;
      result.message = "the answer does not contain what is expected";
    } else if (time_of(response) > warn_after_) {
      result.status = MUSTER_WARNING;
      result.message = slow_;
    }
  }

  static std::chrono::nanoseconds time_of(const muster_http_response& response) {
    std::chrono::nanoseconds sum{};
    for (std::size_t i = 0; i < response.phase_count; ++i) {
      sum += std::chrono::nanoseconds(response.phases[i].duration_ns);
    }
    return sum;
  }

  const std::string expect_;
  const std::chrono::milliseconds warn_after_;
  const std::string slow_;
};

}  // namespace

MUSTER_PROBE(MyProbeCheck, "my_probe", "1.0.0", "Looks for a text in a server's answer", kSchema,
             MUSTER_HTTP)
