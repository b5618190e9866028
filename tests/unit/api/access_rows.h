// The table of the access matrix: for each route who may, how it is asked and what comes of it.
// Written from the specification, not taken from the routes: a route that lets in others is found.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "aggregator/storage/token_record.h"
#include "tests/unit/api/api_fixture.h"

namespace muster::test {

struct AccessRow {
  std::string route;                     // "PATCH /servers/{id}"
  std::optional<Role> least;             // none: anyone at all
  int status = 200;                      // for who may and names what is theirs
  std::vector<std::string> things = {};  // what the ids name: {} of the path, then <> of the body
  std::string body = {};                 // <new>: a name that nothing has yet
  int missing = 404;                     // when one of the ids names nothing
  std::string type = "application/json";
};

inline const std::vector<AccessRow>& access_rows() {
  using enum Role;
  static const std::vector<AccessRow> kRows{
      {"GET /servers", kViewer},
      {"POST /servers", kAdmin, 201, {}, R"({"name":"<new>","api_url":"http://new.example"})"},
      {"POST /servers/import",
       kAdmin,
       200,
       {},
       R"({"name":"<new>","hostname":"new.example"})",
       404,
       "application/x-ndjson"},
      {"GET /servers/{id}", kViewer, 200, {"server"}},
      {"PATCH /servers/{id}", kAdmin, 200, {"server"}, R"({"region":"eu"})"},
      {"DELETE /servers/{id}", kAdmin, 204, {"server"}},
      {"POST /servers/{id}/rotate-token", kAdmin, 200, {"server"}},
      {"POST /servers/{id}/health-check", kOperator, 200, {"server"}},
      {"POST /servers/{id}/metrics/collect", kOperator, 200, {"server"}},
      {"GET /servers/{id}/explain", kViewer, 200, {"server"}},
      {"GET /servers/{id}/health-history", kViewer, 200, {"server"}},
      {"GET /servers/{id}/metrics", kViewer, 200, {"server"}},
      {"GET /servers/{id}/availability", kViewer, 200, {"server"}},

      {"GET /groups", kViewer},
      {"POST /groups", kAdmin, 201, {}, R"({"name":"<new>"})"},
      {"GET /groups/{id}", kViewer, 200, {"group"}},
      {"PATCH /groups/{id}", kAdmin, 200, {"group"}, R"({"description":"x"})"},
      {"DELETE /groups/{id}", kAdmin, 204, {"group"}},
      {"GET /groups/{id}/servers", kViewer, 200, {"group"}},
      {"DELETE /groups/{id}/servers/{server_id}", kAdmin, 204, {"group", "server"}},
      {"POST /groups/members",
       kAdmin,
       200,
       {"group", "server"},
       R"({"group_id":"<id>","server_ids":["<id>"]})",
       422},
      {"DELETE /groups/members",
       kAdmin,
       200,
       {"group", "server"},
       R"({"group_id":"<id>","server_ids":["<id>"]})",
       422},

      {"GET /operations", kViewer},
      {"POST /operations",
       kOperator,
       202,
       {},
       R"({"action":"health_check","targets":{"all":true}})"},
      {"POST /operations",
       kOperator,
       202,
       {"server"},
       R"({"action":"health_check","targets":{"ids":["<id>"]}})",
       422},
      {"POST /operations",
       kOperator,
       202,
       {"group"},
       R"({"action":"health_check","targets":{"selector":{"group":"<id>"}}})",
       422},
      {"POST /operations",
       kAdmin,
       202,
       {},
       R"({"action":"set_status","parameters":{"status":"active"},"targets":{"all":true}})"},
      {"POST /health-check/all", kOperator, 202},
      {"POST /health-check/all",
       kOperator,
       202,
       {"group"},
       R"({"selector":{"group":"<id>"}})",
       422},
      {"GET /operations/{id}", kViewer, 200, {"operation"}},
      {"GET /operations/{id}/targets", kViewer, 200, {"operation"}},
      {"POST /operations/{id}/cancel", kOperator, 202, {"operation"}},

      {"GET /summary", kViewer},
      {"GET /overview", kViewer},
      {"GET /events", kViewer},
      {"GET /events/stream", kViewer},

      {"GET /me", kViewer},
      {"POST /session",
       std::nullopt,
       201,
       {},
       R"({"token":")" + ApiFixture::secret("viewer") + R"("})"},
      {"DELETE /session", kViewer, 204},
      {"GET /tokens", kAdmin},
      {"POST /tokens", kAdmin, 201, {}, R"({"name":"<new>","role":"viewer"})"},
      {"GET /tokens/{id}", kAdmin, 200, {"token"}},
      {"DELETE /tokens/{id}", kAdmin, 204, {"token"}},
      {"GET /audit", kAdmin},

      {"GET /organizations", kPlatform},
      {"POST /organizations", kPlatform, 201, {}, R"({"name":"<new>"})"},
      {"GET /organizations/{id}", kPlatform, 200, {"organization"}},
      {"PATCH /organizations/{id}",
       kPlatform,
       200,
       {"organization"},
       R"({"quotas":{"servers":900}})"},
      {"GET /partitions", kPlatform},
      {"GET /plugins", kPlatform},
      {"DELETE /plugins/{name}/quarantine", kPlatform, 204, {"plugin"}},

      {"GET /metrics", kViewer},
      {"GET /openapi.json", std::nullopt},
      {"GET /docs", std::nullopt},
      {"GET /-/healthy", std::nullopt},
      {"GET /-/ready", std::nullopt},
  };
  return kRows;
}

}  // namespace muster::test
