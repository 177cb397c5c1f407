package httpapi

import (
	"context"
	"encoding/json"

	jsonv2 "github.com/go-json-experiment/json"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
)

// namedApp returns the app that a call names, or the caller's own.
func namedApp(c *call, text string) belay.ID {
	if text == "" {
		return c.by.AppID
	}
	return optionalID(text)
}

func (d *door) createPreinstalled(ctx context.Context, c *call, in *api.PreinstalledRequest) (*api.AutomationResponse, error) {
	if err := checkFields(in.Fields); err != nil {
		return nil, err
	}
	a, err := d.book.CreatePreinstalled(ctx, c.by, config.PreinstalledInput{AppID: namedApp(c, in.AppID), Document: json.RawMessage(in.Automation)})
	if err != nil {
		return nil, err
	}
	return automationAnswer(&a, in.Fields)
}

func (d *door) updatePreinstalled(ctx context.Context, c *call, in *api.PreinstalledRequest) (*api.AutomationResponse, error) {
	if err := checkFields(in.Fields); err != nil {
		return nil, err
	}
	var given struct {
		Revision *api.Int64 `json:"revision"`
	}
	if err := jsonv2.Unmarshal(in.Automation, &given); err != nil {
		return nil, misread("automation", in.Automation, err)
	}
	if given.Revision == nil {
		return nil, errNoRevision
	}
	input := config.PreinstalledInput{AppID: namedApp(c, in.AppID), Document: json.RawMessage(in.Automation)}
	a, err := d.book.UpdatePreinstalled(ctx, c.by, input, int64(*given.Revision))
	if err != nil {
		return nil, err
	}
	return automationAnswer(&a, in.Fields)
}

var errNoRevision = belay.Invalid("automation.revision", "REQUIRED", "is missing: an update says which revision it was made from")

func (d *door) putPreinstalled(ctx context.Context, c *call, in *api.PutPreinstalledRequest) (*api.AutomationResponse, error) {
	a, done, err := d.book.PutPreinstalled(ctx, c.by, config.PreinstalledInput{
		AppID: optionalID(in.AppID), ComponentID: optionalID(in.ComponentID), Document: json.RawMessage(in.Automation),
	})
	if err != nil {
		return nil, err
	}
	answer, err := automationAnswer(&a, []string{withSchemas, asStored})
	if err != nil {
		return nil, err
	}
	answer.Outcome = api.Outcome(done.String())
	return answer, nil
}

func (d *door) deletePreinstalled(ctx context.Context, c *call, in *api.DeletePreinstalledRequest) (*api.Empty, error) {
	app := namedApp(c, in.AppID)
	if app.IsZero() && c.by.Role == belay.RoleOperator {
		return nil, errNoApp
	}
	return &api.Empty{}, d.book.DeletePreinstalled(ctx, c.by, app, optionalID(in.ComponentID))
}

var errNoApp = belay.Invalid("appId", "REQUIRED", "is missing: only an app's own key may leave it out")

func (d *door) queryPreinstalled(ctx context.Context, c *call, in *api.QueryPreinstalledRequest) (*api.QueryAutomationsResponse, error) {
	q, err := queryOf(&api.QueryAutomationsRequest{Query: in.Query, Fields: in.Fields})
	if err != nil {
		return nil, err
	}
	app := namedApp(c, in.AppID)
	if app.IsZero() {
		return nil, errNoApp
	}
	page, err := d.book.QueryPreinstalled(ctx, c.by, app, q)
	if err != nil {
		return nil, err
	}
	return pageAnswer(&page, in.Fields)
}
