package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
)

// What triggers and actions of a catalog can be filtered and sorted by.
var (
	triggerWords = []string{"appId", "triggerKey", "displayName", "maturity", "createdDate", "updatedDate", "id"}
	actionWords  = []string{"appId", "actionKey", "displayName", "createdDate", "updatedDate"}
)

func (d *door) resolveTriggers(ctx context.Context, c *call, in *api.ResolveRequest) (*api.CatalogTriggersResponse, error) {
	all, err := d.book.OfferedTriggers(ctx, c.by, c.site, optionalID(in.AppID))
	if err != nil {
		return nil, err
	}
	answer, err := triggersPage(all, in.Query)
	if err == nil && in.BasicFieldsOnly {
		for i := range answer.Results {
			t := &answer.Results[i]
			t.PayloadDataSchema, t.AutomationConfigSchema, t.Filters = nil, nil, json.RawMessage("[]")
		}
	}
	return answer, err
}

func (d *door) queryTriggers(ctx context.Context, c *call, in *api.CatalogQueryRequest) (*api.CatalogTriggersResponse, error) {
	all, err := d.book.Triggers(ctx, c.by, belay.ID{})
	if err != nil {
		return nil, err
	}
	return triggersPage(all, in.Query)
}

func triggersPage(all []*config.Trigger, q *api.CatalogQuery) (*api.CatalogTriggersResponse, error) {
	results, paging, err := catalogPage(each(all, catalogTriggerOf), triggerWords, q, func(t *api.CatalogTrigger) string {
		return t.AppID + "/" + t.TriggerKey
	})
	return &api.CatalogTriggersResponse{Results: results, Paging: paging, Metadata: paging}, err
}

// catalogPage cuts a page out of a catalog.
func catalogPage[T any](all []T, words []string, q *api.CatalogQuery, key func(*T) string) ([]T, api.CatalogPaging, error) {
	asked, err := itemQuery(q)
	if err != nil {
		return nil, api.CatalogPaging{}, err
	}
	items := make([]config.Item, len(all))
	for i := range all {
		items[i].Key = key(&all[i])
		raw, err := json.Marshal(&all[i])
		if err == nil {
			err = json.Unmarshal(raw, &items[i].Fields)
		}
		if err != nil {
			return nil, api.CatalogPaging{}, fmt.Errorf("httpapi: catalog: %s: %w", items[i].Key, err)
		}
	}
	page, err := config.QueryItems(items, words, asked)
	if err != nil {
		return nil, api.CatalogPaging{}, err
	}
	results := make([]T, len(page.At))
	for i, at := range page.At {
		results[i] = all[at]
	}
	return results, api.CatalogPaging{
		Count: len(results), Offset: page.Offset, Total: page.Total,
		Cursors: api.Cursors{Next: page.Next, Prev: page.Prev}, HasNext: page.Next != "",
	}, nil
}

func itemQuery(q *api.CatalogQuery) (config.ItemQuery, error) {
	if q == nil {
		return config.ItemQuery{}, nil
	}
	asked := config.ItemQuery{Filter: q.Filter, Sort: each(q.Sort, func(s *api.Sorting) config.Sort {
		return config.Sort{Field: s.FieldName, Order: s.Order}
	})}
	if q.Paging != nil {
		asked.Offset, asked.Limit = q.Paging.Offset, q.Paging.Limit
	}
	if q.CursorPaging != nil {
		if q.Paging != nil {
			return asked, belay.Invalid("query.cursorPaging", "ONE_OF", "and paging are both given; only one can be")
		}
		asked.Cursor, asked.Limit = q.CursorPaging.Cursor, q.CursorPaging.Limit
	}
	return asked, nil
}

func (d *door) catalogTrigger(ctx context.Context, c *call, in *api.CatalogTriggerRequest) (*api.CatalogTriggerResponse, error) {
	t, err := d.book.Trigger(ctx, c.by, optionalID(in.AppID), in.Key)
	if err != nil {
		return nil, err
	}
	return &api.CatalogTriggerResponse{Trigger: catalogTriggerOf(&t)}, nil
}

func catalogTriggerOf(t **config.Trigger) api.CatalogTrigger {
	from := *t
	told := api.CatalogTrigger{
		ID: catalogID(from.AppID, from.Key), AppID: from.AppID.String(), TriggerKey: from.Key, DisplayName: from.Name,
		Maturity: "GA", PayloadDataSchema: from.Schema, AutomationConfigSchema: from.ConfigSchema, Filters: from.Filters, Metadata: api.CatalogMetadata{Hidden: from.Hidden},
		ImplementedMethods: api.CatalogMethods(from.Methods),
		Source:             api.CatalogSource{Type: "DEV_CENTER"}, CreatedDate: when(from.CreatedAt), UpdatedDate: when(from.UpdatedAt),
	}
	if from.Hidden {
		told.Maturity = "CREATED"
	}
	if len(told.Filters) == 0 {
		told.Filters = json.RawMessage("[]")
	}
	return told
}

