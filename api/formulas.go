package api

import "encoding/json"

// FormulaFunctionsResponse is the table of the functions that expressions may call.
type FormulaFunctionsResponse struct {
	Functions []FormulaFunction `json:"functions" required:"true" description:"By group and name."`
}

// FormulaFunction is one function of the expression language.
type FormulaFunction struct {
	Name         string                 `json:"name" required:"true"`
	Group        string                 `json:"group" required:"true" enum:"Field,Math,Compare,List,Text,Date,Format,Logic"`
	Signature    string                 `json:"signature" required:"true" description:"As it is called, with what it takes and gives."`
	Params       []FormulaParam         `json:"params" required:"true"`
	Result       string                 `json:"result" required:"true" description:"A word for what it gives."`
	Doc          string                 `json:"doc" required:"true"`
	Example      FormulaFunctionExample `json:"example" required:"true"`
	FormulaField bool                   `json:"formulaField" required:"true" description:"Whether compatible builders offer it in the fields of actions; the others stand in filters and conditions. Belay takes all of them everywhere."`
}

// FormulaParam is one value that a function takes.
type FormulaParam struct {
	Name    string `json:"name,omitempty" description:"What the value is for, where the type does not say it."`
	Type    string `json:"type" required:"true" description:"A word for the values that are taken."`
	Repeats bool   `json:"repeats" required:"true" description:"Any number of these may follow."`
}

// FormulaFunctionExample shows a function at work, at 09:30 UTC on 1 May 2026.
type FormulaFunctionExample struct {
	Expression string          `json:"expression" required:"true"`
	Data       json.RawMessage `json:"data" required:"true" description:"The payload that it is evaluated over."`
	Result     json.RawMessage `json:"result" required:"true"`
}

// CheckFormulasRequest asks what stands against texts with expressions in them, and
// what they give. Nothing is kept.
type CheckFormulasRequest struct {
	Formulas []Formula `json:"formulas,omitempty" maxItems:"50"`
	// What they see is one of the three; without any, nothing is known of it.
	Schema       map[string]any  `json:"schema,omitzero" description:"What they see, as a JSON Schema."`
	Automation   PartialDocument `json:"automation,omitzero" description:"An automation that they stand in, kept or not."`
	AutomationID string          `json:"automationId,omitempty" format:"uuid" description:"An automation of the site, or a draft, that they stand in."`
	ActionID     string          `json:"actionId,omitempty" maxLength:"100" description:"The action of the automation that they stand in; its trigger where this is left out."`
	Example      map[string]any  `json:"example,omitzero" description:"The payload to evaluate them over, with what the actions before give, each under its namespace. Without it those alone are evaluated that read no field."`
}

// Formula is a text with expressions in it.
type Formula struct {
	Text    string         `json:"text,omitempty"`
	Use     string         `json:"use,omitempty" enum:"ANYTHING,CONDITION,NUMBER,DATE" description:"What the value is wanted for; ANYTHING where it is left out."`
	Expects map[string]any `json:"expects,omitzero" description:"What the place takes, as a JSON Schema."`
}

// CheckFormulasResponse holds a result for each formula, in order.
type CheckFormulasResponse struct {
	Results []FormulaResult `json:"results" required:"true"`
	Sees    map[string]any  `json:"sees,omitzero" description:"The JSON Schema of what the formulas see, where an automation was given."`
}

// FormulaResult is what was found of one formula.
type FormulaResult struct {
	Gives     map[string]any   `json:"gives" required:"true" description:"What is known of its value, as a JSON Schema; empty where nothing is."`
	Problems  []FormulaProblem `json:"problems" required:"true"`
	Variables []string         `json:"variables" required:"true" description:"The fields that it reads, as dotted paths."`
	Value     json.RawMessage  `json:"value,omitzero" description:"What it gives of the example."`
	Failure   *FormulaFailure  `json:"failure,omitzero" description:"Why it gives nothing of the example."`
}

// FormulaProblem is something wrong with a formula, or likely to be.
type FormulaProblem struct {
	Kind       string `json:"kind" required:"true" enum:"SYNTAX,UNKNOWN_FUNCTION,ARITY,ARGUMENT_TYPE,ARGUMENT_VALUE,UNKNOWN_VARIABLE,TYPE"`
	Severity   string `json:"severity" required:"true" enum:"ERROR,WARNING" description:"ERROR for what cannot be right; a WARNING depends on the data."`
	Message    string `json:"message" required:"true" description:"For people, without the place."`
	Character  int    `json:"character" required:"true" description:"Where what is wrong begins, in characters (not UTF-16 units), counted from 1."`
	Length     int    `json:"length" required:"true" description:"How many characters are wrong; 0 where something is missing."`
	Function   string `json:"function,omitempty" description:"The function at fault."`
	Variable   string `json:"variable,omitempty" description:"The field at fault."`
	Suggestion string `json:"suggestion,omitempty" description:"What was perhaps meant in the place of those characters."`
}

// FormulaFailure says why a formula has no value.
type FormulaFailure struct {
	Message   string `json:"message" required:"true"`
	Character int    `json:"character" required:"true"`
	Length    int    `json:"length" required:"true"`
}
