#include "aggregator/storage/event_retention.h"
#include "tests/support/eventually.h"
#include "tests/unit/api/api_fixture.h"

namespace muster {
using test::ApiFixture;
using test::eventually;
using test::must;
using namespace std::chrono_literals;

class EventHandlersTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(EventHandlersTest);
  CPPUNIT_TEST(events_are_listed_newest_first_and_in_pages);
  CPPUNIT_TEST(filters_narrow_the_list);
  CPPUNIT_TEST(a_stream_brings_what_happens_to_ones_own_servers);
  CPPUNIT_TEST(a_stream_goes_on_where_the_client_was);
  CPPUNIT_TEST(a_client_that_missed_too_much_starts_anew);
  CPPUNIT_TEST(a_client_that_missed_what_is_removed_starts_anew);
  CPPUNIT_TEST(a_quiet_stream_shows_that_it_is_alive);
  CPPUNIT_TEST(a_revoked_token_ends_its_streams);
  CPPUNIT_TEST(there_are_only_so_many_clients);
  CPPUNIT_TEST(a_client_that_does_not_take_is_let_go);
  CPPUNIT_TEST_SUITE_END();

  static constexpr const char* kEvents = "/api/v1/fleet/events";
  static constexpr const char* kStream = "/api/v1/fleet/events/stream";

  // `count` changes of the first server of an organization.
  static void happen(ApiFixture& f, int count, int organization = 1) {
    f.data.sql(
        "INSERT INTO fleet_events (at, org_id, server_key, server_id, kind, from_state, to_state, "
        "message) SELECT now(), org_id, server_key, id, 'health_changed', 'healthy', 'critical', "
        "'change ' || n FROM generate_series(1, $1::int) AS n, (SELECT * FROM managed_servers "
        "WHERE org_id = $2 LIMIT 1) AS s",
        {count, organization});
  }

  // What has come of a stream, and goes on coming.
  struct Client {
    explicit Client(ApiResponse response) : stream(std::move(response.stream)) {
      CPPUNIT_ASSERT_EQUAL(200, response.status);
      stream->start([] {});
    }
    bool has(const std::string& text) {
      if (auto more = stream->take()) {
        came += *more;
      } else {
        over = true;
      }
      return came.find(text) != std::string::npos;
    }
    std::shared_ptr<EventStream> stream;
    std::string came;
    bool over = false;
  };

