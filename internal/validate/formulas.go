package validate

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
	"github.com/belay-events/belay/internal/formula"
)

// Formula is a text with expressions in it that is looked at on its own.
type Formula struct {
	Text string
	Use  formula.Use
	// Expects is the JSON Schema of the place that it is for; nil takes anything.
	Expects map[string]any
}

// Sight is what formulas see. Its zero value knows nothing of that.
type Sight struct {
	// Schema says it outright. Otherwise they stand in an automation, one that is
	// sent or one that is kept, in the action of an ID or else in the trigger.
	Schema   map[string]any
	Document json.RawMessage
	ID       belay.ID
	ActionID string
	// Example is what they are evaluated over; nil where there is none.
	Example map[string]any
	Now     belay.Instant
}

// FormulaReport is what was found of one formula.
type FormulaReport struct {
	Gives     formula.Type
	Problems  []FormulaProblem
	Variables []string
	// Value is what it gives of the example, as JSON, and Failure why it gives
	// nothing, which is the fault of so many characters; both are nil where it was not
	// evaluated.
	Value         json.RawMessage
	Failure       *formula.EvalError
	FailureLength int
}

// FormulaProblem is a problem of a formula in the terms of Finding.
type FormulaProblem struct {
	formula.Problem
	Severity Severity
	// Length is how many characters are wrong.
	Length int
}

// mismatch is the reason of a value that the place does not take.
const mismatch formula.ProblemKind = "TYPE"

// Formulas looks at each formula by itself, and evaluates it where there is an
// example or nothing to read. With an automation it also returns the schema of what
// they see. The error says why nothing could be looked at.
func (v *Validator) Formulas(ctx context.Context, by belay.Caller, site belay.ID, list []Formula, s *Sight) (reports []FormulaReport, sees map[string]any, err error) {
	l, snap, err := v.sight(ctx, by, site, s)
	if err != nil {
		return nil, nil, err
	}
	schema := s.Schema
	if l != nil {
		l.askForSchema(ctx)
		sees = l.before(s.ActionID)
		schema = sees
	}
	in := reading{look: l, actionID: s.ActionID, example: s.Example != nil, left: formula.MaxValue}
	if schema != nil {
		in.data = formula.TypeOf(schema)
	}
	in.scope = formula.Scope{Data: s.Example, Now: s.Now.Time(), Location: snap.Zone}
	reports = make([]FormulaReport, len(list))
	for i := range list {
		reports[i] = in.report(&list[i])
	}
	return reports, sees, nil
}

// sight returns the automation that formulas stand in, nil where they stand in none.
func (v *Validator) sight(ctx context.Context, by belay.Caller, site belay.ID, s *Sight) (*look, *config.Snapshot, error) {
	var c *config.Candidate
	var snap *config.Snapshot
	var err error
	switch {
	case s.Document != nil:
		c, snap, err = v.Book.Candidate(ctx, by, site, s.Document)
	case !s.ID.IsZero():
		c, snap, err = v.Book.CandidateOf(ctx, by, site, s.ID)
	default:
		snap, err = v.Book.Look(ctx, by, site)
	}
	if err != nil || c == nil {
		return nil, snap, err
	}
	l := newLook(v, c, snap)
	if _, ok := l.actions[s.ActionID]; !ok && s.ActionID != "" {
		return nil, nil, belay.Invalid("actionId", "NOT_FOUND", "names no action of the automation")
	}
	return l, snap, nil
}

// reading is what all formulas of a call have in common.
type reading struct {
	look     *look // nil outside an automation
	actionID string
	data     formula.Type
	scope    formula.Scope
	example  bool
	left     int // of the bytes that all values together may have
}

func (in *reading) report(f *Formula) FormulaReport {
	gives, problems := formula.CheckAs(f.Text, in.data, f.Use)
	if f.Expects != nil {
		if wrong := gives.Mismatch(formula.TypeOf(f.Expects)); wrong != "" {
			problems = append(problems, formula.Problem{End: len(f.Text), Character: 1, Kind: mismatch, Certain: true, Message: "the value " + wrong})
		}
	}
	r := FormulaReport{Gives: gives, Problems: make([]FormulaProblem, len(problems))}
	for i, p := range problems {
		r.Problems[i] = in.problem(f.Text, p)
	}
	e, err := formula.Compile(f.Text)
	if err != nil {
		return r // one of the problems
	}
	r.Variables = e.Variables()
	if in.example || len(r.Variables) == 0 {
		in.evaluate(&r, e, f.Use)
	}
	return r
}

func (in *reading) problem(src string, p formula.Problem) FormulaProblem {
	severity := Warning
	if p.Certain {
		severity = Error
	}
	if in.look != nil {
		if why := in.look.elsewhere(&Finding{ActionID: in.actionID}, &p); why != "" {
			severity, p.Message, p.Suggestion = Error, why, ""
		}
	}
	return FormulaProblem{p, severity, p.Characters(src)}
}

// evaluate adds what e gives in its use. Values that the answer has no room for are
// failures.
func (in *reading) evaluate(r *FormulaReport, e *formula.Expression, use formula.Use) {
	value, err := e.For(use, in.scope)
	if err == nil {
		var raw []byte
		if raw, err = json.Marshal(value); err == nil {
			if in.left -= len(raw); in.left < 0 {
				err = &formula.EvalError{Message: "the value is too large to be shown"}
			}
		}
		r.Value = raw
	}
	if err != nil {
		r.Value = nil
		fault, ok := errors.AsType[*formula.EvalError](err)
		if !ok { // no JSON has such a value
			fault = &formula.EvalError{Message: "the value cannot be shown"}
		}
		r.Failure, r.FailureLength = fault, fault.Characters(e.Source())
	}
}
