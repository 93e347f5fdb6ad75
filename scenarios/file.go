package scenarios

// The types in this file are the format: the loader reads into them, and the JSON Schema is
// generated from them. The yaml tag gives a key's name; a key without omitempty is required. The
// doc tag says what the key is for, in the editor and in error messages. A field without a name
// stands for the keys of a table (see tabled).
//
// The types hold what was written and where. The loader turns them into a Scenario.

type fileScenario struct {
	place       `yaml:"-"`
	Scenario    word         `yaml:"scenario" doc:"the scenario's name on the command line, in lower-case letters, digits and hyphens"`
	Title       word         `yaml:"title" doc:"one line that says what happens"`
	Claims      words        `yaml:"claims,omitempty" doc:"the claims of the debate that the scenario tests, such as K4"`
	Text        word         `yaml:"text" doc:"a paragraph for the reader: what happens and why it matters"`
	TTL         span         `yaml:"ttl" doc:"the lease in the virtual world, such as 10s; --ttl sets another, and the live world has one of 2s; other times can be given in units of it, such as 1.5ttl"`
	LiveTTL     span         `yaml:"live-ttl,omitempty" doc:"the lease in the live world, such as 4s, where 2s is too short because something takes the servers a fixed time; --ttl sets another"`
	Clients     number       `yaml:"clients" doc:"how many clients there are: hosts client-1, client-2 and so on, at most 100"`
	Workload    fileWorkload `yaml:"workload" doc:"what every client does"`
	Client      fileClients  `yaml:"client,omitempty" doc:"how single clients differ from the others, by number, such as {1: {think: 8ttl, ttl: 0.5ttl}}"`
	Lock        options      `yaml:"lock,omitempty" doc:"options of the lock, such as timeout: 4ttl, for every backend that has them and does not set them itself"`
	Backends    words        `yaml:"backends,omitempty" doc:"the lock services to run it with, such as redis or redis+elapsed-check, and sets of them: {sets}; all services if left out"`
	Guards      words        `yaml:"guards,omitempty" doc:"the guards at the account to run it with: {guards}; where the lock service keeps the account, none, cas or lock-key; all of them if left out"`
	Steps       []fileStep   `yaml:"steps,omitempty" doc:"the faults, and when each of them happens"`
	VirtualOnly word         `yaml:"virtual-only,omitempty" doc:"why the scenario cannot be staged with real processes, if it cannot; it is then not run in the live world"`
	Until       span         `yaml:"until" doc:"when a trial ends if its clients have not finished"`
	Expect      []fileExpect `yaml:"expect" doc:"what theory predicts, and why; a trial passes if it comes out that way, even if that is a violation"`
}

type fileWorkload struct {
	place      `yaml:"-"`
	Withdraw   fileWithdraw   `yaml:"withdraw,omitempty" doc:"take the lock, read the balance, work, write the balance, give the lock back"`
	ChargeOnce fileChargeOnce `yaml:"charge-once,omitempty" doc:"a job that must be done once, and that every client may pick up: take the lock, look whether the job is done, work, charge the account for it, mark it as done, give the lock back"`
	Add        fileAdd        `yaml:"add,omitempty" doc:"add elements to a set that the lock service keeps, without taking any lock; when the trial is over, which is not before until, the set is read, and an acknowledged element that it lacks is a lost update"`
}

type fileWithdraw struct {
	place      `yaml:"-"`
	Account    word            `yaml:"account,omitempty" doc:"where the account is: own-host, or lock-service if the lock service is to keep it itself, beside the lock; own-host if left out"`
	Times      number          `yaml:"times,omitempty" doc:"how many withdrawals each client makes, one after the other; 1 if left out"`
	Think      length          `yaml:"think,omitempty" doc:"how long a client works between reading and writing the balance, such as 0.2ttl, or drawn each time, such as {uniform: [0s, 2s]}"`
	Stagger    length          `yaml:"stagger,omitempty" doc:"client 2 starts this much after client 1, client 3 as much after client 2; or drawn for each of them"`
	Every      span            `yaml:"every,omitempty" doc:"the interval at which a client starts its withdrawals, whatever becomes of them; back to back if left out"`
	Wait       span            `yaml:"wait,omitempty" doc:"how long a client waits for the lock before it gives up; to the end if left out"`
	Discipline fileDisciplines `yaml:"discipline,omitempty" doc:"how clients treat what they know of their lock: attentive (they stop when told that it is lost, and check their deadline right before the write), heedless (they check nothing), or {late: 0.5ttl} (they keep working for that long); a list of them for several; attentive if left out"`
}

