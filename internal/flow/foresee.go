package flow

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/formula"
)

// foreseenSteps bounds how often Foresee lets an activation go on.
const foreseenSteps = 500

// Oracle stands in for what only the future tells.
type Oracle struct {
	// Output returns what an action that an app carries out is taken to give, a JSON
	// object; nil for none.
	Output func(app belay.ID, key string) []byte
	// Taken returns how many places a claim would find taken, counted up to its Max.
	Taken func(c belay.Claim) (int, error)
}

// Foreseen is what becomes of an activation if every attempt at an action is
// delivered at once, gives what the oracle says, and nobody interferes.
type Foreseen struct {
	Activation belay.Activation
	Filters    []Filtered
	// Limits are the claims that were made, by the action; "" is the trigger's.
	Limits map[string]Counted
	// Steps say more of the activation's actions, one by one.
	Steps []ForeseenStep
	// Cut says that it would go on.
	Cut bool
}

// Counted is how a claim came out.
type Counted struct {
	belay.Claim
	Taken  int
	Passed bool
}

// ForeseenStep says what an action rests on.
type ForeseenStep struct {
	// Assumed are the actions whose outputs it depends on: by what it reads, or as it
	// would not be reached, or not then, without them.
	Assumed []string
	// Expressions are those of a condition, with what they read.
	Expressions []Filtered
}

// Foresee goes through all of an activation, from its Begin, in time that passes as
// it asks. It changes nothing and sends nothing. The error is the oracle's.
func (p *Plan) Foresee(a belay.Activation, in Input, o Oracle) (f Foreseen, err error) {
	in.Refreshes = false
	first := in
	f = Foreseen{Filters: p.Filter(in), Limits: map[string]Counted{}}
	f.Activation = p.Begin(a, in)
	claim := func(owner string, c *Claimed) (passed bool, err error) {
		taken, err := o.Taken(c.Claim)
		passed = taken < c.Max
		f.Limits[owner] = Counted{c.Claim, taken, passed}
		return passed, err
	}
	limited, claimed := p.Limit(f.Activation, in)
	if f.Activation = limited; claimed != nil {
		passed, err := claim("", claimed)
		if err != nil {
			return f, err
		}
		if !passed {
			f.Activation = claimed.Otherwise
		}
	}
	var results []Result
	for n := 0; !f.Activation.Status.Final(); n++ {
		if f.Cut = n == foreseenSteps; f.Cut {
			break
		}
		if len(results) == 0 {
			in.Now = max(in.Now, f.Activation.Due)
		}
		next, effects, claimed, changed := p.Advance(f.Activation, in, results)
		if !changed {
			break
		}
		if claimed != nil {
			passed, err := claim(limitOf(&f.Activation, &next), claimed)
			if err != nil {
				return f, err
			}
			if !passed {
				next, effects = claimed.Otherwise, claimed.Effects
			}
		}
		f.Activation, results = next, results[:0]
		for _, e := range effects {
			results = append(results, Result{
				ActionID: e.ActionID, Attempt: e.Attempt, Since: e.Since, Verdict: Delivered, EndedAt: in.Now, Output: o.Output(e.AppID, e.ActionKey),
			})
		}
	}
	p.explain(&f, first)
	return f, nil
}

// limitOf returns the action that claimed a place between two states: the limit that
// was not over before.
func limitOf(before, after *belay.Activation) string {
	for i := range after.Actions {
		s := &after.Actions[i]
		if s.Type != belay.RateLimit || s.Status != belay.ActionEnded {
			continue
		}
		if was := find(before.Actions, s.ActionID); was == nil || was.Status != belay.ActionEnded {
			return s.ActionID
		}
	}
	return ""
}

// explain says of each action what it rests on.
func (p *Plan) explain(f *Foreseen, in Input) {
	s := &stepper{p: p, a: f.Activation, in: in}
	assumed := map[string][]string{}
	f.Steps = make([]ForeseenStep, len(f.Activation.Actions))
	for i := range f.Activation.Actions {
		state := &f.Activation.Actions[i]
		n := p.nodes[state.ActionID]
		if n == nil {
			continue
		}
		rests := p.restsOn(n, &f.Activation, assumed)
		assumed[n.id] = rests
		f.Steps[i].Assumed = rests
		seen := in
		seen.Payload, seen.Now = s.data(n), state.StartedAt
		for _, g := range n.groups {
			f.Steps[i].Expressions = append(f.Steps[i].Expressions, evaluated(g.expressions, seen)...)
		}
	}
}

func evaluated(list []*formula.Expression, in Input) []Filtered {
	out := make([]Filtered, len(list))
	for i, e := range list {
		passed, err := e.Bool(in.scope(in.Payload))
		out[i] = Filtered{Expression: e.Source(), Passed: passed && err == nil}
		if err != nil {
			out[i].Error = brief(err.Error())
		}
		for _, name := range e.Variables() {
			out[i].Read = append(out[i].Read, Value{name, read(name, in)})
		}
	}
	return out
}

// restsOn returns the IDs of the actions whose outputs n depends on. assumed has
// those of all actions that were reached before.
func (p *Plan) restsOn(n *node, a *belay.Activation, assumed map[string][]string) []string {
	var rests []string
	add := func(ids ...string) {
		for _, id := range ids {
			if !slices.Contains(rests, id) {
				rests = append(rests, id)
			}
		}
	}
	read := map[string]bool{}
	for _, path := range n.reads() {
		end := strings.IndexAny(path, ".[")
		if end < 0 {
			end = len(path)
		}
		read[path[:end]] = true
	}
	for _, parent := range n.ancestors {
		switch parent.kind {
		case belay.Condition, belay.CodeCondition, belay.RateLimit, belay.Delay:
			add(assumed[parent.id]...)
		case belay.SetVariables:
			if read[variablesName] {
				add(assumed[parent.id]...)
			}
		case belay.AppDefined:
			if parent.namespace != "" && read[parent.namespace] || parent.namespace == "" && gives(find(a.Actions, parent.id), read) {
				add(parent.id)
			}
		}
	}
	return rests
}

// gives reports whether an output has one of the names at its top.
func gives(state *belay.ActionState, names map[string]bool) bool {
	if state == nil || len(state.Output) == 0 {
		return false
	}
	for name := range decoded(state.Output) {
		if names[name] {
			return true
		}
	}
	return false
}

// reads returns the paths that an action's expressions read.
func (n *node) reads() (paths []string) {
	take := func(list ...*formula.Expression) {
		for _, e := range list {
			if e != nil {
				paths = append(paths, e.Variables()...)
			}
		}
	}
	take(n.skip, n.delay.offset, n.delay.until)
	for _, groups := range [][]group{n.groups, n.skipGroups} {
		for _, g := range groups {
			take(g.expressions...)
		}
	}
	if n.limit != nil {
		take(n.limit.max, n.limit.duration, n.limit.identifier)
	}
	if n.code != nil {
		for _, v := range n.code.variables {
			take(v.value)
		}
	}
	for _, t := range []*formula.Template{n.input, n.html, n.output} {
		if t != nil {
			paths = append(paths, t.Variables()...)
		}
	}
	return paths
}

func decoded(raw []byte) (object map[string]any) {
	if json.Unmarshal(raw, &object) != nil {
		return nil
	}
	return object
}
