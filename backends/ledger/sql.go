//go:build linux

package ledger

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
)

// Each guard is one statement that either changes the account and returns a row, or does neither:
// the check and the write cannot be separated.
var (
	//go:embed sql/schema.sql
	schemaSQL string
	//go:embed sql/read.sql
	readSQL string
	//go:embed sql/read-fence-all.sql
	readFenceAllSQL string
	//go:embed sql/read-value.sql
	readValueSQL string
	//go:embed sql/read-mint.sql
	readMintSQL string
	//go:embed sql/write-none.sql
	writeNoneSQL string
	//go:embed sql/write-fence.sql
	writeFenceSQL string
	//go:embed sql/write-fence-equal.sql
	writeFenceEqualSQL string
	//go:embed sql/write-cas.sql
	writeCASSQL string
	//go:embed sql/write-unique.sql
	writeUniqueSQL string
	//go:embed sql/write-value.sql
	writeValueSQL string
	//go:embed sql/minted.sql
	mintedSQL string
	//go:embed sql/balance.sql
	balanceSQL string
	//go:embed sql/job.sql
	jobSQL string
	//go:embed sql/mark.sql
	markSQL string
	//go:embed sql/withdrawal.sql
	withdrawalSQL string
	//go:embed sql/state.sql
	stateSQL string
)

// SQL returns the statement that executes commands of this kind under the guard. A charge is a
// write of the account's balance less the amount, in one transaction.
func (g Guard) SQL(k Kind) string {
	switch k {
	case ReadCommand:
		return g.readSQL()
	case MarkCommand: // changes nothing of the account itself
		return readSQL
	case WriteCommand, ChargeCommand:
		return g.writeSQL()
	}
	panic(fmt.Sprintf("unknown command %q", string(k)))
}

func (g Guard) readSQL() string {
	switch g {
	case FenceAll:
		return readFenceAllSQL
	case Value:
		return readValueSQL
	case Mint:
		return readMintSQL
	case None, FenceWrites, FenceEqual, CAS, Unique:
		return readSQL
	case LockKey:
		panic(onlyInside)
	}
	panic(unknownGuard(g))
}

func (g Guard) writeSQL() string {
	switch g {
	case None:
		return writeNoneSQL
	case FenceWrites, FenceAll, Mint:
		return writeFenceSQL
	case FenceEqual:
		return writeFenceEqualSQL
	case CAS:
		return writeCASSQL
	case Unique:
		return writeUniqueSQL
	case Value:
		return writeValueSQL
	case LockKey:
		panic(onlyInside)
	}
	panic(unknownGuard(g))
}

// database is the account in a SQLite file. Its guard is in the SQL; the rule in model.go is only
// used to word a refusal.
type database struct {
	guard Guard
	db    *sql.DB
}

// openDatabase makes a new account in a file that must not exist yet.
func openDatabase(file string, guard Guard) (*database, error) {
	d, err := reopenDatabase(file, guard)
	if err != nil {
		return nil, err
	}
	_, err = d.db.Exec(schemaSQL, sql.Named("balance", OpeningBalance), sql.Named("version", OpeningVersion))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("create the account in %s: %w", file, err), d.Close())
	}
	return d, nil
}

// reopenDatabase resumes with the account in the file.
func reopenDatabase(file string, guard Guard) (*database, error) {
	// One process owns the file for the length of a trial: it is not shared, and a lost page after
	// a power cut does not matter.
	db, err := sql.Open("sqlite", file+"?_pragma=synchronous(off)&_pragma=journal_mode(memory)")
	if err != nil {
		return nil, fmt.Errorf("open the account in %s: %w", file, err)
	}
	db.SetMaxOpenConns(1)
	return &database{guard: guard, db: db}, nil
}

func (d *database) Close() error { return d.db.Close() }

// apply executes one command. Tokens and versions above 2⁶³−1, which no lock service hands out, are
// an error: SQLite's integers end there.
func (d *database) apply(c Command) (r Reply, err error) {
	tx, err := d.db.BeginTx(context.Background(), nil)
	if err != nil {
		return Reply{}, fmt.Errorf("begin a transaction for %s: %w", c.Op, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tx.Rollback())
		}
	}()
	if r, err = d.carryOut(tx, c); err != nil {
		return Reply{}, err
	}
	if err = tx.Commit(); err != nil {
		return Reply{}, fmt.Errorf("commit the %s for %s: %w", c.Kind, c.Op, err)
	}
	return r, nil
}

// statements is what a command needs of its transaction.
type statements interface {
	QueryRow(query string, args ...any) *sql.Row
	Exec(query string, args ...any) (sql.Result, error)
}

// carryOut runs the guard's statement, and does the rest if it had no objection.
func (d *database) carryOut(tx statements, c Command) (r Reply, err error) {
	balance := c.Balance
	if c.Kind == ChargeCommand {
		if err := tx.QueryRow(balanceSQL).Scan(&balance); err != nil {
			return Reply{}, fmt.Errorf("look what %s is taken off: %w", c.Op, err)
		}
		balance -= c.Amount
	}
	err = tx.QueryRow(d.guard.SQL(c.Kind),
		sql.Named("token", c.Token), sql.Named("value", c.Value), sql.Named("base", c.Base), sql.Named("balance", balance), sql.Named("effect", c.effect()),
	).Scan(&r.Version, &r.Balance)
	if errors.Is(err, sql.ErrNoRows) {
		return d.refusal(tx, c)
	}
	if err == nil {
		err = d.rest(tx, c, &r)
	}
	if err == nil {
		err = tx.QueryRow(jobSQL, sql.Named("job", c.Job)).Scan(&r.Done)
	}
	if err != nil {
		return Reply{}, fmt.Errorf("carry out the %s for %s: %w", c.Kind, c.Op, err)
	}
	return r, nil
}

// rest does the remaining part of a command, once its guard's statement has found a row.
func (d *database) rest(tx statements, c Command, r *Reply) (err error) {
	switch c.Kind {
	case WriteCommand, ChargeCommand:
		_, err = tx.Exec(withdrawalSQL, sql.Named("version", r.Version), sql.Named("id", c.effect()), sql.Named("balance", r.Balance))
	case ReadCommand:
		if d.guard == Mint {
			err = tx.QueryRow(mintedSQL).Scan(&r.Token)
		}
	case MarkCommand:
		_, err = tx.Exec(markSQL, sql.Named("job", c.Job))
	}
	return err
}

// refusal explains why the guard's statement found no row.
func (d *database) refusal(tx statements, c Command) (Reply, error) {
	var s state
	if err := tx.QueryRow(stateSQL, sql.Named("effect", c.effect())).Scan(&s.version, &s.token, &s.value, &s.taken); err != nil {
		return Reply{}, fmt.Errorf("look why the %s for %s was refused: %w", c.Kind, c.Op, err)
	}
	why := d.guard.objection(c, s)
	if why == "" {
		return Reply{}, fmt.Errorf("the SQL of guard %s refused %+v at %+v, but its rule allows it: the two must be made to agree", d.guard, c, s)
	}
	return Reply{Refused: why}, nil
}
