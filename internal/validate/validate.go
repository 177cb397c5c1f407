// Package validate looks at an automation before it acts and says what stands
// against it: what its trigger and each action lack on the site, whether its graph
// holds, and whether each expression and each input fits what comes before it. It
// changes nothing and keeps nothing.
//
// Start at Validator; payload.go says what an action sees, mapping.go holds an
// input against an action's schema.
package validate

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
	"github.com/belay-events/belay/internal/formula"
)

// Validator looks at the automations of a Book. Its methods may be called at once
// by many callers.
type Validator struct {
	Book *config.Book
	// Actions are the built-in actions.
	Actions *action.Registry
	// Providers asks the apps; nobody is asked where it is nil.
	Providers Providers
}

// Settings narrow what is looked at. The zero value looks at all of it.
type Settings struct {
	// ActionIDs are the only actions looked at where there are any; the trigger and
	// the graph are then left alone.
	ActionIDs []string
	// SkipProviders asks no app.
	SkipProviders bool
}

// Validate looks at an automation that a caller sent. The error says why nothing
// could be looked at: no right to, no such site, no automation in the document.
func (v *Validator) Validate(ctx context.Context, by belay.Caller, site belay.ID, doc json.RawMessage, s Settings) (*Report, error) {
	c, snap, err := v.Book.Candidate(ctx, by, site, doc)
	if err != nil {
		return nil, err
	}
	return v.report(ctx, c, snap, s)
}

// ValidateKept looks at an automation of the site or at a draft.
func (v *Validator) ValidateKept(ctx context.Context, by belay.Caller, site, id belay.ID, s Settings) (*Report, error) {
	c, snap, err := v.Book.CandidateOf(ctx, by, site, id)
	if err != nil {
		return nil, err
	}
	return v.report(ctx, c, snap, s)
}

func (v *Validator) report(ctx context.Context, c *config.Candidate, snap *config.Snapshot, s Settings) (*Report, error) {
	l := newLook(v, c, snap)
	for i, id := range s.ActionIDs {
		if _, ok := l.actions[id]; !ok {
			return nil, belay.Invalid(fmt.Sprintf("validationSettings.actionIds[%d]", i), "NOT_FOUND", "names no action of the automation")
		}
	}
	if !s.SkipProviders {
		l.askForSchema(ctx)
	}
	l.bounds()
	l.trigger()
	for _, id := range slices.Sorted(maps.Keys(l.actions)) {
		l.action(id)
	}
	if !s.SkipProviders {
		l.askProviders(ctx, s.ActionIDs)
	}
	return l.result(s.ActionIDs), nil
}

// Schema returns the schema of what an action of a kept automation or draft sees:
// the trigger's payload and what the actions before it give.
func (v *Validator) Schema(ctx context.Context, by belay.Caller, site, id belay.ID, actionID string) (map[string]any, error) {
	c, snap, err := v.Book.CandidateOf(ctx, by, site, id)
	if err != nil {
		return nil, err
	}
	l := newLook(v, c, snap)
	if _, ok := l.actions[actionID]; !ok {
		return nil, belay.Refuse(belay.NotFound, "", "the automation has no such action")
	}
	l.askForSchema(ctx)
	return l.before(actionID), nil
}

// look is one look at one automation.
type look struct {
	v        *Validator
	c        *config.Candidate
	snap     *config.Snapshot
	use      *belay.TriggerUse
	declared *config.Trigger // nil where there is none
	actions  map[string]belay.Action
	more     unread
	dynamic  map[string]any // the schema that the trigger's provider gave

	outputs map[string]map[string]any // schemas of what actions give, by ID
	found   []Finding
}

func newLook(v *Validator, c *config.Candidate, snap *config.Snapshot) *look {
	l := &look{
		v: v, c: c, snap: snap, declared: c.Trigger, use: &c.Spec.Configuration.Trigger, actions: c.Spec.Configuration.Actions,
		outputs: map[string]map[string]any{},
	}
	// What is of another type has no part in what is looked at.
	_ = json.Unmarshal(c.Document, &l.more)
	return l
}

// unread are the parts of a document that AutomationSpec leaves unread, and that
// say what types there are.
type unread struct {
	Configuration struct {
		Trigger struct {
			OverrideSchema map[string]any `json:"overrideSchema"`
		} `json:"trigger"`
		Actions map[string]struct {
			AppDefined struct {
				OutputSchema map[string]any `json:"overrideOutputSchema"`
			} `json:"appDefinedInfo"`
			SetVariables struct {
				OutputSchema map[string]any `json:"outputSchema"`
			} `json:"setVariablesInfo"`
			CodeCondition struct {
				Variables []string `json:"dynamicVariableExpressions"`
			} `json:"codeConditionInfo"`
		} `json:"actions"`
	} `json:"configuration"`
}

// atTrigger and atActions are where the parts of an automation stand.
const (
	atTrigger = "automation.configuration.trigger."
	atActions = "automation.configuration.actions."
)

