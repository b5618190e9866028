-- The cursors of the API's listings are signed with this. It is the database's, so that each of its
-- daemons takes what another gave out, and after a restart too. Only the owner reads it.

CREATE TABLE cursor_key (
  is_the_one boolean PRIMARY KEY DEFAULT true CHECK (is_the_one),
  key        bytea NOT NULL
);

-- gen_random_uuid() draws on the server's strong source of randomness, 122 bits each time.
INSERT INTO cursor_key (key)
SELECT sha256(convert_to(string_agg(gen_random_uuid()::text, ''), 'UTF8')) FROM generate_series(1, 4);
