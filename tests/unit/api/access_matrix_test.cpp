// Every route, asked by everybody for everything: who may not is refused, and what belongs to
// another organization reads exactly like what is not there. A route without a row in
// access_rows.h fails the test.
#include <map>
#include <set>

#include "tests/unit/api/access_rows.h"
#include "tests/unit/api/api_fixture.h"

namespace muster {
using namespace std::chrono_literals;
using test::access_rows;
using test::AccessRow;
using test::ApiFixture;

namespace {

struct Caller {
  std::string token;         // as ApiFixture::ask() takes it
  std::optional<Role> role;  // none: nobody whom we know
  bool of_the_others = false;
};

// From the one who may least to the one who may most, so that what may be gone after the request of
// somebody who may was there for all who may not.
const std::vector<Caller> kCallers{{"", {}},
                                   {"never-made", {}},
                                   {"expired", {}},
                                   {"revoked", {}},
                                   {"viewer", Role::kViewer},
                                   {"operator", Role::kOperator},
                                   {"other", Role::kAdmin, true},
                                   {"admin", Role::kAdmin},
                                   {"platform", Role::kPlatform}};

// What an id of a request names.
enum class Named { kOurs, kTheirs, kNothing, kMalformed };
using Names = std::vector<Named>;

// All ways to fill the places of a request.
std::vector<Names> all_names(std::size_t places) {
  if (places == 0) return {{}};
  std::vector<Names> all;
  for (const Names& others : all_names(places - 1)) {
    for (const Named first : {Named::kOurs, Named::kTheirs, Named::kNothing, Named::kMalformed}) {
      all.push_back({first});
      all.back().insert(all.back().end(), others.begin(), others.end());
    }
  }
  return all;
}

bool is_there(Named name, const AccessRow& row, const Caller& caller) {
  if (name != Named::kOurs && name != Named::kTheirs) return false;
  const bool above_all = row.least == Role::kPlatform;  // what is the platform's is nobody else's
  return above_all || caller.of_the_others == (name == Named::kTheirs);
}

int expected_status(const AccessRow& row, const Caller& caller, const Names& names) {
  if (!row.least) return row.status;
  if (!caller.role) return 401;
  if (*caller.role < *row.least) return 403;
  const bool all_there =
      std::ranges::all_of(names, [&](Named name) { return is_there(name, row, caller); });
  return all_there ? row.status : row.missing;
}

// Requests of the same kind of absence have the same answer. In a path all are of one kind; a
// mistake in a body has its place named, and what is malformed there is told.
std::string absence(const AccessRow& row, const Caller& caller, const Names& names) {
  std::string kind;
  if (row.missing == 404) return kind;
  for (const Named name : names) {
    kind += name == Named::kMalformed ? 'm' : is_there(name, row, caller) ? 't' : 'n';
  }
  return kind;
}

std::string short_name(const Route& route) {
  static const std::string kFleet = "/api/v1/fleet";
  const bool fleet = route.pattern.starts_with(kFleet);
  return route.method + " " + (fleet ? route.pattern.substr(kFleet.size()) : route.pattern);
}

void replace_next(std::string& text, const char open, const char close, const std::string& with) {
  const std::size_t begin = text.find(open);
  text.replace(begin, text.find(close, begin) + 1 - begin, with);
}

}  // namespace

class AccessMatrixTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(AccessMatrixTest);
  CPPUNIT_TEST(every_route_has_a_row);
  CPPUNIT_TEST(everybody_asks_for_everything);
  CPPUNIT_TEST_SUITE_END();

  using Things = std::vector<std::string>;  // ids, as AccessRow::things has their kinds

  ApiFixture f_;
  std::map<std::string, Route> routes_;
  int made_ = 0;

 public:
  void setUp() override {
    f_.plugins = {PluginStatus{"http_health"}};
    for (const Route& route : f_.api.routes()) routes_.emplace(short_name(route), route);
  }

 private:
  std::string new_name() { return "made-" + std::to_string(++made_); }

