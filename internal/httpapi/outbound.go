package httpapi

import (
	"context"
	"net/netip"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
)

// listAllowedAddresses is not for the people of a site: what is in the operator's
// network is none of their business.
func (d *door) listAllowedAddresses(_ context.Context, c *call, _ *api.Empty) (*api.AllowedAddressesResponse, error) {
	if c.by.Role != belay.RoleOperator && !c.by.OfApp() {
		return nil, belay.Refuse(belay.PermissionDenied, "ROLE_NOT_ALLOWED", "only operators and apps may see which addresses are allowed")
	}
	return &api.AllowedAddressesResponse{Ranges: each(d.reachable, func(p *netip.Prefix) string { return p.String() })}, nil
}
