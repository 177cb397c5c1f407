package httpapi

import (
	"context"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/engine"
)

func (d *door) listNodes(_ context.Context, c *call, _ *api.Empty) (*api.NodesResponse, error) {
	if c.by.Role != belay.RoleOperator {
		return nil, belay.Refuse(belay.PermissionDenied, "ROLE_NOT_ALLOWED", "only an operator may see the nodes")
	}
	return &api.NodesResponse{Nodes: each(d.engine.Nodes(), nodeOf)}, nil
}

func nodeOf(n *engine.Member) api.Node {
	return api.Node{
		Name: n.Name, ID: n.ID, Version: n.Version, StartedDate: api.Time{Time: n.Began}, SeenDate: api.Time{Time: n.Seen},
		Leaving: n.Leaving, Buckets: n.Buckets, Answering: n.Self,
	}
}
