-- What is known of refresh tokens: see services/transaction/refresh_store.h. A token whose family
-- is not here is of no use, so what has expired may be deleted.
CREATE TABLE refresh_families (
  id          uuid        PRIMARY KEY,
  account     integer     NOT NULL REFERENCES accounts (id),
  -- Of the newest token.
  number      bigint      NOT NULL CHECK (number >= 0),
  is_legacy   boolean     NOT NULL,
  rotate_time timestamptz NOT NULL,
  expire_time timestamptz NOT NULL,
  end_time    timestamptz
);
-- The family that an account has used least lately.
CREATE INDEX refresh_families_account ON refresh_families (account, rotate_time);
CREATE INDEX refresh_families_expire ON refresh_families (expire_time);
-- Every replica looks often for what was ended lately.
CREATE INDEX refresh_families_ended ON refresh_families (end_time) WHERE end_time IS NOT NULL;
