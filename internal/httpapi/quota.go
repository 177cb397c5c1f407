package httpapi

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
)

// Quota returns what may still be used of an action on a site, as the action's app
// says it: an object of the compatible wire's ActionQuotaInfo. ok is false for an
// action whose app is not asked.
type Quota func(ctx context.Context, site belay.ID, a belay.ActionDeclaration) (info json.RawMessage, ok bool, err error)

// How apps are asked for quotas: some at once, and none for longer than a person
// waits for a page.
const (
	quotasAtOnce = 8
	quotaTimeout = 5 * time.Second
)

// getActionsQuota answers what the apps of a site say of their actions. An app that
// does not answer is left out, so that it does not hide what the others say.
func (d *door) getActionsQuota(ctx context.Context, c *call, _ *api.Empty) (*api.ActionsQuotaResponse, error) {
	declared, err := d.book.OfferedActions(ctx, c.by, c.site, belay.ID{})
	if err != nil {
		return nil, err
	}
	answer := &api.ActionsQuotaResponse{Quotas: []api.ActionProviderQuota{}}
	if d.quota == nil {
		return answer, nil
	}
	ctx, cancel := context.WithTimeout(ctx, quotaTimeout)
	defer cancel()
	told := make([]json.RawMessage, len(declared))
	places := make(chan struct{}, quotasAtOnce)
	var asked sync.WaitGroup
	for i, a := range declared {
		asked.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			info, ok, err := d.quota(ctx, c.site, a)
			if err != nil {
				d.log.WarnContext(ctx, "an app did not tell its quota", "request", c.requestID, "site", c.site, "app", a.AppID, "action", a.Key, "error", err)
			} else if ok {
				told[i] = info
			}
		})
	}
	asked.Wait()
	for i, info := range told {
		if info != nil {
			answer.Quotas = append(answer.Quotas, api.ActionProviderQuota{AppID: declared[i].AppID.String(), ActionKey: declared[i].Key, Info: info})
		}
	}
	return answer, nil
}
