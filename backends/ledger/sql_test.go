//go:build linux

package ledger

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	_ "modernc.org/sqlite"
	"pgregory.net/rapid"
)

func anyCommand(t *rapid.T) Command {
	job := ""
	kind := rapid.SampledFrom([]Kind{ReadCommand, WriteCommand, ChargeCommand, MarkCommand}).Draw(t, "kind")
	if kind != WriteCommand {
		job = rapid.SampledFrom([]string{"job-1", "job-2"}).Draw(t, "job")
	}
	return Command{
		Kind:    kind,
		Job:     job,
		Amount:  rapid.Int64Range(0, 20).Draw(t, "amount"),
		Op:      fmt.Sprintf("client-%d/%d", rapid.IntRange(1, 2).Draw(t, "client"), rapid.IntRange(1, 3).Draw(t, "nth")),
		Token:   rapid.Uint64Range(0, 5).Draw(t, "token"),
		Value:   rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "value"),
		Base:    rapid.Uint64Range(0, 5).Draw(t, "base"),
		Balance: rapid.Int64Range(-50, 100).Draw(t, "balance"),
	}
}

func TestTheSQLOfEveryGuardAgreesWithItsRule(t *testing.T) {
	for _, guard := range Guards() {
		t.Run(string(guard), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				model := NewModel(guard)
				db, err := openDatabase(":memory:", guard)
				if err != nil {
					t.Fatal(err)
				}
				defer db.Close()
				var taken []string
				for range rapid.IntRange(1, 12).Draw(t, "commands") {
					c := anyCommand(t)
					want := model.Apply(c)
					got, err := db.apply(c)
					if err != nil {
						t.Fatal(err)
					}
					if got != want {
						t.Fatalf("%+v: SQL answers %+v, the rule says %+v", c, got, want)
					}
					if c.takes() && got.Refused == "" {
						taken = append(taken, fmt.Sprintf("%d %s %d", got.Version, c.effect(), got.Balance))
					}
				}
				if noted := withdrawals(t, db); !slices.Equal(noted, taken) {
					t.Fatalf("the table of withdrawals holds %q, taken were %q", noted, taken)
				}
			})
		})
	}
}

func withdrawals(t *rapid.T, d *database) []string {
	rows, err := d.db.Query("SELECT version, id, balance FROM withdrawals ORDER BY version")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var noted []string
	for rows.Next() {
		var version uint64
		var id string
		var balance int64
		if err := rows.Scan(&version, &id, &balance); err != nil {
			t.Fatal(err)
		}
		noted = append(noted, fmt.Sprintf("%d %s %d", version, id, balance))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return noted
}

func TestAnAccountIsNotOpenedTwice(t *testing.T) {
	file := filepath.Join(t.TempDir(), "account.db")
	db, err := openDatabase(file, None)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if again, err := openDatabase(file, None); err == nil {
		again.Close()
		t.Error("a second account was made in the same file: a trial would start from the end of another")
	}
}

func TestATokenThatSQLiteCannotHoldIsAnError(t *testing.T) {
	db, err := openDatabase(":memory:", FenceAll)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if r, err := db.apply(read("client-1/1", 1<<63)); err == nil {
		t.Errorf("token 2⁶³ was answered with %+v", r)
	}
}
