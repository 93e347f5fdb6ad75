package terminal

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/reports/typeset"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios/bound"
	"github.com/locklab/locklab/scenarios/claims"
	"github.com/locklab/locklab/scenarios/outcome"
)

// Claims writes what the trials say of the claims: a count in one sentence; measurements that
// contradict what is stated; the two sources of the debate side by side, if they come first and
// there is room; the two senses of a broken lock side by side; and the figures of every claim.
// results holds one result per claim, in the order of the sources.
func Claims(w io.Writer, sources []claims.Source, results []claims.Result, run claims.Run, opts typeset.Options) error {
	bySource := divide(sources, results)
	switch opts.Format {
	case typeset.CSV:
		return typeset.WriteCSV(w, claimRows(sources, bySource))
	case typeset.JSON:
		return typeset.WriteJSON(w, claimDocuments(sources, bySource))
	case typeset.Markdown:
		return claimsMarkdown(w, sources, bySource, run)
	case typeset.Table, "":
	}
	var b strings.Builder
	width := min(opts.Width(), typeset.PageColumns)
	typeset.Hang(&b, "", claimCount(results, run), width)
	writeContradictions(&b, results, width)
	pair := 0
	if len(sources) >= 2 && sources[0].Debate && sources[1].Debate && width >= leastForTwo {
		pair = 2
		writeSideBySide(&b, sources[:2], bySource[:2], width)
	}
	writeTwoSenses(&b, run.Judged, width)
	for i, s := range sources {
		writeSource(&b, s, bySource[i], i >= pair, width)
	}
	writeOptions(&b, results, width)
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write the claims: %w", err)
	}
	return nil
}

// writeOptions names the source for each option that the evidence uses: an option that makes a lock
// misbehave proves nothing unless such a lock exists.
func writeOptions(b *strings.Builder, results []claims.Result, width int) {
	var all []claims.Option
	for _, r := range results {
		for _, e := range r.Evidence {
			for _, o := range e.Test.Options {
				if !slices.Contains(all, o) {
					all = append(all, o)
				}
			}
		}
	}
	if len(all) == 0 {
		return
	}
	b.WriteByte('\n')
	typeset.Hang(b, "", "OPTIONS OF THESE TRIALS, with the source for what each does", width)
	b.WriteByte('\n')
	for _, o := range all {
		typeset.Hang(b, "  ", o.Option+": "+o.Source, width)
	}
}

func divide(sources []claims.Source, results []claims.Result) (parts [][]claims.Result) {
	for _, s := range sources {
		parts = append(parts, results[:len(s.Claims)])
		results = results[len(s.Claims):]
	}
	return parts
}

// claimCount counts the claims by verdict.
func claimCount(results []claims.Result, run claims.Run) string {
	var parts []string
	for v := claims.Confirmed; v <= claims.Contradicted; v++ {
		n := 0
		for _, r := range results {
			if r.Verdict == v {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, v))
		}
	}
	return fmt.Sprintf("%s: %s (%s in the %s world).", words.Many(len(results), "claim"), strings.Join(parts, ", "), words.Many(len(run.Judged), "trial"), run.World)
}

// writeContradictions lists results that differ from what the claims file states, each with the
// command that reproduces it.
func writeContradictions(b *strings.Builder, results []claims.Result, width int) {
	for _, r := range results {
		for _, e := range r.Evidence {
			if e.Contrary == nil {
				continue
			}
			if e.Share != nil {
				typeset.Hang(b, "! ", fmt.Sprintf("%s · %s: %s should be violated in a share of %s of the trials, but was violated in %d of %d", r.Claim.ID,
					cellInWords(e.Contrary.Scenario, e.Contrary.Backend, e.Contrary.Guard, e.Contrary.Discipline), e.Want.Property, e.Share, e.Violated, e.Trials-e.Undecided), width)
				b.WriteString("  the first of them again: " + e.Contrary.Replay("") + "\n")
				continue
			}
			if e.Range != nil && e.Range.Of != bound.EveryValue {
				typeset.Hang(b, "! ", fmt.Sprintf("%s · %s: expected %s, but measured %s", r.Claim.ID,
					cellInWords(e.Contrary.Scenario, e.Contrary.Backend, e.Contrary.Guard, e.Contrary.Discipline), e.Range, e.Range.Show(e.Measured, e.Contrary.TTL)), width)
				b.WriteString("  the first of them again: " + e.Contrary.Replay("") + "\n")
				continue
			}
			if e.Range != nil {
				m, _ := e.Contrary.Measured(e.Range.Measure)
				typeset.Hang(b, "! ", fmt.Sprintf("%s · %s: expected %s, but seed %d measured %s", r.Claim.ID,
					cellInWords(e.Contrary.Scenario, e.Contrary.Backend, e.Contrary.Guard, e.Contrary.Discipline), e.Range, e.Contrary.Seed,
					e.Range.Show(m, e.Contrary.TTL)), width)
				b.WriteString("  again: " + e.Contrary.Replay("") + "\n")
				continue
			}
			f := e.Contrary.Finding(e.Want.Property)
			typeset.Hang(b, "! ", fmt.Sprintf("%s · %s: %s should come out as %s, but with seed %d it came out as %s: %s", r.Claim.ID,
				cellInWords(e.Contrary.Scenario, e.Contrary.Backend, e.Contrary.Guard, e.Contrary.Discipline), e.Want.Property, e.Want.Verdict, e.Contrary.Seed, f.Verdict, f.Why), width)
			b.WriteString("  again: " + e.Contrary.Replay("") + "\n")
		}
	}
}

