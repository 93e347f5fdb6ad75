-- Every read is given the next token.
UPDATE account
   SET highest_token = highest_token + 1
RETURNING version, balance;
