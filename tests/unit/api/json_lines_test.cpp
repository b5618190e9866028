// Lines of a body that comes in pieces of any size.
#include "aggregator/api/json_lines.h"

#include <cppunit/extensions/HelperMacros.h>

#include <deque>

#include "tests/support/must.h"

namespace muster {
using test::must;

class JsonLinesTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(JsonLinesTest);
  CPPUNIT_TEST(reads_a_body_that_is_there);
  CPPUNIT_TEST(reads_the_same_from_pieces_of_any_size);
  CPPUNIT_TEST(drops_lines_that_are_too_long);
  CPPUNIT_TEST(passes_on_why_a_body_broke_off);
  CPPUNIT_TEST_SUITE_END();

  class Pieces final : public BodySource {
   public:
    Pieces(const std::string& text, std::size_t size, bool breaks = false) : breaks_(breaks) {
      for (std::size_t i = 0; i < text.size(); i += size) pieces_.push_back(text.substr(i, size));
    }
    Result<std::string> next() override {
      if (pieces_.empty() && breaks_) return fail(ErrorCode::kTimeout, "no more came");
      if (pieces_.empty()) return std::string();
      std::string piece = std::move(pieces_.front());
      pieces_.pop_front();
      return piece;
    }

   private:
    std::deque<std::string> pieces_;
    const bool breaks_;
  };

  static ApiRequest request_of(std::shared_ptr<BodySource> source) {
    ApiRequest request;
    request.source = std::move(source);
    return request;
  }

  static std::string all(JsonLines& lines) {
    std::string text;
    while (const auto line = must(lines.next())) {
      text += std::to_string(line->number) + (line->too_long ? "!" : "=" + line->text) + " ";
    }
    return text;
  }

  void reads_a_body_that_is_there() {
    const std::pair<std::string, std::string> cases[] = {
        {"", ""}, {"\n\n", ""}, {"a", "1=a "}, {"a\n", "1=a "}, {"\n a\r\n\t\nb", "2= a\r 4=b "}};
    for (const auto& [body, expected] : cases) {
      ApiRequest request;
      request.body = body;
      JsonLines lines(request);
      CPPUNIT_ASSERT_EQUAL(expected, all(lines));
      CPPUNIT_ASSERT(!must(lines.next()));
    }
  }

  void reads_the_same_from_pieces_of_any_size() {
    for (std::size_t size = 1; size < 12; ++size) {
      const auto request = request_of(std::make_shared<Pieces>("ab\n\nc\ndef", size));
      JsonLines lines(request);
      CPPUNIT_ASSERT_EQUAL(std::string("1=ab 3=c 4=def "), all(lines));
    }
  }

  void drops_lines_that_are_too_long() {
    const std::string longest(JsonLines::kLongestLine, 'x');
    const std::string body = longest + "\n" + longest + "x\nb\n" + longest + longest + longest;
    for (const std::size_t size : {std::size_t{1'000}, longest.size() + 1, body.size()}) {
      const auto request = request_of(std::make_shared<Pieces>(body, size));
      JsonLines lines(request);
      CPPUNIT_ASSERT_EQUAL("1=" + longest + " 2! 3=b 4! ", all(lines));
    }
    ApiRequest whole;
    whole.body = body;
    JsonLines lines(whole);
    CPPUNIT_ASSERT_EQUAL("1=" + longest + " 2! 3=b 4! ", all(lines));
  }

  void passes_on_why_a_body_broke_off() {
    const auto request = request_of(std::make_shared<Pieces>("a\nb", 2, true));
    JsonLines lines(request);
    CPPUNIT_ASSERT_EQUAL(std::string("a"), must(lines.next())->text);
    CPPUNIT_ASSERT_EQUAL(std::string("no more came"), lines.next().error().message);
    CPPUNIT_ASSERT_EQUAL(1, lines.number());
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(JsonLinesTest);
}  // namespace muster
