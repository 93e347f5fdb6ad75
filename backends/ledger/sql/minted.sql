-- The token that a read has just been given, in the same transaction.
SELECT highest_token FROM account;
