-- One account, and every write that it took, in order.
CREATE TABLE account (
    balance       INTEGER NOT NULL, -- cents
    version       INTEGER NOT NULL, -- one more with every write
    highest_token INTEGER NOT NULL  -- the highest fencing token seen
);
CREATE TABLE withdrawals (
    version INTEGER PRIMARY KEY,    -- the version of the account that it made
    id      TEXT NOT NULL,
    balance INTEGER NOT NULL
);
INSERT INTO account (balance, version, highest_token) VALUES (:balance, :version, 0);
