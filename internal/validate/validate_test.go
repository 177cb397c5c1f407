package validate_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
	"github.com/belay-events/belay/internal/store"
	"github.com/belay-events/belay/internal/store/storetest"
	"github.com/belay-events/belay/internal/validate"
)

// id returns a GUID that ends in n.
func id(n byte) belay.ID { return belay.ID{0xaa, 6: 0x40, 8: 0x80, 15: n} }

var (
	operator = belay.Caller{Role: belay.RoleOperator, KeyID: id(0xff)}
	site     = id(1)
	app      = id(3)
	stranger = id(4) // an app that is not installed
	named    = map[string]string{"APP": app.String(), "STRANGER": stranger.String()}
)

const bookingSchema = `{"type": "object", "required": ["customer"], "properties": {
	"customer": {"type": "string", "title": "Customer", "examples": ["Ada"]},
	"contactId": {"type": "string", "format": "uuid", "identityType": "contact", "title": "Contact", "examples": ["00000000-0000-4000-8000-000000000000"]},
	"email": {"type": "string", "format": "email", "title": "Mail", "examples": ["ada@example.com"]},
	"seats": {"type": "integer", "title": "Seats", "examples": [2]},
	"paid": {"type": "boolean", "title": "Paid", "examples": [true]},
	"lines": {"type": "array", "title": "Lines", "examples": [[]], "items": {"type": "object", "properties": {
		"sku": {"type": "string", "title": "Article"}, "quantity": {"type": "integer", "title": "Quantity"}}}}}}`

const startingSchema = `{"type": "object", "properties": {
	"startsAt": {"type": "string", "format": "date-time", "futureDate": true, "title": "Start", "examples": ["2030-01-01T09:00:00Z"]}}}`

const bookingFilters = `[
	{"id": "f0000000-0000-4000-8000-000000000001", "fieldKeyType": "STATIC_FIELD_KEY", "staticFieldKey": "service",
	 "valueInput": {"type": "ENTITY_SELECTOR", "label": "Service", "required": true, "entitySelector": {"id": "services"}}}]`

const invoiceInput = `{"type": "object", "required": ["to", "amount"], "additionalProperties": false, "properties": {
	"to": {"type": "string", "format": "email"}, "amount": {"type": "number", "minimum": 1}, "note": {"type": "string", "maxLength": 10},
	"kind": {"enum": ["draft", "final"]}, "when": {"type": "string", "format": "date-time"},
	"lines": {"type": "array", "items": {"type": "object", "required": ["sku"], "properties": {"sku": {"type": "string"}, "quantity": {"type": "number"}}}}}}`

const invoiceOutput = `{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "$defs": {"money": {"type": "number"}},
	"properties": {"invoiceId": {"type": "string", "format": "uuid"}, "total": {"$ref": "#/$defs/money"}}}`

// providers is what apps answer in a test.
type providers struct {
	trigger, action []validate.Complaint
	schema          string
	err             error
	asked           []string
}

func (p *providers) CheckTrigger(_ context.Context, _ belay.ID, use *belay.TriggerUse) ([]validate.Complaint, error) {
	p.asked = append(p.asked, use.TriggerKey)
	return p.trigger, p.err
}

func (p *providers) CheckAction(_ context.Context, _ belay.ID, use *belay.AppDefinedInfo) ([]validate.Complaint, error) {
	p.asked = append(p.asked, use.ActionKey)
	return p.action, p.err
}

func (p *providers) PayloadSchema(context.Context, belay.ID, *belay.TriggerUse) (json.RawMessage, error) {
	return json.RawMessage(p.schema), p.err
}

type doer struct{}

func (doer) Do(context.Context, action.Attempt) action.Outcome { return action.Outcome{} }

