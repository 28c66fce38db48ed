-- What the role that the service runs as may do, and nothing besides: it reads all, appends to the
-- history and changes only what is no history. `:role` is its quoted name. Run at the end of every
-- migration that names one.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM :role;
-- A temporary table is a table, too.
DO $$ BEGIN
  EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END $$;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, :role;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, :role;
GRANT USAGE ON SCHEMA public TO :role;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO :role;

GRANT INSERT ON transactions, accounts, currencies, changes TO :role;
GRANT UPDATE (display_name, department, minimum_balance, password_hash, token_generation,
              tokens_revoked_time) ON accounts TO :role;
GRANT UPDATE (settings_version) ON ledger TO :role;
GRANT INSERT, UPDATE, DELETE ON refresh_families TO :role;
