-- Together with every write that was taken, in the same transaction.
INSERT INTO withdrawals (version, id, balance) VALUES (:version, :id, :balance);
