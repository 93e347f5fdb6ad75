package results

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"

	"github.com/locklab/locklab/reports/files"
	"github.com/locklab/locklab/scenarios/sweep"
)

// extras puts the sweeps and claims of the shards together, if they have any.
func (m *merger) extras() error {
	var sweeps []sweep.Result
	var claims []Claim
	had, all := false, true
	for _, folder := range m.parts.folders {
		var part Set
		if err := part.readExtras(folder); err != nil {
			return err
		}
		had = had || exists(folder, SweepsFile)
		all = all && exists(folder, ClaimsFile)
		claims = append(claims, part.Claims...)
		for _, s := range part.Sweeps {
			at := slices.IndexFunc(sweeps, func(o sweep.Result) bool { return o.Name == s.Name })
			if at < 0 {
				sweeps = append(sweeps, s)
			} else if !reflect.DeepEqual(sweeps[at].About, s.About) {
				return fmt.Errorf("%s has another sweep %s than the shards before it: they are not shards of one run", folder, s.Name)
			} else {
				sweeps[at].Points = append(sweeps[at].Points, s.Points...)
			}
		}
	}
	if !had {
		return nil
	}
	if err := writeSweeps(m.into, sweeps); err != nil {
		return err
	}
	m.sum.result.Sweeps = sweeps
	if !all || len(m.parts.missing) > 0 { // some of the sweeps or claims were not finished, which this shows
		return nil
	}
	m.sum.result.Claims = claims
	return writeClaims(m.into, claims)
}

// writeSweeps writes sweeps with their points in order.
func writeSweeps(folder string, sweeps []sweep.Result) error {
	return files.Write(filepath.Join(folder, SweepsFile), func(w io.Writer) error {
		for _, s := range sweeps {
			line := func(p sweep.Point) int {
				return slices.IndexFunc(s.Lines, func(l sweep.Line) bool { return l.Name == p.Line })
			}
			slices.SortFunc(s.Points, func(a, b sweep.Point) int {
				return cmp.Or(cmp.Compare(line(a), line(b)), cmp.Compare(a.X, b.X))
			})
			err := sweep.WriteRow(w, sweep.Row{Sweep: &s.About})
			for i := range s.Points {
				err = errors.Join(err, sweep.WriteRow(w, sweep.Row{Point: &s.Points[i]}))
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func exists(folder, file string) bool {
	_, err := os.Stat(filepath.Join(folder, file))
	return !errors.Is(err, fs.ErrNotExist)
}
