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
			belay.AppDefined: "appDefinedInfo.postActionIds",
			belay.Condition:  "conditionInfo.truePostActionIds",
			belay.Delay:      "delayInfo.postActionIds",
		}[n.kind]
		out = append(out, [2]string{id, fmt.Sprintf("%s[%d]", field, i)})
	}
	for i, id := range n.otherwise {
		out = append(out, [2]string{id, fmt.Sprintf("conditionInfo.falsePostActionIds[%d]", i)})
	}
	return out
}

// graph checks that the actions make a forest that hangs on the roots, and tells
// each action its ancestors. Actions behind one that does not run yet cannot be
// reached here; they are not blamed for it.
func (c *compiler) graph(roots []string) {
	if len(roots) == 0 {
		c.fault("configuration.rootActionIds", "MIN_ITEMS", "needs at least one action")
	}
	parent := make(map[string]string)
	var visit func(id, field, from string, ancestors []*node)
	visit = func(id, field, from string, ancestors []*node) {
		n, ok := c.plan.nodes[id]
		if !ok {
			c.fault(field, "POST_ACTION_NOT_FOUND", "names %q, which is not among the actions", id)
			return
		}
		for _, a := range ancestors {
			if a == n {
				c.fault(field, "CYCLE", "leads back to %q", id)
				return
			}
		}
		if other, seen := parent[id]; seen {
			c.fault(field, "TWO_PARENTS", "leads to %q, which %s leads to already", id, other)
			return
		}
		parent[id] = from
		n.ancestors = ancestors
		line := append(ancestors[:len(ancestors):len(ancestors)], n)
		for _, way := range n.ways() {
			visit(way[0], "configuration.actions."+id+"."+way[1], id, line)
		}
	}
	for i, id := range roots {
		visit(id, fmt.Sprintf("configuration.rootActionIds[%d]", i), "the trigger", nil)
	}
	c.plan.roots = roots
	if len(c.unsupported) > 0 {
		return
	}
	for _, id := range slices.Sorted(maps.Keys(c.plan.nodes)) {
		if _, reached := parent[id]; !reached {
			c.fault("configuration.actions."+id, "ORPHAN", "is led to by nothing")
		}
	}
}
