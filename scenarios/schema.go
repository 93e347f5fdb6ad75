package scenarios

import _ "embed" // for the schema

// schema is generated from the types in file.go by a test, which keeps the generator out of the
// program. The test also checks that the schema is current.
//
//go:generate go test -run TestSchemaIsCurrent -update .
//go:embed schema.json
var schema []byte

// Schema returns the JSON Schema of scenario files, for editors.
func Schema() []byte { return append([]byte(nil), schema...) }
