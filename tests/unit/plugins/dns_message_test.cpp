#include "plugins/dns/dns_message.h"

#include <cppunit/extensions/HelperMacros.h>

#include <random>
#include <string>

#include "plugins/dns/judge.h"

namespace muster {
using dns_probe::Answer;
using dns_probe::DnsConfig;
using dns_probe::Question;

class DnsMessageTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(DnsMessageTest);
  CPPUNIT_TEST(writes_a_question);
  CPPUNIT_TEST(refuses_what_is_no_name);
  CPPUNIT_TEST(reads_records_of_each_type);
  CPPUNIT_TEST(reads_the_flags);
  CPPUNIT_TEST(takes_only_the_answer_to_the_question);
  CPPUNIT_TEST(a_cut_answer_is_none);
  CPPUNIT_TEST(pointers_lead_backwards_only);
  CPPUNIT_TEST(random_bytes_do_no_harm);
  CPPUNIT_TEST(turns_addresses_around);
  CPPUNIT_TEST(judges_the_records);
  CPPUNIT_TEST(judges_code_and_flags);
  CPPUNIT_TEST(refuses_configurations_that_ask_nothing);
  CPPUNIT_TEST_SUITE_END();

  static Question question(std::uint16_t type = 1) {
    return {0x1234, "a.example", type, true, false};
  }

  static std::string put16(unsigned value) {
    return {static_cast<char>(value >> 8), static_cast<char>(value & 0xff)};
  }
  static inline const std::string kName{"\1a\7example\0", 11};

  // An answer with records of `type`, whose names point to the question's.
  static std::string answer(std::uint16_t type, const std::vector<std::string>& data,
                            unsigned flags = 0x8180, unsigned id = 0x1234) {
    std::string bytes = put16(id) + put16(flags) + put16(1) +
                        put16(static_cast<unsigned>(data.size())) + put16(0) + put16(0) + kName +
                        put16(type) + put16(1);
    for (const std::string& record : data) {
      bytes += put16(0xc00c) + put16(type) + put16(1) + put16(0) + put16(300) +
               put16(static_cast<unsigned>(record.size())) + record;
    }
    return bytes;
  }

  static std::string read(std::uint16_t type, const std::string& data) {
    const auto found = dns_probe::read_answer(answer(type, {data}), question(type));
    return found ? found->records.at(0).text : "broken";
  }

  void writes_a_question() {
    Question asked = question(28);
    asked.dnssec = true;
    const std::string expected = put16(0x1234) + put16(0x0120) + put16(1) + put16(0) + put16(0) +
                                 put16(1) + kName + put16(28) + put16(1) + std::string(1, '\0') +
                                 put16(41) + put16(1232) + put16(0) + put16(0x8000) + put16(0);
    CPPUNIT_ASSERT(dns_probe::to_bytes(asked) == expected);
    asked.name = "a.example.";
    CPPUNIT_ASSERT(dns_probe::to_bytes(asked) == expected);
  }

  void refuses_what_is_no_name() {
    for (const std::string& name : {std::string("a..b"), std::string(".a"), std::string(64, 'a'),
                                    std::string(127, 'a') + "." + std::string(127, 'b')}) {
      CPPUNIT_ASSERT_MESSAGE(name, !dns_probe::to_bytes({1, name, 1, true, false}));
    }
    CPPUNIT_ASSERT(dns_probe::to_bytes({1, ".", 1, true, false}).has_value());
  }

