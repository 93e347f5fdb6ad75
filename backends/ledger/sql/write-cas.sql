-- The write names the version it was computed from. No row: refused.
UPDATE account
   SET balance = :balance, version = version + 1
 WHERE version = :base
RETURNING version, balance;
