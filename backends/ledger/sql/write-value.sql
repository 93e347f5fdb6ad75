-- The writer's lock value must still be there from its read. No row: refused.
UPDATE account
   SET balance = :balance, version = version + 1
 WHERE :value <> '' AND lock_value = :value
RETURNING version, balance;
