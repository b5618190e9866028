#include "common/net/dns_cache.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {
using namespace std::chrono_literals;

class DnsCacheTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(DnsCacheTest);
  CPPUNIT_TEST(keeps_an_answer_for_its_ttl);
  CPPUNIT_TEST(bounds_the_ttl);
  CPPUNIT_TEST(keeps_failures_for_seconds);
  CPPUNIT_TEST(falls_back_to_an_expired_answer_when_dns_fails);
  CPPUNIT_TEST(believes_that_a_name_is_gone);
  CPPUNIT_TEST(forgets_an_expired_answer_after_an_hour);
  CPPUNIT_TEST(drops_what_was_used_longest_ago);
  CPPUNIT_TEST_SUITE_END();

  using Addresses = DnsCache::Addresses;

  static Addresses address(const std::string& text) {
    return {boost::asio::ip::make_address(text)};
  }

  DnsCache::Answer put(const std::string& host, std::chrono::seconds ttl, TimePoint now) {
    return cache_.store(host, address("192.0.2.1"), ttl, now);
  }
  DnsCache::Answer fail_with(ErrorCode code, TimePoint now) {
    return cache_.store("a", fail(code, "no"), 0s, now);
  }
  bool fresh(const std::string& host, TimePoint now) {
    const auto found = cache_.find(host, now);
    return found.answer && !found.stale;
  }

  void keeps_an_answer_for_its_ttl() {
    CPPUNIT_ASSERT(!cache_.find("a", t0_).answer);
    CPPUNIT_ASSERT(put("a", 60s, t0_)->value() == address("192.0.2.1"));
    CPPUNIT_ASSERT(cache_.find("a", t0_ + 59s).answer->value() == address("192.0.2.1"));
    CPPUNIT_ASSERT(!cache_.find("a", t0_ + 60s).answer);
    CPPUNIT_ASSERT(!cache_.find("b", t0_).answer);
  }

  void bounds_the_ttl() {
    put("a", 0s, t0_);
    CPPUNIT_ASSERT(fresh("a", t0_ + 999ms));
    CPPUNIT_ASSERT(!fresh("a", t0_ + 1s));
    put("a", 86400s, t0_);
    CPPUNIT_ASSERT(fresh("a", t0_ + 299s));
    CPPUNIT_ASSERT(!fresh("a", t0_ + 300s));
  }

  void keeps_failures_for_seconds() {
    for (const auto code : {ErrorCode::kNotFound, ErrorCode::kTimeout, ErrorCode::kUnavailable}) {
      CPPUNIT_ASSERT(!fail_with(code, t0_)->has_value());
      CPPUNIT_ASSERT(cache_.find("a", t0_ + 4s).answer->error().code == code);
      CPPUNIT_ASSERT(!cache_.find("a", t0_ + 5s).answer);
    }
  }

  void falls_back_to_an_expired_answer_when_dns_fails() {
    put("a", 60s, t0_);
    const TimePoint later = t0_ + 70s;
    CPPUNIT_ASSERT(cache_.has_fallback("a", later));
    CPPUNIT_ASSERT(fail_with(ErrorCode::kTimeout, later)->has_value());
    auto found = cache_.find("a", later + 4s);
    CPPUNIT_ASSERT(found.answer && found.stale && !found.refresh);
    found = cache_.find("a", later + 5s);
    CPPUNIT_ASSERT(found.answer && found.stale && found.refresh);
    CPPUNIT_ASSERT(fail_with(ErrorCode::kUnavailable, later + 6s)->has_value());
    CPPUNIT_ASSERT(!cache_.find("a", later + 7s).refresh);
    put("a", 60s, later + 11s);
    CPPUNIT_ASSERT(fresh("a", later + 12s));
  }

  void believes_that_a_name_is_gone() {
    put("a", 60s, t0_);
    CPPUNIT_ASSERT(!fail_with(ErrorCode::kNotFound, t0_ + 70s)->has_value());
    CPPUNIT_ASSERT(!fail_with(ErrorCode::kTimeout, t0_ + 80s)->has_value());
  }

  void forgets_an_expired_answer_after_an_hour() {
    put("a", 60s, t0_);
    fail_with(ErrorCode::kTimeout, t0_ + 70s);
    CPPUNIT_ASSERT(cache_.find("a", t0_ + 60s + 3599s).answer);
    CPPUNIT_ASSERT(!cache_.find("a", t0_ + 60s + 3600s).answer);
    CPPUNIT_ASSERT(!fail_with(ErrorCode::kTimeout, t0_ + 60s + 3600s)->has_value());
  }

  void drops_what_was_used_longest_ago() {
    for (const char* host : {"a", "b", "c"}) put(host, 60s, t0_);
    CPPUNIT_ASSERT(fresh("a", t0_));  // now "b" is the oldest
    put("d", 60s, t0_);
    CPPUNIT_ASSERT_EQUAL(std::size_t{3}, cache_.size());
    CPPUNIT_ASSERT(!fresh("b", t0_));
    CPPUNIT_ASSERT(fresh("a", t0_) && fresh("c", t0_) && fresh("d", t0_));
  }

  const TimePoint t0_ = TimePoint(1000s);
  DnsCache cache_{3};
};

CPPUNIT_TEST_SUITE_REGISTRATION(DnsCacheTest);
}  // namespace muster
