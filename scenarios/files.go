package scenarios

import "embed"

// schema is generated from the types of package script by a test, which keeps the generator out of the
// program. The test also checks that the schema is current.
//
//go:generate go test -run TestSchemaIsCurrent -update ./script
//go:embed schema.json
var schema []byte

// Schema returns the JSON Schema of scenario files, for editors.
func Schema() []byte { return append([]byte(nil), schema...) }

//go:embed sweeps/*.yaml
var sweeps embed.FS

// SweepSource returns a built-in sweep as it was written.
func SweepSource(name string) ([]byte, error) { return sweeps.ReadFile("sweeps/" + name + ".yaml") }

//go:embed claims.yaml
var claims []byte

// ClaimsFile returns the file of claims, claims.yaml.
func ClaimsFile() []byte { return append([]byte(nil), claims...) }

//go:embed numbers.yaml
var numbers []byte

// NumbersFile returns the file of published numbers, numbers.yaml.
func NumbersFile() []byte { return append([]byte(nil), numbers...) }

//go:embed margins.yaml
var margins []byte

// MarginsFile returns the file of derived margins, margins.yaml.
func MarginsFile() []byte { return append([]byte(nil), margins...) }
