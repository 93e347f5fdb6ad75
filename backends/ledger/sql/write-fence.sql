-- fence-writes and fence-all: the token must not be lower than the highest one seen; mint:
-- than the highest one that a read was given. No row: refused.
UPDATE account
   SET balance = :balance, version = version + 1, highest_token = max(highest_token, :token)
 WHERE :token > 0 AND :token >= highest_token
RETURNING version, balance;
