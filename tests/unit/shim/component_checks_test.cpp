#include <cppunit/extensions/HelperMacros.h>

#include "agent-shim/http_check.h"
#include "agent-shim/postgresql_check.h"
#include "agent-shim/process_check.h"
#include "agent-shim/program_output.h"
#include "agent-shim/redis_check.h"
#include "agent-shim/resolver.h"
#include "agent-shim/tcp_check.h"
#include "tests/support/free_port.h"
#include "tests/support/temp_dir.h"

namespace muster {
using namespace shim;
using namespace std::chrono_literals;
using namespace std::string_literals;
namespace {

std::string pg_error(const std::string& state) {
  return "SFATAL\0VFATAL\0C"s + state + "\0Mthe database system is starting up\0Fpostmaster.c\0\0"s;
}

}  // namespace

class ComponentChecksTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ComponentChecksTest);
  CPPUNIT_TEST(asks_postgresql_as_libpq_does);
  CPPUNIT_TEST(takes_any_answer_of_postgresql_but_57p03_as_alive);
  CPPUNIT_TEST(does_not_take_others_for_postgresql);
  CPPUNIT_TEST(cannot_be_talked_out_of_a_redis_command);
  CPPUNIT_TEST(reads_http_status_lines);
  CPPUNIT_TEST(counts_processes_without_zombies);
  CPPUNIT_TEST(tells_long_process_names_apart);
  CPPUNIT_TEST(finds_a_process_by_the_program_it_was_started_as);
  CPPUNIT_TEST(reports_a_closed_port);
  CPPUNIT_TEST(resolves_localhost);
  CPPUNIT_TEST(never_asks_anybody_about_an_address);
  CPPUNIT_TEST(captures_what_a_program_prints);
  CPPUNIT_TEST(kills_a_program_at_the_deadline);
  CPPUNIT_TEST_SUITE_END();

  Interrupt interrupt_;
  Deadline deadline_{20s, interrupt_};
  test::TempDir proc_;

  void add_process(const char* pid, const std::string& name, char state, const char* argv0 = "") {
    const std::string folder = pid;
    proc_.write(folder + "/stat", folder + " (" + name + ") " + state + " 1 1 1");
    proc_.write(folder + "/cmdline", argv0 + "\0-x\0"s);
  }

  bool runs(const std::string& name, int minimum = 1) {
    return ProcessCheck(ProcessTarget{name, minimum}, proc_.path()).run(deadline_).has_value();
  }

  void asks_postgresql_as_libpq_does() {
    const std::string expected =
        "\0\0\0\x3d\0\3\0\0user\0bob\0database\0shop\0application_name\0muster-shim\0\0"s;
    CPPUNIT_ASSERT_EQUAL(expected.size(), static_cast<std::size_t>(expected[3]));
    CPPUNIT_ASSERT(startup_packet("bob", "shop") == expected);
  }

  void takes_any_answer_of_postgresql_but_57p03_as_alive() {
    CPPUNIT_ASSERT(judge_first_message('R', "\0\0\0\0"s));
    CPPUNIT_ASSERT(judge_first_message('R', "\0\0\0\x0aSCRAM-SHA-256\0\0"s));
    for (const char* state : {"28000", "28P01", "3D000", "53300", "08P01"}) {
      CPPUNIT_ASSERT_MESSAGE(state, judge_first_message('E', pg_error(state)));
    }
    const auto starting = judge_first_message('E', pg_error("57P03"));
    CPPUNIT_ASSERT(!starting);
    CPPUNIT_ASSERT_EQUAL("the database system is starting up (57P03)"s, starting.error().message);
  }

  void does_not_take_others_for_postgresql() {
    CPPUNIT_ASSERT(!judge_first_message('H', "TTP/1.1 400 Bad Request"));
    CPPUNIT_ASSERT(!judge_first_message('R', "\0\0"s));
    CPPUNIT_ASSERT(!judge_first_message('E', ""));
    const std::string error = pg_error("57P03");
    for (std::size_t size = 0; size < 20; ++size) {
      CPPUNIT_ASSERT(!judge_first_message('E', std::string_view(error).substr(0, size)));
    }
  }

  void cannot_be_talked_out_of_a_redis_command() {
    CPPUNIT_ASSERT_EQUAL("*2\r\n$4\r\nAUTH\r\n$11\r\na\r\n*1\r\n$4\r\n\r\n"s,
                         redis_command({"AUTH", "a\r\n*1\r\n$4\r\n"}));
  }

  void reads_http_status_lines() {
    CPPUNIT_ASSERT_EQUAL(200, parse_status_line("HTTP/1.1 200 OK").value());
    CPPUNIT_ASSERT_EQUAL(503, parse_status_line("HTTP/1.0 503").value());
    for (const char* line :
         {"", "HTTP/1.1", "HTTP/1.1 20", "HTTP/1.1 2000", "HTTP/1.1 -20 x", "HTTP/1.1 099 x",
          "SSH-2.0-OpenSSH_9.2", "HTTP/2 200", "HTTP/1.1 2x0"}) {
      CPPUNIT_ASSERT_MESSAGE(line, !parse_status_line(line));
    }
  }

  void counts_processes_without_zombies() {
    add_process("10", "nginx", 'S');
    add_process("11", "nginx", 'Z');
    proc_.write("self-not-a-pid/stat", "12 (nginx) S 1");
    CPPUNIT_ASSERT(runs("nginx"));
    CPPUNIT_ASSERT(!runs("nginx", 2));
    CPPUNIT_ASSERT(!runs("ngin"));
    CPPUNIT_ASSERT(!runs("apache2"));
  }

  void tells_long_process_names_apart() {
    add_process("10", "a-very-long-wor", 'S', "/opt/a-very-long-worker");
    CPPUNIT_ASSERT(runs("a-very-long-worker"));
    CPPUNIT_ASSERT(!runs("a-very-long-workshop"));
  }

  void finds_a_process_by_the_program_it_was_started_as() {
    add_process("10", "python3", 'R', "/opt/shop/run");
    CPPUNIT_ASSERT(runs("/opt/shop/run"));
    CPPUNIT_ASSERT(!runs("/opt/shop/ru"));
  }

  void reports_a_closed_port() {
    const auto answer = TcpCheck(TcpTarget{{"127.0.0.1", test::free_port(), ""}}).run(deadline_);
    CPPUNIT_ASSERT(!answer);
    CPPUNIT_ASSERT(answer.error().message.find("refused") != std::string::npos);
  }

  void resolves_localhost() {
    const auto addresses = resolve("localhost", 80, deadline_);
    CPPUNIT_ASSERT(addresses && !addresses->empty());
  }

  void never_asks_anybody_about_an_address() {
    interrupt_.raise();  // ends every wait at once
    for (const char* host : {"127.0.0.1", "192.0.2.7", "::1", "2001:db8::1"}) {
      CPPUNIT_ASSERT_MESSAGE(host, resolve(host, 80, deadline_));
    }
    CPPUNIT_ASSERT(!resolve("name.invalid", 80, deadline_));
  }

  void captures_what_a_program_prints() {
    CPPUNIT_ASSERT_EQUAL("a b\n"s, program_output({"/bin/echo", "a b"}, deadline_).value());
    CPPUNIT_ASSERT(!program_output({"/no/such/program"}, deadline_));
    CPPUNIT_ASSERT(!program_output({"/usr/bin/yes"}, deadline_));  // never ends, writes too much
  }

  void kills_a_program_at_the_deadline() {
    const auto output = program_output({"/bin/sleep", "100"}, {50ms, interrupt_});
    CPPUNIT_ASSERT(output.error().code == ErrorCode::kTimeout);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ComponentChecksTest);
}  // namespace muster
