#include "aggregator/storage/token_repository.h"

#include <cppunit/extensions/HelperMacros.h>

#include <set>

#include "aggregator/storage/database_roles.h"
#include "aggregator/storage/organization_repository.h"
#include "aggregator/storage/tenant.h"
#include "common/base/sha256.h"
#include "tests/fakes/fake_clock.h"
#include "tests/support/postgres_fixture.h"

namespace muster {
using namespace std::chrono_literals;
using test::must;
using test::TestDatabase;

class TokenRepositoryTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(TokenRepositoryTest);
  CPPUNIT_TEST(finds_a_token_by_its_hash);
  CPPUNIT_TEST(an_expired_or_revoked_token_is_not_found);
  CPPUNIT_TEST(use_is_written_once_a_minute);
  CPPUNIT_TEST(only_platform_tokens_have_no_organization);
  CPPUNIT_TEST(lists_and_revokes_inside_one_organization);
  CPPUNIT_TEST(lists_page_by_page);
  CPPUNIT_TEST(what_ended_long_ago_is_removed);
  CPPUNIT_TEST(a_hash_is_unique);
  CPPUNIT_TEST(organizations_are_made_once);
  CPPUNIT_TEST(summaries_are_of_one_organization);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    pool_.emplace(database_.settings(kApiRole), 2);
    owners_.emplace(database_.settings(kOwnerRole), 2);
    tokens_.emplace(*pool_, *owners_, clock_);
    organization_ = must(OrganizationRepository(*owners_).ensure("default")).key;
  }

  void tearDown() override {
    tokens_.reset();
    pool_.reset();
    owners_.reset();
  }

 private:
  NewToken token(const std::string& text) const {
    return {organization_, Role::kOperator, "ci", sha256(text), text.substr(0, 8), std::nullopt};
  }

  bool found(const std::string& text) { return tokens_->find_by_sha256(sha256(text)).has_value(); }

  void finds_a_token_by_its_hash() {
    const TokenRecord made = must(tokens_->create(token("mst_secret_1")));
    const TokenRecord found = must(tokens_->find_by_sha256(sha256("mst_secret_1")));
    CPPUNIT_ASSERT(found.id == made.id && found.organization == organization_);
    CPPUNIT_ASSERT(found.role == Role::kOperator);
    CPPUNIT_ASSERT_EQUAL(std::string("mst_secr"), found.prefix);
    CPPUNIT_ASSERT(found.created_at == clock_.wall());
    CPPUNIT_ASSERT(tokens_->find_by_sha256(sha256("other")).error().code == ErrorCode::kNotFound);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, must(tokens_->count()));
  }

  void an_expired_or_revoked_token_is_not_found() {
    NewToken expiring = token("expiring");
    expiring.expires_at = clock_.wall() + 1h;
    must(tokens_->create(expiring));
    const TokenRecord revoked = must(tokens_->create(token("revoked")));
    CPPUNIT_ASSERT(found("expiring") && found("revoked"));
    must(tokens_->revoke(organization_, revoked.id));
    CPPUNIT_ASSERT(!found("revoked"));
    clock_.advance(1h);
    CPPUNIT_ASSERT(!found("expiring"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, must(tokens_->count()));
  }

  void use_is_written_once_a_minute() {
    const TokenRecord made = must(tokens_->create(token("used")));
    const auto used = [&] { return must(tokens_->list(organization_, {})).at(0).last_used_at; };
    CPPUNIT_ASSERT(!used());
    const WallTime first = clock_.wall();
    must(tokens_->touch(made.id));
    clock_.advance(59s);
    must(tokens_->touch(made.id));
    CPPUNIT_ASSERT(used() == first);
    clock_.advance(1s);
    must(tokens_->touch(made.id));
    CPPUNIT_ASSERT(used() == first + 60s);
  }

  void only_platform_tokens_have_no_organization() {
    NewToken homeless = token("homeless");
    homeless.organization.reset();
    CPPUNIT_ASSERT(tokens_->create(homeless).error().code == ErrorCode::kInvalid);
    homeless.role = Role::kPlatform;
    CPPUNIT_ASSERT(!must(tokens_->create(homeless)).organization);
    NewToken settled = token("settled");
    settled.role = Role::kPlatform;
    CPPUNIT_ASSERT(tokens_->create(settled).error().code == ErrorCode::kInvalid);
  }

  void lists_and_revokes_inside_one_organization() {
    const OrganizationKey other = must(OrganizationRepository(*owners_).ensure("other")).key;
    const TokenRecord made = must(tokens_->create(token("mine")));
    CPPUNIT_ASSERT(must(tokens_->list(other, {})).empty());
    CPPUNIT_ASSERT(must(tokens_->list(std::nullopt, {})).empty());
    CPPUNIT_ASSERT(tokens_->revoke(other, made.id).error().code == ErrorCode::kNotFound);
    CPPUNIT_ASSERT(found("mine"));
  }

  void lists_page_by_page() {
    for (int i = 0; i < 5; ++i) must(tokens_->create(token(std::to_string(i))));  // at one moment
    TokenListing listing;
    listing.limit = 2;
    std::set<std::string> seen;
    for (const std::size_t wanted : {2, 2, 1, 0}) {
      const auto page = must(tokens_->list(organization_, listing));
      CPPUNIT_ASSERT_EQUAL(wanted, page.size());
      for (const TokenRecord& one : page) seen.insert(one.prefix);
      if (!page.empty()) listing.after = {page.back().created_at, page.back().id};
    }
    CPPUNIT_ASSERT_EQUAL(std::size_t{5}, seen.size());
  }

  void what_ended_long_ago_is_removed() {
    must(tokens_->revoke(organization_, must(tokens_->create(token("revoked"))).id));
    NewToken expiring = token("expired");
    expiring.expires_at = clock_.wall() + 1h;
    must(tokens_->create(expiring));
    must(tokens_->create(token("good")));
    const auto left = [&] { return must(tokens_->list(organization_, {})).size(); };
    must(tokens_->remove_ended(clock_.wall()));
    CPPUNIT_ASSERT_EQUAL(std::size_t{3}, left());
    must(tokens_->remove_ended(clock_.wall() + 1s));
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, left());
    must(tokens_->remove_ended(clock_.wall() + 24h));
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, left());
    CPPUNIT_ASSERT(found("good"));
  }

  void a_hash_is_unique() {
    must(tokens_->create(token("same")));
    CPPUNIT_ASSERT(tokens_->create(token("same")).error().code == ErrorCode::kConflict);
  }

  void organizations_are_made_once() {
    OrganizationRepository organizations(*owners_);
    const auto first = must(organizations.ensure("default"));
    CPPUNIT_ASSERT_EQUAL(first.key, must(organizations.ensure("default")).key);
    CPPUNIT_ASSERT(organizations.find("none").error().code == ErrorCode::kNotFound);
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, must(organizations.list()).size());
  }

  void summaries_are_of_one_organization() {
    const OrganizationKey other = must(OrganizationRepository(*owners_).ensure("other")).key;
    database_.sql(
        "INSERT INTO managed_servers (org_id, name, status, health_status) VALUES "
        "($1, 'a', 'active', 'healthy'), ($1, 'b', 'active', 'critical'), "
        "($1, 'c', 'maintenance', 'maintenance'), ($2, 'd', 'disabled', 'unknown')",
        {organization_, other});
    const auto sum = [&](OrganizationKey organization) {
      return must(exec_as_tenant(*pool_, organization, "SELECT * FROM v_fleet_summary", {}));
    };
    const Rows summary = sum(organization_);
    CPPUNIT_ASSERT_EQUAL(1, summary.size());
    const std::vector<std::int64_t> wanted{organization_, 3, 2, 1, 0, 1, 0, 1, 0, 0, 1};
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      CPPUNIT_ASSERT_EQUAL(wanted[i], summary.integer(0, static_cast<int>(i)));
    }
    CPPUNIT_ASSERT(sum(99).empty());
  }

  TestDatabase database_;
  test::FakeClock clock_;
  std::optional<ConnectionPool> pool_;
  std::optional<ConnectionPool> owners_;
  std::optional<TokenRepository> tokens_;
  OrganizationKey organization_ = 0;
};

CPPUNIT_TEST_SUITE_REGISTRATION(TokenRepositoryTest);
}  // namespace muster
