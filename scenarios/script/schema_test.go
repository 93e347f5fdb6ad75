package script

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/invopop/jsonschema"
	validator "github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/scenarios/amount"
	"github.com/locklab/locklab/scenarios/internal/scripttest"
	"github.com/locklab/locklab/scenarios/strict"
	"github.com/locklab/locklab/scenarios/workload"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

const schemaFile = "../schema.json"

// generate returns the JSON Schema of the types in file.go.
func generate(t *testing.T) []byte {
	t.Helper()
	r := jsonschema.Reflector{
		FieldNameTag:   "yaml",
		Anonymous:      true,
		ExpandedStruct: true,
		Mapper:         leafSchema,
		Namer:          func(t reflect.Type) string { return strings.TrimPrefix(strings.ToLower(t.Name()), "file") },
		LookupComment: func(t reflect.Type, field string) string {
			if field == "" {
				return "" // the types themselves need no description
			}
			f, _ := t.FieldByName(field)
			return (*File)(nil).Doc(f.Tag.Get("doc"))
		},
	}
	s := r.Reflect(&File{})
	s.Title = "a locklab scenario"
	s.Description = "A script of faults for distributed locks, and what is expected to come out."
	tabulate(s.Definitions["expect"], "Verdicts", fileVerdicts{}, reflect.TypeFor[VerdictWord]())
	refine(s)
	out, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(out, '\n')
}

// tabulate puts the keys of a table in place of the field that stands for them.
func tabulate(s *jsonschema.Schema, field string, table interface{ Keys() []strict.Key }, value reflect.Type) {
	all := jsonschema.NewProperties()
	for pair := s.Properties.Oldest(); pair != nil; pair = pair.Next() {
		if pair.Key != field {
			all.Set(pair.Key, pair.Value)
			continue
		}
		for _, k := range table.Keys() {
			of := leafSchema(value)
			of.Description = k.Doc
			all.Set(k.Name, of)
		}
	}
	s.Properties = all
}

