#include "plugins/tcp/script.h"

#include <cppunit/extensions/HelperMacros.h>

#include <chrono>
#include <string>

#include "plugins/tcp/tcp_config.h"

namespace muster {
using probes::Move;
using tcp_probe::Script;
using tcp_probe::Step;
using tcp_probe::TcpConfig;

class TcpScriptTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(TcpScriptTest);
  CPPUNIT_TEST(without_steps_there_is_nothing_to_do);
  CPPUNIT_TEST(says_and_waits_in_turn);
  CPPUNIT_TEST(lines_are_whole_however_they_come);
  CPPUNIT_TEST(captures_go_into_what_is_sent);
  CPPUNIT_TEST(many_lines_are_taken_in_a_moment);
  CPPUNIT_TEST(a_text_is_found_across_pieces);
  CPPUNIT_TEST(bytes_are_sent_as_they_are);
  CPPUNIT_TEST(a_rejected_line_fails_at_once);
  CPPUNIT_TEST(the_end_completes_the_last_line);
  CPPUNIT_TEST(the_end_fails_a_wait_and_names_it);
  CPPUNIT_TEST(tls_begins_with_nothing_left_over);
  CPPUNIT_TEST(refuses_steps_that_are_none);
  CPPUNIT_TEST_SUITE_END();

  static TcpConfig config(const std::string& steps) {
    return TcpConfig(R"({"port":1,"tls":false,"max_bytes":9,"response_time_ms":{},"steps":)" +
                     steps + "}");
  }

  // What happens: "<" what is sent, "r" a read, "T" TLS, "." the end; the server says `pieces` one
  // by one, and then ends.
  static std::string play(Script& script, std::vector<std::string> pieces) {
    std::string log;
    for (std::size_t heard = 0;;) {
      const Move move = script.next();
      if (move.kind == Move::Kind::kEnd) return log + ".";
      if (move.kind == Move::Kind::kSend) log += "<" + move.bytes;
      if (move.kind == Move::Kind::kStartTls) log += "T";
      if (move.kind != Move::Kind::kRead) continue;
      log += "r";
      script.heard(heard < pieces.size() ? pieces[heard] : "");
      ++heard;
    }
  }
  static std::string play(const TcpConfig& made, const std::vector<std::string>& pieces) {
    Script script(made.steps);
    const std::string log = play(script, pieces);
    if (script.failure()) return log + script.current()->name + ": " + script.failure().message;
    CPPUNIT_ASSERT(script.current() == nullptr);
    return log;
  }
  static void expect(const std::string& log, const std::string& steps,
                     const std::vector<std::string>& pieces) {
    CPPUNIT_ASSERT_EQUAL(log, play(config(steps), pieces));
  }

  void without_steps_there_is_nothing_to_do() { expect(".", "[]", {}); }

  void says_and_waits_in_turn() {
    const std::string steps =
        R"([{"expect":"^220 "},{"send":"EHLO a\r\n"},{"expect":"^250 "},{"send":"QUIT"}])";
    expect("r<EHLO a\r\nr<QUIT.", steps, {"220 here\r\n", "250-X\r\n250-Y\r\n250 Z\r\n"});
    expect("r<EHLO a\r\n<QUIT.", steps, {"220 here\r\n250 early\r\n"});
  }

  void lines_are_whole_however_they_come() {
    expect("rrr<ab.", R"x([{"expect":"^id (.*)$"},{"send":"$1"}])x", {"i", "d a", "b\nmore"});
  }

  void captures_go_into_what_is_sent() {
    expect("r<$b-a-$x$.", R"x([{"expect":"(\\w) (\\w)"},{"send":"$$$2-$1-$3$x$"}])x", {"a b\n"});
    expect("r<.", R"([{"expect":"a(b)?"},{"send":"$1"}])", {"a\n"});
  }

  // Each line once, not all that is left for each: 1 MiB of lines would take minutes.
  void many_lines_are_taken_in_a_moment() {
    std::string lines;
    for (int i = 0; i < 1 << 20; ++i) lines += '\n';
    const auto began = std::chrono::steady_clock::now();
    expect("rr.", R"([{"expect":"^done"}])", {lines, "done\n"});
    CPPUNIT_ASSERT(std::chrono::steady_clock::now() - began < std::chrono::seconds(10));
  }

  void a_text_is_found_across_pieces() {
    const std::string steps = R"([{"expect_text":"login: "},{"send":"me"},{"expect_hex":"00 fF"}])";
    expect("rrr<mer.", steps, {"x\nlog", "in:", " ", std::string("-\0\xff", 3)});
    expect("rr<me.", steps, {"logi", std::string("n: \0\xff", 5)});
  }

  void bytes_are_sent_as_they_are() {
    CPPUNIT_ASSERT_EQUAL(std::string("<$1\0\r.", 6),
                         play(config(R"([{"send_hex":"24 31000d"}])"), {}));
  }

  void a_rejected_line_fails_at_once() {
    const std::string steps = R"([{"expect":"^\\+","reject":"^-","name":"ping"}])";
    expect("r.step 1 (ping): the server said what the step rejects", steps, {"-ERR\r\n"});
    expect("r.", steps, {"+OK\r\n-ERR\r\n"});
  }

  void the_end_completes_the_last_line() { expect("rr.", R"([{"expect":"^bye$"}])", {"bye"}); }

  void the_end_fails_a_wait_and_names_it() {
    expect("r<xr.step 3, expect ^b: the server ended the connection before",
           R"([{"expect":"^a"},{"send":"x"},{"expect":"^b"}])", {"a\n"});
  }

  void tls_begins_with_nothing_left_over() {
    const std::string steps = R"([{"expect":"^220"},{"starttls":true},{"send":"x"}])";
    expect("rT<x.", steps, {"220 go\r\n"});
    expect("r.step 2, starttls: the server said more than expected before TLS", steps,
           {"220 go\r\n250 smuggled\r\n"});
  }

  static std::string refusal(const std::string& steps) {
    try {
      config(steps);
    } catch (const sdk::ConfigError& error) {
      return error.what();
    }
    return "none";
  }

  void refuses_steps_that_are_none() {
    CPPUNIT_ASSERT_EQUAL(std::string("/steps/0/expect: a step does one thing; it has send"),
                         refusal(R"([{"send":"a","expect":"b"}])"));
    CPPUNIT_ASSERT_EQUAL(std::string("/steps/0/expect: regular expression: missing ): ("),
                         refusal(R"([{"expect":"("}])"));
    CPPUNIT_ASSERT_EQUAL(std::string("/steps/1/reject: stands beside expect"),
                         refusal(R"([{"send":"a"},{"send":"b","reject":"c"}])"));
    CPPUNIT_ASSERT_EQUAL(std::string("/steps/0/starttls: is true, or is not given"),
                         refusal(R"([{"starttls":false}])"));
    CPPUNIT_ASSERT(refusal(R"([{"name":"a"}])").starts_with("/steps/0/: a step has send"));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(TcpScriptTest);
}  // namespace muster
