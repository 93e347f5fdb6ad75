-- Under most guards anybody may read, and leaves no trace.
SELECT version, balance FROM account;