// leafSchema describes the types that read themselves.
func leafSchema(t reflect.Type) *jsonschema.Schema {
	name := &jsonschema.Schema{Type: "string", MinLength: count(1)}
	switch t {
	case reflect.TypeFor[strict.Word]():
		return name
	case reflect.TypeFor[strict.Words]():
		list := &jsonschema.Schema{Type: "array", Items: name, MinItems: count(1), UniqueItems: true}
		return &jsonschema.Schema{OneOf: []*jsonschema.Schema{name, list}}
	case reflect.TypeFor[strict.Number]():
		return &jsonschema.Schema{Type: "integer", Minimum: "1"}
	case reflect.TypeFor[strict.Real]():
		return &jsonschema.Schema{Type: "number"}
	case reflect.TypeFor[strict.YesNo]():
		return &jsonschema.Schema{Type: "boolean"}
	case reflect.TypeFor[strict.Span]():
		const term = `(([0-9]+(\.[0-9]*)?|\.[0-9]+)ttl|(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+|0)`
		return &jsonschema.Schema{OneOf: []*jsonschema.Schema{
			{Type: "string", Pattern: `^` + term + `(\+` + term + `)*$`},
			{Const: 0},
			sizeSchema(),
		}, Examples: []any{"250ms", "10s", "1.5ttl", "1ttl+2s"}}
	case reflect.TypeFor[FileDisciplines]():
		late := &jsonschema.Schema{Type: "object", Properties: jsonschema.NewProperties(), Required: []string{string(workload.Late)}, AdditionalProperties: jsonschema.FalseSchema}
		long := leafSchema(reflect.TypeFor[strict.Span]())
		long.Description = "how long a client works on although it knows that the lock is lost; more than 0"
		late.Properties.Set(string(workload.Late), long)
		one := []*jsonschema.Schema{{Type: "string", Enum: []any{string(workload.Attentive), string(workload.Heedless)}}, late}
		list := &jsonschema.Schema{Type: "array", Items: &jsonschema.Schema{OneOf: one}, MinItems: count(1), UniqueItems: true}
		return &jsonschema.Schema{OneOf: append(one[:2:2], list), Examples: []any{string(workload.Heedless), map[string]any{string(workload.Late): "0.5ttl"}}}
	case reflect.TypeFor[hostWords]():
		return leafSchema(reflect.TypeFor[strict.Words]())
	case reflect.TypeFor[hostGroups]():
		return &jsonschema.Schema{Type: "array", Items: leafSchema(reflect.TypeFor[strict.Words]()), MinItems: count(2)}
	case reflect.TypeFor[length]():
		span := leafSchema(reflect.TypeFor[strict.Span]())
		drawn := &jsonschema.Schema{Type: "object", Properties: jsonschema.NewProperties(), Required: []string{"uniform"}, AdditionalProperties: jsonschema.FalseSchema}
		drawn.Properties.Set("uniform", &jsonschema.Schema{
			Type: "array", Items: span, MinItems: count(2), MaxItems: count(2),
			Description: "the length is drawn each time, evenly from the first to the second",
		})
		return &jsonschema.Schema{OneOf: append(span.OneOf, drawn), Examples: []any{"1.5ttl", map[string]any{"uniform": []any{0, "1ttl"}}}}
	case reflect.TypeFor[offset]():
		return &jsonschema.Schema{Type: "string", Pattern: `^[+-]?(\$size|(([0-9]+(\.[0-9]*)?|\.[0-9]+)ttl|(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+))$`, Examples: []any{"5s", "-0.5ttl"}}
	case reflect.TypeFor[factor](), reflect.TypeFor[fraction]():
		number := &jsonschema.Schema{Type: "number", ExclusiveMinimum: "0", Maximum: "1000"}
		if t == reflect.TypeFor[fraction]() {
			number.Maximum = "1"
		}
		return &jsonschema.Schema{OneOf: []*jsonschema.Schema{number, {Type: "string", Pattern: `^([0-9]+\.?[0-9]*|\.[0-9]+)$`}, sizeSchema()}}
	case reflect.TypeFor[VerdictWord]():
		chance := &jsonschema.Schema{Type: "object", Properties: jsonschema.NewProperties(), Required: []string{sometimes}, AdditionalProperties: jsonschema.FalseSchema}
		chance.Properties.Set(sometimes, &jsonschema.Schema{
			Type: "array", MinItems: count(2), MaxItems: count(2), Description: "the least and the greatest share of the trials of a cell in which it is violated",
			Items: &jsonschema.Schema{Type: "number", Minimum: "0", Maximum: "1"},
		})
		return &jsonschema.Schema{
			OneOf:    []*jsonschema.Schema{{Type: "string", Enum: []any{check.Holds.String(), check.Violated.String(), sometimes}}, chance},
			Examples: []any{check.Violated.String(), map[string]any{sometimes: []any{0.1, 0.3}}},
		}
	case reflect.TypeFor[fileVerdicts]():
		return &jsonschema.Schema{} // see tabulate
	case reflect.TypeFor[FileRanges]():
		ranges := &jsonschema.Schema{Type: "object", Properties: jsonschema.NewProperties(), MinProperties: count(1), AdditionalProperties: jsonschema.FalseSchema}
		for _, m := range check.Measures() {
			list := func() *jsonschema.Schema {
				return &jsonschema.Schema{
					Type: "array", MinItems: count(2), MaxItems: count(2), Description: m.Means(),
					Items: &jsonschema.Schema{OneOf: []*jsonschema.Schema{{Type: "string"}, {Type: "number", Minimum: "0"}}},
				} // a negative value has a unit and is therefore a string
			}
			of := list()
			of.Description = "what all values of a cell come to"
			statistics := &jsonschema.Schema{
				Type: "object", MinProperties: count(1), AdditionalProperties: jsonschema.FalseSchema,
				PatternProperties: map[string]*jsonschema.Schema{"^(mean|p[1-9][0-9]?)$": of},
			}
			ranges.Properties.Set(string(m), &jsonschema.Schema{OneOf: []*jsonschema.Schema{list(), statistics}, Description: m.Means()})
		}
		return ranges
	case reflect.TypeFor[fileDiscipline]():
		return &jsonschema.Schema{OneOf: leafSchema(reflect.TypeFor[FileDisciplines]()).OneOf[:2]}
	case reflect.TypeFor[FileClients]():
		one := &jsonschema.Schema{Type: "object", Properties: jsonschema.NewProperties(), MinProperties: count(1), AdditionalProperties: jsonschema.FalseSchema}
		for _, k := range strict.KeysOf(reflect.TypeFor[fileClient]()) {
			of := leafSchema(reflect.TypeFor[fileClient]().Field(k.Field).Type)
			of.Description = k.Doc
			one.Properties.Set(k.Name, of)
		}
		return &jsonschema.Schema{
			Type: "object", MinProperties: count(1), AdditionalProperties: jsonschema.FalseSchema,
			PatternProperties: map[string]*jsonschema.Schema{"^[1-9][0-9]*$": one},
		}
	case reflect.TypeFor[strict.Options]():
		return &jsonschema.Schema{Type: "object", AdditionalProperties: &jsonschema.Schema{
			OneOf: []*jsonschema.Schema{{Type: "string"}, {Type: "number"}, {Type: "boolean"}},
		}}
	}
	return nil
}

