// Command doublerelease judges histories by a property of its own: a grant is released once, and by
// the client that it was given to. It exits with 0 if that holds in all files, 1 if it is violated in
// one, 2 if it is not and one cannot tell, and 3 if a file cannot be read.
//
//	locklab run late-release --keep 1 && go run . out/latest/histories/*.jsonl
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/trace"
)

const doubleRelease check.Property = "double-release"

func main() {
	if len(os.Args) < 2 {
		stop(errors.New("no file named, expected histories such as those in out/latest/histories"))
	}
	var found []check.Finding
	for _, path := range os.Args[1:] {
		h, err := read(path)
		if err != nil {
			stop(err)
		}
		f := judge(trace.Read(h))
		found = append(found, f)
		fmt.Printf("%s: %s %s: %s", path, f.Property, f.Verdict, f.Why)
		if len(f.Evidence) > 0 {
			fmt.Printf(" (events %v)", f.Evidence)
		}
		fmt.Println()
	}
	switch check.Worst(found...) {
	case check.Violated:
		os.Exit(1)
	case check.Undecided:
		os.Exit(2)
	case check.Holds:
	}
}

func stop(err error) {
	fmt.Fprintln(os.Stderr, "doublerelease:", err)
	os.Exit(3)
}

func read(path string) (*sim.History, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // it was only read
	h, err := sim.ReadEvents(file, path)
	if err != nil {
		return nil, err
	}
	h.MakeVisible() // the file may be somebody else's, and is quoted at a terminal
	return h, nil
}

// copyOf is a grant as one server has it: servers that keep copies release each its own.
type copyOf struct {
	server sim.HostID
	grant  string
}

// judge looks at what clients ask for and at what the lock service does: either may go wrong alone. A
// name that is granted again is another grant.
func judge(t *trace.Trace) check.Finding {
	asked := map[trace.Acquisition]*sim.Event{}
	freed := map[copyOf]*sim.Event{}
	given := map[string]*sim.Event{}
	var doubt string
	releases := 0
	for i := range t.History.Events {
		e := &t.History.Events[i]
		switch e.Kind {
		case sim.Acquired:
			delete(asked, trace.AcquisitionOf(e))
		case sim.Granted:
			given[e.Grant] = e
			delete(freed, copyOf{e.Host, e.Grant})
		case sim.Release:
			if first := asked[trace.AcquisitionOf(e)]; first != nil {
				return finding(check.Violated, fmt.Sprintf("%s releases a grant at %s that it has released before", e.Host, trace.Clock(e.At)), first, e)
			}
			asked[trace.AcquisitionOf(e)] = e
		case sim.Freed:
			if first := freed[copyOf{e.Host, e.Grant}]; first != nil {
				return finding(check.Violated, fmt.Sprintf("%s frees a grant at %s that it has freed before", e.Host, trace.Clock(e.At)), first, e)
			}
			freed[copyOf{e.Host, e.Grant}] = e
			releases++
			by, owner := requester(t, e), t.Owner(e.Grant)
			if by == "" || owner == "" {
				doubt = fmt.Sprintf("event %d does not say who asked, or nothing says whose the grant is", e.Seq)
			} else if by != owner {
				return finding(check.Violated, fmt.Sprintf("%s frees the grant of %s at %s because %s asks for it", e.Host, owner, trace.Clock(e.At), by), given[e.Grant], e)
			}
		}
	}
	switch {
	case doubt != "":
		return finding(check.Undecided, doubt)
	case releases == 0:
		return finding(check.Undecided, "the lock service frees nothing on request")
	}
	return finding(check.Holds, trace.Count(releases, "release")+", each the first of its grant and for its owner")
}

// requester returns who asked to free a grant: without a service that is the client itself.
func requester(t *trace.Trace, freed *sim.Event) sim.HostID {
	if freed.Client == "" && t.History.IsClient(freed.Host) {
		return freed.Host
	}
	return freed.Client
}

func finding(v check.Verdict, why string, shownBy ...*sim.Event) check.Finding {
	f := check.Finding{Property: doubleRelease, Verdict: v, Why: why}
	for _, e := range shownBy {
		if e != nil {
			f.Evidence = append(f.Evidence, e.Seq)
		}
	}
	return f
}
