package scenarios

import (
	"strconv"

	"github.com/goccy/go-yaml/ast"
)

// fileClient says how one client differs from the others.
type fileClient struct {
	place      `yaml:"-"`
	Think      length         `yaml:"think,omitempty" doc:"how long this client works, or drawn each time"`
	Times      number         `yaml:"times,omitempty" doc:"how many withdrawals this client makes; not with charge-once, whose jobs all clients share"`
	Wait       span           `yaml:"wait,omitempty" doc:"how long this client waits for the lock before it gives up"`
	Discipline fileDiscipline `yaml:"discipline,omitempty" doc:"how this client treats what it knows of its lock, whatever the discipline of the others"`
	TTL        span           `yaml:"ttl,omitempty" doc:"the lease of this client's lock, such as 0.5ttl; other times in units of ttl stay in units of the scenario's"`
	Lock       options        `yaml:"lock,omitempty" doc:"options of this client's lock, such as {renew: off}, whatever those of the others; not those that are about the servers"`
}

func (*fileClient) noun() string { return "this client" }

// fileClients are clients by number.
type fileClients struct {
	place
	list []numberedClient
}

type numberedClient struct {
	number number
	fileClient
}

func (f *fileClients) read(s *source, name string, n ast.Node) error {
	const shape = "a mapping from client numbers to their differences, such as {1: {think: 8ttl}}"
	f.place = at(n)
	entries, ok, err := s.entries(n)
	switch {
	case err != nil:
		return err
	case !ok:
		return s.wrongType(name, n, shape)
	case len(entries) == 0:
		return s.fail(f.place, name+" names no client", shape, "")
	}
	for _, e := range entries {
		one := numberedClient{number: number{place: e.key.place}}
		if one.number.n, err = strconv.Atoi(e.key.text); err != nil || strconv.Itoa(one.number.n) != e.key.text {
			return s.fail(e.key.place, name+" has the key "+quoted(e.key.text), "the number of a client, such as 1", "")
		}
		if err := s.decodeFields("client "+e.key.text, e.value, &one.fileClient); err != nil {
			return err
		}
		f.list = append(f.list, one)
	}
	return nil
}
