-- Every guard but fence-all: anybody may read.
SELECT version, balance FROM account;
