package config

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/belay-events/belay/internal/belay"
)

func filterJSON(change map[string]any) map[string]any {
	f := map[string]any{
		"id": id(9).String(), "fieldKeyType": "STATIC_FIELD_KEY", "staticFieldKey": "number",
		"valueInput": map[string]any{"type": "USER_INPUT", "label": "Number", "userInput": map[string]any{"type": "NUMBER"}},
	}
	for k, v := range change {
		set(f, k, v)
	}
	return f
}

func filtersOf(filters ...map[string]any) json.RawMessage {
	raw, err := json.Marshal(filters)
	if err != nil {
		panic(err)
	}
	return raw
}

func repeatFilter(n int, key string) []map[string]any {
	var list []map[string]any
	for i := range n {
		list = append(list, filterJSON(map[string]any{"id": id(byte(20 + i + len(key))).String()}))
	}
	return list
}

func TestPutTriggerRefusesWhatBreaksARule(t *testing.T) {
	yes, no := true, false
	for name, tt := range map[string]struct {
		change func(*TriggerInput)
		want   []breach
	}{
		"no key":              {func(in *TriggerInput) { in.Key = "" }, []breach{{"triggerKey", "REQUIRED"}}},
		"a key with capitals": {func(in *TriggerInput) { in.Key = "Paid" }, []breach{{"triggerKey", "PATTERN"}}},
		"no app":              {func(in *TriggerInput) { in.AppID = belay.ID{} }, []breach{{"appId", "REQUIRED"}}},
		"a name too short":    {func(in *TriggerInput) { in.Name = "Paid" }, []breach{{"displayName", "MIN_LENGTH"}}},
		"a name too long":     {func(in *TriggerInput) { in.Name = strings.Repeat("x", 81) }, []breach{{"displayName", "MAX_LENGTH"}}},
		"no schema":           {func(in *TriggerInput) { in.Schema = nil }, []breach{{"payloadSchema", "REQUIRED"}}},
		"a schema without a title": {func(in *TriggerInput) {
			in.Schema = json.RawMessage(`{"type":"object","properties":{"a":{"type":"string","examples":["x"]}}}`)
		}, []breach{{"payloadSchema.properties.a.title", "REQUIRED"}}},
		"a base URL of a file":     {func(in *TriggerInput) { in.BaseURL = "file:///etc/passwd" }, []breach{{"baseUrl", "FORMAT"}}},
		"a base URL with a user":   {func(in *TriggerInput) { in.BaseURL = "https://u:p@example.com" }, []breach{{"baseUrl", "FORMAT"}}},
		"a base URL too long":      {func(in *TriggerInput) { in.BaseURL = "https://example.com/" + strings.Repeat("x", 250) }, []breach{{"baseUrl", "MAX_LENGTH"}}},
		"said scheduled, is not":   {func(in *TriggerInput) { in.Scheduled = &yes }, []breach{{"scheduled", "SCHEDULED"}}},
		"said real-time, is not":   {func(in *TriggerInput) { in.Scheduled, in.Schema = &no, json.RawMessage(scheduled) }, []breach{{"scheduled", "SCHEDULED"}}},
		"filters that are no list": {func(in *TriggerInput) { in.Filters = json.RawMessage(`{}`) }, []breach{{"filters", "TYPE"}}},
		"six filters":              {func(in *TriggerInput) { in.Filters = filtersOf(repeatFilter(6, "")...) }, []breach{{"filters", "MAX_ITEMS"}}},
		"six follow-ups": {func(in *TriggerInput) {
			in.Filters = filtersOf(filterJSON(map[string]any{"followUpFilters": repeatFilter(6, "f")}))
		}, []breach{{"filters[0].followUpFilters", "MAX_ITEMS"}}},
		"a filter's ID":       {func(in *TriggerInput) { in.Filters = filtersOf(filterJSON(map[string]any{"id": "one"})) }, []breach{{"filters[0].id", "GUID"}}},
		"a filter's ID twice": {func(in *TriggerInput) { in.Filters = filtersOf(filterJSON(nil), filterJSON(nil)) }, []breach{{"filters[1].id", "UNIQUE"}}},
		"a filter's key type": {func(in *TriggerInput) {
			in.Filters = filtersOf(filterJSON(map[string]any{"fieldKeyType": "UNKNOWN_FIELD_KEY_TYPE"}))
		}, []breach{{"filters[0].fieldKeyType", "ENUM"}}},
		"a static filter's key": {func(in *TriggerInput) { in.Filters = filtersOf(filterJSON(map[string]any{"staticFieldKey": nil})) }, []breach{{"filters[0].staticFieldKey", "REQUIRED"}}},
		"a dynamic filter's key": {func(in *TriggerInput) {
			in.Filters = filtersOf(filterJSON(map[string]any{"fieldKeyType": "DYNAMIC_FIELD_KEY"}))
		}, []breach{{"filters[0].dynamicFieldKey", "REQUIRED"}}},
		"a filter without input": {func(in *TriggerInput) { in.Filters = filtersOf(filterJSON(map[string]any{"valueInput": nil})) }, []breach{{"filters[0].valueInput", "REQUIRED"}}},
		"a filter's input type":  {func(in *TriggerInput) { in.Filters = filtersOf(filterJSON(map[string]any{"valueInput/type": "TEXT"})) }, []breach{{"filters[0].valueInput.type", "ENUM"}}},
		"a filter's user input type": {func(in *TriggerInput) {
			in.Filters = filtersOf(filterJSON(map[string]any{"valueInput/userInput/type": "TEXT"}))
		}, []breach{{"filters[0].valueInput.userInput.type", "ENUM"}}},
		"static items without items": {func(in *TriggerInput) {
			in.Filters = filtersOf(filterJSON(map[string]any{"valueInput/type": "STATIC_ITEMS"}))
		}, []breach{{"filters[0].valueInput.staticItems.staticValues", "REQUIRED"}}},
		"all of them together": {func(in *TriggerInput) { in.Key, in.Name = "-", "x" }, []breach{{"triggerKey", "PATTERN"}, {"displayName", "MIN_LENGTH"}}},
	} {
		t.Run(name, func(t *testing.T) {
			in := TriggerInput{AppID: appID1, Key: "refunded", Name: "Invoice refunded", Schema: json.RawMessage(realTime)}
			tt.change(&in)
			_, _, err := newDesk(t).furnish().PutTrigger(t.Context(), operator, in)
			refusedWith(t, err, belay.InvalidArgument, "", tt.want...)
		})
	}
}