  void reads_records_of_each_type() {
    CPPUNIT_ASSERT_EQUAL(std::string("10.0.0.1"), read(1, std::string("\x0a\0\0\1", 4)));
    CPPUNIT_ASSERT_EQUAL(std::string("::1"), read(28, std::string(15, '\0') + "\1"));
    CPPUNIT_ASSERT_EQUAL(std::string("b.a.example"), read(5, "\1b\xc0\x0c"));
    CPPUNIT_ASSERT_EQUAL(std::string("10 b.example"), read(15, put16(10) + "\1b\xc0\x0e"));
    CPPUNIT_ASSERT_EQUAL(std::string("one two"), read(16, "\4one \3two"));
    CPPUNIT_ASSERT_EQUAL(std::string("1 2 443 a.example"),
                         read(33, put16(1) + put16(2) + put16(443) + kName));
    CPPUNIT_ASSERT_EQUAL(
        std::string("a.example . 1 2 3 4 5"),
        read(6, "\xc0\x0c" + std::string("\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5", 21)));
    CPPUNIT_ASSERT_EQUAL(std::string("broken"), read(1, "abc"));
    CPPUNIT_ASSERT_EQUAL(std::string("broken"), read(16, "\5abc"));
    CPPUNIT_ASSERT_EQUAL(std::string("broken"), read(5, "\1b\xc0\x0c!"));
  }

  void reads_the_flags() {
    const auto plain = dns_probe::read_answer(answer(1, {}), question());
    CPPUNIT_ASSERT(plain && plain->rcode == 0 && !plain->truncated && !plain->authoritative);
    const auto all = dns_probe::read_answer(answer(1, {}, 0x8623), question());
    CPPUNIT_ASSERT(all && all->rcode == 3 && all->truncated && all->authoritative);
    CPPUNIT_ASSERT(all->authenticated);
    CPPUNIT_ASSERT_EQUAL(std::string("NXDOMAIN"), dns_probe::name_of_rcode(all->rcode));
  }

  void takes_only_the_answer_to_the_question() {
    CPPUNIT_ASSERT(!dns_probe::read_answer(answer(1, {}, 0x8180, 0x1235), question()));
    CPPUNIT_ASSERT(!dns_probe::read_answer(answer(1, {}, 0x0180), question()));
    CPPUNIT_ASSERT(!dns_probe::read_answer(answer(28, {}), question(1)));
    Question other = question();
    other.name = "b.example";
    CPPUNIT_ASSERT(!dns_probe::read_answer(answer(1, {}), other));
    other.name = "A.Example.";
    CPPUNIT_ASSERT(dns_probe::read_answer(answer(1, {}), other).has_value());
  }

  void a_cut_answer_is_none() {
    const std::string whole = answer(15, {put16(10) + "\1b\xc0\x0e"});
    for (std::size_t size = 0; size < whole.size(); ++size) {
      CPPUNIT_ASSERT(!dns_probe::read_answer(whole.substr(0, size), question(15)));
    }
    const std::string cut = answer(1, {"abcd"}, 0x8380);
    const auto read = dns_probe::read_answer(cut.substr(0, cut.size() - 2), question());
    CPPUNIT_ASSERT(read && read->truncated && read->records.empty());
  }

  void pointers_lead_backwards_only() {
    CPPUNIT_ASSERT_EQUAL(std::string("broken"), read(5, "\xc0\x27"));     // itself
    CPPUNIT_ASSERT_EQUAL(std::string("broken"), read(5, "\1b\xc0\x27"));  // its own beginning
    CPPUNIT_ASSERT_EQUAL(std::string("broken"), read(5, "\xff\xff"));     // beyond the end
    CPPUNIT_ASSERT_EQUAL(std::string("broken"), read(5, "\x80\x0c"));     // no kind of label
  }

  void random_bytes_do_no_harm() {
    std::mt19937 random(1);
    const std::string whole = answer(15, {put16(10) + "\1b\xc0\x0e", put16(20) + kName});
    for (int i = 0; i < 50000; ++i) {
      std::string bytes = whole.substr(0, random() % (whole.size() + 1));
      for (unsigned changes = random() % 6; changes > 0 && bytes.size() > 12; --changes) {
        bytes[12 + random() % (bytes.size() - 12)] = static_cast<char>(random());
      }
      const auto read = dns_probe::read_answer(bytes, question(15));
      CPPUNIT_ASSERT(!read || read->records.size() <= 2);
    }
  }

  void turns_addresses_around() {
    CPPUNIT_ASSERT(dns_probe::reverse_name("192.0.2.1") == "1.2.0.192.in-addr.arpa");
    const auto six = dns_probe::reverse_name("2001:db8::1");
    CPPUNIT_ASSERT(six && six->starts_with("1.0.0.0.") &&
                   six->ends_with(".8.b.d.0.1.0.0.2.ip6.arpa"));
    CPPUNIT_ASSERT(!dns_probe::reverse_name("a.example"));
  }