// bounds takes in the limits that the automation breaks and what stands against its
// graph and its parts; expressions are looked at one by one.
func (l *look) bounds() {
	seen := map[[2]string]bool{}
	for _, v := range slices.Concat(l.c.Bounds, l.c.Flow.Faults, l.c.Flow.Unsupported) {
		key := [2]string{v.Field, v.Rule}
		if v.Rule == "EXPRESSION" || seen[key] {
			continue
		}
		seen[key] = true
		f := Finding{Field: v.Field, Reason: v.Rule, Message: v.Description, Severity: Error}
		switch below, inActions := strings.CutPrefix(v.Field, atActions); {
		case inActions:
			id, place, _ := strings.Cut(below, ".")
			if _, ok := l.actions[id]; ok && !ofGraph(v.Rule) {
				f.ActionID, f.FieldKey = id, lastOf(place)
				f.Type = ofAction(v.Rule, place)
			}
		case strings.HasPrefix(v.Field, atTrigger):
			f.Part = Trigger
			f.Type = ofTrigger(strings.TrimPrefix(v.Field, atTrigger))
			f.FieldKey = l.filterKey(v.Field)
		}
		l.add(f)
	}
}

// ofGraph reports whether a rule is broken by the automation as a whole.
func ofGraph(rule string) bool { return rule == "CYCLE" || rule == "TWO_PARENTS" || rule == "ORPHAN" }

// ofAction returns the wire's word for what an action breaks, empty where there is
// none.
func ofAction(rule, place string) string {
	switch {
	case rule == "POST_ACTION_NOT_FOUND":
		return rule
	case rule == "NOT_FOUND" && strings.HasSuffix(place, ".actionKey"):
		return "NOT_FOUND"
	case strings.HasSuffix(place, ".actionKey") && rule != "NOT_SUPPORTED_YET":
		return "INVALID_ACTION_KEY"
	case strings.Contains(place, ".inputMapping"):
		return "INVALID_MAPPING"
	case strings.HasPrefix(place, "codeConditionInfo.snippet") && rule != "MAX_LENGTH":
		return "SAMPLE_CODE_RUN_FAILED"
	}
	return ""
}

// ofTrigger returns the wire's word for what a place of the trigger breaks, empty
// where there is none.
func ofTrigger(place string) string {
	switch {
	case place == "triggerKey":
		return "INVALID_TRIGGER_KEY"
	case strings.HasSuffix(place, ".fieldKey"):
		return "INVALID_FILTER_FIELD_KEY"
	case strings.HasSuffix(place, ".filterExpression"):
		return "INVALID_FILTER_EXPRESSION"
	}
	return ""
}

// filterKey returns the key of the filter that a place is in, empty for others.
func (l *look) filterKey(field string) string {
	for i, f := range l.use.Filters {
		if strings.HasPrefix(field, fmt.Sprintf("%sfilters[%d].", atTrigger, i)) {
			return f.FieldKey
		}
	}
	return ""
}

// lastOf returns the last name of a place.
func lastOf(place string) string { return place[strings.LastIndexByte(place, '.')+1:] }

// expression looks at one expression and its use.
func (l *look) expression(f Finding, src string, data formula.Type, use formula.Use) {
	if src == "" {
		return
	}
	_, problems := formula.CheckAs(src, data, use)
	l.problems(f, problems)
}

// said returns a text that may be left out.
func said(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// problems adds what was found in an expression that stands where f says.
func (l *look) problems(f Finding, problems []formula.Problem) {
	for i := range problems {
		p := &problems[i]
		now := f
		now.Severity = Warning
		if p.Certain {
			now.Severity = Error
		}
		now.Reason, now.Message, now.Character = string(p.Kind), p.String(), p.Character
		if now.Type == "" && now.Part == Action {
			now.Type = wordFor(p.Kind)
		}
		if why := l.elsewhere(&now, p); why != "" {
			now.Severity, now.Message = Error, fmt.Sprintf("%s (at character %d)", why, p.Character)
		}
		l.add(now)
	}
}

// wordFor returns the wire's word for a problem in an action.
func wordFor(kind formula.ProblemKind) string {
	switch kind {
	case formula.UnknownVariable:
		return "MAPPING_VARIABLE_MISSING_FROM_SCHEMA"
	case formula.WrongType:
		return "MAPPING_TYPE_MISMATCH"
	}
	return "INVALID_MAPPING"
}

// elsewhere says why a variable that is not in the schema is certain to be missing:
// it is what an action gives that does not come before.
func (l *look) elsewhere(f *Finding, p *formula.Problem) string {
	if p.Kind != formula.UnknownVariable || p.Certain {
		return ""
	}
	root, _, _ := strings.Cut(p.Variable, ".")
	before := l.c.Flow.Ancestors(f.ActionID)
	for id := range l.actions {
		a := l.actions[id]
		if !slices.Contains(before, id) && (a.Namespace == root && a.Type == belay.AppDefined || root == variables && a.Type == belay.SetVariables) {
			return p.Variable + " is what an action gives that does not come before this one"
		}
	}
	return ""
}