func TestUsedTriggerKeepsWhatAutomationsRelyOn(t *testing.T) {
	d := newDesk(t).furnish()
	free := TriggerInput{AppID: appID1, Key: "paid", Name: "Invoice paid", Schema: json.RawMessage(strings.ReplaceAll(realTime, `"string"`, `"number"`))}
	free.Schema = json.RawMessage(strings.ReplaceAll(string(free.Schema), `"R-1"`, `1`))
	_, done, err := d.PutTrigger(t.Context(), operator, free)
	if d.must(err); done != Updated {
		t.Fatalf("before the trigger is used, PutTrigger gave %v; want updated", done)
	}
	a := d.create(automation(map[string]any{"configuration/status": "INACTIVE"}))
	d.must(d.DeleteAutomation(t.Context(), operator, siteID, a.ID))

	fixed := free
	fixed.Schema, fixed.BaseURL = json.RawMessage(realTime), "https://example.com"
	_, _, err = d.PutTrigger(t.Context(), operator, fixed)
	refusedWith(t, err, belay.FailedPrecondition, "TRIGGER_IN_USE",
		breach{"payloadSchema.properties.number.type", "TYPE_FIXED"}, breach{"baseUrl", "BASE_URL_FIXED"})
	refusedWith(t, d.DeleteTrigger(t.Context(), operator, appID1, "paid"), belay.FailedPrecondition, "TRIGGER_IN_USE")

	named := free
	named.Name, named.Hidden, named.Filters = "An invoice was paid", true, filtersOf(filterJSON(nil))
	got, done, err := d.PutTrigger(t.Context(), operator, named)
	if d.must(err); done != Updated || !got.Hidden {
		t.Errorf("PutTrigger gave %v, %+v; want the new name taken", done, got)
	}
	d.must(d.DeleteTrigger(t.Context(), operator, appID1, "starting"))
}

// A trigger that is used by another process between the check and the change
// must not change under it.
func TestTriggerUsedMeanwhileIsSeenByTheChange(t *testing.T) {
	d := newDesk(t).furnish()
	other := openDesk(t, d.store)
	d.before = func() { other.create(automation(nil)) }
	in := TriggerInput{AppID: appID1, Key: "paid", Name: "Invoice paid", Schema: json.RawMessage(realTime), BaseURL: "https://example.com"}
	_, _, err := d.PutTrigger(t.Context(), operator, in)
	refusedWith(t, err, belay.FailedPrecondition, "TRIGGER_IN_USE", breach{"baseUrl", "BASE_URL_FIXED"})
}

