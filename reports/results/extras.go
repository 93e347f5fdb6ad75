package results

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/locklab/locklab/reports/files"
	"github.com/locklab/locklab/scenarios/margin"
	"github.com/locklab/locklab/scenarios/sweep"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/plaintext"
)

// Besides trials, a run of everything leaves these files.
const (
	// SweepsFile has the points of sweeps, as sweep.Row.
	SweepsFile = "sweeps.jsonl"
	// MarginsFile has the rows of datasheets, as margin.WriteRow writes them.
	MarginsFile = "margins.jsonl"
	// ClaimsFile has the trials' verdicts on the published claims, as Claim.
	ClaimsFile = "claims.json"
)

// maxExtras bounds the size of these files, in bytes; they have some 100,000.
const maxExtras = 16 << 20

// Claim is the trials' verdict on one published claim, in words.
type Claim struct {
	Source    string   `json:"source"` // who made it, and where
	ID        string   `json:"id"`
	Says      string   `json:"says"`
	Verdict   string   `json:"verdict"`
	Condition string   `json:"condition,omitempty"` // under which it is right
	Figures   []string `json:"figures,omitempty"`   // what was measured
	World     string   `json:"world"`               // in which it was tried; "" in older folders means the virtual one
}

// writeClaims writes the claims of a run into its folder.
func writeClaims(folder string, claims []Claim) error {
	text, err := json.MarshalIndent(append([]Claim{}, claims...), "", "  ") // none are [], not null
	if err == nil {
		err = files.WriteBytes(filepath.Join(folder, ClaimsFile), append(plaintext.VisibleJSON(text), '\n'))
	}
	if err != nil {
		return fmt.Errorf("write the claims: %w", err)
	}
	return nil
}

// readExtras adds sweeps, datasheets and claims of a run, if it has any. If several runs have the same
// sweep, the datasheet of the same set-up, or claims in the same world, the last run's are shown.
func (s *Set) readExtras(folder string) error {
	sweeps, err := listIn(folder, SweepsFile, sweep.Read)
	if err != nil {
		return err
	}
	for _, each := range sweeps {
		s.Sweeps = slices.DeleteFunc(s.Sweeps, func(o sweep.Result) bool { return o.Name == each.Name })
		s.Sweeps = append(s.Sweeps, each)
	}
	sheets, err := listIn(folder, MarginsFile, margin.Read)
	if err != nil {
		return err
	}
	for _, each := range sheets {
		s.Datasheets = slices.DeleteFunc(s.Datasheets, func(o margin.Sheet) bool { return o.Setup == each.Setup })
		s.Datasheets = append(s.Datasheets, each)
	}
	return s.readClaims(folder)
}

// listIn reads a list of a run's folder; it is empty if the run has none.
func listIn[T any](folder, name string, read func(r io.Reader, name string) ([]T, error)) ([]T, error) {
	path := filepath.Join(folder, name)
	file, err := files.Open(path, maxExtras)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read what a run has measured: %w", err)
	}
	defer file.Close()
	return read(file, path)
}

func (s *Set) readClaims(folder string) error {
	path := filepath.Join(folder, ClaimsFile)
	text, err := files.ReadRegular(path, maxExtras)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the claims of a run: %w", err)
	}
	var claims []Claim
	if err := errors.Join(json.Unmarshal(text, &claims), visible(text)); err != nil {
		return inFile(path, text, 1, err)
	}
	for i := range claims {
		claims[i].World = cmp.Or(claims[i].World, sim.VirtualWorld)
	}
	s.Claims = slices.DeleteFunc(s.Claims, func(o Claim) bool {
		return slices.ContainsFunc(claims, func(c Claim) bool { return c.World == o.World })
	})
	s.Claims = append(s.Claims, claims...)
	return nil
}
