package httpapi

import (
	"context"
	"time"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
)

func appOf(a *belay.App) api.App {
	told := api.App{
		ID: a.ID.String(), Name: a.Name, CreatedDate: when(a.CreatedAt), UpdatedDate: when(a.UpdatedAt),
		Secrets:  make([]api.Secret, len(a.Secrets)),
		Provider: api.Provider{BaseURL: a.Provider.BaseURL, Format: string(a.Provider.Format)},
	}
	for i, s := range a.Secrets {
		told.Secrets[i] = api.Secret{ID: s.ID.String(), Hint: s.Hint, CreatedDate: when(s.CreatedAt), ExpiresDate: when(s.ExpiresAt)}
	}
	return told
}

func (d *door) createApp(ctx context.Context, c *call, in *api.CreateAppRequest) (*api.AppResponse, error) {
	return d.putApp(ctx, c, &api.PutAppRequest{Name: in.Name, Provider: in.Provider})
}

func (d *door) putApp(ctx context.Context, c *call, in *api.PutAppRequest) (*api.AppResponse, error) {
	app, done, err := d.book.PutApp(ctx, c.by, belay.App{
		ID: optionalID(in.ID), Name: in.Name,
		Provider: belay.Provider{BaseURL: in.Provider.BaseURL, Format: belay.ProviderFormat(in.Provider.Format)},
	})
	if err != nil {
		return nil, err
	}
	return &api.AppResponse{App: appOf(&app), Outcome: api.Outcome(done.String())}, nil
}

func (d *door) getApp(ctx context.Context, c *call, in *api.AppRequest) (*api.AppResponse, error) {
	app, err := d.book.App(ctx, c.by, optionalID(in.ID))
	if err != nil {
		return nil, err
	}
	return &api.AppResponse{App: appOf(&app)}, nil
}

func (d *door) listApps(ctx context.Context, c *call, in *api.ListRequest) (*api.AppsResponse, error) {
	all, err := d.book.Apps(ctx, c.by)
	if err != nil {
		return nil, err
	}
	page, paging, err := pageOf(all, func(a *belay.App) string { return made(a.CreatedAt, a.ID) }, *in)
	if err != nil {
		return nil, err
	}
	return &api.AppsResponse{Apps: each(page, appOf), PagingMetadata: paging}, nil
}

func (d *door) deleteApp(ctx context.Context, c *call, in *api.AppRequest) (*api.Empty, error) {
	return &api.Empty{}, d.book.DeleteApp(ctx, c.by, optionalID(in.ID))
}

func (d *door) rotateAppSecret(ctx context.Context, c *call, in *api.RotateAppSecretRequest) (*api.SecretResponse, error) {
	secret, err := d.book.RotateAppSecret(ctx, c.by, optionalID(in.ID), in.Value, time.Duration(in.OverlapSeconds)*time.Second)
	if err != nil {
		return nil, err
	}
	return &api.SecretResponse{Secret: secret}, nil
}

func triggerOf(t **config.Trigger) api.Trigger {
	from := *t
	return api.Trigger{
		AppID: from.AppID.String(), TriggerKey: from.Key, DisplayName: from.Name, PayloadSchema: from.Schema, Filters: from.Filters, ConfigSchema: from.ConfigSchema,
		Scheduled: from.Scheduled, Hidden: from.Hidden, BaseURL: from.BaseURL, Methods: api.TriggerMethods(from.Methods),
		CreatedDate: when(from.CreatedAt), UpdatedDate: when(from.UpdatedAt),
	}
}

func (d *door) putTrigger(ctx context.Context, c *call, in *api.PutTriggerRequest) (*api.TriggerResponse, error) {
	t, done, err := d.book.PutTrigger(ctx, c.by, config.TriggerInput{
		AppID: optionalID(in.ID), Key: in.Key, Name: in.DisplayName, Schema: in.PayloadSchema, Filters: in.Filters, ConfigSchema: in.ConfigSchema,
		Scheduled: in.Scheduled, Hidden: in.Hidden, BaseURL: in.BaseURL, Methods: belay.TriggerMethods(in.Methods),
	})
	if err != nil {
		return nil, err
	}
	return &api.TriggerResponse{Trigger: triggerOf(&t), Outcome: api.Outcome(done.String())}, nil
}

