-- What postings depend on besides the ledger's rows, an account's limit, changes under the
-- head's lock and raises this, so that no poster decides by what it remembers of before.
ALTER TABLE ledger_head ADD settings_version bigint NOT NULL DEFAULT 0;

-- A transaction is reversed once.
CREATE UNIQUE INDEX transactions_reverses ON transactions (reverses) WHERE reverses IS NOT NULL;

-- Digits behind the decimal point. A code that ISO 4217 does not list comes with its first
-- account, and stays as that one had it.
CREATE TABLE currencies (
  code              text    PRIMARY KEY COLLATE "C" CHECK (code ~ '^[A-Z0-9]{1,12}$'),
  minor_unit_digits integer NOT NULL CHECK (minor_unit_digits BETWEEN 0 AND 9)
);
INSERT INTO currencies (code, minor_unit_digits)
SELECT unnest(string_to_array(codes, ' ')), digits FROM (VALUES
  (0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'),
  (2, 'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD '
      'CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP '
      'GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK '
      'LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO '
      'NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS '
      'SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST '
      'XCD XCG YER ZAR ZMW ZWG'),
  (3, 'BHD IQD JOD KWD LYD OMR TND'),
  (4, 'CLF UYW')) AS iso (digits, codes);
INSERT INTO currencies (code, minor_unit_digits)
SELECT DISTINCT currency, 0 FROM accounts ON CONFLICT DO NOTHING;
