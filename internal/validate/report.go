package validate

import (
	"maps"
	"slices"
)

// Severity says whether what was found keeps an automation from doing what it says.
type Severity string

// The severities. A warning depends on what the data will be, or leaves the
// automation able to act.
const (
	Error   Severity = "ERROR"
	Warning Severity = "WARNING"
)

// Part is the part of an automation that something is found in.
type Part int

// The parts.
const (
	Whole Part = iota
	Trigger
	Action
)

// Finding is one thing that stands against an automation.
type Finding struct {
	Part     Part
	ActionID string // of an action's
	Severity Severity
	// Type is the compatible wire's word for it, empty where it has none; Reason is
	// Belay's own.
	Type, Reason string
	// FieldKey is the filter or the field of the input that is at fault, Field the
	// place in the automation, and Character where in the expression that stands
	// there, counted from 1; each may be missing.
	FieldKey, Field string
	Character       int
	Message         string
	// Complaint is what a provider says; nil for what Belay found itself.
	Complaint *Complaint
}

// Report is what was found. Actions lists each action that was looked at, with
// what was found in it, in the order of their IDs.
type Report struct {
	Trigger, Whole []Finding
	Actions        []ActionReport
}

// ActionReport is what was found in one action.
type ActionReport struct {
	ID, AppID, Key string
	Findings       []Finding
}

// MaxFindings is how many findings the wire's lists hold.
const MaxFindings = 100

// worst returns the gravest severity, empty where nothing was found.
func (r *Report) worst() Severity {
	all := slices.Concat(r.Trigger, r.Whole)
	for _, a := range r.Actions {
		all = append(all, a.Findings...)
	}
	worst := Severity("")
	for _, f := range all {
		if f.Severity == Error {
			return Error
		}
		worst = f.Severity
	}
	return worst
}

// Valid reports whether nothing but warnings was found.
func (r *Report) Valid() bool { return r.worst() != Error }

// Status returns VALID, VALID_WITH_WARNINGS or INVALID.
func (r *Report) Status() string {
	switch r.worst() {
	case Error:
		return "INVALID"
	case Warning:
		return "VALID_WITH_WARNINGS"
	}
	return "VALID"
}

func (l *look) add(f Finding) {
	if f.ActionID != "" {
		f.Part = Action
	}
	l.found = append(l.found, f)
}

// result puts what was found into a report.
func (l *look) result(only []string) *Report {
	r := &Report{}
	byAction := map[string][]Finding{}
	for _, f := range l.found {
		switch f.Part {
		case Trigger:
			r.Trigger = append(r.Trigger, f)
		case Whole:
			r.Whole = append(r.Whole, f)
		default:
			byAction[f.ActionID] = append(byAction[f.ActionID], f)
		}
	}
	if len(only) > 0 {
		r.Trigger, r.Whole = nil, nil
	}
	r.Trigger, r.Whole = cut(r.Trigger), cut(r.Whole)
	for _, id := range slices.Sorted(maps.Keys(l.actions)) {
		if len(only) > 0 && !slices.Contains(only, id) {
			continue
		}
		report := ActionReport{ID: id, Findings: cut(byAction[id])}
		if info := l.actions[id].AppDefined; info != nil {
			report.AppID, report.Key = info.AppID, info.ActionKey
		}
		r.Actions = append(r.Actions, report)
	}
	r.Actions = r.Actions[:min(len(r.Actions), MaxFindings)]
	return r
}

func cut(list []Finding) []Finding {
	if len(list) <= MaxFindings {
		return list
	}
	slices.SortStableFunc(list, func(a, b Finding) int {
		switch {
		case a.Severity == b.Severity:
			return 0
		case a.Severity == Error:
			return -1
		}
		return 1
	})
	return list[:MaxFindings]
}
