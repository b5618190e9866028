#include "plugins/tls/starttls.h"

#include <cppunit/extensions/HelperMacros.h>

#include <string>
#include <vector>

namespace muster {
using probes::Move;

class StarttlsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(StarttlsTest);
  CPPUNIT_TEST(none_says_nothing);
  CPPUNIT_TEST(smtp);
  CPPUNIT_TEST(imap);
  CPPUNIT_TEST(pop3);
  CPPUNIT_TEST(postgres);
  CPPUNIT_TEST(ldap);
  CPPUNIT_TEST(ldap_lengths_may_be_long_and_wrong);
  CPPUNIT_TEST(more_than_an_answer_is_no_answer);
  CPPUNIT_TEST(an_end_is_told);
  CPPUNIT_TEST_SUITE_END();

  // "<" what is sent, "r" a read, "T" TLS; then the failure, if any. The server says the pieces one
  // by one and then ends.
  static std::string play(const std::string& protocol, const std::vector<std::string>& pieces) {
    const auto words = tls_probe::make_starttls(protocol);
    std::string log;
    for (std::size_t heard = 0;;) {
      const Move move = words->next();
      if (move.kind == Move::Kind::kEnd) return log + words->failure().message;
      if (move.kind == Move::Kind::kSend) log += "<" + move.bytes;
      if (move.kind == Move::Kind::kStartTls) log += "T";
      if (move.kind != Move::Kind::kRead) continue;
      log += "r";
      words->heard(heard < pieces.size() ? pieces[heard] : "");
      ++heard;
    }
  }
  static void expect(const std::string& log, const std::string& protocol,
                     const std::vector<std::string>& pieces) {
    CPPUNIT_ASSERT_EQUAL(log, play(protocol, pieces));
  }

  void none_says_nothing() { expect("", "none", {}); }

  void smtp() {
    const std::string hello = "r<EHLO muster.invalid\r\nr";
    expect(hello + "r<STARTTLS\r\nrT", "smtp",
           {"220-a\r\n220 mx\r\n", "250-mx\r\n250-START", "TLS\r\n250 SIZE\r\n", "220 go\r\n"});
    expect(hello + "<STARTTLS\r\nrthe server refuses TLS", "smtp",
           {"220 mx\r\n", "250 STARTTLS\r\n", "454 not now\r\n"});
    expect(hello + "the server does not offer TLS", "smtp", {"220 mx\r\n", "250 SIZE 1\r\n"});
    expect("rthe server refuses to talk", "smtp", {"554 go away\r\n"});
    expect(hello + "<STARTTLS\r\nrT", "smtp",
           {"220\r\n", "250-mx\r\n250-starttls\r\n250\r\n", "220\r\n"});
  }

  void imap() {
    expect("r<a1 STARTTLS\r\nrT", "imap", {"* OK [CAPABILITY X] hi\r\n", "* note\r\na1 OK go\r\n"});
    expect("r<a1 STARTTLS\r\nrthe server refuses TLS", "imap", {"* OK hi\r\n", "a1 BAD no\r\n"});
    expect("rthe server refuses to talk", "imap", {"* BYE\r\n"});
  }

  void pop3() {
    expect("r<STLS\r\nrT", "pop3", {"+OK hi\r\n", "+OK\r\n"});
    expect("r<STLS\r\nrthe server refuses TLS", "pop3", {"+OK hi\r\n", "-ERR\r\n"});
  }

  void postgres() {
    const std::string question = "<" + std::string("\0\0\0\x08\x04\xd2\x16\x2f", 8) + "r";
    expect(question + "T", "postgres", {"S"});
    expect(question + "the server does not offer TLS", "postgres", {"N"});
    expect(question + "the server refuses to talk", "postgres", {"E\0\0\0\x0b"});
  }

  static std::string ldap_answer(char code, const std::string& more) {
    const std::string body = std::string("\x0a\x01", 2) + code + more;
    const std::string response = "\x78" + std::string(1, static_cast<char>(body.size())) + body;
    return "\x30" + std::string(1, static_cast<char>(3 + response.size())) + "\x02\x01\x01" +
           response;
  }
  static inline const std::string kLdap =
      "<" + std::string("\x30\x1d\x02\x01\x01\x77\x18\x80\x16") + "1.3.6.1.4.1.1466.20037r";

  void ldap() {
    const std::string well = ldap_answer(0, std::string("\x04\0\x04\0", 4));
    expect(kLdap + "T", "ldap", {well});
    expect(kLdap + "rrT", "ldap", {well.substr(0, 1), well.substr(1, 4), well.substr(5)});
    expect(kLdap + "the server refuses TLS", "ldap", {ldap_answer(52, "")});
    expect(kLdap + "the server does not speak LDAP", "ldap",
           {"HTTP/1.1 400 Bad\r\n\r\n" + std::string(99, 'x')});
  }

  // As Active Directory writes them.
  void ldap_lengths_may_be_long_and_wrong() {
    const std::string well("\x30\x84\0\0\0\x10\x02\x01\x01\x78\x84\0\0\0\x07\x0a\x01\0\x04\0\x04\0",
                           22);
    expect(kLdap + "T", "ldap", {well});
    expect(kLdap + "rT", "ldap", {well.substr(0, 4), well.substr(4)});
    expect(kLdap + "the server does not speak LDAP", "ldap", {"\x30\x85xxxxxxxx"});
    expect(kLdap + "the server does not speak LDAP", "ldap", {"\x30\x03\x02\x01\x01"});
    expect(kLdap + "the server does not speak LDAP", "ldap", {std::string("\x30\0", 2)});
  }

  void more_than_an_answer_is_no_answer() {
    const std::string fault = "the server said more than an answer before TLS";
    expect("r<STLS\r\nr" + fault, "pop3", {"+OK hi\r\n", "+OK\r\n+OK smuggled\r\n"});
    CPPUNIT_ASSERT(play("postgres", {"S\x16\x03"}).ends_with(fault));
    CPPUNIT_ASSERT(play("ldap", {ldap_answer(0, "") + "x"}).ends_with(fault));
  }

  void an_end_is_told() {
    const std::string fault = "the server ended the connection before TLS";
    for (const char* const protocol : {"smtp", "imap", "pop3", "postgres", "ldap"}) {
      CPPUNIT_ASSERT_MESSAGE(protocol, play(protocol, {}).ends_with(fault));
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(StarttlsTest);
}  // namespace muster
