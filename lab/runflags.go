package lab

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/lab/internal/console"
	"github.com/locklab/locklab/lab/internal/liveworld"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/scenarios/workload"
	"github.com/locklab/locklab/sim"
)

// register adds the flags to a command.
func (o *runOptions) register(c *cobra.Command) {
	f := c.Flags()
	f.StringSliceVar(&o.backends, "backend", nil, "lock services to run, such as redis or redis+renew; locklab list names them all (default: those of the scenario)")
	f.StringSliceVar(&o.guards, "guard", nil, "guards of the account to run: "+words.Or(ledger.AllGuards()...)+", or "+script.Best+", which is "+string(ledger.FenceAll)+" with lock services that issue tokens and "+string(ledger.CAS)+" with others (default: those of the scenario)")
	f.StringSliceVar(&o.disciplines, "discipline", nil, "disciplines of the clients to run: attentive, heedless or late=DURATION (default: those of the scenario)")
	f.StringSliceVar(&o.except, "except", nil, "scenarios to leave out, such as charge-crashes,healthy-cluster")
	f.StringVar(&o.world, "world", sim.VirtualWorld, words.Or(worlds()...)+"; with "+outcome.BothWorlds+", every cell is run in each of them and they are compared")
	f.StringVar(&o.seeds, "seeds", "", "how many seeds, such as 20, or which, such as 7..9 (default: 20 virtual, 1 live; with both worlds: of the live one)")
	f.DurationVar(&o.ttl, "ttl", 0, "the lease (default: the scenario's in the virtual world, 2s in the live one)")
	f.BoolVar(&o.asLive, "as-live", false, "run virtual trials with the options of this machine's servers, as --world both does")
	f.StringVar(&o.out, "out", "out", "folder for results")
	f.IntVar(&o.keep, "keep", 0, fmt.Sprintf("how many histories of each cell to keep at least, at most %d (default: one, and up to %d of trials that are not as expected)", maxKeep, results.MaxKept))
	f.StringVar(&o.shard, "shard", "", "which part of the run, of how many, such as 3/8 (default: all of it)")
	f.StringVar(&o.resume, "resume", "", "folder of a run that has ended early, such as out/latest, to go on with")
	liveworld.RegisterAttach(c, &o.attach)
	o.servers.Register(c)
	o.format.Register(c)
	o.format.RegisterVerbose(c)
	o.profiles.Register(f)
	f.IntVar(&o.jobs, "jobs", 0, fmt.Sprintf("trials to run in parallel (default: one per processor virtual, %d live)", liveJobs))
	console.Complete(c, "world", worlds()...)
	var guards, locks []string
	for _, g := range ledger.AllGuards() {
		guards = append(guards, string(g)+"\t"+g.Rule())
	}
	for _, b := range services.Registry() {
		locks = append(locks, b.Name()+"\t"+b.Title())
	}
	guards = append(guards, script.Best+"\tthe most that each lock service itself offers")
	console.Complete(c, "guard", guards...)
	console.Complete(c, "backend", locks...)
	console.Complete(c, "discipline", string(workload.Attentive), string(workload.Heedless), string(workload.Late)+"=0.5ttl")
}
