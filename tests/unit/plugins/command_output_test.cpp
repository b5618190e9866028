#include "plugins/exec/command_output.h"

#include <cppunit/extensions/HelperMacros.h>

#include "plugins/exec/verdict.h"

namespace muster {
using exec_probe::first_line;
using exec_probe::read_output;

class CommandOutputTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(CommandOutputTest);
  CPPUNIT_TEST(the_first_line_is_the_message);
  CPPUNIT_TEST(perfdata_may_have_many_lines);
  CPPUNIT_TEST(what_is_no_utf8_is_replaced);
  CPPUNIT_TEST(a_cut_costs_the_last_word);
  CPPUNIT_TEST(codes_are_those_of_nagios);
  CPPUNIT_TEST_SUITE_END();

  void the_first_line_is_the_message() {
    const auto output = read_output("DISK OK - 3326 MB free | /=2643MB;5948\nlong text\n");
    CPPUNIT_ASSERT_EQUAL(std::string("DISK OK - 3326 MB free"), output.message);
    CPPUNIT_ASSERT_EQUAL(std::string(" /=2643MB;5948"), output.perfdata);
    CPPUNIT_ASSERT_EQUAL(std::string(), read_output("").message);
    CPPUNIT_ASSERT_EQUAL(std::string("OK"), read_output("OK\r\n").message);
    CPPUNIT_ASSERT_EQUAL(std::string("later"), first_line("\n\n later \nmore"));
  }

  // The example of Nagios Core's plugin API.
  void perfdata_may_have_many_lines() {
    const auto output = read_output(
        "DISK OK - free space: / 3326 MB (56%); | /=2643MB;5948;5958;0;5968\n"
        "/ 15272 MB (77%);\n/boot 68 MB (69%);\n"
        "/var/log 819 MB (84%); | /boot=68MB;88;93;0;98\n"
        "/home=69357MB;253404;253409;0;253414\n");
    CPPUNIT_ASSERT_EQUAL(std::string("DISK OK - free space: / 3326 MB (56%);"), output.message);
    CPPUNIT_ASSERT_EQUAL(std::string(" /=2643MB;5948;5958;0;5968\n /boot=68MB;88;93;0;98\n"
                                     "/home=69357MB;253404;253409;0;253414\n"),
                         output.perfdata);
  }

  void what_is_no_utf8_is_replaced() {
    CPPUNIT_ASSERT_EQUAL(std::string("gr\xc3\xbc\xc3\x9f"), first_line("gr\xc3\xbc\xc3\x9f"));
    CPPUNIT_ASSERT_EQUAL(std::string("gr\xef\xbf\xbdn"), first_line("gr\xfcn"));
    CPPUNIT_ASSERT_EQUAL(std::string("\xef\xbf\xbd\xef\xbf\xbd"), first_line("\xc0\x80"));
    CPPUNIT_ASSERT_EQUAL(std::string("a\xef\xbf\xbd"), first_line("a\xe2"));
  }

  void a_cut_costs_the_last_word() {
    CPPUNIT_ASSERT_EQUAL(std::string_view("OK | a=1"),
                         exec_probe::without_last_word("OK | a=1 b=12"));
    CPPUNIT_ASSERT_EQUAL(std::string_view("yyy"), exec_probe::without_last_word("yyy"));
  }

  static void assert_judged(exec_probe::Ending ending, const std::string& said,
                            muster_status status, const std::string& message) {
    const auto verdict = exec_probe::judge(ending, said);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(message, status, verdict.status);
    CPPUNIT_ASSERT_EQUAL(message, verdict.message);
  }

  void codes_are_those_of_nagios() {
    assert_judged({false, 0}, "", MUSTER_OK, "");
    assert_judged({false, 0}, "fine", MUSTER_OK, "fine");
    assert_judged({false, 1}, "so so", MUSTER_WARNING, "so so");
    assert_judged({false, 2}, "", MUSTER_CRITICAL, "the command exited with 2 and said nothing");
    assert_judged({false, 3}, "no idea", MUSTER_UNKNOWN, "no idea");
    assert_judged({false, 127}, "sh: x: not found", MUSTER_UNKNOWN,
                  "the command exited with 127: sh: x: not found");
    assert_judged({true, 11}, "", MUSTER_UNKNOWN, "the command was ended by SIGSEGV");
    assert_judged({true, 40}, "a", MUSTER_UNKNOWN, "the command was ended by signal 40: a");
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(CommandOutputTest);
}  // namespace muster