// catalogID returns the GUID that stands for a trigger where the wire wants one. It
// is of version 8 and follows from the app and the key.
//
// Source: RFC 9562, section 5.8.
func catalogID(app belay.ID, key string) string {
	sum := sha256.Sum256([]byte("trigger/" + app.String() + "/" + key))
	id := belay.ID(sum[:16])
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80
	return id.String()
}

// dynamicSchema asks the app for what its payload has beside the declared schema,
// for what a user has chosen of the filters; it is empty where the trigger leaves
// that call out.
func (d *door) dynamicSchema(ctx context.Context, c *call, in *api.CatalogDynamicSchemaRequest) (*api.CatalogDynamicSchema, error) {
	app := optionalID(in.AppID)
	if _, err := d.book.OfferedTriggers(ctx, c.by, c.site, app); err != nil {
		return nil, err
	}
	schema, err := d.engine.DynamicSchema(ctx, c.site, app, in.TriggerKey, in.SelectedFilterOptions)
	if err != nil {
		return nil, err
	}
	if len(schema) == 0 {
		schema = json.RawMessage("{}")
	}
	return &api.CatalogDynamicSchema{DynamicSchema: schema}, nil
}

func (d *door) identitiesSchema(context.Context, *call, *api.Empty) (*api.IdentitiesSchemaResponse, error) {
	return &api.IdentitiesSchemaResponse{IdentitiesSchema: json.RawMessage(`{"type":"object","properties":{}}`)}, nil
}

func (d *door) createCatalogTrigger(ctx context.Context, c *call, in *api.CreateCatalogTriggerRequest) (*api.CatalogTriggerResponse, error) {
	declared := config.TriggerInput{
		AppID: optionalID(in.Trigger.AppID), Key: in.Trigger.TriggerKey, BaseURL: in.BaseURI,
	}
	if !declared.AppID.IsZero() {
		switch _, err := d.book.Trigger(ctx, c.by, declared.AppID, declared.Key); belay.CodeOf(err) {
		case belay.NotFound:
		case "":
			return nil, belay.Refuse(belay.AlreadyExists, "", "the app has declared a trigger of that key")
		default:
			return nil, err
		}
	}
	t, err := d.declare(ctx, c, declared, &in.Trigger)
	return &api.CatalogTriggerResponse{Trigger: t}, err
}

func (d *door) updateCatalogTrigger(ctx context.Context, c *call, in *api.UpdateCatalogTriggerRequest) (*api.UpdateCatalogTriggerResponse, error) {
	all, err := d.book.Triggers(ctx, c.by, belay.ID{})
	if err != nil {
		return nil, err
	}
	for _, t := range all {
		if catalogID(t.AppID, t.Key) != in.ID {
			continue
		}
		if given := in.Trigger; given.AppID != "" && given.AppID != t.AppID.String() || given.TriggerKey != "" && given.TriggerKey != t.Key {
			return nil, belay.Invalid("trigger", "IMMUTABLE", "must keep its app and its key")
		}
		next, err := d.declare(ctx, c, config.TriggerInput{
			AppID: t.AppID, Key: t.Key, Name: t.Name, Schema: t.Schema, Filters: t.Filters, ConfigSchema: t.ConfigSchema, Hidden: t.Hidden, BaseURL: t.BaseURL, Methods: t.Methods,
		}, &in.Trigger)
		return &api.UpdateCatalogTriggerResponse{UpdatedTrigger: next}, err
	}
	return nil, belay.Refuse(belay.NotFound, "", "there is no such trigger")
}

// declare puts a trigger with the fields that are given in the place of old's.
func (d *door) declare(ctx context.Context, c *call, old config.TriggerInput, given *api.CatalogTriggerInput) (api.CatalogTrigger, error) {
	if given.DisplayName != "" {
		old.Name = given.DisplayName
	}
	if len(given.PayloadDataSchema) > 0 {
		old.Schema = given.PayloadDataSchema
	}
	if len(given.ConfigSchema) > 0 {
		old.ConfigSchema = given.ConfigSchema
	}
	if len(given.Filters) > 0 {
		old.Filters = given.Filters
	}
	if given.Maturity != "" {
		old.Hidden = given.Maturity == "CREATED" || given.Maturity == "ARCHIVED"
	}
	if given.ImplementedMethods != nil {
		old.Methods = belay.TriggerMethods(*given.ImplementedMethods)
	}
	if given.Metadata != nil {
		old.Hidden = given.Metadata.Hidden
	}
	t, _, err := d.book.PutTrigger(ctx, c.by, old)
	if err != nil {
		return api.CatalogTrigger{}, err
	}
	return catalogTriggerOf(&t), nil
}

func (d *door) deleteCatalogTrigger(ctx context.Context, c *call, in *api.DeleteCatalogTriggerRequest) (*api.Empty, error) {
	return &api.Empty{}, d.book.DeleteTrigger(ctx, c.by, optionalID(in.AppID), in.Key)
}
