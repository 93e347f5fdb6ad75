-- A read carries the token too, and raises the highest one seen. No row: refused.
UPDATE account
   SET highest_token = max(highest_token, :token)
 WHERE :token > 0 AND :token >= highest_token
RETURNING version, balance;
