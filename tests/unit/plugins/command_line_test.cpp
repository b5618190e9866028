#include "plugins/exec/command_line.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {
using exec_probe::CommandLine;
using Words = std::vector<std::string>;

class CommandLineTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(CommandLineTest);
  CPPUNIT_TEST(fills_in_the_server);
  CPPUNIT_TEST(a_server_is_no_option_and_no_placeholder);
  CPPUNIT_TEST(refuses_what_can_never_be_right);
  CPPUNIT_TEST(a_shell_is_given_no_words_of_a_server_to_run);
  CPPUNIT_TEST(finds_programs);
  CPPUNIT_TEST_SUITE_END();

  static Words filled(const std::string& argument, const std::string& host) {
    return CommandLine({"/bin/x", argument}).for_server({host, "web 1", "https://web-1:8471"});
  }

  void fills_in_the_server() {
    CPPUNIT_ASSERT(filled("{host}", "10.0.0.1") == Words({"/bin/x", "10.0.0.1"}));
    CPPUNIT_ASSERT(filled("-H{host}:{name}", "h").at(1) == "-Hh:web 1");
    CPPUNIT_ASSERT(filled("{api_url}/x", "h").at(1) == "https://web-1:8471/x");
    CPPUNIT_ASSERT(filled("{print $1} {other} {", "h").at(1) == "{print $1} {other} {");
    CPPUNIT_ASSERT(filled("a", "").at(1) == "a");
  }

  static std::string refusal(const std::string& argument, const std::string& host) {
    try {
      filled(argument, host);
    } catch (const exec_probe::UnfitWords& error) {
      return error.what();
    }
    return "taken";
  }

  void a_server_is_no_option_and_no_placeholder() {
    CPPUNIT_ASSERT_EQUAL(std::string("the server's {host} begins with '-'"),
                         refusal("{host}", "-oProxyCommand=x"));
    CPPUNIT_ASSERT_EQUAL(std::string("taken"), refusal("--host={host}", "-x"));
    CPPUNIT_ASSERT_EQUAL(std::string("the server's {host} is empty"), refusal("{host}", ""));
    CPPUNIT_ASSERT_EQUAL(std::string("the server's {host} holds a NUL"),
                         refusal("{host}", std::string("a\0b", 3)));
    CPPUNIT_ASSERT(filled("{host}", "{name}").at(1) == "{name}");
  }

  static std::string fault(Words command) {
    const auto found = CommandLine(std::move(command)).fault();
    return found ? std::to_string(found->argument) + " " + found->reason : "none";
  }

  void refuses_what_can_never_be_right() {
    CPPUNIT_ASSERT_EQUAL(std::string("none"), fault({"/bin/true", "{host}"}));
    CPPUNIT_ASSERT_EQUAL(std::string("0 no program is named"), fault({""}));
    CPPUNIT_ASSERT_EQUAL(std::string("0 a server must not choose the program"),
                         fault({"/opt/{name}"}));
    CPPUNIT_ASSERT_EQUAL(std::string("0 give a whole path, or a name to look for in PATH"),
                         fault({"bin/x"}));
  }

  void a_shell_is_given_no_words_of_a_server_to_run() {
    const auto refused_at = [](Words command) { return fault(std::move(command)).substr(0, 20); };
    const auto at = [](int argument) { return std::to_string(argument) + " a shell would run "; };
    CPPUNIT_ASSERT_EQUAL(at(2), refused_at({"/bin/bash", "-ec", "ping {host}"}));
    CPPUNIT_ASSERT_EQUAL(at(3), refused_at({"bash", "-e", "-c", "ping {name}"}));
    CPPUNIT_ASSERT_EQUAL(at(3), refused_at({"env", "sh", "-c", "ping {name}"}));
    CPPUNIT_ASSERT_EQUAL(at(4), refused_at({"timeout", "5", "/bin/sh", "-c", "{name}"}));
    CPPUNIT_ASSERT_EQUAL(at(4), refused_at({"bash", "-c", "-o", "pipefail", "ping {name}"}));
    CPPUNIT_ASSERT_EQUAL(at(4), refused_at({"bash", "-euo", "pipefail", "-c", "ping {name}"}));
    CPPUNIT_ASSERT_EQUAL(std::string("none"), fault({"sh", "-c", "ping \"$1\"", "sh", "{host}"}));
    CPPUNIT_ASSERT_EQUAL(std::string("none"), fault({"sh", "/opt/check.sh", "{name}"}));
  }

  void finds_programs() {
    using exec_probe::find_program;
    CPPUNIT_ASSERT_EQUAL(std::string("/bin/sh"), find_program("sh", "/nowhere::/bin:/usr/bin"));
    CPPUNIT_ASSERT_EQUAL(std::string("/bin/sh"), find_program("/bin/sh", ""));
    CPPUNIT_ASSERT_EQUAL(std::string(), find_program("/etc/passwd", ""));
    CPPUNIT_ASSERT_EQUAL(std::string(), find_program("/tmp", ""));
    CPPUNIT_ASSERT_EQUAL(std::string(), find_program("no-such-program", "/bin:relative"));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(CommandLineTest);
}  // namespace muster
