package api

import "encoding/json"

// LintSchemaRequest asks what stands against a schema; nothing is saved.
type LintSchemaRequest struct {
	Schema json.RawMessage `json:"schema" required:"true"`
	Of     string          `json:"of,omitempty" enum:"TRIGGER,ACTION" description:"What it is to be the schema of; TRIGGER where it is left out."`
}

// LintSchemaResponse lists every problem of a schema.
type LintSchemaResponse struct {
	Problems []SchemaProblem `json:"problems" required:"true"`
	// Scheduled and Properties are told of a payload schema without problems.
	Scheduled bool `json:"scheduled" required:"true" description:"The schema makes the trigger a scheduled one."`
	// Fixed is the schema with all that can be mended mended, absent where nothing can.
	Fixed json.RawMessage `json:"fixed,omitzero" description:"The schema with every fix applied, and those that this made possible; absent where there is none."`
	// Remaining counts the problems of Fixed.
	Remaining int `json:"remaining" required:"true" description:"How many problems are left in it."`
}

// SchemaProblem is one rule that a schema breaks.
type SchemaProblem struct {
	Field        string     `json:"field" required:"true" description:"The place, such as schema.properties.start_at.format."`
	Pointer      string     `json:"pointer,omitempty" description:"The same as a JSON Pointer into the schema; absent where the place is too long to tell."`
	ViolatedRule string     `json:"violatedRule" required:"true" description:"A stable word, such as REQUIRED."`
	Description  string     `json:"description" required:"true"`
	Fix          *SchemaFix `json:"fix,omitzero" description:"What would mend it, where that is obvious."`
}

// SchemaFix is a change that mends a problem.
type SchemaFix struct {
	Title string     `json:"title" required:"true" description:"What it does, in a few words."`
	Patch []PatchAct `json:"patch" required:"true" description:"A JSON Patch (RFC 6902) of the schema."`
}

// PatchAct is one act of a JSON Patch.
type PatchAct struct {
	Op    string          `json:"op" required:"true" enum:"add,remove,replace,move"`
	Path  string          `json:"path" required:"true"`
	From  string          `json:"from,omitempty"`
	Value json.RawMessage `json:"value,omitzero"`
}
