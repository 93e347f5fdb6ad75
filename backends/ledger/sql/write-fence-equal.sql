-- The token must be the one of the first write: a common mistake, because the next
-- rightful holder has another one. No row: refused.
UPDATE account
   SET balance = :balance, version = version + 1, highest_token = :token
 WHERE :token > 0 AND highest_token IN (0, :token)
RETURNING version, balance;
