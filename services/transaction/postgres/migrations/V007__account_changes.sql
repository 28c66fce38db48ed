-- What accounts, currencies, the ledger's own row and the list of migrations were set to, and when:
-- one row a change, never changed itself. So a row of theirs that is changed behind the service's
-- back is told from one that the service changed, column by column; and an audit knows which limit
-- held for which transaction.
CREATE TABLE changes (
  table_name       text        NOT NULL COLLATE "C",
  -- The primary key of the row that was changed.
  subject          text        NOT NULL COLLATE "C",
  -- 1, 2, 3 ... for each row.
  number           bigint      NOT NULL CHECK (number > 0),
  change_time      timestamptz NOT NULL,
  -- Of the newest transaction at that time. A change of a limit holds the ledger's lock, so the new
  -- limit is in force for exactly the transactions behind it.
  sequence         bigint      NOT NULL CHECK (sequence >= 0),
  -- The ledger's, after the change.
  settings_version bigint      NOT NULL,
  -- All columns after the change; a password's hash is hashed once more.
  state            jsonb       NOT NULL,
  -- Chained for each subject; services/cli/change_hash.h says over what.
  hash             bytea       NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (table_name, subject, number)
);
CREATE TRIGGER changes_are_final BEFORE UPDATE OR DELETE OR TRUNCATE ON changes
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION hashed_field(value text) RETURNS text LANGUAGE sql IMMUTABLE
  AS $$ SELECT octet_length(convert_to(value, 'UTF8')) || ':' || value || E'\n' $$;

-- `previous`: the hash of the change before, in hex; '' for the first.
CREATE FUNCTION change_hash(ledger text, previous text, change changes) RETURNS bytea
LANGUAGE sql IMMUTABLE AS $$
  SELECT sha256(convert_to(
    hashed_field(ledger) || hashed_field(previous) || hashed_field(change.table_name) ||
    hashed_field(change.subject) || hashed_field(change.number::text) ||
    hashed_field(((extract(epoch FROM change.change_time) * 1000000)::bigint)::text) ||
    hashed_field(change.sequence::text) || hashed_field(change.settings_version::text) ||
    hashed_field(change.state::text), 'UTF8'))
$$;

-- A later column that holds a secret must be hashed here as well: admins read what is recorded.
CREATE FUNCTION recorded_state(state jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN state ? 'password_hash' THEN state || jsonb_build_object('password_hash',
    encode(sha256(convert_to(state ->> 'password_hash', 'UTF8')), 'hex')) ELSE state END
$$;

-- Whoever changes a row calls this in the same transaction, behind the change: the row's lock is
-- what keeps two changes of it from having the same number. Each statement of this function sees
-- what was committed until then, whatever the caller's statement saw at its start.
CREATE FUNCTION record_change(changed_table text, changed_subject text, new_state jsonb)
RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  before changes;
  change changes;
  ledger_name text;
BEGIN
  SELECT * INTO before FROM changes WHERE table_name = changed_table
    AND subject = changed_subject ORDER BY number DESC LIMIT 1;
  SELECT ledger, settings_version INTO ledger_name, change.settings_version FROM ledger;
  change.table_name := changed_table;
  change.subject := changed_subject;
  change.number := coalesce(before.number, 0) + 1;
  change.change_time := clock_timestamp();
  change.sequence := coalesce((SELECT max(t.sequence) FROM transactions t), 0);
  change.state := recorded_state(new_state);
  change.hash := change_hash(ledger_name, coalesce(encode(before.hash, 'hex'), ''), change);
  INSERT INTO changes SELECT change.*;
END $$;

-- What is there already gets a first change. Accounts stand still until this is committed.
LOCK TABLE accounts, currencies IN SHARE ROW EXCLUSIVE MODE;
INSERT INTO changes
SELECT made.table_name, made.subject, made.number, made.change_time, made.sequence,
       made.settings_version, made.state, change_hash(l.ledger, '', made)
FROM ledger l, LATERAL (
  SELECT ROW(r.table_name, r.subject, 1, now(), coalesce((SELECT max(sequence) FROM transactions), 0),
             l.settings_version, recorded_state(r.state), decode(repeat('00', 32), 'hex'))::changes
         AS made
  FROM (SELECT 'accounts', id::text, to_jsonb(a) FROM accounts a
        UNION ALL SELECT 'currencies', code, to_jsonb(c) FROM currencies c
        UNION ALL SELECT 'ledger', only_row::text, to_jsonb(o) FROM ledger o
        UNION ALL SELECT 'schema_migrations', version::text, to_jsonb(m) FROM schema_migrations m)
       AS r (table_name, subject, state)
) AS rows, LATERAL (SELECT (rows.made).*) AS made;

-- Migrations that follow, this one among them, are noted by whatever program applies them.
CREATE FUNCTION record_migration() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM record_change('schema_migrations', NEW.version::text, to_jsonb(NEW));
  RETURN NULL;
END $$;
CREATE TRIGGER schema_migrations_are_recorded AFTER INSERT ON schema_migrations
  FOR EACH ROW EXECUTE FUNCTION record_migration();
-- What was applied before checksums were kept gets one later, once.
CREATE TRIGGER schema_migrations_checksums_are_recorded AFTER UPDATE ON schema_migrations
  FOR EACH ROW WHEN (to_jsonb(OLD) ->> 'checksum' IS NULL AND to_jsonb(NEW) ->> 'checksum' <> '')
  EXECUTE FUNCTION record_migration();