func newValidator(t testing.TB, p validate.Providers) *validate.Validator {
	t.Helper()
	s := storetest.NewModel()
	actions, err := action.NewRegistry(action.Definition{
		Key: "notify", Name: "Notify", Do: doer{}, Timeout: time.Second,
		InputSchema:  json.RawMessage(`{"type": "object", "properties": {"message": {"type": "string"}}}`),
		OutputSchema: json.RawMessage(`{"type": "object", "properties": {"sent": {"type": "boolean"}}}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	book, err := config.Open(t.Context(), config.Options{
		Store: s, Commit: func(ctx context.Context, b *store.Batch) (*store.Result, error) { return s.Commit(ctx, b) },
		Now:     func() belay.Instant { return belay.At(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)) },
		Carried: func(a belay.ID, key string) bool { return a == app || key == "notify" },
		Inputs: func(a belay.ID, _, place string, mapping map[string]any) []belay.Violation {
			if a == belay.BuiltIn && mapping["message"] == nil {
				return []belay.Violation{{Field: place + ".message", Rule: "REQUIRED", Description: "is required"}}
			}
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	_, _, err = book.PutSite(ctx, operator, belay.Site{ID: site, Name: "Salon", TimeZone: "Europe/Berlin"})
	for n, a := range []belay.ID{app, stranger} {
		_, _, other := book.PutApp(ctx, operator, belay.App{ID: a, Name: fmt.Sprintf("App %d", n)})
		err = errors.Join(err, other)
	}
	_, _, installed := book.Install(ctx, operator, site, app, belay.ID{})
	err = errors.Join(err, installed)
	for _, in := range []config.TriggerInput{
		{AppID: app, Key: "booked", Name: "Booked", Schema: json.RawMessage(bookingSchema)},
		{AppID: app, Key: "filtered", Name: "Filtered", Schema: json.RawMessage(bookingSchema), Filters: json.RawMessage(bookingFilters)},
		{AppID: app, Key: "starting", Name: "Starting", Schema: json.RawMessage(startingSchema)},
		{AppID: app, Key: "old", Name: "Old trigger", Schema: json.RawMessage(bookingSchema), Hidden: true},
		{AppID: stranger, Key: "booked", Name: "Booked", Schema: json.RawMessage(bookingSchema)},
	} {
		_, _, put := book.PutTrigger(ctx, operator, in)
		err = errors.Join(err, put)
	}
	_, _, put := book.PutAction(ctx, operator, belay.ActionDeclaration{
		AppID: app, Key: "invoice", Name: "Send an invoice", InputSchema: json.RawMessage(invoiceInput), OutputSchema: json.RawMessage(invoiceOutput),
		BaseURL: "https://example.com",
	})
	if err := errors.Join(err, put); err != nil {
		t.Fatal(err)
	}
	return &validate.Validator{Book: book, Actions: actions, Providers: p}
}

// automation is one of the trigger "booked"; parts stand in place of its own.
func automation(parts map[string]string) string {
	doc := map[string]string{
		"trigger": `{"appId": "APP", "triggerKey": "booked"}`,
		"roots":   `["a"]`,
		"actions": `{"a": {"type": "APP_DEFINED", "appDefinedInfo": {"appId": "belay", "actionKey": "notify", "inputMapping": {"message": "{{customer}}"}}}}`,
	}
	maps.Copy(doc, parts)
	text := `{"name": "Test", "origin": "USER", "configuration": {"status": "ACTIVE", "trigger": ` + doc["trigger"] +
		`, "rootActionIds": ` + doc["roots"] + `, "actions": ` + doc["actions"] + `}}`
	for name, value := range named {
		text = strings.ReplaceAll(text, `"`+name+`"`, `"`+value+`"`)
	}
	return text
}

// invoice is an action of the app, with a mapping and what follows it.
func invoice(mapping, post string) string {
	return `{"type": "APP_DEFINED", "namespace": "bill", "appDefinedInfo": {"appId": "APP", "actionKey": "invoice", "inputMapping": ` + mapping + `, "postActionIds": ` + post + `}}`
}

// lines writes a report in one line for each finding.
func lines(r *validate.Report) []string {
	var all []string
	tell := func(part string, found []validate.Finding) {
		for _, f := range found {
			if f.Complaint != nil {
				all = append(all, fmt.Sprintf("%s %s %s: %s", part, f.Severity, f.Complaint.Title, f.Complaint.Message))
				continue
			}
			field := strings.TrimPrefix(strings.TrimPrefix(f.Field, "automation."), "configuration.")
			all = append(all, fmt.Sprintf("%s %s %s(%s) %s [%s] %s", part, f.Severity, f.Type, f.Reason, field, f.FieldKey, f.Message))
		}
	}
	tell("trigger", r.Trigger)
	for _, a := range r.Actions {
		tell(a.ID, a.Findings)
	}
	tell("whole", r.Whole)
	return all
}

const good = `{"to": "{{email}}", "amount": "{{seats}}"}`

func TestWhatStandsAgainstAnAutomation(t *testing.T) {
	v := newValidator(t, nil)
	for name, tt := range map[string]struct {
		parts map[string]string
		want  []string
	}{
		"nothing": {nil, nil},
		"an unknown trigger": {
			map[string]string{"trigger": `{"appId": "APP", "triggerKey": "bookd"}`},
			[]string{"trigger ERROR NOT_FOUND(NOT_FOUND) trigger.triggerKey [] names a trigger that the app has not declared"},
		},
		"a key that is none": {
			map[string]string{"trigger": `{"appId": "APP", "triggerKey": "Booked!"}`},
			[]string{"trigger ERROR INVALID_TRIGGER_KEY(PATTERN) trigger.triggerKey [] must begin with a lowercase letter or a digit and hold only lowercase letters, digits, '-' and '_'"},
		},
		"a key that is too long": {
			map[string]string{"trigger": `{"appId": "APP", "triggerKey": "` + strings.Repeat("k", 101) + `"}`},
			[]string{"trigger ERROR INVALID_TRIGGER_KEY(MAX_LENGTH) trigger.triggerKey [] must be at most 100 characters long, is 101"},
		},
		"a trigger of an app that is not there": {
			map[string]string{"trigger": `{"appId": "STRANGER", "triggerKey": "booked"}`},
			[]string{"trigger ERROR APP_NOT_INSTALLED(APP_NOT_INSTALLED) trigger.appId [] names an app that is not installed on the site"},
		},
		"a trigger that is offered no more": {
			map[string]string{"trigger": `{"appId": "APP", "triggerKey": "old"}`},
			[]string{"trigger WARNING DEPRECATED(HIDDEN) trigger.triggerKey [] names a hidden trigger, which is offered to nobody; events under it still count"},
		},
		"an offset before what has no time": {
			map[string]string{"trigger": `{"appId": "APP", "triggerKey": "booked", "scheduledEventOffset": {"preScheduledEventOffsetExpression": "{{1}}", "scheduledEventOffsetTimeUnit": "DAYS"}}`},
			[]string{"trigger ERROR (REAL_TIME_TRIGGER) trigger.scheduledEventOffset [] may be given for a scheduled trigger only, and booked is real-time"},
		},
		"an offset that is no number": {
			map[string]string{
				"trigger": `{"appId": "APP", "triggerKey": "starting", "scheduledEventOffset": {"preScheduledEventOffsetExpression": "one", "scheduledEventOffsetTimeUnit": "DAYS"}}`,
				"actions": `{"a": {"type": "APP_DEFINED", "appDefinedInfo": {"appId": "belay", "actionKey": "notify", "inputMapping": {"message": "x"}}}}`,
			},
			[]string{"trigger ERROR (ARGUMENT_VALUE) trigger.scheduledEventOffset.preScheduledEventOffsetExpression [] the value is text that is not a number (at character 1)"},
		},
		"filters": {
			map[string]string{"trigger": `{"appId": "APP", "triggerKey": "booked", "filters": [
				{"fieldKey": "customer", "filterExpression": "{{contains([\"Ada\"];var(\"customer\"))}}"},
				{"fieldKey": "seats", "filterExpression": "{{gt(seats)}}"},
				{"fieldKey": "paid", "filterExpression": "{{customer}}"},
				{"fieldKey": "shop", "filterExpression": "{{not(isEmpty(shop))}}"}]}`},
			[]string{
				`trigger ERROR INVALID_FILTER_EXPRESSION(ARITY) trigger.filters[1].filterExpression [seats] gt takes 2 values, not 1 (at character 3)`,
				`trigger ERROR INVALID_FILTER_EXPRESSION(ARGUMENT_TYPE) trigger.filters[2].filterExpression [paid] the value is text, not true or false (at character 1)`,
				`trigger WARNING INVALID_FILTER_EXPRESSION(UNKNOWN_VARIABLE) trigger.filters[3].filterExpression [shop] there is no field shop in the schema (at character 15)`,
				`trigger WARNING INVALID_FILTER_FIELD_KEY(UNKNOWN_VARIABLE) trigger.filters[3].fieldKey [shop] names neither a filter that the trigger offers nor a property of its payload`,
			},
		},
		"a filter too many": {
			map[string]string{"trigger": `{"appId": "APP", "triggerKey": "booked", "filters": [` + strings.TrimSuffix(strings.Repeat(`{"fieldKey": "paid", "filterExpression": "{{paid}}"},`, 6), ",") + `]}`},
			[]string{"trigger ERROR (MAX_ITEMS) trigger.filters [] must have at most 5 items, has 6"},
		},
		"a filter that must be set": {
			map[string]string{"trigger": `{"appId": "APP", "triggerKey": "filtered"}`},
			[]string{`trigger ERROR MISSING_REQUIRED_FILTER(REQUIRED) trigger.filters [service] lacks the filter "Service", which the trigger requires`},
		},
		"a filter that is set": {
			map[string]string{"trigger": `{"appId": "APP", "triggerKey": "filtered", "filters": [{"fieldKey": "service", "filterExpression": "{{contains([1];seats)}}"}]}`}, nil,
		},
		"a schema in place of the declared one": {
			map[string]string{
				"trigger": `{"appId": "APP", "triggerKey": "booked", "overrideSchema": {"type": "object", "properties": {"customer": {"type": "number"}}}}`,
				"actions": `{"a": {"type": "DELAY", "delayInfo": {"offsetExpression": "{{customer}}", "offsetTimeUnit": "DAYS"}}}`,
			},
			nil,
		},
		"an unknown action": {
			map[string]string{"actions": `{"a": {"type": "APP_DEFINED", "appDefinedInfo": {"appId": "APP", "actionKey": "invoic"}}}`},
			[]string{"a ERROR NOT_FOUND(NOT_FOUND) actions.a.appDefinedInfo.actionKey [actionKey] names an action that the app has not declared"},
		},
		"an unknown built-in action": {
			map[string]string{"actions": `{"a": {"type": "APP_DEFINED", "appDefinedInfo": {"appId": "belay", "actionKey": "invoice", "inputMapping": {"message": "x"}}}}`},
			[]string{`a ERROR NOT_FOUND(NOT_FOUND) actions.a.appDefinedInfo.actionKey [actionKey] names no built-in action: "invoice"`},
		},
		"an action key that is none": {
			map[string]string{"actions": `{"a": {"type": "APP_DEFINED", "appDefinedInfo": {"appId": "APP", "actionKey": "Invoice"}}}`},
			[]string{"a ERROR INVALID_ACTION_KEY(PATTERN) actions.a.appDefinedInfo.actionKey [actionKey] must begin with a lowercase letter or a digit and hold only lowercase letters, digits, '-' and '_'"},
		},
		"an action of an app that is not there": {
			map[string]string{"actions": `{"a": {"type": "APP_DEFINED", "appDefinedInfo": {"appId": "STRANGER", "actionKey": "x"}}}`},
			[]string{
				"a ERROR (NOT_SUPPORTED_YET) actions.a.appDefinedInfo.actionKey [actionKey] the action \"x\" of the app " + stranger.String() + " does not run yet",
				"a ERROR APP_NOT_INSTALLED(APP_NOT_INSTALLED) actions.a.appDefinedInfo.appId [appId] names an app that is not installed on the site",
				"a ERROR NOT_FOUND(NOT_FOUND) actions.a.appDefinedInfo.actionKey [actionKey] names an action that the app has not declared",
			},
		},
		"an input of the wrong types": {
			map[string]string{"actions": `{"a": ` + invoice(`{"to": "{{lines}}", "amount": "{{customer}}", "when": "{{email}}", "note": "{{seats}}", "lines": [{"sku": "{{paid}}", "quantity": "{{customer}}"}]}`, "[]") + `}`},
			[]string{
				"a ERROR MAPPING_TYPE_MISMATCH(TYPE) actions.a.appDefinedInfo.inputMapping.amount [amount] the value is text, not a number",
				"a ERROR MAPPING_TYPE_MISMATCH(TYPE) actions.a.appDefinedInfo.inputMapping.lines[0].quantity [lines] the value is text, not a number",
				"a ERROR MAPPING_TYPE_MISMATCH(TYPE) actions.a.appDefinedInfo.inputMapping.to [to] the value is a list, not text",
				"a ERROR MAPPING_TYPE_MISMATCH(TYPE) actions.a.appDefinedInfo.inputMapping.when [when] the value is text of the format email, not date-time",
			},
		},
		"an input that lacks and has too much": {
			map[string]string{"actions": `{"a": ` + invoice(`{"amount": 0, "kind": "other", "note": "{{customer}} and more than ten", "lines": [{}], "extra": 1}`, "[]") + `}`},
			[]string{
				"a ERROR MAPPING_SCHEMA_MISMATCH(MINIMUM) actions.a.appDefinedInfo.inputMapping.amount [amount] must be at least 1",
				"a ERROR MAPPING_SCHEMA_MISMATCH(NOT_ALLOWED) actions.a.appDefinedInfo.inputMapping.extra [extra] is not a property of the schema",
				"a ERROR MAPPING_SCHEMA_MISMATCH(ENUM) actions.a.appDefinedInfo.inputMapping.kind [kind] must be one of the values that the schema lists",
				"a ERROR MAPPING_MISSING_REQUIRED_FIELD(REQUIRED) actions.a.appDefinedInfo.inputMapping.lines[0].sku [lines] is missing",
				"a ERROR MAPPING_MISSING_REQUIRED_FIELD(REQUIRED) actions.a.appDefinedInfo.inputMapping.to [to] is missing",
			},
		},
		"an input with bad expressions": {
			map[string]string{"actions": `{"a": ` + invoice(`{"to": "{{email", "amount": "{{sum(paid;nope)}}"}`, "[]") + `}`},
			[]string{
				"a ERROR MAPPING_TYPE_MISMATCH(ARGUMENT_TYPE) actions.a.appDefinedInfo.inputMapping.amount [amount] sum: value 1 (paid) is true or false, not a number (at character 7)",
				"a WARNING MAPPING_VARIABLE_MISSING_FROM_SCHEMA(UNKNOWN_VARIABLE) actions.a.appDefinedInfo.inputMapping.amount [amount] there is no field nope in the schema (at character 12)",
				"a ERROR INVALID_MAPPING(SYNTAX) actions.a.appDefinedInfo.inputMapping.to [to] {{ is never closed by }} (at character 1)",
			},
		},
		"an input that is no object": {
			map[string]string{"actions": `{"a": ` + invoice(`["x"]`, "[]") + `}`},
			[]string{"a ERROR INVALID_MAPPING(TYPE) actions.a.appDefinedInfo.inputMapping [inputMapping] must be an object"},
		},
		"a built-in action without its input": {
			map[string]string{"actions": `{"a": {"type": "APP_DEFINED", "appDefinedInfo": {"appId": "belay", "actionKey": "notify"}}}`},
			[]string{"a ERROR MAPPING_MISSING_REQUIRED_FIELD(REQUIRED) actions.a.appDefinedInfo.inputMapping.message [message] is required"},
		},
		"what comes before is seen": {
			map[string]string{"actions": `{
				"a": ` + invoice(good, `["b"]`) + `,
				"b": {"type": "SET_VARIABLES", "setVariablesInfo": {"outputMapping": {"double": "{{multiply(bill.total;2)}}"}, "postActionIds": ["c"]}},
				"c": ` + strings.Replace(invoice(`{"to": "{{email}}", "amount": "{{setVariable.double}}", "note": "{{bill.invoiceId}}"}`, `[]`), "bill", "again", 1) + `}`},
			nil,
		},
		"what does not come before is missing": {
			map[string]string{"roots": `["a", "c"]`, "actions": `{
				"a": ` + invoice(`{"to": "{{again.to}}", "amount": "{{setVariable.double}}"}`, `["b"]`) + `,
				"b": {"type": "SET_VARIABLES", "setVariablesInfo": {"outputMapping": {"double": "{{bill.totl}}", "x": "{{setVariable.y}}"}, "postActionIds": []}},
				"c": ` + strings.Replace(invoice(good, `[]`), "bill", "again", 1) + `}`},
			[]string{
				"a ERROR MAPPING_VARIABLE_MISSING_FROM_SCHEMA(UNKNOWN_VARIABLE) actions.a.appDefinedInfo.inputMapping.amount [amount] setVariable.double is what an action gives that does not come before this one (at character 3)",
				"a ERROR MAPPING_VARIABLE_MISSING_FROM_SCHEMA(UNKNOWN_VARIABLE) actions.a.appDefinedInfo.inputMapping.to [to] again.to is what an action gives that does not come before this one (at character 3)",
				"b WARNING MAPPING_VARIABLE_MISSING_FROM_SCHEMA(UNKNOWN_VARIABLE) actions.b.setVariablesInfo.outputMapping.double [double] there is no field bill.totl in the schema (at character 3)",
				"b ERROR MAPPING_VARIABLE_MISSING_FROM_SCHEMA(UNKNOWN_VARIABLE) actions.b.setVariablesInfo.outputMapping.x [x] setVariable.y is what an action gives that does not come before this one (at character 3)",
			},
		},
		"conditions and delays": {
			map[string]string{"roots": `["c"]`, "actions": `{
				"c": {"type": "CONDITION", "skipActionExpression": "{{1}}", "conditionInfo": {"orExpressionGroups": [{"operator": "AND", "booleanExpressions": ["{{paid}}", "{{seats}}"]}], "truePostActionIds": ["d"]}},
				"d": {"type": "DELAY", "delayInfo": {"offsetExpression": "{{lines}}", "offsetTimeUnit": "DAYS", "dueDateExpression": "{{email}}", "postActionIds": []}}}`},
			[]string{
				"c ERROR INVALID_MAPPING(ARGUMENT_VALUE) actions.c.skipActionExpression [skipActionExpression] the value is a number, not true or false (at character 1)",
				"c ERROR MAPPING_TYPE_MISMATCH(ARGUMENT_TYPE) actions.c.conditionInfo.orExpressionGroups[0].booleanExpressions[1] [booleanExpressions[1]] the value is a number, not true or false (at character 1)",
				"d ERROR MAPPING_TYPE_MISMATCH(ARGUMENT_TYPE) actions.d.delayInfo.offsetExpression [offsetExpression] the value is a list, not a number (at character 1)",
				"d ERROR MAPPING_TYPE_MISMATCH(ARGUMENT_TYPE) actions.d.delayInfo.dueDateExpression [dueDateExpression] the value is text of the format email, not a date (at character 1)",
			},
		},
		"rate limits": {
			map[string]string{
				"trigger": `{"appId": "APP", "triggerKey": "booked", "rateLimit": {"maxActivationsExpression": "{{lines}}", "durationExpression": "{{paid}}", "durationTimeUnit": "DAYS", "uniqueIdentifierExpression": "{{custmer}}"}}`,
				"actions": `{"a": {"type": "RATE_LIMIT", "rateLimitInfo": {"maxActivationsExpression": "{{lines}}", "rateLimitDurationExpression": "{{1}}", "rateLimitDurationTimeUnit": "DAYS", "uniqueIdentifierExpression": "{{lower(lines)}}"}}}`,
			},
			[]string{
				"trigger ERROR (ARGUMENT_TYPE) trigger.rateLimit.maxActivationsExpression [] the value is a list, not a number (at character 1)",
				"trigger ERROR (ARGUMENT_TYPE) trigger.rateLimit.durationExpression [] the value is true or false, not a number (at character 1)",
				"trigger WARNING (UNKNOWN_VARIABLE) trigger.rateLimit.uniqueIdentifierExpression [] there is no field custmer in the schema (at character 3)",
				"a ERROR MAPPING_TYPE_MISMATCH(ARGUMENT_TYPE) actions.a.rateLimitInfo.maxActivationsExpression [maxActivationsExpression] the value is a list, not a number (at character 1)",
				"a ERROR MAPPING_TYPE_MISMATCH(ARGUMENT_TYPE) actions.a.rateLimitInfo.uniqueIdentifierExpression [uniqueIdentifierExpression] lower: value 1 (lines) is a list, not text (at character 9)",
			},
		},
		"a trigger that every site has": {
			map[string]string{
				"trigger": `{"appId": "belay", "triggerKey": "custom", "automationConfigMapping": {"hookId": "new-lead"}, "overrideSchema": {"type": "object", "properties": {"lead": {"type": "string"}}}}`,
				"actions": `{"a": {"type": "APP_DEFINED", "appDefinedInfo": {"appId": "belay", "actionKey": "notify", "inputMapping": {"message": "{{lead}} of {{hookId}}, {{customer}}"}}}}`,
			},
			[]string{"a WARNING MAPPING_VARIABLE_MISSING_FROM_SCHEMA(UNKNOWN_VARIABLE) actions.a.appDefinedInfo.inputMapping.message [message] there is no field customer in the schema (at character 27)"},
		},
		"a trigger that every site has, without its setting": {
			map[string]string{
				"trigger": `{"appId": "belay", "triggerKey": "custom"}`,
				"actions": `{"a": {"type": "APP_DEFINED", "appDefinedInfo": {"appId": "belay", "actionKey": "notify", "inputMapping": {"message": "x"}}}}`,
			},
			[]string{"trigger ERROR (REQUIRED) trigger.automationConfigMapping.hookId [] is required: it is what the automation is called by"},
		},
		"an action that is led to and is not there": {
			map[string]string{"actions": `{"a": ` + invoice(good, `["z"]`) + `}`},
			[]string{`a ERROR POST_ACTION_NOT_FOUND(POST_ACTION_NOT_FOUND) actions.a.appDefinedInfo.postActionIds[0] [postActionIds[0]] names "z", which is not among the actions`},
		},
		"a root that is not there": {
			map[string]string{"roots": `["a", "z"]`},
			[]string{`whole ERROR (POST_ACTION_NOT_FOUND) rootActionIds[1] [] names "z", which is not among the actions`},
		},
		"a cycle": {
			map[string]string{"actions": `{"a": ` + invoice(good, `["b"]`) + `, "b": ` + strings.Replace(invoice(good, `["a"]`), "bill", "b", 1) + `}`},
			[]string{`whole ERROR (CYCLE) actions.b.appDefinedInfo.postActionIds[0] [] leads back to "a"`},
		},
		"an action that nothing leads to": {
			map[string]string{"actions": `{"a": ` + invoice(good, `[]`) + `, "b": ` + invoice(good, `[]`) + `}`},
			[]string{`whole ERROR (ORPHAN) actions.b [] is led to by nothing`},
		},
		"two that lead to one": {
			map[string]string{"roots": `["a", "b"]`, "actions": `{"a": ` + invoice(good, `["c"]`) + `, "b": ` + invoice(good, `["c"]`) + `, "c": ` + invoice(good, `[]`) + `}`},
			[]string{`whole ERROR (TWO_PARENTS) actions.b.appDefinedInfo.postActionIds[0] [] leads to "c", which a leads to already; only an action of type MERGE may be led to twice`},
		},
		"no action": {
			map[string]string{"roots": `[]`, "actions": `{}`},
			[]string{`whole ERROR (MIN_ITEMS) rootActionIds [] needs at least one action`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := v.Validate(t.Context(), operator, site, json.RawMessage(automation(tt.parts)), validate.Settings{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, lines(r)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			bad := slices.ContainsFunc(tt.want, func(s string) bool { return strings.Contains(s, " ERROR ") })
			if r.Valid() == bad {
				t.Errorf("Valid = %v", r.Valid())
			}
			_, refused := v.Book.CreateAutomation(t.Context(), operator, site, json.RawMessage(automation(tt.parts)))
			if refused != nil && r.Valid() {
				t.Errorf("valid, and refused when it is activated: %v", refused)
			}
			status := map[bool]string{true: "INVALID", false: "VALID"}[bad]
			if !bad && len(tt.want) > 0 {
				status = "VALID_WITH_WARNINGS"
			}
			if r.Status() != status {
				t.Errorf("Status = %s, want %s", r.Status(), status)
			}
		})
	}
}

func TestOneOverEachCap(t *testing.T) {
	v := newValidator(t, nil)
	many := func(n int, item func(int) string) string {
		list := make([]string, n)
		for i := range list {
			list[i] = item(i)
		}
		return strings.Join(list, ", ")
	}
	delay := func(i int) string {
		return fmt.Sprintf(`"a%d": {"type": "DELAY", "delayInfo": {"offsetExpression": "{{1}}", "offsetTimeUnit": "DAYS"}}`, i)
	}
	quoted := func(i int) string { return fmt.Sprintf(`"a%d"`, i) }
	for name, tt := range map[string]struct {
		parts map[string]string
		want  string
	}{
		"actions": {map[string]string{"roots": `["a0"]`, "actions": "{" + many(46, delay) + "}"}, "configuration.actions must have at most 45 items, has 46"},
		"roots":   {map[string]string{"roots": "[" + many(21, quoted) + "]", "actions": "{" + many(21, delay) + "}"}, "configuration.rootActionIds must have at most 20 items, has 21"},
		"successors": {
			map[string]string{"roots": `["r"]`, "actions": `{"r": {"type": "DELAY", "delayInfo": {"offsetExpression": "{{1}}", "offsetTimeUnit": "DAYS", "postActionIds": [` + many(21, quoted) + `]}}, ` + many(21, delay) + "}"},
			"configuration.actions.r.delayInfo.postActionIds must have at most 20 items, has 21",
		},
		"groups": {
			map[string]string{"roots": `["c"]`, "actions": `{"c": {"type": "CONDITION", "conditionInfo": {"orExpressionGroups": [` + many(11, func(int) string { return `{"operator": "AND", "booleanExpressions": ["{{paid}}"]}` }) + `]}}}`},
			"configuration.actions.c.conditionInfo.orExpressionGroups must have at most 10 items, has 11",
		},
		"expressions": {
			map[string]string{"roots": `["c"]`, "actions": `{"c": {"type": "CONDITION", "conditionInfo": {"orExpressionGroups": [{"operator": "AND", "booleanExpressions": [` + many(21, func(int) string { return `"{{paid}}"` }) + `]}]}}}`},
			"configuration.actions.c.conditionInfo.orExpressionGroups[0].booleanExpressions must have at most 20 items, has 21",
		},
		"a filter": {
			map[string]string{"trigger": `{"appId": "APP", "triggerKey": "booked", "filters": [{"fieldKey": "paid", "filterExpression": "{{or(paid;false)}}` + strings.Repeat(" ", 4983) + `"}]}`},
			"configuration.trigger.filters[0].filterExpression must be at most 5000 characters long, is 5001",
		},
		"paths": {
			map[string]string{"roots": `["s"]`, "actions": `{"s": {"type": "SPLIT", "splitInfo": {"paths": [` + many(11, func(i int) string { return fmt.Sprintf(`{"name": "p%d"}`, i) }) + `]}}}`},
			"configuration.actions.s.splitInfo.paths must have at most 10 items, has 11",
		},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := v.Validate(t.Context(), operator, site, json.RawMessage(automation(tt.parts)), validate.Settings{})
			if err != nil {
				t.Fatal(err)
			}
			all := slices.Concat(r.Trigger, r.Whole)
			for _, a := range r.Actions {
				all = append(all, a.Findings...)
			}
			var got []string
			for _, f := range all {
				got = append(got, strings.TrimPrefix(f.Field, "automation.")+" "+f.Message)
			}
			if !slices.Contains(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestSomeActionsAlone(t *testing.T) {
	v := newValidator(t, nil)
	doc := json.RawMessage(automation(map[string]string{
		"trigger": `{"appId": "APP", "triggerKey": "none"}`, "roots": `["a", "b", "z"]`,
		"actions": `{"a": ` + invoice(`{}`, "[]") + `, "b": ` + invoice(`{"to": "{{email}}"}`, "[]") + `}`,
	}))
	r, err := v.Validate(t.Context(), operator, site, doc, validate.Settings{ActionIDs: []string{"b"}})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"b ERROR MAPPING_MISSING_REQUIRED_FIELD(REQUIRED) actions.b.appDefinedInfo.inputMapping.amount [amount] is missing"}
	if diff := cmp.Diff(want, lines(r)); diff != "" || len(r.Actions) != 1 {
		t.Errorf("%d actions, -want +got:\n%s", len(r.Actions), diff)
	}
	_, err = v.Validate(t.Context(), operator, site, doc, validate.Settings{ActionIDs: []string{"b", "x"}})
	var refused *belay.Error
	if !errors.As(err, &refused) || len(refused.Violations) != 1 || refused.Violations[0].Field != "validationSettings.actionIds[1]" {
		t.Errorf("an unknown action: %v", err)
	}
}

func TestProvidersAreAsked(t *testing.T) {
	p := &providers{
		trigger: []validate.Complaint{{FieldKey: "service", Title: "Gone", Message: "The service is gone."}},
		action:  []validate.Complaint{{Title: "No plan", Message: "Invoices need a plan."}},
		schema:  `{"properties": {"extra": {"type": "boolean"}}}`,
	}
	v := newValidator(t, p)
	doc := json.RawMessage(automation(map[string]string{"actions": `{"a": ` + invoice(`{"to": "{{extra}}", "amount": "{{extra}}"}`, "[]") + `}`}))
	r, err := v.Validate(t.Context(), operator, site, doc, validate.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"trigger ERROR Gone: The service is gone.",
		"a ERROR MAPPING_TYPE_MISMATCH(TYPE) actions.a.appDefinedInfo.inputMapping.amount [amount] the value is true or false, not a number",
		"a ERROR No plan: Invoices need a plan.",
	}
	if diff := cmp.Diff(want, lines(r)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if want := []string{"booked", "invoice"}; !slices.Equal(p.asked, want) {
		t.Errorf("asked %q, want %q", p.asked, want)
	}
	p.asked = nil
	if _, err := v.Validate(t.Context(), operator, site, doc, validate.Settings{SkipProviders: true}); err != nil || len(p.asked) > 0 {
		t.Errorf("asked %q, %v", p.asked, err)
	}
	p.err = errors.New("no route")
	r, err = v.Validate(t.Context(), operator, site, json.RawMessage(automation(nil)), validate.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{
		"trigger WARNING Not checked: the app could not be asked for the schema of the trigger's payload",
		"trigger WARNING Not checked: the app could not be asked",
	}; !slices.Equal(lines(r), want) || r.Status() != "VALID_WITH_WARNINGS" {
		t.Errorf("got %q, want %q", lines(r), want)
	}
}

func TestTheSchemaThatAnActionSees(t *testing.T) {
	v := newValidator(t, nil)
	doc := automation(map[string]string{"actions": `{
		"a": ` + invoice(good, `["b"]`) + `,
		"b": {"type": "SET_VARIABLES", "setVariablesInfo": {"outputMapping": {"double": "{{multiply(bill.total;2)}}"}, "outputSchema": {"type": "object", "properties": {"double": {"type": "number", "title": "Twice"}}}, "postActionIds": ["c"]}},
		"c": {"type": "SET_VARIABLES", "setVariablesInfo": {"outputMapping": {"name": "{{customer}}"}, "postActionIds": ["d"]}},
		"d": {"type": "APP_DEFINED", "appDefinedInfo": {"appId": "belay", "actionKey": "notify", "inputMapping": {"message": "x"}, "postActionIds": ["e"]}},
		"e": {"type": "DELAY", "delayInfo": {"offsetExpression": "{{1}}", "offsetTimeUnit": "DAYS"}}}`})
	doc = strings.Replace(doc, `"ACTIVE"`, `"INACTIVE"`, 1)
	a, err := v.Book.CreateAutomation(t.Context(), operator, site, json.RawMessage(doc))
	if err != nil {
		t.Fatal(err)
	}
	names := func(action string) (schema map[string]any, names []string) {
		t.Helper()
		schema, err := v.Schema(t.Context(), operator, site, a.ID, action)
		if err != nil {
			t.Fatal(err)
		}
		return schema, slices.Sorted(maps.Keys(schema["properties"].(map[string]any)))
	}
	if _, got := names("a"); !slices.Equal(got, []string{"contactId", "customer", "email", "lines", "paid", "seats"}) {
		t.Errorf("the first sees %q", got)
	}
	schema, got := names("e")
	if !slices.Equal(got, []string{"bill", "contactId", "customer", "email", "lines", "paid", "seats", "sent", "setVariable"}) {
		t.Errorf("the last sees %q", got)
	}
	want := map[string]any{
		"type": "object", "additionalProperties": false,
		"properties": map[string]any{
			"double": map[string]any{"type": "number", "title": "Twice"}, "name": map[string]any{"type": "string"},
		},
	}
	if diff := cmp.Diff(want, schema["properties"].(map[string]any)["setVariable"]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	bill := schema["properties"].(map[string]any)["bill"].(map[string]any)["properties"].(map[string]any)
	if diff := cmp.Diff(map[string]any{"type": "number"}, bill["total"]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if _, err := v.Schema(t.Context(), operator, site, a.ID, "z"); belay.CodeOf(err) != belay.NotFound {
		t.Errorf("an unknown action: %v", err)
	}
	if _, err := v.Schema(t.Context(), operator, site, id(9), "a"); belay.CodeOf(err) != belay.NotFound {
		t.Errorf("an unknown automation: %v", err)
	}
}

func TestADraftIsLookedAt(t *testing.T) {
	v := newValidator(t, nil)
	a, err := v.Book.CreateDraft(t.Context(), operator, site, json.RawMessage(`{"name": "New", "origin": "USER"}`))
	if err != nil {
		t.Fatal(err)
	}
	r, err := v.ValidateKept(t.Context(), operator, site, a.ID, validate.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	if r.Valid() || len(r.Trigger) == 0 || len(r.Whole) == 0 {
		t.Errorf("an empty draft: %q", lines(r))
	}
	if _, err := v.ValidateKept(t.Context(), operator, site, id(9), validate.Settings{}); belay.CodeOf(err) != belay.NotFound {
		t.Errorf("an unknown automation: %v", err)
	}
	app := belay.Caller{Role: belay.RoleApp, AppID: app}
	if _, err := v.ValidateKept(t.Context(), app, site, a.ID, validate.Settings{}); belay.CodeOf(err) != belay.PermissionDenied {
		t.Errorf("an app: %v", err)
	}
}

func TestProvidersAreToldWhatIsSelected(t *testing.T) {
	use := &belay.TriggerUse{Filters: []belay.TriggerFilter{
		{FieldKey: "service", Expression: `{{contains(["a%20b",5];var("service"))}}`},
		{FieldKey: "paid", Expression: `{{boolEq(var("paid");true)}}`},
		{FieldKey: "broken", Expression: `{{`},
	}}
	for range 5 {
		use.Filters = append(use.Filters, belay.TriggerFilter{FieldKey: "more"})
	}
	want := []validate.Option{
		{FieldKey: "service", Values: []string{"a b", "5"}},
		{FieldKey: "paid", Values: []string{"true"}},
		{FieldKey: "broken", Values: []string{}},
		{FieldKey: "more", Values: []string{}},
		{FieldKey: "more", Values: []string{}},
	}
	if diff := cmp.Diff(want, validate.Selected(use)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
