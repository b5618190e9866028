#include "plugins/redis/judge.h"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

#include "plugins/redis/figures.h"

namespace muster {
using probes::Faults;
using redis_probe::Info;
using redis_probe::RedisConfig;

class RedisJudgeTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(RedisJudgeTest);
  CPPUNIT_TEST(reads_info);
  CPPUNIT_TEST(errors_have_their_reasons);
  CPPUNIT_TEST(an_answer_to_auth_repeats_no_password);
  CPPUNIT_TEST(full_memory_counts_where_nothing_makes_room);
  CPPUNIT_TEST(a_replica_needs_its_master);
  CPPUNIT_TEST(a_master_needs_its_replicas);
  CPPUNIT_TEST(the_role_may_be_demanded);
  CPPUNIT_TEST(what_cannot_be_saved_is_told);
  CPPUNIT_TEST(figures_have_labels);
  CPPUNIT_TEST(a_user_needs_a_password);
  CPPUNIT_TEST_SUITE_END();

  static RedisConfig config(const std::string& more = "") {
    return RedisConfig(R"({"port":1,"tls":false,"response_time_ms":{})" +
                       (more.empty() ? R"(,"role":"any","min_replicas":0,"memory_percent":{},
       "replication_lag_seconds":{"warning":30,"critical":60},"replication_lag_bytes":{"warning":100})"
                                     : more) +
                       "}");
  }

  static std::string told(const std::string& info, const RedisConfig& wanted = config()) {
    Faults faults;
    for (const auto& part : redis_probe::judge_info(Info(info), wanted)) faults.add(part.faults);
    return std::to_string(faults.status()) + " " + faults.message();
  }
  static void expect(const std::string& expected, const std::string& info,
                     const RedisConfig& wanted = config()) {
    CPPUNIT_ASSERT_EQUAL(expected, told(info, wanted));
  }

  void reads_info() {
    const Info info("# Server\r\nredis_version:7.0.15\r\n\r\nbroken\r\nmem:1.5\r\nurl:a:b\r\n");
    CPPUNIT_ASSERT(info.text("redis_version") == "7.0.15");
    CPPUNIT_ASSERT(info.text("url") == "a:b");
    CPPUNIT_ASSERT(info.number("mem") == 1.5);
    CPPUNIT_ASSERT(!info.number("redis_version") && !info.number("broken") && !info.number("no"));
    CPPUNIT_ASSERT(Info("\r\n:\n\n::").replicas().empty());
  }

  void errors_have_their_reasons() {
    const auto judged = [](const std::string& text) {
      Faults faults;
      redis_probe::RespValue reply;
      reply.text = text;
      redis_probe::judge_error(reply, faults);
      return std::to_string(faults.status()) + "/" + std::to_string(faults.reason()) + " " +
             faults.message();
    };
    CPPUNIT_ASSERT_EQUAL(std::string("3/15 the server wants a password"),
                         judged("NOAUTH Authentication required."));
    CPPUNIT_ASSERT_EQUAL(std::string("3/15 the server refuses user or password"),
                         judged("WRONGPASS invalid username-password pair"));
    CPPUNIT_ASSERT_EQUAL(std::string("2/18 the server is still loading its data"),
                         judged("LOADING Redis is loading the dataset in memory"));
    CPPUNIT_ASSERT_EQUAL(std::string("2/18 the server says: ERR odd"), judged("ERR odd"));
  }

  void an_answer_to_auth_repeats_no_password() {
    for (const char* text :
         {"ERR unknown command 'AUTH', with args beginning with: 'hunter2'", "ERR odd 'hunter2'"}) {
      Faults faults;
      redis_probe::RespValue reply;
      reply.text = text;
      redis_probe::judge_auth_error(reply, faults);
      CPPUNIT_ASSERT(faults.status() != MUSTER_OK);
      CPPUNIT_ASSERT_EQUAL(std::string::npos, faults.message().find("hunter2"));
    }
  }

  void full_memory_counts_where_nothing_makes_room() {
    const auto info = [](int used, const std::string& policy) {
      return "used_memory:" + std::to_string(used) +
             "\r\nmaxmemory:100\r\nmaxmemory_policy:" + policy;
    };
    expect("0 ", info(90, "noeviction"));
    expect("1 memory is nearly all used", info(91, "noeviction"));
    expect("2 memory is nearly all used", info(99, "noeviction"));
    expect("0 ", info(99, "allkeys-lru"));
    expect("0 ", "used_memory:99\nmaxmemory:0\nmaxmemory_policy:noeviction");
    RedisConfig strict = config();
    strict.memory_percent = {50, std::nullopt};
    expect("1 memory is nearly all used", info(51, "allkeys-lru"), strict);
  }

  void a_replica_needs_its_master() {
    const std::string up = "role:slave\nmaster_link_status:up\nmaster_last_io_seconds_ago:";
    expect("0 ", up + "30");
    expect("1 the replica is behind its master", up + "31");
    expect("2 the replica is behind its master", up + "61");
    expect("1 the replica is behind its master",
           up + "1\nslave_read_repl_offset:201\nslave_repl_offset:100");
    expect("2 the replica's link to its master is down", "role:slave\nmaster_link_status:down");
    expect("2 the replica is still copying its master",
           "role:slave\nmaster_link_status:down\nmaster_sync_in_progress:1");
  }

  void a_master_needs_its_replicas() {
    const std::string master = "role:master\nmaster_repl_offset:1000\n";
    expect("0 ", master + "slave0:ip=10.0.0.3,port=1,state=online,offset=900,lag=30");
    expect("1 replica 10.0.0.3:1 is behind",
           master + "slave0:ip=10.0.0.3,port=1,state=online,offset=899,lag=0");
    expect("2 replica 10.0.0.3:1 is behind",
           master + "slave0:ip=10.0.0.3,port=1,state=online,offset=999,lag=61");
    expect("1 replica 10.0.0.3:1 is not online yet",
           master + "slave0:ip=10.0.0.3,port=1,state=wait_bgsave,offset=0,lag=0");
    RedisConfig two = config();
    two.min_replicas = 2;
    expect("2 the master has too few replicas",
           master + "slave0:ip=10.0.0.3,port=1,state=online,offset=1000,lag=0", two);
  }

  void the_role_may_be_demanded() {
    RedisConfig wanted = config();
    wanted.role = "master";
    expect("0 ", "role:master", wanted);
    expect("2 the server is no master", "role:slave\nmaster_link_status:up", wanted);
    wanted.role = "replica";
    expect("2 the server is no replica", "role:master", wanted);
  }

  void what_cannot_be_saved_is_told() {
    expect("0 ", "rdb_last_bgsave_status:ok\naof_last_write_status:ok");
    expect("1 the last save to disk failed", "rdb_last_bgsave_status:err");
    expect(
        "2 the last write to the append-only file failed; "
        "the last rewrite of the append-only file failed",
        "aof_last_bgrewrite_status:err\naof_last_write_status:err");
  }

  void figures_have_labels() {
    std::string text;
    for (const auto& figure : redis_probe::figures_of(
             Info("used_memory:7\nrejected_connections:2\nrole:master\nmaster_repl_offset:9\n"
                  "slave0:ip=a,port=1,state=online,offset=4,lag=2\ndb0:keys=3,expires=1,avg_ttl=0\n"
                  "db_x:keys=1\nslave_priority:100"))) {
      text += std::string(figure.name) + "/" + std::to_string(figure.kind) + "{" +
              std::string(figure.label) + "=" + figure.label_value +
              "}=" + std::to_string(static_cast<int>(figure.value)) + " ";
    }
    CPPUNIT_ASSERT_EQUAL(std::string("redis_memory_used_bytes/0{=}=7 "
                                     "redis_rejected_connections_total/1{=}=2 "
                                     "redis_replication_lag_seconds/0{replica=a:1}=2 "
                                     "redis_replication_lag_bytes/0{replica=a:1}=5 "
                                     "redis_keys/0{database=db0}=3 "
                                     "redis_expiring_keys/0{database=db0}=1 "),
                         text);
  }

  void a_user_needs_a_password() {
    CPPUNIT_ASSERT_THROW(config(R"(,"user":"u","role":"any","min_replicas":0,"memory_percent":{},
       "replication_lag_seconds":{},"replication_lag_bytes":{})"),
                         sdk::ConfigError);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RedisJudgeTest);
}  // namespace muster
