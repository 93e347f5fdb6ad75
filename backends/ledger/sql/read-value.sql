-- A reader leaves its lock value, in place of whose is there. No row: it has none; refused.
UPDATE account
   SET lock_value = :value
 WHERE :value <> ''
RETURNING version, balance;
