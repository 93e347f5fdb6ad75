package terminal

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim/check"
)

// randomCells returns cells of several fault scenarios, with random tallies.
func randomCells(r *rand.Rand) (cells []outcome.Summary) {
	for s := range 2 + r.IntN(3) {
		for _, backend := range []string{"redis", "etcd", "perfect"} {
			for _, guard := range []string{"none", "fence-all", "unique"} {
				if r.IntN(4) == 0 {
					continue
				}
				any := func(p check.Property) outcome.Tally {
					const n = 4
					violated := r.IntN(n+1) * r.IntN(2)
					holds := (n - violated) * r.IntN(2)
					if r.IntN(2) == 0 {
						return tally(p, n, holds, violated, check.Violated)
					}
					return tally(p, n, holds, violated)
				}
				cells = append(cells, cell(fmt.Sprintf("fault-%d", s), backend, guard, "virtual", 4, outcome.AsExpected,
					any(check.Overlap), any(check.LostUpdate), any(check.DuplicateEffect)))
			}
		}
	}
	return cells
}

// shown returns what a row of the table says of a property: whether it happened, whether that is
// decided, and whether there was nothing to judge.
func shown(c outcome.Summary, p check.Property) (happened, tells, nothing bool) {
	text := column{property: p}.word(c, full).text
	happened = strings.Contains(text, "violated")
	return happened, happened || strings.HasPrefix(text, "holds"), text == "—"
}

// TestTheHeadlineSaysWhatTheTableShows checks, over random sets of results, that each kind of harm
// is counted service by service as in the rows, over the decided cells only.
func TestTheHeadlineSaysWhatTheTableShows(t *testing.T) {
	starts := map[check.Property]string{
		check.Overlap: "two clients believe they hold the lock", check.LostUpdate: "an update is lost", check.DuplicateEffect: "an effect is applied twice",
	}
	counts := regexp.MustCompile(`(\d+) of (\d+)(?: fault scenarios?)? with (\w+)`)
	for seed := range uint64(300) {
		cells := randomCells(rand.New(rand.NewPCG(seed, 1)))
		var cards []string
		for s := range 5 {
			cards = append(cards, fmt.Sprintf("fault-%d", s))
		}
		text := strings.Join(harm(cells, faulty(cards...)), " ")
		for p, start := range starts {
			of, happened, unsure := map[string]int{}, map[string]int{}, 0
			for _, c := range cells {
				did, tells, nothing := shown(c, p)
				switch {
				case c.Guard != "none" || nothing:
				case !tells:
					unsure++
				default:
					of[c.Backend]++
					if did {
						happened[c.Backend]++
					}
				}
			}
			sentence := sentenceWith(text, start)
			bare, _, _ := strings.Cut(sentence, "; with ")
			if strings.Contains(strings.ToLower(bare), "with fence-all") || strings.Contains(strings.ToLower(bare), "with unique") {
				bare = "" // nothing was run without a guard
			}
			said := map[string]int{}
			for _, m := range counts.FindAllStringSubmatch(bare, -1) {
				n, _ := strconv.Atoi(m[1])
				all, _ := strconv.Atoi(m[2])
				said[m[3]] = n
				if n != happened[m[3]] || all != of[m[3]] {
					t.Errorf("seed %d: %q, and the table has %d of %d with %s", seed, bare, happened[m[3]], of[m[3]], m[3])
				}
			}
			for service, n := range happened {
				if said[service] != n {
					t.Errorf("seed %d, %s: %q does not say that it happened in %d of %d cells with %s", seed, p, text, n, of[service], service)
				}
			}
			if wants := unsure > 0 && bare != ""; wants != strings.Contains(bare, "undecided") {
				t.Errorf("seed %d: %q, and the table has %d cells that do not tell", seed, bare, unsure)
			}
		}
	}
}

// sentenceWith finds the sentence about one kind of harm.
func sentenceWith(text, start string) string {
	for _, sentence := range strings.Split(text, ". ") {
		plain := strings.ReplaceAll(strings.ToLower(sentence), "no two", "two")
		plain = strings.NewReplacer("no update", "an update", "no effect", "an effect").Replace(plain)
		if strings.Contains(plain, start) {
			return sentence
		}
	}
	return ""
}

func TestEveryOutcomeHasAWordAndASignOfItsOwn(t *testing.T) {
	seen := map[string]outcome.Outcome{}
	for _, o := range outcome.Outcomes() {
		for _, text := range []string{o.String(), o.Sign()} {
			if other, twice := seen[text]; twice || text == "" {
				t.Errorf("%q stands for %v and for %v", text, other, o)
			}
			seen[text] = o
		}
		if w := outcomeWord(o); !strings.EqualFold(w.text, o.String()) {
			t.Errorf("the table calls %q %q", o, w.text)
		}
	}
}
