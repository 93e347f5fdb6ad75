-- What a refusal is explained with.
SELECT highest_token, version FROM account;
