package httpapi

import (
	"cmp"
	"context"

	"github.com/belay-events/belay/api"
)

// defaultVersions is how many versions are looked at where the call does not say.
const defaultVersions = 10

func (d *door) listVersions(ctx context.Context, c *call, in *api.AutomationVersionsRequest) (*api.AutomationVersionsResponse, error) {
	list, more, snapshot, err := d.book.Versions(ctx, c.by, c.site, optionalID(in.ID), int64(in.Before), cmp.Or(in.Limit, defaultVersions))
	if err != nil {
		return nil, err
	}
	maker := d.digests(snapshot)
	answer := &api.AutomationVersionsResponse{Versions: make([]api.AutomationVersion, len(list)), HasMore: more}
	for i := range list {
		v := &list[i]
		by := identityOf(v.UpdatedBy)
		answer.Versions[i] = api.AutomationVersion{
			Revision: api.Int64(v.Revision), Name: v.Spec.Name, Status: string(v.Spec.Configuration.Status),
			UpdatedDate: when(v.UpdatedAt), UpdatedBy: &by, Digest: maker.Of(v.Spec),
		}
	}
	return answer, nil
}