func TestPutActionRefusesWhatBreaksARule(t *testing.T) {
	for name, tt := range map[string]struct {
		in   belay.ActionDeclaration
		want []breach
	}{
		"a key": {belay.ActionDeclaration{AppID: appID1, Key: "Send", Name: "Send", InputSchema: json.RawMessage(`{"type":"object"}`)}, []breach{{"actionKey", "PATTERN"}}},
		"empty": {belay.ActionDeclaration{}, []breach{{"actionKey", "REQUIRED"}, {"appId", "REQUIRED"}, {"displayName", "REQUIRED"}, {"inputSchema", "REQUIRED"}}},
		"an output schema": {
			belay.ActionDeclaration{AppID: appID1, Key: "send", Name: "Send", InputSchema: json.RawMessage(`{"type":"object"}`), OutputSchema: json.RawMessage(`{"type":"array"}`)},
			[]breach{{"outputSchema.type", "TYPE"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := newDesk(t).furnish().PutAction(t.Context(), operator, tt.in)
			refusedWith(t, err, belay.InvalidArgument, "", tt.want...)
		})
	}
}

func TestPuttingTheSameTwiceChangesNothing(t *testing.T) {
	d := newDesk(t).furnish()
	ctx := t.Context()
	_, _, err := d.PutAction(ctx, operator, belay.ActionDeclaration{AppID: appID1, Key: "send", Name: "Send", InputSchema: json.RawMessage(`{"type": "object"}`)})
	d.must(err)
	_, _, err = d.PutAutomation(ctx, operator, siteID, id(50), json.RawMessage(automation(nil)))
	d.must(err)
	_, err = d.RotateAppSecret(ctx, operator, appID1, "a-secret-of-the-app", 0)
	d.must(err)
	_, _, err = d.CreateKey(ctx, operator, NewKey{Name: "app", Role: belay.RoleApp, AppID: appID1, Value: "a-key-of-the-app-1"})
	d.must(err)
	before := d.versions()
	d.batches = nil
	for name, put := range map[string]func() (Outcome, error){
		"app": func() (Outcome, error) {
			_, done, err := d.PutApp(ctx, operator, belay.App{ID: appID1, Name: "App 0"})
			return done, err
		},
		"site": func() (Outcome, error) {
			_, done, err := d.PutSite(ctx, operator, belay.Site{ID: siteID, Name: "Site 0", TimeZone: "Europe/Berlin", Locale: "de-DE"})
			return done, err
		},
		"installation": func() (Outcome, error) {
			_, done, err := d.Install(ctx, operator, siteID, appID1, id(77))
			return done, err
		},
		"trigger": func() (Outcome, error) {
			_, done, err := d.PutTrigger(ctx, operator, TriggerInput{AppID: appID1, Key: "paid", Name: "Invoice paid", Schema: json.RawMessage(" " + realTime)})
			return done, err
		},
		"action": func() (Outcome, error) {
			_, done, err := d.PutAction(ctx, operator, belay.ActionDeclaration{AppID: appID1, Key: "send", Name: "Send", InputSchema: json.RawMessage(`{"type":"object"}`)})
			return done, err
		},
		"automation": func() (Outcome, error) {
			_, done, err := d.PutAutomation(ctx, operator, siteID, id(50), json.RawMessage(automation(map[string]any{"revision": "7"})))
			return done, err
		},
		"secret": func() (Outcome, error) {
			_, err := d.RotateAppSecret(ctx, operator, appID1, "a-secret-of-the-app", 0)
			return Unchanged, err
		},
		"key": func() (Outcome, error) {
			_, _, err := d.CreateKey(ctx, operator, NewKey{Name: "app", Role: belay.RoleApp, AppID: appID1, Value: "a-key-of-the-app-1"})
			return Unchanged, err
		},
	} {
		done, err := put()
		if err != nil || done != Unchanged {
			t.Errorf("%s: put gave %v, %v; want unchanged", name, done, err)
		}
	}
	if len(d.batches) != 0 || d.versions() != before {
		t.Errorf("%d batches were committed, versions %v after %v; want nothing", len(d.batches), d.versions(), before)
	}
}

func TestTriggersNamedAreThoseOfInstalledApps(t *testing.T) {
	d := newDesk(t).furnish()
	named := func() string {
		s, err := d.Snapshot(t.Context(), siteID)
		d.must(err)
		var apps []belay.ID
		for _, trigger := range s.TriggersNamed("paid") {
			apps = append(apps, trigger.AppID)
		}
		return fmt.Sprint(apps)
	}
	if got, want := named(), fmt.Sprint([]belay.ID{appID1}); got != want {
		t.Errorf("TriggersNamed gave %s; want %s", got, want)
	}
	_, _, err := d.Install(t.Context(), operator, siteID, appID2, belay.ID{})
	d.must(err)
	if got, want := named(), fmt.Sprint([]belay.ID{appID1, appID2}); got != want {
		t.Errorf("TriggersNamed gave %s; want %s", got, want)
	}
}

func TestHiddenTriggersAreShownToOperatorsAndTheirAppAlone(t *testing.T) {
	d := newDesk(t).furnish()
	_, _, err := d.PutTrigger(t.Context(), operator, TriggerInput{AppID: appID1, Key: "paid", Name: "Invoice paid", Schema: json.RawMessage(realTime), Hidden: true})
	d.must(err)
	for name, tt := range map[string]struct {
		by    belay.Caller
		shown bool
	}{
		"an operator": {operator, true},
		"the app":     {belay.Caller{Role: belay.RoleApp, AppID: appID1}, true},
		"the site":    {belay.Caller{Role: belay.RoleSite, SiteID: siteID}, false},
		"a viewer":    {belay.Caller{Role: belay.RoleViewer, SiteID: siteID}, false},
	} {
		t.Run(name, func(t *testing.T) {
			all, err := d.Triggers(t.Context(), tt.by, appID1)
			d.must(err)
			if listed := len(all) == 2; listed != tt.shown {
				t.Errorf("%d triggers are listed; want the hidden one %v", len(all), tt.shown)
			}
			if _, err := d.Trigger(t.Context(), tt.by, appID1, "paid"); (err == nil) != tt.shown {
				t.Errorf("Trigger = %v; want it shown %v", err, tt.shown)
			}
		})
	}
}
