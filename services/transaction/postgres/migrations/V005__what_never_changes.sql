-- The transactions of an account speak of it by its number, and hashes by its name and currency.
CREATE TRIGGER accounts_keep_their_identity BEFORE UPDATE ON accounts FOR EACH ROW
  WHEN ((OLD.id, OLD.name, OLD.currency, OLD.create_time)
        IS DISTINCT FROM (NEW.id, NEW.name, NEW.currency, NEW.create_time))
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER currencies_are_final BEFORE UPDATE OR DELETE OR TRUNCATE ON currencies
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- Posters take a version that they know for settings that they know.
CREATE TRIGGER ledger_only_moves_on BEFORE UPDATE ON ledger FOR EACH ROW
  WHEN (NEW.ledger <> OLD.ledger OR NEW.settings_version < OLD.settings_version)
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_is_one BEFORE INSERT ON ledger
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER schema_migrations_stay BEFORE DELETE OR TRUNCATE ON schema_migrations
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
