package scenarios

import _ "embed" // for the schema

// The schema is generated from the types in file.go, by a test that also makes sure that
// it is current, so that the generator is not part of the program.
//
//go:generate go test -run TestSchemaIsCurrent -update .
//go:embed schema.json
var schema []byte

// Schema is the JSON Schema of scenario files, for editors.
func Schema() []byte { return append([]byte(nil), schema...) }
