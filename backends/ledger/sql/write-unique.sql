-- Every effect has an id, which withdrawal.sql notes in the same transaction. No row:
-- there is one with this id already; refused.
UPDATE account
   SET balance = :balance, version = version + 1
 WHERE NOT EXISTS (SELECT 1 FROM withdrawals WHERE id = :effect)
RETURNING version, balance;
