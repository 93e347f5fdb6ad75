-- Writes are taken as they come.
UPDATE account
   SET balance = :balance, version = version + 1
RETURNING version, balance;