// sizeSchema describes a value that depends on the size of the fault.
func sizeSchema() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Pattern: `\$size`}
}

// refine adds constraints that the Go types do not express.
func refine(s *jsonschema.Schema) {
	property := func(of *jsonschema.Schema, name string) *jsonschema.Schema {
		p, _ := of.Properties.Get(name)
		return p
	}
	property(s, "scenario").Pattern = strict.NamePattern
	property(s, "clients").Maximum = json.Number("100")
	property(s, "expect").MinItems = count(1)
	property(s, "steps").MinItems = count(1)

	for _, list := range []*jsonschema.Schema{property(s, "guards"), property(s.Definitions["expect"], "guard")} {
		one, items := list.OneOf[0], list.OneOf[1].Items
		for _, g := range ledger.AllGuards() {
			one.Enum = append(one.Enum, string(g))
		}
		one.Enum = append(one.Enum, Best)
		items.Enum = one.Enum
	}

	property(s.Definitions["withdraw"], "account").Enum = []any{onOwnHost, inLockService}
	for _, unit := range amount.UnitNames() {
		of := property(s.Definitions["size"], "unit")
		of.Enum = append(of.Enum, unit)
	}
	event := property(s.Definitions["on"], "event")
	for _, k := range append(sim.ClientKinds(), sim.ServerKinds()...) {
		event.Enum = append(event.Enum, string(k))
	}
	one := func(def string, keys ...string) {
		for _, key := range keys {
			s.Definitions[def].OneOf = append(s.Definitions[def].OneOf, &jsonschema.Schema{Required: []string{key}})
		}
	}
	one("workload", "withdraw", "charge-once", "add")
	s.Definitions["workload"].MaxProperties = count(1)
	one("step", "on", "at")
	one("on", "client", "host")
	one("clock", "step", "rate")
	property(s.Definitions["clock"], "clock").Enum = []any{string(sim.WallClock), string(sim.MonotonicClock)}
	s.Definitions["partition"].OneOf = []*jsonschema.Schema{{Required: []string{"groups"}}, {Required: []string{"from", "to"}}}
	s.Definitions["step"].DependentRequired = map[string][]string{"times": {"every"}}
	s.Definitions["do"].MinProperties, s.Definitions["do"].MaxProperties = count(1), count(1)
	for _, p := range append(PropertyNames(), "measures") {
		s.Definitions["expect"].AnyOf = append(s.Definitions["expect"].AnyOf, &jsonschema.Schema{Required: []string{p}})
	}
}

