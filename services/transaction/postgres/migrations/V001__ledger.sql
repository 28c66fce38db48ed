-- The newest end of the ledger, one row. A posting transaction locks it first and so
-- until its commit: sequences are gapless, and their order is commit order, across any
-- number of service processes.
CREATE TABLE ledger_head (
  only_row    boolean     PRIMARY KEY DEFAULT true CHECK (only_row),
  ledger      text        NOT NULL CHECK (ledger ~ '^[0-9a-f]{16}$'),
  sequence    bigint      NOT NULL CHECK (sequence >= 0),
  hash        bytea       NOT NULL CHECK (length(hash) = 32),
  create_time timestamptz NOT NULL
) WITH (fillfactor = 10);

-- The hash before the first transaction is that of the ledger's name: see
-- services/common/hash_chain.h.
INSERT INTO ledger_head (ledger, sequence, hash, create_time)
SELECT ledger, 0, sha256(convert_to('16:' || ledger || E'\n', 'UTF8')), 'epoch'
FROM (SELECT left(replace(gen_random_uuid()::text, '-', ''), 16) AS ledger) AS made;

-- An account's balance is not here: it is in the account's newest transaction.
CREATE TABLE accounts (
  id              integer     PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  name            text        NOT NULL UNIQUE COLLATE "C"
                              CHECK (name ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  display_name    text        NOT NULL DEFAULT '',
  department      text        NOT NULL DEFAULT '',
  currency        text        NOT NULL CHECK (currency ~ '^[A-Z0-9]{1,12}$'),
  minimum_balance bigint,
  password_hash   text        NOT NULL DEFAULT '',
  create_time     timestamptz NOT NULL DEFAULT now()
);

-- The ledger. No foreign keys to accounts: checking them row by row slows posting, a
-- poster only writes ids that it read under the head's lock, and accounts are never
-- deleted (see the trigger).
CREATE TABLE transactions (
  sequence      bigint      PRIMARY KEY CHECK (sequence > 0),
  id            uuid        NOT NULL UNIQUE,
  from_account  integer     NOT NULL,
  to_account    integer     NOT NULL CHECK (to_account <> from_account),
  amount        bigint      NOT NULL CHECK (amount > 0),
  from_previous bigint      NOT NULL CHECK (from_previous >= 0 AND from_previous < sequence),
  to_previous   bigint      NOT NULL CHECK (to_previous >= 0 AND to_previous < sequence),
  from_balance  bigint      NOT NULL,
  to_balance    bigint      NOT NULL,
  create_time   timestamptz NOT NULL,
  reverses      uuid,
  hash          bytea       NOT NULL CHECK (length(hash) = 32),
  currency      text        NOT NULL,
  caller        text        NOT NULL,
  description   text        NOT NULL,
  metadata      jsonb
);
CREATE INDEX transactions_from ON transactions (from_account, sequence);
CREATE INDEX transactions_to ON transactions (to_account, sequence);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % is refused: the ledger is only ever appended to', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER transactions_are_final BEFORE UPDATE OR DELETE OR TRUNCATE ON transactions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER accounts_stay BEFORE DELETE OR TRUNCATE ON accounts
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_head_stays BEFORE DELETE OR TRUNCATE ON ledger_head
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
