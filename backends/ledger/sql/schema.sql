-- One account, and every write that it took, in order.
CREATE TABLE account (
    balance       INTEGER NOT NULL, -- cents
    version       INTEGER NOT NULL, -- one more with every write
    highest_token INTEGER NOT NULL, -- the highest fencing token seen or handed out; under fence-equal, the only one
    lock_value    TEXT NOT NULL     -- under the guard value: of the last reader
);
CREATE TABLE withdrawals (
    version INTEGER PRIMARY KEY,    -- the version of the account that it made
    id      TEXT NOT NULL,          -- of the withdrawal, or of the job that was charged for
    balance INTEGER NOT NULL
);
CREATE INDEX withdrawals_by_id ON withdrawals (id);
CREATE TABLE jobs_done (
    id TEXT PRIMARY KEY
);
INSERT INTO account (balance, version, highest_token, lock_value)
VALUES (:balance, :version, 0, '');
