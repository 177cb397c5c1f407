package flow

import "github.com/belay-events/belay/internal/belay"

// Inspection is what can be said of an automation, whether it can act or not.
type Inspection struct {
	// Faults are what Compile refuses, and Unsupported is what does not run yet.
	Faults, Unsupported []belay.Violation

	nodes map[string]*node
}

// Inspect looks at all of an automation, as Compile does, and stops at nothing.
func Inspect(spec *belay.AutomationSpec, carried func(app belay.ID, actionKey string) bool) *Inspection {
	c := assemble(spec, carried)
	return &Inspection{Faults: c.wrong, Unsupported: c.unsupported, nodes: c.plan.nodes}
}

// Ancestors returns the IDs of the actions that come before one on the ways to it
// that are sound, the first to run first; none for one that nothing leads to.
func (i *Inspection) Ancestors(id string) []string {
	n, ok := i.nodes[id]
	if !ok {
		return nil
	}
	ids := make([]string, len(n.ancestors))
	for k, a := range n.ancestors {
		ids[k] = a.id
	}
	return ids
}
