-- A token says of which generation of its account's tokens it is. Revoking raises the
-- generation here, and tokens of earlier ones are refused from then on.
ALTER TABLE accounts
  ADD token_generation    bigint NOT NULL DEFAULT 0 CHECK (token_generation >= 0),
  ADD tokens_revoked_time timestamptz;

-- Every replica looks often for what was revoked lately.
CREATE INDEX accounts_revoked ON accounts (tokens_revoked_time)
  WHERE tokens_revoked_time IS NOT NULL;
