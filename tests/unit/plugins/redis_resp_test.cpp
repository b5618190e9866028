#include <cppunit/extensions/HelperMacros.h>

#include <random>
#include <string>

#include "plugins/redis/resp.h"
#include "plugins/redis/session.h"

namespace muster {
using probes::Move;
using redis_probe::read_resp;
using redis_probe::RespRead;
using redis_probe::RespValue;
using redis_probe::Session;

class RedisRespTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(RedisRespTest);
  CPPUNIT_TEST(reads_each_kind);
  CPPUNIT_TEST(a_cut_value_needs_more);
  CPPUNIT_TEST(refuses_what_is_none);
  CPPUNIT_TEST(lengths_and_depth_are_capped);
  CPPUNIT_TEST(random_bytes_do_no_harm);
  CPPUNIT_TEST(writes_commands);
  CPPUNIT_TEST(a_session_asks_all_at_once);
  CPPUNIT_TEST(a_session_shows_who_it_is);
  CPPUNIT_TEST(an_end_with_an_explanation_is_an_answer);
  CPPUNIT_TEST(an_end_without_one_is_a_failure);
  CPPUNIT_TEST(another_protocol_is_a_failure);
  CPPUNIT_TEST_SUITE_END();

  static std::string shown(const RespValue& value) {
    switch (value.kind) {
      case RespValue::Kind::kText:
        return "'" + value.text + "'";
      case RespValue::Kind::kError:
        return "!" + value.text;
      case RespValue::Kind::kInteger:
        return value.text;
      case RespValue::Kind::kNull:
        return "null";
      case RespValue::Kind::kList:
        break;
    }
    std::string text = "[";
    for (const RespValue& item : value.items) text += shown(item) + ",";
    return text + "]";
  }
  static std::string read(const std::string& bytes) {
    const RespRead read = read_resp(bytes);
    if (read.state == RespRead::State::kBroken) return "broken";
    if (read.state == RespRead::State::kNeedsMore) return "more";
    return shown(read.value) + "/" + std::to_string(read.size);
  }
  static void expect(const std::string& expected, const std::string& bytes) {
    CPPUNIT_ASSERT_EQUAL(expected, read(bytes));
  }

  void reads_each_kind() {
    expect("'PONG'/7", "+PONG\r\n+x");
    expect("!ERR no/9", "-ERR no\r\n");
    expect("-12/6", ":-12\r\n");
    expect("'a\r\nb'/10", "$4\r\na\r\nb\r\n");
    expect("''/6", "$0\r\n\r\n");
    expect("null/5", "$-1\r\n");
    expect("null/5", "*-1\r\n");
    expect("['a',1,[],]/19", "*3\r\n$1\r\na\r\n:1\r\n*0\r\n");
  }

  void a_cut_value_needs_more() {
    const std::string whole = "*2\r\n$1\r\na\r\n+b\r\n";
    for (std::size_t size = 0; size < whole.size(); ++size) expect("more", whole.substr(0, size));
    expect("['a','b',]/15", whole);
  }

  void refuses_what_is_none() {
    for (const char* const bytes : {"HTTP/1.1 400\r\n", "\r\n", "+a\n", ":1x\r\n", ":\r\n",
                                    "$x\r\n", "$-2\r\n", "*-2\r\n", "$1\r\nabc", "*1\r\n?\r\n"}) {
      expect("broken", bytes);
    }
  }

  void lengths_and_depth_are_capped() {
    expect("more", "$524288\r\n");
    expect("broken", "$524289\r\n");
    expect("broken", "$99999999999999999999\r\n");
    expect("more", "*1024\r\n");
    expect("broken", "*1025\r\n");
    expect("more", "*1\r\n*1\r\n*1\r\n*1\r\n");
    expect("broken", "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n");
    expect("broken", "+" + std::string(65536, 'a'));
  }

  void random_bytes_do_no_harm() {
    std::mt19937 random(1);
    const std::string alphabet = "+-:$*0123\r\n\r\na";
    for (int i = 0; i < 20000; ++i) {
      std::string bytes(random() % 40, '\0');
      for (char& c : bytes) c = alphabet[random() % alphabet.size()];
      const RespRead read = read_resp(bytes);
      CPPUNIT_ASSERT(read.size <= bytes.size());
    }
  }

  void writes_commands() {
    CPPUNIT_ASSERT_EQUAL(std::string("*2\r\n$4\r\nAUTH\r\n$3\r\na b\r\n"),
                         redis_probe::to_command({"AUTH", "a b"}));
  }

  // Takes the session to its end; the server says the pieces one by one and then ends.
  static std::string play(Session& session, const std::vector<std::string>& pieces) {
    std::string sent;
    for (std::size_t heard = 0;;) {
      const Move move = session.next();
      if (move.kind == Move::Kind::kEnd) return sent;
      sent += move.bytes;
      if (move.kind != Move::Kind::kRead) continue;
      session.heard(heard < pieces.size() ? pieces[heard] : "");
      ++heard;
    }
  }

  void a_session_asks_all_at_once() {
    Session session("", "");
    CPPUNIT_ASSERT_EQUAL(std::string("*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nINFO\r\n"),
                         play(session, {"+PO", "NG\r\n$3\r\na:", "1\r\n"}));
    CPPUNIT_ASSERT(!session.failure());
    CPPUNIT_ASSERT(session.auth() == nullptr);
    CPPUNIT_ASSERT_EQUAL(std::string("PONG"), session.ping()->text);
    CPPUNIT_ASSERT_EQUAL(std::string("a:1"), session.info()->text);
  }

  void a_session_shows_who_it_is() {
    Session named("u", "p");
    CPPUNIT_ASSERT(play(named, {}).starts_with("*3\r\n$4\r\nAUTH\r\n$1\r\nu\r\n$1\r\np\r\n"));
    Session unnamed("", "p");
    CPPUNIT_ASSERT(play(unnamed, {"+OK\r\n+PONG\r\n$1\r\nx\r\n"})
                       .starts_with("*2\r\n$4\r\nAUTH\r\n$1\r\np\r\n"));
    CPPUNIT_ASSERT_EQUAL(std::string("OK"), unnamed.auth()->text);
    CPPUNIT_ASSERT_EQUAL(std::string("x"), unnamed.info()->text);
  }

  void an_end_with_an_explanation_is_an_answer() {
    Session session("", "");
    play(session, {"-ERR max number of clients reached\r\n"});
    CPPUNIT_ASSERT(!session.failure());
    CPPUNIT_ASSERT_EQUAL(std::string("ERR max number of clients reached"), session.ping()->text);
  }

  void an_end_without_one_is_a_failure() {
    Session session("", "");
    play(session, {"+PONG\r\n"});
    CPPUNIT_ASSERT(session.failure().reason == MUSTER_REASON_PROTOCOL);
    CPPUNIT_ASSERT(session.info() == nullptr);
  }

  void another_protocol_is_a_failure() {
    Session session("", "");
    play(session, {"HTTP/1.1 400 Bad Request\r\n\r\n"});
    CPPUNIT_ASSERT_EQUAL(std::string("the server does not speak the protocol of Redis"),
                         session.failure().message);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RedisRespTest);
}  // namespace muster