func count(n uint64) *uint64 { return &n }

func TestSchemaIsCurrent(t *testing.T) {
	scripttest.Golden(t, schemaFile, string(generate(t)))
}

func TestEveryKeyHasADescription(t *testing.T) {
	keys := formatKeys("", reflect.TypeFor[File]())
	if len(keys) < 60 {
		t.Fatalf("only %d keys were found: is the format made of other types now?", len(keys))
	}
	schema, err := os.ReadFile(schemaFile)
	scripttest.Must(t, err)
	for _, k := range keys {
		if k.Doc == "" || strings.Contains(k.Doc, "{guards}") || strings.Contains(k.Doc, "{sets}") {
			t.Errorf("the key %s has no description, or an unfinished one: %q", k.path, k.Doc)
		}
		if !bytes.Contains(schema, []byte(k.Doc)) {
			t.Errorf("the schema does not describe the key %s", k.path)
		}
	}
}

// compile returns a validator for the schema.
func compile(t testing.TB) *validator.Schema {
	t.Helper()
	schema, err := os.ReadFile(schemaFile)
	scripttest.Must(t, err)
	doc, err := validator.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		t.Fatal(err)
	}
	c := validator.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// validate checks a script against the schema, as an editor would.
func validate(t testing.TB, s *validator.Schema, src []byte) error {
	t.Helper()
	var script any
	if err := yaml.Unmarshal(src, &script); err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(script)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := validator.UnmarshalJSON(bytes.NewReader(asJSON))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(doc)
}

func TestGoodScriptsSatisfyTheSchema(t *testing.T) {
	s := compile(t)
	for _, src := range [][]byte{[]byte(whole), []byte(least), []byte(faults)} {
		if err := validate(t, s, src); err != nil {
			t.Errorf("%v in\n%s", err, src)
		}
	}
	for _, name := range scriptFiles(t) {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := validate(t, s, src); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSchemaRefusesWhatNeedsNoKnowledge covers the mistakes that an editor can show; those about
// hosts, backends and cells need the loader.
func TestSchemaRefusesWhatNeedsNoKnowledge(t *testing.T) {
	s, all := compile(t), badScripts(t)
	patterns := []string{
		"unknown-key-*", "unknown-fault", "unknown-property", "unknown-verdict", "unknown-event", "*-missing", "bad-duration",
		"duration-without-unit", "negative-duration", "list-as-duration", "clients-*", "client-[dkw]*", "client-empty", "client-times-zero", "client-list", "client-nothing", "name-with-capitals", "on-and-at",
		"neither-*", "sum-*", "client-and-host", "two-faults", "no-fault", "row-without-property", "nth-zero", "times-zero", "jobs-zero", "two-workloads", "*-empty",
		"clock-step-and-rate", "clock-unknown", "groups-one", "chance-[lmop]*", "chance-a-word", "statistic-[eopu]*", "probability-*", "rate-zero", "uniform-of-one", "uniform-not-*", "uniform-misspelt", "think-[un]*", "every-drawn", "times-without-every", "partition-groups-and-from",
		"size-without-unit", "size-unit-unknown", "misfit-without-reason", "title-number", "claims-twice", "event-of-the-world", "a-list", "a-word",
		"discipline-[^l]*", "discipline-late-negative", "discipline-late-without-*", "check-*",
	}
	for _, pattern := range patterns {
		found := 0
		for _, bad := range all {
			if matches, err := filepath.Match(pattern, bad.name); err != nil {
				t.Fatal(err)
			} else if !matches {
				continue
			}
			found++
			if validate(t, s, bad.src) == nil {
				t.Errorf("%s of testdata/bad/%s.txtar satisfies the schema", bad.name, bad.theme)
			}
		}
		if found == 0 {
			t.Errorf("no bad script is called %s", pattern)
		}
	}
}