func (d *door) getTrigger(ctx context.Context, c *call, in *api.TriggerRequest) (*api.TriggerResponse, error) {
	t, err := d.book.Trigger(ctx, c.by, optionalID(in.ID), in.Key)
	if err != nil {
		return nil, err
	}
	return &api.TriggerResponse{Trigger: triggerOf(&t)}, nil
}

func (d *door) listTriggers(ctx context.Context, c *call, in *api.AppListRequest) (*api.TriggersResponse, error) {
	all, err := d.book.Triggers(ctx, c.by, optionalID(in.ID))
	if err != nil {
		return nil, err
	}
	page, paging, err := pageOf(all, func(t **config.Trigger) string { return (*t).Key }, in.ListRequest)
	if err != nil {
		return nil, err
	}
	return &api.TriggersResponse{Triggers: each(page, triggerOf), PagingMetadata: paging}, nil
}

func (d *door) deleteTrigger(ctx context.Context, c *call, in *api.TriggerRequest) (*api.Empty, error) {
	return &api.Empty{}, d.book.DeleteTrigger(ctx, c.by, optionalID(in.ID), in.Key)
}

func declaredOf(a *belay.ActionDeclaration) api.Action {
	return api.Action{
		AppID: a.AppID.String(), ActionKey: a.Key, DisplayName: a.Name, InputSchema: a.InputSchema, OutputSchema: a.OutputSchema,
		BaseURL: a.BaseURL, Methods: api.ActionMethods(a.Methods), CreatedDate: when(a.CreatedAt), UpdatedDate: when(a.UpdatedAt),
	}
}

func (d *door) putAction(ctx context.Context, c *call, in *api.PutActionRequest) (*api.ActionResponse, error) {
	a, done, err := d.book.PutAction(ctx, c.by, belay.ActionDeclaration{
		AppID: optionalID(in.ID), Key: in.Key, Name: in.DisplayName, InputSchema: in.InputSchema, OutputSchema: in.OutputSchema,
		BaseURL: in.BaseURL, Methods: belay.ActionMethods(in.Methods),
	})
	if err != nil {
		return nil, err
	}
	return &api.ActionResponse{Action: declaredOf(&a), Outcome: api.Outcome(done.String())}, nil
}

func (d *door) getAction(ctx context.Context, c *call, in *api.ActionRequest) (*api.ActionResponse, error) {
	a, err := d.book.Action(ctx, c.by, optionalID(in.ID), in.Key)
	if err != nil {
		return nil, err
	}
	return &api.ActionResponse{Action: declaredOf(&a)}, nil
}

func (d *door) listActions(ctx context.Context, c *call, in *api.AppListRequest) (*api.ActionsResponse, error) {
	all, err := d.book.Actions(ctx, c.by, optionalID(in.ID))
	if err != nil {
		return nil, err
	}
	page, paging, err := pageOf(all, func(a *belay.ActionDeclaration) string { return a.Key }, in.ListRequest)
	if err != nil {
		return nil, err
	}
	return &api.ActionsResponse{Actions: each(page, declaredOf), PagingMetadata: paging}, nil
}

func (d *door) deleteAction(ctx context.Context, c *call, in *api.ActionRequest) (*api.Empty, error) {
	return &api.Empty{}, d.book.DeleteAction(ctx, c.by, optionalID(in.ID), in.Key)
}

func (d *door) listBuiltInActions(context.Context, *call, *api.Empty) (*api.BuiltInActionsResponse, error) {
	answer := &api.BuiltInActionsResponse{}
	if registry := d.engine.Actions(); registry != nil {
		answer.Actions = each(registry.All(), func(a *action.Definition) api.BuiltInAction {
			return api.BuiltInAction{
				AppID: belay.BuiltIn.String(), ActionKey: a.Key, DisplayName: a.Name, Description: a.Description,
				InputSchema: a.InputSchema, OutputSchema: a.OutputSchema,
			}
		})
	}
	return answer, nil
}

// each returns list with f applied to each item.
func each[T, U any](list []T, f func(*T) U) []U {
	told := make([]U, len(list))
	for i := range list {
		told[i] = f(&list[i])
	}
	return told
}
