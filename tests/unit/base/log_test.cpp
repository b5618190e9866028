#include "common/base/log.h"

#include <cppunit/extensions/HelperMacros.h>

#include <iostream>
#include <sstream>

namespace muster {

class LogTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(LogTest);
  CPPUNIT_TEST(writes_one_line_an_event);
  CPPUNIT_TEST(quotes_what_is_not_a_plain_word);
  CPPUNIT_TEST(no_value_can_forge_a_line);
  CPPUNIT_TEST(the_level_decides_what_is_written);
  CPPUNIT_TEST(knows_its_levels_by_name);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    before_ = std::cerr.rdbuf(captured_.rdbuf());
    log::start(log::Level::kInfo);
  }
  void tearDown() override {
    log::start(log::Level::kError);
    std::cerr.rdbuf(before_);
  }

 private:
  // Without the time in front and the newline behind.
  std::string line() {
    const std::string text = captured_.str();
    CPPUNIT_ASSERT_EQUAL_MESSAGE(text, std::size_t{1}, lines(text));
    CPPUNIT_ASSERT_EQUAL('Z', text.at(23));
    captured_.str("");
    return text.substr(25, text.size() - 26);
  }

  static std::size_t lines(const std::string& text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  }

  std::string value(std::string_view text) {
    log::info("e", {{"v", text}});
    return line().substr(std::string_view("info e v=").size());
  }

  void writes_one_line_an_event() {
    const std::string name = "node-1";
    log::warn("server.lost", {{"server", name}, {"tries", 3}, {"share", 0.5}, {"known", true}});
    CPPUNIT_ASSERT_EQUAL(
        std::string("warn server.lost server=node-1 tries=3 share=0.500000 known=true"), line());
    log::error("plain");
    CPPUNIT_ASSERT_EQUAL(std::string("error plain"), line());
  }

  void quotes_what_is_not_a_plain_word() {
    CPPUNIT_ASSERT_EQUAL(std::string(R"("two words")"), value("two words"));
    CPPUNIT_ASSERT_EQUAL(std::string(R"("")"), value(""));
    CPPUNIT_ASSERT_EQUAL(std::string(R"("a=b")"), value("a=b"));
    CPPUNIT_ASSERT_EQUAL(std::string(R"("say \"hi\" \\ bye")"), value(R"(say "hi" \ bye)"));
    CPPUNIT_ASSERT_EQUAL(std::string("caf\xc3\xa9"), value("caf\xc3\xa9"));
    CPPUNIT_ASSERT_EQUAL(std::string("100%s%n"), value("100%s%n"));
  }

  void no_value_can_forge_a_line() {
    CPPUNIT_ASSERT_EQUAL(std::string(R"("x\ninfo daemon.ready")"), value("x\ninfo daemon.ready"));
    CPPUNIT_ASSERT_EQUAL(std::string("\"?[31m?\""), value("\x1b[31m\r"));
    CPPUNIT_ASSERT_EQUAL(std::string("\"a?b?\""), value(std::string_view("a\0b\x7f", 4)));
  }

  void the_level_decides_what_is_written() {
    log::debug("hidden");
    CPPUNIT_ASSERT_EQUAL(std::string(), captured_.str());
    log::start(log::Level::kDebug);
    log::debug("shown");
    CPPUNIT_ASSERT_EQUAL(std::string("debug shown"), line());
    log::start(log::Level::kError);
    log::warn("hidden");
    CPPUNIT_ASSERT_EQUAL(std::string(), captured_.str());
    CPPUNIT_ASSERT(log::enabled(log::Level::kError));
    CPPUNIT_ASSERT(!log::enabled(log::Level::kWarn));
  }

  void knows_its_levels_by_name() {
    CPPUNIT_ASSERT(log::parse_level("warn") == log::Level::kWarn);
    CPPUNIT_ASSERT(log::parse_level("debug") == log::Level::kDebug);
    for (const char* wrong : {"", "WARN", "warning", "trace"}) {
      CPPUNIT_ASSERT(!log::parse_level(wrong));
    }
  }

  std::ostringstream captured_;
  std::streambuf* before_ = nullptr;
};

CPPUNIT_TEST_SUITE_REGISTRATION(LogTest);
}  // namespace muster
