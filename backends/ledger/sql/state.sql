-- What a refusal is explained with.
SELECT version, highest_token, lock_value, EXISTS (SELECT 1 FROM withdrawals WHERE id = :effect) FROM account;
