package scenarios

// The faults of the format; see file.go.

type fileDo struct {
	place     `yaml:"-"`
	Pause     filePause     `yaml:"pause,omitempty" doc:"stop every process of a host while its clocks go on, as a garbage collection or SIGSTOP does"`
	Suspend   fileSuspend   `yaml:"suspend,omitempty" doc:"stop every process of a host and its monotonic clock, while its wall clock goes on, as a suspended virtual machine does"`
	Crash     fileCrash     `yaml:"crash,omitempty" doc:"switch a host off; its memory is gone, and what its disk had not synced"`
	StallDisk fileStall     `yaml:"stall-disk,omitempty" doc:"let nothing that a host's programs sync to its disk be done before it is over, while its processes, clocks and network go on"`
	Clock     fileClock     `yaml:"clock,omitempty" doc:"step a clock of a host, or change the rate at which it runs"`
	Partition filePartition `yaml:"partition,omitempty" doc:"let no packet through between groups of hosts, or from some hosts to others"`
	Delay     fileDelay     `yaml:"delay,omitempty" doc:"make every packet from one host to another arrive later"`
	Hold      fileHold      `yaml:"hold,omitempty" doc:"make one message arrive later: the one on its way from one host to another at this moment, or if there is none the next one"`
	Drop      fileDrop      `yaml:"drop,omitempty" doc:"lose packets from one host to another at random; a lost packet is sent again, as TCP does"`
}

type filePause struct {
	place `yaml:"-"`
	Host  hostWords `yaml:"host" doc:"the host that is stopped, or a list of hosts: client-1, ledger, a server of the lock service, or a role such as holder"`
	For   length    `yaml:"for" doc:"how long it is stopped, such as 1.5ttl, or drawn, such as {uniform: [0, 1ttl]}"`
}

type fileSuspend struct {
	place `yaml:"-"`
	Host  hostWords `yaml:"host" doc:"the host that is suspended, or a list of hosts, or a role"`
	For   length    `yaml:"for" doc:"how long it is suspended, such as 1.5ttl, or drawn"`
}

type fileCrash struct {
	place `yaml:"-"`
	Host  hostWords `yaml:"host" doc:"the host that crashes, or a list of hosts, or a role"`
	For   length    `yaml:"for,omitempty" doc:"after how long it starts again, such as 0.5ttl, or drawn; it stays down if left out"`
}

type fileStall struct {
	place `yaml:"-"`
	Host  hostWords `yaml:"host" doc:"the server of the lock service whose disk it is, or a list of them, or a role such as leader"`
	For   length    `yaml:"for" doc:"how long the disk stalls, such as 5s, or drawn"`
}

type fileClock struct {
	place `yaml:"-"`
	Host  hostWords `yaml:"host" doc:"the host whose clock it is, or a list of hosts, or a role"`
	Clock word      `yaml:"clock,omitempty" doc:"which of its clocks: wall or monotonic; wall if left out"`
	Step  offset    `yaml:"step,omitempty" doc:"how far the clock is moved: 5s forward, -5s back"`
	Rate  factor    `yaml:"rate,omitempty" doc:"how fast the clock runs, instead of a step: 1.1 gains a tenth, 0.5 is half as fast"`
	For   length    `yaml:"for,omitempty" doc:"how long it lasts until the clock is put right by as much, or drawn; to the end if left out"`
}

type filePartition struct {
	place  `yaml:"-"`
	Groups hostGroups `yaml:"groups,omitempty" doc:"groups of hosts, such as [[client-1, redis-1], [client-2]]: hosts of different groups cannot talk, hosts in no group talk to all"`
	From   hostWords  `yaml:"from,omitempty" doc:"instead of groups: the host, or a list of hosts or roles, on one side"`
	To     hostWords  `yaml:"to,omitempty" doc:"with from: the host, or a list of hosts or roles, on the other side"`
	OneWay yesno      `yaml:"one-way,omitempty" doc:"with from and to: whether packets get through from to to from, but not from from to to"`
	For    length     `yaml:"for,omitempty" doc:"how long it lasts, or drawn; to the end if left out"`
}

type fileDelay struct {
	place `yaml:"-"`
	From  hostWords `yaml:"from" doc:"the host that sends, or a list of hosts or roles"`
	To    hostWords `yaml:"to" doc:"the host that receives, or a list of hosts or roles"`
	By    span      `yaml:"by" doc:"how much later packets arrive"`
	For   length    `yaml:"for,omitempty" doc:"how long it lasts, or drawn; to the end if left out"`
}

type fileHold struct {
	place `yaml:"-"`
	From  hostWords `yaml:"from" doc:"the host that sends, or a list of hosts or roles"`
	To    hostWords `yaml:"to" doc:"the host that receives, or a list of hosts or roles"`
	By    span      `yaml:"by" doc:"how much later the message arrives"`
}

type fileDrop struct {
	place       `yaml:"-"`
	From        hostWords `yaml:"from" doc:"the host that sends, or a list of hosts or roles"`
	To          hostWords `yaml:"to" doc:"the host that receives, or a list of hosts or roles"`
	Probability fraction  `yaml:"probability" doc:"how likely each packet is lost, above 0 and at most 1"`
	For         length    `yaml:"for,omitempty" doc:"how long it lasts, or drawn; to the end if left out"`
}
