package httpapi

import (
	"context"
	"strconv"
	"strings"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/engine"
	"github.com/belay-events/belay/internal/store"
)

func (d *door) searchActivationLogs(ctx context.Context, c *call, in *api.SearchActivationLogsRequest) (*api.ActivationLogsResponse, error) {
	if strings.TrimSpace(in.Value) == "" {
		return nil, belay.Invalid("value", "REQUIRED", "must not be blank")
	}
	brought := in.PreinstalledIdentifierInfo
	automation, ok, err := d.loggedAutomation(ctx, "filterBy", in.FilterBy, in.AutomationIDInfo.AutomationID, brought.AppID, brought.ComponentID)
	if err != nil || !ok {
		return &api.ActivationLogsResponse{}, err
	}
	s := engine.Search{SiteID: c.site, Value: in.Value, AutomationID: automation, Limit: limitOf(in.CursorPaging.Limit)}
	page, err := d.between(store.Page{}, in.From, in.To)
	if err != nil {
		return nil, err
	}
	s.After, s.Before = page.After, page.Before
	if in.CursorPaging.Cursor != "" {
		if s.Before, s.Skip, err = searchCursor("cursorPaging.cursor", in.CursorPaging.Cursor); err != nil {
			return nil, err
		}
	}
	found, err := d.engine.SearchByValue(ctx, c.by, s)
	if err != nil {
		return nil, err
	}
	answer := &api.ActivationLogsResponse{ActivationLogs: make([]api.ActivationLog, len(found.Activations))}
	for i := range found.Activations {
		answer.ActivationLogs[i] = logOf(&found.Activations[i], &found.Events[i], in.IncludePayload)
	}
	answer.PagingMetadata.Count = len(found.Activations)
	if found.More {
		answer.PagingMetadata.HasNext = true
		answer.PagingMetadata.Cursors.Next = cursorOf(found.Before.String() + "/" + strconv.Itoa(found.Skip))
	}
	return answer, nil
}

// searchCursor reads where a search goes on.
func searchCursor(field, cursor string) (before belay.ID, skip int, err error) {
	key, err := keyIn(field, cursor)
	if err != nil {
		return before, 0, err
	}
	id, count, _ := strings.Cut(key, "/")
	before, err = belay.ParseID(id)
	if err == nil {
		skip, err = strconv.Atoi(count)
	}
	if err != nil || skip < 0 || before.IsZero() {
		return belay.ID{}, 0, belay.Invalid(field, "CURSOR", "is not a cursor of this list")
	}
	return before, skip, nil
}