  std::string make(const std::string& thing, const std::string& owner) {
    const std::string name = new_name();
    if (thing == "server") return f_.add(name, "", owner);
    if (thing == "plugin") return "http_health";
    if (thing == "operation") f_.add(name, "", owner);
    static const std::map<std::string, std::string> kBodies{
        {"token", R"({"role":"viewer","name":")"},
        {"group", R"({"name":")"},
        {"organization", R"({"name":")"},
        {"operation", R"({"action":"health_check","targets":{"selector":{"q":")"}};
    const std::string end = thing == "operation" ? R"("}}})" : R"("})";
    const auto made = f_.ask(thing == "organization" ? "platform" : owner, "POST",
                             "/api/v1/fleet/" + thing + "s", kBodies.at(thing) + name + end);
    CPPUNIT_ASSERT_MESSAGE(made.body, made.status < 300);
    return f_.at(made, "id");
  }

  // A group and a server belong together, and a group is never empty.
  Things make_all(const AccessRow& row, const std::string& owner) {
    Things ids;
    for (const std::string& thing : row.things) ids.push_back(make(thing, owner));
    if (ids.empty() || row.things.front() != "group") return ids;
    const std::string server = ids.size() > 1 ? ids[1] : make("server", owner);
    const auto put =
        f_.ask(owner, "POST", "/api/v1/fleet/groups/members",
               R"({"group_id":")" + ids[0] + R"(","server_ids":[")" + server + R"("]})");
    CPPUNIT_ASSERT_EQUAL_MESSAGE(put.body, 200, put.status);
    return ids;
  }

  ApiResponse ask(const AccessRow& row, const std::string& token, const Things& ids) {
    const Route& route = routes_.at(row.route);
    std::string path = route.pattern, body = row.body;
    for (const std::string& id : ids) {
      const bool in_path = path.find('{') != std::string::npos;
      replace_next(in_path ? path : body, in_path ? '{' : '<', in_path ? '}' : '>', id);
    }
    if (body.find("<new>") != std::string::npos) replace_next(body, '<', '>', new_name());
    std::map<std::string, std::string> headers;
    if (!body.empty()) headers["content-type"] = row.type;
    return f_.ask(token, route.method, path, body, headers);
  }

  static Things ids_of(const Names& names, const Things& ours, const Things& theirs) {
    Things ids;
    for (std::size_t i = 0; i < names.size(); ++i) {
      ids.push_back(names[i] == Named::kOurs      ? ours[i]
                    : names[i] == Named::kTheirs  ? theirs[i]
                    : names[i] == Named::kNothing ? Uuid::random().to_string()
                                                  : "malformed");
    }
    return ids;
  }

  static std::string where(const AccessRow& row, const Caller& caller, const Names& names) {
    std::string text = row.route + " " + row.body + " as " + caller.token;
    for (const Named name : names) {
      static const char* const kWords[] = {"ours", "theirs", "nothing", "malformed"};
      text += std::string(", ") + kWords[static_cast<int>(name)];
    }
    return text;
  }

  void every_route_has_a_row() {
    std::set<std::string> known;
    for (const AccessRow& row : access_rows()) {
      CPPUNIT_ASSERT_MESSAGE("no route for the row " + row.route, routes_.contains(row.route));
      known.insert(row.route);
      const auto count = [](const std::string& text, char c) {
        return std::ranges::count(text, c);
      };
      const auto places = count(row.route, '{') + count(row.body, '<') -
                          (row.body.find("<new>") == std::string::npos ? 0 : 1);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(row.route, static_cast<std::size_t>(places), row.things.size());
    }
    for (const auto& [name, route] : routes_) {
      CPPUNIT_ASSERT_MESSAGE("no row for " + name, known.contains(name));
    }
  }

  void everybody_asks_for_everything() {
    for (const AccessRow& row : access_rows()) {
      ask_row(row);
      // Nobody waits for an operation here, and an organization has few of them unfinished.
      f_.data.sql("UPDATE fleet_operations SET state = 'succeeded', finished_at = now()");
      f_.clock.advance(1min);  // nor are these the guesses of one minute
    }
  }

  void ask_row(const AccessRow& row) {
    Things ours = make_all(row, "admin"), theirs = make_all(row, "other");
    std::map<std::string, std::string> absences;
    for (const Caller& caller : kCallers) {
      for (const Names& names : all_names(row.things.size())) {
        const auto answer = ask(row, caller.token, ids_of(names, ours, theirs));
        const std::string what = where(row, caller, names) + ": " + answer.body;
        CPPUNIT_ASSERT_EQUAL_MESSAGE(what, expected_status(row, caller, names), answer.status);
        if (answer.status == row.missing) {
          const auto [first, is_new] = absences.emplace(absence(row, caller, names), answer.body);
          CPPUNIT_ASSERT_EQUAL_MESSAGE(what, first->second, answer.body);
        }
        const bool may_be_gone = answer.status == row.status && !row.route.starts_with("GET");
        if (may_be_gone && caller.of_the_others) theirs = make_all(row, "other");
        if (may_be_gone && !caller.of_the_others) ours = make_all(row, "admin");
      }
    }
    // The refused requests did nothing: what the others have is still there for them.
    if (row.least != Role::kPlatform) {
      CPPUNIT_ASSERT_EQUAL_MESSAGE(row.route, row.status, ask(row, "other", theirs).status);
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(AccessMatrixTest);
}  // namespace muster