func (*fileWithdraw) retired(key string) string { return retiredCheck(key) }

type fileChargeOnce struct {
	place      `yaml:"-"`
	Jobs       number          `yaml:"jobs,omitempty" doc:"how many jobs there are, one after the other; 1 if left out"`
	Think      length          `yaml:"think,omitempty" doc:"how long a client works between looking and charging, or drawn each time, such as {uniform: [0s, 2s]}"`
	Stagger    length          `yaml:"stagger,omitempty" doc:"client 2 starts this much after client 1, client 3 as much after client 2; or drawn for each of them"`
	Wait       span            `yaml:"wait,omitempty" doc:"how long a client waits for the lock before it gives up; to the end if left out"`
	Discipline fileDisciplines `yaml:"discipline,omitempty" doc:"how clients treat what they know of their lock: attentive (they stop when told that it is lost, and check their deadline right before the charge), heedless (they check nothing), or {late: 0.5ttl} (they keep working for that long); a list of them for several; attentive if left out"`
}

func (*fileChargeOnce) retired(key string) string { return retiredCheck(key) }

type fileAdd struct {
	place   `yaml:"-"`
	Times   number `yaml:"times,omitempty" doc:"how many elements each client adds, one after the other; 1 if left out"`
	Think   length `yaml:"think,omitempty" doc:"how long a client works before it adds an element, or drawn each time, such as {uniform: [0s, 2s]}"`
	Stagger length `yaml:"stagger,omitempty" doc:"client 2 starts this much after client 1, client 3 as much after client 2; or drawn for each of them"`
	Every   span   `yaml:"every,omitempty" doc:"the interval at which a client adds its elements, whatever becomes of them; back to back if left out"`
}

// retiredCheck returns what to write in place of a key of older files; empty means that the key was
// never one.
func retiredCheck(key string) string {
	if key != "check" {
		return ""
	}
	return "instead of check: true, write discipline: attentive or nothing, since that is the default; instead of check: false, write discipline: heedless"
}

type fileStep struct {
	place `yaml:"-"`
	On    fileOn `yaml:"on,omitempty" doc:"the event at which the step happens; the process that causes it is held there until the fault is in effect"`
	At    span   `yaml:"at,omitempty" doc:"the time at which the step happens, instead of an event"`
	After span   `yaml:"after,omitempty" doc:"how long after the event; the process is not held then"`
	Every span   `yaml:"every,omitempty" doc:"the step happens again and again, each time this much after the time before"`
	Times number `yaml:"times,omitempty" doc:"how often the step happens in all, with every; until the end if left out"`
	Do    fileDo `yaml:"do" doc:"the fault"`
}

func (*fileStep) noun() string { return "this step" }

type fileOn struct {
	place  `yaml:"-"`
	Client number `yaml:"client,omitempty" doc:"the client that the event happens to: 1, 2 and so on"`
	Host   word   `yaml:"host,omitempty" doc:"the host that the event happens on, instead of a client: ledger, or a server of the lock service"`
	Event  word   `yaml:"event" doc:"the kind of event"`
	Nth    number `yaml:"nth,omitempty" doc:"the first, second, third such event; 1 if left out"`
}

type fileExpect struct {
	place      `yaml:"-"`
	Backend    words           `yaml:"backend,omitempty" doc:"the backends that this row is about, or sets of them; all of the scenario's if left out"`
	Guard      words           `yaml:"guard,omitempty" doc:"the guards that this row is about; all of the scenario's if left out"`
	Discipline fileDisciplines `yaml:"discipline,omitempty" doc:"the disciplines that this row is about; all of the scenario's if left out"`
	Verdicts   fileVerdicts    `yaml:",omitempty"` // a key for each property
	Measures   fileRanges      `yaml:"measures,omitempty" doc:"figures and the range that they lie in, both ends included, such as {lease: [1ttl, 1.1ttl]}"`
	Because    word            `yaml:"because" doc:"the reason, in one sentence"`
}

func (*fileExpect) noun() string { return "this row" }
