-- The roles of Muster, for a PostgreSQL whose user for musterd may not make them (no superuser, no
-- CREATEROLE). Run once, by an administrator, in Muster's database:
--
--   psql -d muster -v login=muster -f postgresql-roles.sql
--
-- where `login` is the user of `database.url`. Roles that are there already are only granted.

\if :{?login}
\else
  \set login muster
\endif

SELECT format('CREATE ROLE %I', r) FROM unnest(ARRAY['muster_owner', 'muster_ingest', 'muster_api']) AS r
WHERE to_regrole(r) IS NULL \gexec

-- Only a superuser may; where nobody is one (managed PostgreSQL), leave it out: musterd then stores
-- results as muster_owner.
ALTER ROLE muster_ingest BYPASSRLS;

GRANT muster_owner, muster_ingest, muster_api TO :"login";
SELECT format('GRANT CREATE, TEMPORARY ON DATABASE %I TO muster_owner', current_database()) \gexec
GRANT USAGE, CREATE ON SCHEMA public TO muster_owner;
