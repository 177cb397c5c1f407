package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	jsonv2 "github.com/go-json-experiment/json"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
)

// withSchemas in fields asks for the schemas that are left out otherwise.
//
// Source: the compatible wire, RequestedFields.
const withSchemas = "OVERRIDE_SCHEMA"

// asStored in fields asks for a document as it was written, without what the wire
// always has. It is our own word, for those who compare.
const asStored = "AS_STORED"

func (d *door) createAutomation(ctx context.Context, c *call, in *api.CreateAutomationRequest) (*api.AutomationResponse, error) {
	if err := checkFields(in.Fields); err != nil {
		return nil, err
	}
	a, err := d.book.CreateAutomation(ctx, c.by, c.site, json.RawMessage(in.Automation))
	if err != nil {
		return nil, err
	}
	return automationAnswer(&a, in.Fields)
}

func (d *door) getAutomation(ctx context.Context, c *call, in *api.GetAutomationRequest) (*api.AutomationResponse, error) {
	if err := checkFields(in.Fields); err != nil {
		return nil, err
	}
	a, err := d.book.GetAutomation(ctx, c.by, c.site, optionalID(in.ID))
	if err != nil {
		return nil, err
	}
	return automationAnswer(&a, in.Fields)
}

// updateAutomation replaces the whole document, or the parts that a mask names.
func (d *door) updateAutomation(ctx context.Context, c *call, in *api.UpdateAutomationRequest) (*api.AutomationResponse, error) {
	if err := checkFields(in.Fields); err != nil {
		return nil, err
	}
	id := optionalID(in.ID)
	var given struct {
		ID       string     `json:"id"`
		Revision *api.Int64 `json:"revision"`
	}
	if err := jsonv2.Unmarshal(in.Automation, &given); err != nil {
		return nil, misread("automation", in.Automation, err)
	}
	if given.Revision == nil {
		return nil, errNoRevision
	}
	if given.ID != "" && !strings.EqualFold(given.ID, id.String()) {
		return nil, errOtherID
	}
	doc := json.RawMessage(in.Automation)
	if in.FieldMask != "" {
		// The revision is compared with the change itself, so that what is merged
		// here is what the change replaces, or the change is refused.
		stored, err := d.book.GetAutomation(ctx, c.by, c.site, id)
		if err != nil {
			return nil, err
		}
		if doc, err = masked(stored.Document, doc, in.FieldMask); err != nil {
			return nil, err
		}
	}
	a, err := d.book.UpdateAutomation(ctx, c.by, c.site, id, int64(*given.Revision), doc)
	if err != nil {
		return nil, err
	}
	return automationAnswer(&a, in.Fields)
}

