package main

import "strconv"

type nodesVerb struct {
	server
	JSON bool `name:"json" help:"Print JSON, for scripts."`
}

// Run lists the nodes that serve the store.
func (v *nodesVerb) Run(p *process) error {
	c, err := v.client()
	if err != nil {
		return err
	}
	nodes, err := c.Nodes(p.ctx)
	if err != nil {
		return v.hinted(err)
	}
	if v.JSON {
		return p.printJSON(nodes)
	}
	t := newTable("NAME", "VERSION", "STARTED", "SEEN", "BUCKETS", "")
	for _, n := range nodes {
		note := ""
		switch {
		case n.Leaving:
			note = "leaving"
		case n.Answering:
			note = "answers this call"
		}
		t.row(n.Name, n.Version, at(n.StartedDate), at(n.SeenDate), strconv.Itoa(n.Buckets), note)
	}
	return p.print(t, len(nodes), "no nodes")
}
