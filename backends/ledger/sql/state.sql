-- What a refusal is explained with.
SELECT version, highest_token, EXISTS (SELECT 1 FROM withdrawals WHERE id = :effect) FROM account;
