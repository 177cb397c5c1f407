package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/belay"
)

func (d *door) resolveActions(ctx context.Context, c *call, in *api.ResolveRequest) (*api.CatalogActionsResponse, error) {
	app := optionalID(in.AppID)
	declared, err := d.book.OfferedActions(ctx, c.by, c.site, app)
	if err != nil {
		return nil, err
	}
	answer, err := actionsPage(d.withBuiltIn(app, declared), in.Query)
	if err == nil && in.BasicFieldsOnly {
		for i := range answer.Results {
			answer.Results[i].InputSchema, answer.Results[i].OutputSchema = json.RawMessage("{}"), nil
		}
	}
	return answer, err
}

func (d *door) queryActions(ctx context.Context, c *call, in *api.CatalogQueryRequest) (*api.CatalogActionsResponse, error) {
	declared, err := d.book.Actions(ctx, c.by, belay.ID{})
	if err != nil {
		return nil, err
	}
	return actionsPage(d.withBuiltIn(belay.ID{}, declared), in.Query)
}

// withBuiltIn returns actions that apps declared with the built-in ones before
// them, or those alone where app is the built-in one.
func (d *door) withBuiltIn(app belay.ID, declared []belay.ActionDeclaration) []api.CatalogAction {
	var all []api.CatalogAction
	if registry := d.engine.Actions(); registry != nil && (app.IsZero() || app == belay.BuiltIn) {
		all = each(registry.All(), builtInAction)
	}
	return append(all, each(declared, catalogActionOf)...)
}

func builtInAction(a *action.Definition) api.CatalogAction {
	return api.CatalogAction{
		AppID: belay.BuiltIn.String(), ActionKey: a.Key, DisplayName: a.Name, Description: a.Description, Maturity: "GA",
		InputSchema: a.InputSchema, OutputSchema: a.OutputSchema,
	}
}

func catalogActionOf(a *belay.ActionDeclaration) api.CatalogAction {
	return api.CatalogAction{
		AppID: a.AppID.String(), ActionKey: a.Key, DisplayName: a.Name, Maturity: "GA",
		InputSchema: a.InputSchema, OutputSchema: a.OutputSchema, CreatedDate: when(a.CreatedAt), UpdatedDate: when(a.UpdatedAt),
	}
}

func actionsPage(all []api.CatalogAction, q *api.CatalogQuery) (*api.CatalogActionsResponse, error) {
	results, paging, err := catalogPage(all, actionWords, q, func(a *api.CatalogAction) string {
		return a.AppID + "/" + a.ActionKey
	})
	return &api.CatalogActionsResponse{Results: results, Paging: paging, Metadata: paging}, err
}

func (d *door) catalogAction(ctx context.Context, c *call, in *api.CatalogActionRequest) (*api.CatalogActionResponse, error) {
	a, err := d.actionNamed(ctx, c, in.AppID, in.Key)
	if err != nil {
		return nil, err
	}
	return &api.CatalogActionResponse{Action: a}, nil
}

// actionNamed returns an action of an app, or a built-in one.
func (d *door) actionNamed(ctx context.Context, c *call, appText, key string) (api.CatalogAction, error) {
	app := belay.BuiltIn
	if appText != belay.BuiltInName {
		var err error
		if app, err = belay.ParseID(appText); err != nil {
			return api.CatalogAction{}, belay.Invalid("appId", "GUID", err.Error())
		}
	}
	if app == belay.BuiltIn && d.engine.Actions() != nil {
		if a, ok := d.engine.Actions().Find(key); ok {
			return builtInAction(&a), nil
		}
	}
	a, err := d.book.Action(ctx, c.by, app, key)
	if err != nil {
		return api.CatalogAction{}, err
	}
	return catalogActionOf(&a), nil
}

// What an action takes and gives does not depend on how it is set up, so the
// schemas are those that it was declared with.

func (d *door) actionInputSchema(ctx context.Context, c *call, in *api.ActionSchemaRequest) (*api.ActionInputSchemaResponse, error) {
	a, err := d.actionNamed(ctx, c, in.AppID, in.ActionKey)
	if err != nil {
		return nil, err
	}
	return &api.ActionInputSchemaResponse{InputSchema: a.InputSchema, UISchema: json.RawMessage("{}")}, nil
}

func (d *door) actionOutputSchema(ctx context.Context, c *call, in *api.ActionSchemaRequest) (*api.ActionOutputSchemaResponse, error) {
	a, err := d.actionNamed(ctx, c, in.AppID, in.ActionKey)
	if err != nil {
		return nil, err
	}
	return &api.ActionOutputSchemaResponse{OutputSchema: a.OutputSchema}, nil
}

func (d *door) bulkActionOutputSchema(ctx context.Context, c *call, in *api.BulkActionOutputSchemaRequest) (*api.BulkActionOutputSchemaResponse, error) {
	answer := &api.BulkActionOutputSchemaResponse{Results: make([]api.ActionOutputSchemaResult, len(in.Actions))}
	for i := range in.Actions {
		result := &answer.Results[i]
		result.ItemMetadata.OriginalIndex = i
		a, err := d.actionNamed(ctx, c, in.Actions[i].AppID, in.Actions[i].ActionKey)
		if err != nil {
			if e, ok := errors.AsType[*belay.Error](err); ok && len(e.Violations) > 0 {
				err = belay.Invalid(fmt.Sprintf("actions[%d].%s", i, e.Violations[0].Field), e.Violations[0].Rule, e.Violations[0].Description)
			}
			result.ItemMetadata.Error = d.itemError(ctx, c, err)
		} else {
			result.ItemMetadata.Success, result.OutputSchema = true, a.OutputSchema
		}
		count(&answer.BulkActionMetadata, result.ItemMetadata)
	}
	return answer, nil
}