func cellInWords(scenario, backend, guard, discipline string) string {
	return outcome.CellName{Scenario: scenario, Backend: backend, Guard: guard, Discipline: discipline}.String()
}

const (
	idWidth     = 6
	listGap     = 4   // between the two lists side by side
	leastForTwo = 100 // columns
)

func writeSideBySide(b *strings.Builder, sources []claims.Source, parts [][]claims.Result, width int) {
	column := (width - listGap) / 2
	var lists [2][]string
	for i, s := range sources {
		var list strings.Builder
		typeset.Hang(&list, "", strings.ToUpper(s.Who)+": "+s.Where, column)
		for _, r := range parts[i] {
			list.WriteString("\n")
			typeset.Hang(&list, typeset.Pad(r.Claim.ID, idWidth), claimWords(r), column)
			indent := strings.Repeat(" ", idWidth)
			typeset.Hang(&list, indent, r.Claim.Says, column)
			for _, remark := range remarks(r.Claim) {
				typeset.Hang(&list, indent+"– ", remark, column)
			}
		}
		lists[i] = strings.Split(strings.TrimRight(list.String(), "\n"), "\n")
	}
	b.WriteByte('\n')
	for i := range max(len(lists[0]), len(lists[1])) {
		var left, right string
		if i < len(lists[0]) {
			left = lists[0][i]
		}
		if i < len(lists[1]) {
			right = lists[1][i]
		}
		b.WriteString(strings.TrimRight(typeset.Pad(left, column+listGap)+right, " ") + "\n")
	}
}

// claimWords is the verdict on a claim, qualified if more could be tested.
func claimWords(r claims.Result) string {
	if len(r.Evidence) > 0 && r.Claim.NotYet != "" {
		return r.Verdict.String() + ", as far as tested"
	}
	return r.Verdict.String()
}

// remarks lists a claim's condition, what is missing, why no trial can decide it, and its note.
func remarks(c claims.Claim) (out []string) {
	if c.Condition != "" {
		out = append(out, "right if: "+c.Condition)
	}
	if c.NotYet != "" {
		out = append(out, "missing: "+c.NotYet)
	}
	if c.Cannot != "" {
		out = append(out, "because "+c.Cannot)
	}
	if c.Note != "" {
		out = append(out, "note: "+c.Note)
	}
	return out
}

// writeSource writes the figures of one source's claims. Unless whole is set, it omits what has
// been shown before: statements, remarks and claims without evidence.
func writeSource(b *strings.Builder, s claims.Source, results []claims.Result, whole bool, width int) {
	if !whole && !slices.ContainsFunc(results, func(r claims.Result) bool { return len(r.Evidence) > 0 }) {
		return
	}
	b.WriteByte('\n')
	typeset.Hang(b, "", strings.ToUpper(s.Who)+": "+s.Where, width)
	for _, r := range results {
		if !whole && len(r.Evidence) == 0 {
			continue
		}
		b.WriteByte('\n')
		head := "  " + typeset.Pad(r.Claim.ID, idWidth)
		if !whole {
			b.WriteString(head + claimWords(r) + "\n")
		} else {
			typeset.Hang(b, head, claimWords(r)+": "+r.Claim.Says, width)
		}
		indent := strings.Repeat(" ", utf8.RuneCountInString(head))
		for _, line := range figures(r.Evidence) {
			typeset.Hang(b, indent+line.lead, line.text, width)
		}
		if whole {
			for _, remark := range remarks(r.Claim) {
				typeset.Hang(b, indent+"– ", remark, width)
			}
		}
	}
}

// ClaimRows puts the results of the claims into words. weighed holds one result per claim, in the
// order of the sources.
func ClaimRows(sources []claims.Source, weighed []claims.Result) (rows []results.Claim) {
	for i, part := range divide(sources, weighed) {
		for _, r := range part {
			row := results.Claim{
				Source: sources[i].Who + ": " + sources[i].Where, ID: r.Claim.ID, Says: r.Claim.Says,
				Verdict: claimWords(r), Condition: r.Claim.Condition, World: r.World,
			}
			for _, f := range figures(r.Evidence) {
				row.Figures = append(row.Figures, strings.TrimSpace(f.lead)+" "+f.text)
			}
			if r.Claim.Cannot != "" {
				row.Figures = append(row.Figures, "because "+r.Claim.Cannot)
			}
			if r.Claim.Note != "" {
				row.Figures = append(row.Figures, "note: "+r.Claim.Note)
			}
			rows = append(rows, row)
		}
	}
	return rows
}
