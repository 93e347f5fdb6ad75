//go:build linux

package ledger

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
)

// beset is a transaction in which another client intrudes between the first statement and the
// second, as happens in a database that many use and that locks less than SQLite does.
type beset struct {
	statements
	intrude func()
	count   int
}

func (b *beset) next() {
	if b.count++; b.count == 2 {
		b.intrude()
	}
}

func (b *beset) QueryRow(query string, args ...any) *sql.Row {
	b.next()
	return b.statements.QueryRow(query, args...)
}

func (b *beset) Exec(query string, args ...any) (sql.Result, error) {
	b.next()
	return b.statements.Exec(query, args...)
}

// A guard that checks in one statement and writes in another lets a write through that it should
// have refused: the very gap between check and effect that locklab is about.
func TestNothingGetsBetweenAGuardsLookAndItsWrite(t *testing.T) {
	write := func(op string, token uint64, value string) Command {
		return Command{Kind: WriteCommand, Op: op, Token: token, Value: value, Base: OpeningVersion, Balance: OpeningBalance - 1}
	}
	readBy := func(token uint64, value string) Command {
		return Command{Kind: ReadCommand, Op: "client-1/1", Token: token, Value: value}
	}
	cases := map[Guard]struct {
		before []Command
		write  Command
		rival  []Command // after which the guard would refuse the write
	}{
		FenceWrites: {nil, write("client-1/1", 1, ""), []Command{write("client-2/1", 2, "")}},
		FenceAll:    {[]Command{readBy(1, "")}, write("client-1/1", 1, ""), []Command{readBy(2, ""), write("client-2/1", 2, "")}},
		FenceEqual:  {nil, write("client-1/1", 1, ""), []Command{write("client-2/1", 2, "")}},
		CAS:         {nil, write("client-1/1", 0, ""), []Command{write("client-2/1", 0, "")}},
		Unique:      {nil, write("client-1/1", 0, ""), []Command{write("client-1/1", 0, "")}},
		Value:       {[]Command{readBy(0, "a")}, write("client-1/1", 0, "a"), []Command{readBy(0, "b"), write("client-2/1", 0, "b")}},
		Mint:        {[]Command{readBy(0, "")}, write("client-1/1", 1, ""), []Command{readBy(0, ""), write("client-2/1", 2, "")}},
	}
	for _, guard := range Guards() {
		if guard == None {
			continue // it checks nothing
		}
		t.Run(string(guard), func(t *testing.T) {
			c, ok := cases[guard]
			if !ok {
				t.Fatal("no case for this guard")
			}
			late := NewModel(guard)
			for _, each := range append(append([]Command{}, c.before...), c.rival...) {
				if r := late.Apply(each); r.Refused != "" {
					t.Fatalf("the case is wrong: %+v is refused: %s", each, r.Refused)
				}
			}
			if late.Apply(c.write).Refused == "" {
				t.Fatal("the case is wrong: nothing forbids the write after the rival's")
			}

			db, err := openDatabase(":memory:", guard)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			for _, each := range c.before {
				if _, err := db.apply(each); err != nil {
					t.Fatal(err)
				}
			}
			tx, err := db.db.Begin()
			if err != nil {
				t.Fatal(err)
			}
			defer tx.Rollback()
			intruded := false
			r, err := db.carryOut(&beset{statements: tx, intrude: func() {
				intruded = true
				for _, each := range c.rival {
					db.carryOut(tx, each) // may be refused by now
				}
			}}, c.write)
			switch {
			case !intruded:
				t.Fatal("the write took one statement only; nothing was tried")
			case err == nil && r.Refused == "" && r.Version != OpeningVersion+1:
				t.Errorf("the write was taken as version %d, behind the rival's, of which the guard knew nothing", r.Version)
			}
		})
	}
}

// The one statement is what people copy into their own database.
func TestAGuardIsOneStatement(t *testing.T) {
	for _, guard := range Guards() {
		for _, kind := range []Kind{ReadCommand, WriteCommand, ChargeCommand, MarkCommand} {
			var statement []string
			for line := range strings.Lines(guard.SQL(kind)) {
				if text, _, _ := strings.Cut(line, "--"); strings.TrimSpace(text) != "" {
					statement = append(statement, strings.TrimSpace(text))
				}
			}
			text := strings.Join(statement, " ")
			if strings.Count(text, ";") != 1 || !strings.HasSuffix(text, ";") {
				t.Error(fmt.Sprintf("%s of guard %s", kind, guard), "is not one statement:", text)
			}
		}
	}
}
