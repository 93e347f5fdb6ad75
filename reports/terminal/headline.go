package terminal

import (
	"fmt"
	"io"

	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/reports/typeset"
	"github.com/locklab/locklab/reports/words"
)

// Headline returns the sentence that says how the runs came out, and the sentences that say what
// the cells show about locks.
func Headline(set *results.Set) (headline string, remarks []string) {
	headline = outcomeSentence(set.Cells)
	if sentence := unfinished(set); sentence != "" {
		headline = sentence + " " + headline
	}
	remarks = harm(set.Cells, set.Cards)
	if sentence := LeftOut(set); sentence != "" {
		remarks = append(remarks, sentence)
	}
	return headline, remarks
}

// LeftOut says how many trials are in more than one run and count once; empty if there are none.
func LeftOut(set *results.Set) string {
	if set.Repeated == 0 {
		return ""
	}
	return fmt.Sprintf("Left out: %s that an earlier run already has (the same seed gives the same virtual trial).", words.Many(set.Repeated, "trial"))
}

// Unfinished writes how many trials were finished, if that is fewer than were asked for. It belongs
// above what Cells and Agreement write. CSV and JSON have no place for it.
func Unfinished(w io.Writer, set *results.Set, opts typeset.Options) error {
	sentence, err := unfinished(set), error(nil)
	if sentence == "" {
		return nil
	}
	switch opts.Format {
	case typeset.CSV, typeset.JSON:
	case typeset.Markdown:
		_, err = fmt.Fprintf(w, "**%s**\n\n", typeset.EscapeMarkdown(sentence))
	case typeset.Table, "":
		_, err = fmt.Fprintln(w, typeset.Painter{On: opts.Colour}.Paint(typeset.Doubt, sentence))
	}
	if err != nil {
		return fmt.Errorf("write the number of finished trials: %w", err)
	}
	return nil
}

func unfinished(set *results.Set) string {
	if asked, finished := set.Asked(); finished < asked {
		return fmt.Sprintf("Only %d of %d trials finished.", finished, asked)
	}
	return ""
}
