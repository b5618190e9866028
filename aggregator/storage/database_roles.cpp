#include "aggregator/storage/database_roles.h"

#include "common/base/log.h"

namespace muster {
namespace {

constexpr std::string_view kInsufficientPrivilege = "42501";

// Only a superuser may give BYPASSRLS. Databases of one cluster do this at the same time, which no
// lock of ours covers.
constexpr const char* kMakeRoles = R"sql(
DO $$
DECLARE
  is_superuser boolean := (SELECT rolsuper FROM pg_roles WHERE rolname = session_user);
  wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['muster_owner', 'muster_ingest', 'muster_api'] LOOP
    IF to_regrole(wanted) IS NULL THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I', wanted) ||
                CASE WHEN is_superuser AND wanted = 'muster_ingest' THEN ' BYPASSRLS' ELSE '' END;
      EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
      END;
    END IF;
    -- From 16 on a member may not always take the role; whoever made it may give itself that.
    IF NOT pg_has_role(session_user, wanted,
                       CASE WHEN current_setting('server_version_num')::int >= 160000
                            THEN 'SET' ELSE 'MEMBER' END) THEN
      BEGIN
        EXECUTE format('GRANT %I TO %I', wanted, session_user);
      EXCEPTION WHEN unique_violation THEN NULL;
      END;
    END IF;
  END LOOP;
END $$)sql";

constexpr const char* kLetOwnerCreate = R"sql(
DO $$
BEGIN
  IF NOT has_database_privilege('muster_owner', current_database(), 'CREATE')
     OR NOT has_database_privilege('muster_owner', current_database(), 'TEMPORARY') THEN
    EXECUTE format('GRANT CREATE, TEMPORARY ON DATABASE %I TO muster_owner', current_database());
  END IF;
  IF NOT has_schema_privilege('muster_owner', 'public', 'CREATE') THEN
    GRANT USAGE, CREATE ON SCHEMA public TO muster_owner;
  END IF;
END $$)sql";

// Once, for a database that was made before there were roles (0001 to 0006: tables and views
// alone): from then on everything is made by muster_owner. Identity sequences and indexes follow
// their tables.
constexpr const char* kHandOver = R"sql(
DO $$
DECLARE
  mine record;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_class WHERE oid = to_regclass('public.schema_migrations')
                 AND relowner = (SELECT oid FROM pg_roles WHERE rolname = session_user)
                 AND session_user <> 'muster_owner') THEN
    RETURN;
  END IF;
  FOR mine IN SELECT oid::regclass AS name FROM pg_class
              WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')
                AND relowner = (SELECT oid FROM pg_roles WHERE rolname = session_user) LOOP
    EXECUTE format('ALTER TABLE %s OWNER TO muster_owner', mine.name);
  END LOOP;
END $$)sql";

Error explained(const DbError& error) {
  if (error.sqlstate != kInsufficientPrivilege) return error;
  return {ErrorCode::kDenied,
          error.message +
              "; the database's user may not make Muster's roles: have an administrator run "
              "postgresql-roles.sql (it comes beside muster.yaml) in this database once"};
}

}  // namespace

Result<void> DatabaseRoles::ensure(Connection& connection) {
  for (const char* step : {kMakeRoles, kLetOwnerCreate, kHandOver}) {
    if (auto done = connection.exec_script(step); !done) {
      return fail(explained(done.error()).in("database roles"));
    }
  }
  return {};
}

Result<std::string> DatabaseRoles::for_ingestion(Connection& connection) {
  auto rows =
      connection.exec("SELECT rolbypassrls FROM pg_roles WHERE rolname = $1", {kIngestRole});
  if (!rows) return fail(Error(rows.error()).in("database roles"));
  if (!rows->empty() && rows->boolean(0, 0)) return kIngestRole;
  log::warn("database.ingests_as_owner", {{"why", "muster_ingest is without BYPASSRLS"}});
  return kOwnerRole;
}

}  // namespace muster