  static DnsConfig config(const std::string& more = R"("contains":[])",
                          const std::string& query = "a.example", const std::string& type = "MX") {
    return DnsConfig(R"({"query":")" + query + R"(","type":")" + type +
                     R"(","resolvers":[],"port":53,"transport":"udp","recursion":true,)"
                     R"("rcode":"NOERROR","authenticated":false,"authoritative":false,)"
                     R"("response_time_ms":{},)" +
                     more + "}");
  }
  static std::string told(const DnsConfig& wanted, const std::vector<std::string>& records,
                          int rcode = 0) {
    Answer answer;
    answer.rcode = rcode;
    answer.records.push_back({"a.example", 5, 1, "elsewhere.example"});
    for (const std::string& text : records)
      answer.records.push_back({"a.example", wanted.type, 1, text});
    probes::Faults faults;
    judge(answer, wanted, faults);
    return faults.message();
  }

  void judges_the_records() {
    const std::vector<std::string> two{"10 Mx1.example", "20 mx2.example"};
    CPPUNIT_ASSERT_EQUAL(std::string(), told(config(), two));
    CPPUNIT_ASSERT_EQUAL(std::string("there are no MX records"), told(config(), {}));
    CPPUNIT_ASSERT_EQUAL(std::string(), told(config(R"("contains":["10 mx1.example."])"), two));
    CPPUNIT_ASSERT_EQUAL(std::string("the record 30 mx3.example is missing"),
                         told(config(R"("contains":["30 mx3.example"])"), two));
    const DnsConfig exact =
        config(R"("contains":[],"exactly":["20 mx2.example","10 mx1.example"])");
    CPPUNIT_ASSERT_EQUAL(std::string(), told(exact, two));
    CPPUNIT_ASSERT_EQUAL(std::string("the records are not exactly those expected"),
                         told(exact, {"10 mx1.example"}));
    CPPUNIT_ASSERT_EQUAL(std::string(), told(config(R"("contains":[],"exactly":[])"), {}));
    const DnsConfig matching = config(R"("contains":[],"matches":"^[0-9]+ mx[0-9]")");
    CPPUNIT_ASSERT_EQUAL(std::string("a record does not match the expression"),
                         told(matching, two));
    CPPUNIT_ASSERT_EQUAL(std::string(), told(matching, {"1 mx1"}));
  }

  void judges_code_and_flags() {
    CPPUNIT_ASSERT_EQUAL(std::string("the answer is NXDOMAIN, expected NOERROR"),
                         told(config(), {}, 3));
    DnsConfig gone = config();
    gone.rcode = "NXDOMAIN";
    CPPUNIT_ASSERT_EQUAL(std::string(), told(gone, {}, 3));
    DnsConfig strict = config();
    strict.authenticated = strict.authoritative = true;
    CPPUNIT_ASSERT_EQUAL(
        std::string("the answer is not authenticated by DNSSEC; the answer is not authoritative"),
        told(strict, {"1 a"}));
  }

  void refuses_configurations_that_ask_nothing() {
    CPPUNIT_ASSERT_THROW(config(R"("contains":[])", "a..b"), sdk::ConfigError);
    CPPUNIT_ASSERT_THROW(config(R"("contains":["a"],"exactly":["a"])"), sdk::ConfigError);
    CPPUNIT_ASSERT_THROW(config(R"("contains":[],"matches":"(")"), sdk::ConfigError);
    CPPUNIT_ASSERT_EQUAL(std::string("1.2.0.192.in-addr.arpa"),
                         query_for(config(R"("contains":[])", "{host}", "PTR"), "192.0.2.1"));
    CPPUNIT_ASSERT_EQUAL(std::string("www.b.example"),
                         query_for(config(R"("contains":[])", "www.{host}", "A"), "b.example"));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DnsMessageTest);
}  // namespace muster