  void events_are_listed_newest_first_and_in_pages() {
    ApiFixture f;
    const std::string id = f.add("web-1");
    happen(f, 5);
    const auto first = f.get(std::string(kEvents) + "?limit=3");
    CPPUNIT_ASSERT_EQUAL(std::string("change 5"), f.at(first, "items[0].message"));
    CPPUNIT_ASSERT_EQUAL(id, f.at(first, "items[0].server.id"));
    CPPUNIT_ASSERT_EQUAL(std::string("web-1"), f.at(first, "items[0].server.name"));
    const auto rest = f.get(std::string(kEvents) + "?limit=3&cursor=" + f.at(first, "next_cursor"));
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, f.items(rest));
    CPPUNIT_ASSERT_EQUAL(std::string("null"), f.at(rest, "next_cursor"));
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, f.items(f.ask("other", "GET", kEvents)));
  }

  void filters_narrow_the_list() {
    ApiFixture f;
    const std::string id = f.add("web-1");
    happen(f, 2);
    const std::string path = std::string(kEvents) + "?";
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, f.items(f.get(path + "server=" + id)));
    CPPUNIT_ASSERT_EQUAL(std::size_t{0},
                         f.items(f.get(path + "server=" + Uuid::random().to_string())));
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, f.items(f.get(path + "kind=own_fault_began")));
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, f.items(f.get(path + "to=2020-01-01T00:00:00Z")));
    CPPUNIT_ASSERT_EQUAL(400, f.get(path + "server=1&kin=x").status);
  }

  void a_stream_brings_what_happens_to_ones_own_servers() {
    ApiFixture f;
    f.add("web-1");
    f.add("web-2", "", "other");
    Client ours(f.get(kStream)), theirs(f.ask("other", "GET", kStream));
    CPPUNIT_ASSERT(eventually(10s, [&] { return ours.has("retry: 3000") && theirs.has("retry"); }));
    happen(f, 2);
    happen(f, 1, 2);
    CPPUNIT_ASSERT(eventually(10s, [&] { return ours.has("change 2") && theirs.has("change 1"); }));
    CPPUNIT_ASSERT(ours.came.find("id: 1\nevent: health_changed\ndata: {\"id\":\"1\"") !=
                   std::string::npos);
    CPPUNIT_ASSERT(ours.came.find("web-2") == std::string::npos);
    CPPUNIT_ASSERT(theirs.came.find("web-1") == std::string::npos);
  }

  void a_stream_goes_on_where_the_client_was() {
    ApiFixture f;
    f.add("web-1");
    happen(f, 4);
    Client client(f.ask("viewer", "GET", kStream, "", {{"last-event-id", "2"}}));
    CPPUNIT_ASSERT(eventually(10s, [&] { return client.has("change 4"); }));
    CPPUNIT_ASSERT(client.came.find("change 3") != std::string::npos);
    CPPUNIT_ASSERT(client.came.find("change 2") == std::string::npos);
    happen(f, 1);
    CPPUNIT_ASSERT(eventually(10s, [&] { return client.has("id: 5\n"); }));
    CPPUNIT_ASSERT_EQUAL(400, f.get(std::string(kStream) + "?after=x").status);
  }

  void a_client_that_missed_too_much_starts_anew() {
    ApiFixture f;
    f.add("web-1");
    happen(f, 1'500);
    Client old(f.get(std::string(kStream) + "?after=1"));
    CPPUNIT_ASSERT(eventually(10s, [&] { return old.has("id: 1500\nevent: reset\n"); }));
    CPPUNIT_ASSERT(old.came.find("change") == std::string::npos);
    Client ahead(f.get(std::string(kStream) + "?after=99999"));
    CPPUNIT_ASSERT(eventually(10s, [&] { return ahead.has("event: reset\n"); }));
  }

  void a_client_that_missed_what_is_removed_starts_anew() {
    ApiFixture f;
    f.add("web-1");
    f.add("web-2", "", "other");
    happen(f, 4);
    happen(f, 1, 2);
    f.data.sql("UPDATE fleet_events SET at = now() - interval '2 days' WHERE id <= 2");
    must(EventRetention(f.owners, {.days = std::chrono::days(1)}).run_once(WallTime::max()));
    Client missed(f.get(std::string(kStream) + "?after=1"));
    CPPUNIT_ASSERT(eventually(10s, [&] { return missed.has("id: 5\nevent: reset\n"); }));
    CPPUNIT_ASSERT(missed.came.find("change") == std::string::npos);
    Client knows(f.get(std::string(kStream) + "?after=2"));
    CPPUNIT_ASSERT(eventually(10s, [&] { return knows.has("change 4"); }));
    Client other(f.ask("other", "GET", std::string(kStream) + "?after=0"));
    CPPUNIT_ASSERT(eventually(10s, [&] { return other.has("change 1"); }));
    CPPUNIT_ASSERT((knows.came + other.came).find("reset") == std::string::npos);
  }

  void a_quiet_stream_shows_that_it_is_alive() {
    ApiFixture f;
    Client client(f.get(kStream));
    CPPUNIT_ASSERT(eventually(10s, [&] { return client.has(": alive\n\n"); }));
    client.came.clear();
    f.clock.advance(15s);
    CPPUNIT_ASSERT(eventually(10s, [&] { return client.has(": alive\n\n"); }));
  }

  void a_revoked_token_ends_its_streams() {
    ApiFixture f;
    const auto made =
        f.ask("admin", "POST", "/api/v1/fleet/tokens", R"({"name":"tv","role":"viewer"})");
    Client client(f.ask(f.at(made, "token"), "GET", kStream)), stays(f.get(kStream));
    CPPUNIT_ASSERT(eventually(10s, [&] { return client.has("retry") && stays.has("retry"); }));
    CPPUNIT_ASSERT_EQUAL(204, f.ask("admin", "DELETE", *made.header("Location")).status);
    f.clock.advance(61s);
    CPPUNIT_ASSERT(eventually(10s, [&] { return client.has("nothing") || client.over; }));
    CPPUNIT_ASSERT(!stays.has("nothing") && !stays.over);
  }

  void there_are_only_so_many_clients() {
    ApiSettings settings;
    settings.most_event_streams = 1;
    ApiFixture f(settings);
    {
      Client client(f.get(kStream));
      const auto refused = f.get(kStream);
      CPPUNIT_ASSERT_EQUAL(503, refused.status);
      CPPUNIT_ASSERT(refused.header("Retry-After") != nullptr);
    }
    CPPUNIT_ASSERT(eventually(10s, [&] { return f.get(kStream).status == 200; }));
  }

  void a_client_that_does_not_take_is_let_go() {
    EventSubscription client(1, std::nullopt, [] { return true; });
    int woken = 0;
    client.start([&] { ++woken; });
    for (int i = 0; i < 300; ++i) client.give(std::string(1024, 'x'));
    CPPUNIT_ASSERT(client.ended());
    CPPUNIT_ASSERT_EQUAL(std::size_t{256UL * 1024}, client.take()->size());
    CPPUNIT_ASSERT(!client.take());
    CPPUNIT_ASSERT(woken > 0);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(EventHandlersTest);
}  // namespace muster