func (d *door) putAutomation(ctx context.Context, c *call, in *api.PutAutomationRequest) (*api.AutomationResponse, error) {
	a, done, err := d.book.PutAutomation(ctx, c.by, c.site, optionalID(in.ID), json.RawMessage(in.Automation))
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

func (d *door) deleteAutomation(ctx context.Context, c *call, in *api.AutomationRequest) (*api.Empty, error) {
	return &api.Empty{}, d.book.DeleteAutomation(ctx, c.by, c.site, optionalID(in.ID))
}

// bulkDelete is a bulk delete of which some IDs may not be readable.
type bulkDelete struct {
	api.BulkDeleteAutomationsRequest
	broken `json:"-"`
}

func (d *door) bulkDeleteAutomations(ctx context.Context, c *call, in *bulkDelete) (*api.BulkDeleteAutomationsResponse, error) {
	answer := &api.BulkDeleteAutomationsResponse{Results: make([]api.BulkItem, len(in.AutomationIDs))}
	ids := make([]belay.ID, 0, len(in.AutomationIDs))
	places := make([]int, 0, len(in.AutomationIDs))
	for i, text := range in.AutomationIDs {
		item := &answer.Results[i].ItemMetadata
		item.OriginalIndex, item.ID = i, text
		if err := in.items[i]; err != nil {
			item.Error = d.itemError(ctx, c, err)
			continue
		}
		id, err := belay.ParseID(text)
		if err != nil {
			item.ID, item.Error = "", d.itemError(ctx, c, belay.Invalid(fmt.Sprintf("automationIds[%d]", i), "GUID", err.Error()))
			continue
		}
		ids, places = append(ids, id), append(places, i)
	}
	if len(ids) > 0 {
		done, err := d.book.BulkDelete(ctx, c.by, c.site, ids)
		if err != nil {
			return nil, err
		}
		for i := range done {
			item := &answer.Results[places[i]].ItemMetadata
			if item.Success = done[i].Err == nil; !item.Success {
				item.Error = d.itemError(ctx, c, done[i].Err)
			}
		}
	}
	for i := range answer.Results {
		count(&answer.BulkActionMetadata, answer.Results[i].ItemMetadata)
	}
	return answer, nil
}

func (d *door) queryAutomations(ctx context.Context, c *call, in *api.QueryAutomationsRequest) (*api.QueryAutomationsResponse, error) {
	answer, _, err := d.queried(ctx, c, in, false)
	return answer, err
}

// queried answers a query, with what was found as it is.
func (d *door) queried(ctx context.Context, c *call, in *api.QueryAutomationsRequest, drafts bool) (*api.QueryAutomationsResponse, config.Page, error) {
	q, err := queryOf(in)
	if err != nil {
		return nil, config.Page{}, err
	}
	q.Drafts = drafts
	page, err := d.book.QueryAutomations(ctx, c.by, c.site, q)
	if err != nil {
		return nil, config.Page{}, err
	}
	answer, err := pageAnswer(&page, in.Fields)
	return answer, page, err
}

// queryOf reads a query's parameters.
func queryOf(in *api.QueryAutomationsRequest) (config.Query, error) {
	if err := checkFields(in.Fields); err != nil {
		return config.Query{}, err
	}
	if len(in.Query.Paging) > 0 && string(in.Query.Paging) != "null" {
		return config.Query{}, belay.Invalid("query.paging", "NOT_SUPPORTED", "is not taken: query.cursorPaging asks for a page")
	}
	q := config.Query{Filter: in.Query.Filter, Cursor: in.Query.CursorPaging.Cursor, Limit: in.Query.CursorPaging.Limit}
	for _, s := range in.Query.Sort {
		q.Sort = append(q.Sort, config.Sort{Field: s.FieldName, Order: s.Order})
	}
	return q, nil
}

func pageAnswer(page *config.Page, fields []string) (*api.QueryAutomationsResponse, error) {
	answer := &api.QueryAutomationsResponse{
		Automations: make([]api.AutomationDocument, len(page.Automations)),
		PagingMetadata: api.Paging{
			Count: len(page.Automations), Cursors: api.Cursors{Next: page.Next, Prev: page.Prev}, HasNext: page.Next != "",
		},
	}
	for i := range page.Automations {
		doc, err := documentOf(&page.Automations[i], fields)
		if err != nil {
			return nil, err
		}
		answer.Automations[i] = doc
	}
	return answer, nil
}

// checkFields refuses words that the wire does not know.
//
// Source: the compatible wire, RequestedFields.
func checkFields(fields []string) error {
	for i, word := range fields {
		switch word {
		case withSchemas, asStored, "FILTERABLE_EXTERNAL_VALUES", "FILTERABLE_APP_DEFINED_ACTIONS":
		default:
			return belay.Invalid(fmt.Sprintf("fields[%d]", i), "ENUM",
				"must be one of OVERRIDE_SCHEMA, AS_STORED, FILTERABLE_EXTERNAL_VALUES, FILTERABLE_APP_DEFINED_ACTIONS")
		}
	}
	return nil
}

func automationAnswer(a *belay.Automation, fields []string) (*api.AutomationResponse, error) {
	doc, err := documentOf(a, fields)
	if err != nil {
		return nil, err
	}
	return &api.AutomationResponse{Automation: doc}, nil
}

// shownDocument returns a document less the schemas that fields does not ask for,
// and filled with what the wire always has unless fields asks for it as it is
// stored.
func shownDocument(document json.RawMessage, fields []string) (map[string]json.RawMessage, error) {
	var top map[string]json.RawMessage
	if err := jsonv2.Unmarshal(document, &top); err != nil {
		return nil, err
	}
	if !slices.Contains(fields, withSchemas) {
		if err := leaveSchemasOut(top); err != nil {
			return nil, err
		}
	}
	if !slices.Contains(fields, asStored) {
		if err := fillIn(top); err != nil {
			return nil, err
		}
	}
	return top, nil
}

// documentOf returns an automation's document as it is shown, with the server's own
// fields laid over it.
func documentOf(a *belay.Automation, fields []string) (api.AutomationDocument, error) {
	top, err := shownDocument(a.Document, fields)
	if err != nil {
		return nil, fmt.Errorf("httpapi: stored automation %s: %w", a.ID, err)
	}
	own := map[string]any{
		"id": a.ID.String(), "revision": api.Int64(a.Revision), "createdDate": when(a.CreatedAt), "updatedDate": when(a.UpdatedAt),
		"createdBy": identityOf(a.CreatedBy), "updatedBy": identityOf(a.UpdatedBy),
	}
	if a.Draft != nil {
		own["draftInfo"] = draftInfoOf(a.Draft)
	}
	if p := a.Preinstalled; p != nil {
		own["preinstalledInfo"] = api.PreinstalledInfo{
			AppID: p.AppID.String(), ComponentID: p.ComponentID.String(), ComponentVersion: p.ComponentVersion, Override: p.Override,
		}
	}
	for name, value := range own {
		raw, err := jsonv2.Marshal(value)
		if err != nil {
			return nil, fmt.Errorf("httpapi: automation %s: %w", a.ID, err)
		}
		top[name] = raw
	}
	doc, err := compact(top)
	if err != nil {
		return nil, fmt.Errorf("httpapi: automation %s: %w", a.ID, err)
	}
	return api.AutomationDocument(doc), nil
}

// leaveSchemasOut removes configuration.trigger.overrideSchema and each action's
// appDefinedInfo.overrideOutputSchema.
func leaveSchemasOut(top map[string]json.RawMessage) error {
	return within(top, "configuration", func(configuration map[string]json.RawMessage) error {
		err := within(configuration, "trigger", func(trigger map[string]json.RawMessage) error {
			delete(trigger, "overrideSchema")
			return nil
		})
		if err != nil {
			return err
		}
		return within(configuration, "actions", func(actions map[string]json.RawMessage) error {
			for id := range actions {
				err := within(actions, id, func(action map[string]json.RawMessage) error {
					return within(action, "appDefinedInfo", func(info map[string]json.RawMessage) error {
						delete(info, "overrideOutputSchema")
						return nil
					})
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// fillIn adds what an automation of the compatible wire always has.
//
// Source: the compatible wire, the non-nullable fields of its answers.
func fillIn(top map[string]json.RawMessage) error {
	missing(top, "description", `""`)
	missing(top, "settings", "{}")
	return within(top, "configuration", func(configuration map[string]json.RawMessage) error {
		err := within(configuration, "trigger", func(trigger map[string]json.RawMessage) error {
			missing(trigger, "filters", "[]")
			return nil
		})
		if err != nil {
			return err
		}
		return within(configuration, "actions", func(actions map[string]json.RawMessage) error {
			for id := range actions {
				if err := within(actions, id, fillActionIn); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

func fillActionIn(action map[string]json.RawMessage) error {
	for info, lists := range map[string][]string{
		"appDefinedInfo": {"postActionIds"}, "delayInfo": {"postActionIds"}, "rateLimitInfo": {"postActionIds"},
		"setVariablesInfo": {"postActionIds"}, "conditionInfo": {"truePostActionIds", "falsePostActionIds"},
	} {
		err := within(action, info, func(inner map[string]json.RawMessage) error {
			for _, list := range lists {
				missing(inner, list, "[]")
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func missing(object map[string]json.RawMessage, key, value string) {
	if given := object[key]; len(given) == 0 || string(given) == "null" {
		object[key] = json.RawMessage(value)
	}
}

// within changes the object under a key, where there is one.
func within(object map[string]json.RawMessage, key string, change func(map[string]json.RawMessage) error) error {
	if !isObject(object[key]) {
		return nil
	}
	var inner map[string]json.RawMessage
	if err := jsonv2.Unmarshal(object[key], &inner); err != nil {
		return err
	}
	if err := change(inner); err != nil {
		return err
	}
	changed, err := compact(inner)
	if err != nil {
		return err
	}
	object[key] = changed
	return nil
}

// masked returns stored with the parts that the mask names taken from given; a
// part that given does not have is removed. The mask is paths joined by commas.
func masked(stored, given json.RawMessage, mask string) (json.RawMessage, error) {
	var to, from map[string]json.RawMessage
	if err := jsonv2.Unmarshal(stored, &to); err != nil {
		return nil, fmt.Errorf("httpapi: stored automation: %w", err)
	}
	if err := jsonv2.Unmarshal(given, &from); err != nil {
		return nil, belay.Invalid("automation", "TYPE", "must be an object")
	}
	for path := range strings.SplitSeq(mask, ",") {
		path = strings.TrimPrefix(strings.TrimSpace(path), "automation.")
		if path == "" || strings.Contains("."+path+".", "..") {
			return nil, belay.Invalid("fieldMask", "FORMAT", "must be paths such as configuration.status, joined by commas")
		}
		if err := copyPath(to, from, strings.Split(path, ".")); err != nil {
			return nil, fmt.Errorf("httpapi: masked automation: %w", err)
		}
	}
	doc, err := compact(to)
	if err != nil {
		return nil, fmt.Errorf("httpapi: masked automation: %w", err)
	}
	return doc, nil
}

// copyPath makes what is at a path in to be what is there in from.
func copyPath(to, from map[string]json.RawMessage, path []string) error {
	key := path[0]
	value, there := from[key]
	if len(path) == 1 {
		switch {
		case there:
			to[key] = value
		case key == "overrideSchema" || key == "overrideOutputSchema":
			to[key] = json.RawMessage("null") // as what is left out stays
		default:
			delete(to, key)
		}
		return nil
	}
	inner := map[string]json.RawMessage{}
	if isObject(value) {
		if err := jsonv2.Unmarshal(value, &inner); err != nil {
			return err
		}
	}
	if !isObject(to[key]) {
		to[key] = json.RawMessage("{}")
	}
	return within(to, key, func(below map[string]json.RawMessage) error { return copyPath(below, inner, path[1:]) })
}

func isObject(raw json.RawMessage) bool { return len(raw) > 0 && raw[0] == '{' }

// compact writes an object with its keys in order and its texts as they are.
func compact(object map[string]json.RawMessage) (json.RawMessage, error) {
	return jsonv2.Marshal(object, jsonv2.Deterministic(true))
}
