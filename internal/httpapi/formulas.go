package httpapi

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/formula"
	"github.com/belay-events/belay/internal/validate"
)

func (d *door) formulaFunctions(context.Context, *call, *api.Empty) (*api.FormulaFunctionsResponse, error) {
	list := formula.Functions()
	out := &api.FormulaFunctionsResponse{Functions: make([]api.FormulaFunction, len(list))}
	for i := range list {
		f, err := functionOf(&list[i])
		if err != nil {
			return nil, err
		}
		out.Functions[i] = f
	}
	return out, nil
}

func functionOf(f *formula.Function) (api.FormulaFunction, error) {
	told := api.FormulaFunction{
		Name: f.Name, Group: f.Group, Signature: f.Signature(), Params: make([]api.FormulaParam, len(f.Params)),
		Result: f.Result, Doc: f.Doc, FormulaField: f.FormulaField,
		Example: api.FormulaFunctionExample{Expression: f.Example.Expression, Data: json.RawMessage("{}")},
	}
	for i, p := range f.Params {
		told.Params[i] = api.FormulaParam{Name: p.Name, Type: p.Type, Repeats: p.Repeats}
	}
	var err error
	if len(f.Example.Scope.Data) > 0 {
		told.Example.Data, err = json.Marshal(f.Example.Scope.Data)
	}
	if err == nil {
		told.Example.Result, err = json.Marshal(f.Example.Result)
	}
	if err != nil {
		return told, fmt.Errorf("httpapi: the example of %s: %w", f.Name, err)
	}
	return told, nil
}

// uses are the words of the wire for what a formula's value is wanted for.
var uses = map[string]formula.Use{
	"": formula.AsAnything, "ANYTHING": formula.AsAnything, "CONDITION": formula.AsBool, "NUMBER": formula.AsNumber, "DATE": formula.AsTime,
}

func (d *door) checkFormulas(ctx context.Context, c *call, in *api.CheckFormulasRequest) (*api.CheckFormulasResponse, error) {
	if err := oneSight(in); err != nil {
		return nil, err
	}
	list := make([]validate.Formula, len(in.Formulas))
	for i, f := range in.Formulas {
		list[i] = validate.Formula{Text: f.Text, Use: uses[f.Use], Expects: f.Expects}
	}
	reports, sees, err := d.validator.Formulas(ctx, c.by, c.site, list, &validate.Sight{
		Schema: in.Schema, Document: json.RawMessage(in.Automation), ID: optionalID(in.AutomationID), ActionID: in.ActionID,
		Example: in.Example, Now: d.engine.Now(),
	})
	if err != nil {
		return nil, err
	}
	return &api.CheckFormulasResponse{Results: each(reports, formulaResultOf), Sees: sees}, nil
}

// oneSight refuses two sayings of what formulas see.
func oneSight(in *api.CheckFormulasRequest) error {
	whole, kept := in.Automation != nil, in.AutomationID != ""
	switch {
	case in.Schema != nil && (whole || kept):
		return belay.Invalid("schema", "ONE_OF", "and an automation are both given; only one can be")
	case whole && kept:
		return belay.Invalid("automationId", "ONE_OF", "and automation are both given; only one can be")
	case in.ActionID != "" && !whole && !kept:
		return belay.Invalid("actionId", "ONE_OF", "is given without the automation that the action is in")
	}
	return nil
}

func formulaResultOf(r *validate.FormulaReport) api.FormulaResult {
	told := api.FormulaResult{
		Gives: r.Gives.Schema(), Problems: each(r.Problems, formulaProblemOf), Variables: r.Variables, Value: r.Value,
	}
	if told.Variables == nil {
		told.Variables = []string{}
	}
	if f := r.Failure; f != nil {
		told.Failure = &api.FormulaFailure{Message: said(f.Function, f.Message), Character: max(1, f.Character), Length: r.FailureLength}
	}
	return told
}

func formulaProblemOf(p *validate.FormulaProblem) api.FormulaProblem {
	return api.FormulaProblem{
		Kind: string(p.Kind), Severity: string(p.Severity), Message: said(p.Function, p.Message),
		Character: cmp.Or(p.Character, 1), Length: p.Length, Function: p.Function, Variable: p.Variable, Suggestion: p.Suggestion,
	}
}

// said puts the function at fault, if there is one, before what is wrong.
func said(function, message string) string {
	if function != "" {
		message = function + ": " + message
	}
	return middleCut(message, maxSentence)
}
