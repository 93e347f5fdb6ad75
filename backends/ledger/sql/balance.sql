-- What a charge is taken off, in the same transaction.
SELECT balance FROM account;
