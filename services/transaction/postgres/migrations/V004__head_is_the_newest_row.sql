-- Oldest program: 4
-- Programs before this one would go on by the head that they find in `ledger_head`: without that
-- table they refuse to post.

-- The head of the ledger is its newest row, by primary key. A row that every batch updated left a
-- dead version a batch, which no vacuum may remove while any snapshot is open, and which each
-- batch had to walk past. What remains here changes rarely.
DO $$ BEGIN
  IF (SELECT sequence FROM ledger_head) <> (SELECT coalesce(max(sequence), 0) FROM transactions) THEN
    RAISE EXCEPTION 'ledger_head and transactions disagree about the newest sequence';
  END IF;
END $$;
ALTER TABLE ledger_head DROP COLUMN sequence, DROP COLUMN hash, DROP COLUMN create_time;
ALTER TABLE ledger_head RENAME TO ledger;
ALTER TABLE ledger RENAME CONSTRAINT ledger_head_pkey TO ledger_pkey;
ALTER TABLE ledger RESET (fillfactor);
ALTER TRIGGER ledger_head_stays ON ledger RENAME TO ledger_stays;

-- Whoever posts, or changes what postings depend on, holds this lock to the end of its
-- transaction. So sequences are gapless and their order is commit order, across any number of
-- service processes. The number is "ledgrcst" in ASCII, plus one.
CREATE FUNCTION lock_ledger() RETURNS void LANGUAGE sql
  AS 'SELECT pg_advisory_xact_lock(7810755305379951477)';
