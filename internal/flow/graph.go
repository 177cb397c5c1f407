package flow

import (
	"fmt"
	"maps"
	"slices"

	"github.com/belay-events/belay/internal/belay"
)

// ways returns the actions that may follow n with the field that names each.
func (n *node) ways() [][2]string {
	var out [][2]string
	for i, id := range n.post {
		field := map[belay.ActionType]string{
			belay.AppDefined:    "appDefinedInfo.postActionIds[%d]",
			belay.Condition:     "conditionInfo.truePostActionIds[%d]",
			belay.CodeCondition: "codeConditionInfo.truePostActionIds[%d]",
			belay.Delay:         "delayInfo.postActionIds[%d]",
			belay.RateLimit:     "rateLimitInfo.postActionIds[%d]",
			belay.SetVariables:  "setVariablesInfo.postActionIds[%d]",
			belay.Split:         "splitInfo.paths[%d].postActionId",
			belay.Merge:         "mergeInfo.postActionIds[%d]",
		}[n.kind]
		if id != "" || n.kind != belay.Split { // a path may lead nowhere
			out = append(out, [2]string{id, fmt.Sprintf(field, i)})
		}
	}
	for i, id := range n.otherwise {
		info := "conditionInfo"
		if n.kind == belay.CodeCondition {
			info = "codeConditionInfo"
		}
		out = append(out, [2]string{id, fmt.Sprintf("%s.falsePostActionIds[%d]", info, i)})
	}
	return out
}

// walk is a look at the whole graph, from the roots.
type walk struct {
	c     *compiler
	from  map[string]string // who led to an action first, or "the trigger"
	on    map[string]bool   // actions on the way from the roots to here
	ways  map[*node][]*node // the ways that are sound
	order []*node           // each behind all that it leads to
}

func (w *walk) visit(id, field, from string) *node {
	n, ok := w.c.plan.nodes[id]
	if !ok {
		w.c.fault(field, "POST_ACTION_NOT_FOUND", "names %q, which is not among the actions", id)
		return nil
	}
	if w.on[id] {
		w.c.fault(field, "CYCLE", "leads back to %q", id)
		return nil
	}
	if other, seen := w.from[id]; seen {
		if n.kind != belay.Merge {
			w.c.fault(field, "TWO_PARENTS", "leads to %q, which %s leads to already; only an action of type MERGE may be led to twice", id, other)
			return nil
		}
		return n
	}
	w.from[id], w.on[id] = from, true
	for _, way := range n.ways() {
		if next := w.visit(way[0], "configuration.actions."+id+"."+way[1], id); next != nil {
			w.ways[n] = append(w.ways[n], next)
		}
	}
	w.on[id] = false
	w.order = append(w.order, n)
	return n
}

// graph checks that the actions make a forest that hangs on the roots, whose
// branches meet in merges alone, and tells each action its ancestors. Actions
// behind one that does not run yet cannot be reached here; they are not blamed for
// it.
func (c *compiler) graph(roots []string) {
	if len(roots) == 0 {
		c.fault("configuration.rootActionIds", "MIN_ITEMS", "needs at least one action")
	}
	w := walk{c: c, from: map[string]string{}, on: map[string]bool{}, ways: map[*node][]*node{}}
	for i, id := range roots {
		w.visit(id, fmt.Sprintf("configuration.rootActionIds[%d]", i), "the trigger")
	}
	for _, n := range slices.Backward(w.order) {
		for _, next := range w.ways[n] {
			for _, a := range append(slices.Clip(n.ancestors), n) {
				if !slices.Contains(next.ancestors, a) {
					next.ancestors = append(next.ancestors, a)
				}
			}
		}
	}
	c.plan.roots = roots
	if len(c.unsupported) > 0 {
		return
	}
	for _, id := range slices.Sorted(maps.Keys(c.plan.nodes)) {
		if _, reached := w.from[id]; !reached {
			c.fault("configuration.actions."+id, "ORPHAN", "is led to by nothing")
		}
	}
}
