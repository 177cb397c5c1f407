package config

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

func strs(n int, s string) []any {
	list := make([]any, n)
	for i := range list {
		list[i] = s
	}
	return list
}

func TestAutomationBeyondALimitIsRefusedWhetherActiveOrNot(t *testing.T) {
	long := strings.Repeat("x", 6000)
	filter := func(change map[string]any) []any {
		f := map[string]any{"id": id(1).String(), "fieldKey": "number", "filterExpression": "{{true}}"}
		for k, v := range change {
			set(f, k, v)
		}
		return []any{f}
	}
	action := func(kind string, info map[string]any) map[string]any {
		a := map[string]any{"type": kind}
		for k, v := range info {
			a[k] = v
		}
		return a
	}
	groups := func(n int) []any {
		list := make([]any, n)
		for i := range list {
			list[i] = map[string]any{"operator": "AND", "booleanExpressions": []any{"{{true}}"}}
		}
		return list
	}
	many := map[string]any{}
	for i := range 46 {
		many[fmt.Sprintf("a%d", i)] = action("DELAY", map[string]any{"delayInfo": map[string]any{"offsetExpression": "{{1}}", "offsetTimeUnit": "DAYS"}})
	}
	const trigger, actions = "configuration/trigger/", "configuration/actions/"
	const at, act = "automation.configuration.trigger.", "automation.configuration.actions."
	for name, tt := range map[string]struct {
		change map[string]any
		want   breach
	}{
		"no name":                     {map[string]any{"name": nil}, breach{"automation.name", "REQUIRED"}},
		"name":                        {map[string]any{"name": strings.Repeat("n", 501)}, breach{"automation.name", "MAX_LENGTH"}},
		"description":                 {map[string]any{"description": long}, breach{"automation.description", "MAX_LENGTH"}},
		"namespace":                   {map[string]any{"namespace": strings.Repeat("n", 51)}, breach{"automation.namespace", "MAX_LENGTH"}},
		"no origin":                   {map[string]any{"origin": nil}, breach{"automation.origin", "REQUIRED"}},
		"origin":                      {map[string]any{"origin": "UNKNOWN_ORIGIN"}, breach{"automation.origin", "ENUM"}},
		"application":                 {map[string]any{"applicationInfo/appId": "x"}, breach{"automation.applicationInfo.appId", "GUID"}},
		"pinned actions":              {map[string]any{"settings/actionSettings/permanentActionIds": strs(31, "a")}, breach{"automation.settings.actionSettings.permanentActionIds", "MAX_ITEMS"}},
		"no status":                   {map[string]any{"configuration/status": nil}, breach{"automation.configuration.status", "REQUIRED"}},
		"status":                      {map[string]any{"configuration/status": "UNKNOWN_STATUS"}, breach{"automation.configuration.status", "ENUM"}},
		"no trigger's app":            {map[string]any{trigger + "appId": nil}, breach{at + "appId", "REQUIRED"}},
		"trigger's app":               {map[string]any{trigger + "appId": "x"}, breach{at + "appId", "GUID"}},
		"no trigger key":              {map[string]any{trigger + "triggerKey": nil}, breach{at + "triggerKey", "REQUIRED"}},
		"trigger key":                 {map[string]any{trigger + "triggerKey": strings.Repeat("k", 101)}, breach{at + "triggerKey", "MAX_LENGTH"}},
		"filters":                     {map[string]any{trigger + "filters": append(append(append(filter(nil), filter(nil)...), append(filter(nil), filter(nil)...)...), append(filter(nil), filter(nil)...)...)}, breach{at + "filters", "MAX_ITEMS"}},
		"filter's ID":                 {map[string]any{trigger + "filters": filter(map[string]any{"id": "x"})}, breach{at + "filters[0].id", "GUID"}},
		"filter's field":              {map[string]any{trigger + "filters": filter(map[string]any{"fieldKey": strings.Repeat("f", 111)})}, breach{at + "filters[0].fieldKey", "MAX_LENGTH"}},
		"filter's expression":         {map[string]any{trigger + "filters": filter(map[string]any{"filterExpression": long})}, breach{at + "filters[0].filterExpression", "MAX_LENGTH"}},
		"offset":                      {map[string]any{trigger + "scheduledEventOffset": map[string]any{"preScheduledEventOffsetExpression": long, "scheduledEventOffsetTimeUnit": "DAYS"}}, breach{at + "scheduledEventOffset.preScheduledEventOffsetExpression", "MAX_LENGTH"}},
		"offset's unit":               {map[string]any{trigger + "scheduledEventOffset": map[string]any{"preScheduledEventOffsetExpression": "{{1}}", "scheduledEventOffsetTimeUnit": "SECONDS"}}, breach{at + "scheduledEventOffset.scheduledEventOffsetTimeUnit", "ENUM"}},
		"rate limit":                  {map[string]any{trigger + "rateLimit": map[string]any{"maxActivationsExpression": "{{1}}", "uniqueIdentifierExpression": ""}}, breach{at + "rateLimit.uniqueIdentifierExpression", "REQUIRED"}},
		"selected values":             {map[string]any{trigger + "filterValueSelection/selectedFilterValues": strs(51, "v")}, breach{at + "filterValueSelection.selectedFilterValues", "MAX_ITEMS"}},
		"a selected value":            {map[string]any{trigger + "filterValueSelection/selectedFilterValues": []any{strings.Repeat("v", 81)}}, breach{at + "filterValueSelection.selectedFilterValues[0]", "MAX_LENGTH"}},
		"roots":                       {map[string]any{"configuration/rootActionIds": strs(21, "send")}, breach{"automation.configuration.rootActionIds", "MAX_ITEMS"}},
		"actions":                     {map[string]any{"configuration/actions": many}, breach{"automation.configuration.actions", "MAX_ITEMS"}},
		"action's type":               {map[string]any{actions + "send/type": "DANCE"}, breach{act + "send.type", "ENUM"}},
		"action's ID":                 {map[string]any{actions + "send/id": "other"}, breach{act + "send.id", "MATCH"}},
		"action's namespace":          {map[string]any{actions + "send/namespace": "a b"}, breach{act + "send.namespace", "PATTERN"}},
		"action's name":               {map[string]any{actions + "send/displayName": strings.Repeat("d", 61)}, breach{act + "send.displayName", "MAX_LENGTH"}},
		"action's skip expression":    {map[string]any{actions + "send/skipActionExpression": long}, breach{act + "send.skipActionExpression", "MAX_LENGTH"}},
		"action's app":                {map[string]any{actions + "send/appDefinedInfo/appId": "y"}, breach{act + "send.appDefinedInfo.appId", "GUID"}},
		"no action key":               {map[string]any{actions + "send/appDefinedInfo/actionKey": nil}, breach{act + "send.appDefinedInfo.actionKey", "REQUIRED"}},
		"successors":                  {map[string]any{actions + "send/appDefinedInfo/postActionIds": strs(21, "x")}, breach{act + "send.appDefinedInfo.postActionIds", "MAX_ITEMS"}},
		"skip groups":                 {map[string]any{actions + "send/appDefinedInfo/skipConditionOrExpressionGroups": groups(11)}, breach{act + "send.appDefinedInfo.skipConditionOrExpressionGroups", "MAX_ITEMS"}},
		"groups":                      {map[string]any{actions + "if": action("CONDITION", map[string]any{"conditionInfo": map[string]any{"orExpressionGroups": groups(11)}})}, breach{act + "if.conditionInfo.orExpressionGroups", "MAX_ITEMS"}},
		"no groups":                   {map[string]any{actions + "if": action("CONDITION", map[string]any{"conditionInfo": map[string]any{}})}, breach{act + "if.conditionInfo.orExpressionGroups", "MIN_ITEMS"}},
		"group's operator":            {map[string]any{actions + "if": action("CONDITION", map[string]any{"conditionInfo": map[string]any{"orExpressionGroups": []any{map[string]any{"operator": "XOR", "booleanExpressions": strs(1, "{{true}}")}}}})}, breach{act + "if.conditionInfo.orExpressionGroups[0].operator", "ENUM"}},
		"group's expressions":         {map[string]any{actions + "if": action("CONDITION", map[string]any{"conditionInfo": map[string]any{"orExpressionGroups": []any{map[string]any{"operator": "OR", "booleanExpressions": strs(21, "{{true}}")}}}})}, breach{act + "if.conditionInfo.orExpressionGroups[0].booleanExpressions", "MAX_ITEMS"}},
		"delay":                       {map[string]any{actions + "wait": action("DELAY", map[string]any{"delayInfo": map[string]any{"offsetExpression": long, "offsetTimeUnit": "DAYS"}})}, breach{act + "wait.delayInfo.offsetExpression", "MAX_LENGTH"}},
		"delay's unit":                {map[string]any{actions + "wait": action("DELAY", map[string]any{"delayInfo": map[string]any{"offsetExpression": "{{1}}"}})}, breach{act + "wait.delayInfo.offsetTimeUnit", "REQUIRED"}},
		"code":                        {map[string]any{actions + "code": action("CODE_CONDITION", map[string]any{"codeConditionInfo": map[string]any{"snippet": map[string]any{"code": long}}})}, breach{act + "code.codeConditionInfo.snippet.code", "MAX_LENGTH"}},
		"paths of a split":            {map[string]any{actions + "split": action("SPLIT", map[string]any{"splitInfo": map[string]any{"paths": []any{map[string]any{"name": "one"}}}})}, breach{act + "split.splitInfo.paths", "MIN_ITEMS"}},
		"rate limit of an action":     {map[string]any{actions + "rate": action("RATE_LIMIT", map[string]any{"rateLimitInfo": map[string]any{"maxActivationsExpression": "{{1}}", "rateLimitDurationExpression": "{{1}}"}})}, breach{act + "rate.rateLimitInfo.rateLimitDurationTimeUnit", "REQUIRED"}},
		"extended fields":             {map[string]any{"extendedFields": "x"}, breach{"automation.extendedFields", "TYPE"}},
		"two origins' information":    {map[string]any{"applicationInfo/appId": appID1.String(), "preinstalledInfo/appId": appID1.String()}, breach{"automation.preinstalledInfo", "ONE_OF"}},
		"a word for a switch":         {map[string]any{"settings/disableDelete": "yes"}, breach{"automation.settings.disableDelete", "TYPE"}},
		"a number for a name":         {map[string]any{"name": 7}, breach{"automation.name", "TYPE"}},
		"a text for a list of groups": {map[string]any{actions + "if": action("CONDITION", map[string]any{"conditionInfo": map[string]any{"orExpressionGroups": "x"}})}, breach{act + "if.conditionInfo.orExpressionGroups", "TYPE"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t).furnish()
			for _, status := range []any{"ACTIVE", "INACTIVE"} {
				change := map[string]any{"configuration/status": status}
				for k, v := range tt.change {
					change[k] = v
				}
				_, err := d.CreateAutomation(t.Context(), operator, siteID, json.RawMessage(automation(change)))
				refusedWith(t, err, belay.InvalidArgument, "", tt.want)
			}
			if len(d.batches) != 0 {
				t.Errorf("%d batches were committed; want none", len(d.batches))
			}
		})
	}
}

func TestAutomationThatIsNoObjectIsRefused(t *testing.T) {
	for name, tt := range map[string]struct{ doc, rule string }{
		"a list":      {`[]`, "TYPE"},
		"nothing":     {``, "TYPE"},
		"half":        {`{"name":`, "JSON"},
		"a key twice": {`{"name":"a","name":"b"}`, "JSON"},
		"too large":   {`{"name":"` + strings.Repeat("x", maxDocument) + `"}`, "MAX_BYTES"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := newDesk(t).furnish().CreateAutomation(t.Context(), operator, siteID, json.RawMessage(tt.doc))
			refusedWith(t, err, belay.InvalidArgument, "", breach{"automation", tt.rule})
		})
	}
}

func TestActiveAutomationMustBeAbleToAct(t *testing.T) {
	const at, act = "automation.configuration.trigger.", "automation.configuration.actions."
	for name, tt := range map[string]struct {
		change map[string]any
		code   belay.Code
		reason string
		want   breach
	}{
		"an app that is not installed": {map[string]any{"configuration/trigger/appId": appID2.String()}, belay.FailedPrecondition, "AUTOMATION_NOT_READY", breach{at + "appId", "APP_NOT_INSTALLED"}},
		"a trigger nobody declared":    {map[string]any{"configuration/trigger/triggerKey": "lost"}, belay.FailedPrecondition, "AUTOMATION_NOT_READY", breach{at + "triggerKey", "NOT_FOUND"}},
		"an action of another app":     {map[string]any{"configuration/actions/send/appDefinedInfo/appId": appID2.String()}, belay.FailedPrecondition, "AUTOMATION_NOT_READY", breach{act + "send.appDefinedInfo.appId", "APP_NOT_INSTALLED"}},
		"an offset in real time":       {map[string]any{"configuration/trigger/scheduledEventOffset": map[string]any{"preScheduledEventOffsetExpression": "{{1}}", "scheduledEventOffsetTimeUnit": "DAYS"}}, belay.FailedPrecondition, "AUTOMATION_NOT_READY", breach{at + "scheduledEventOffset", "REAL_TIME_TRIGGER"}},
		"an unknown built-in action":   {map[string]any{"configuration/actions/send/appDefinedInfo/actionKey": "juggle"}, belay.FailedPrecondition, "AUTOMATION_NOT_READY", breach{act + "send.appDefinedInfo.actionKey", "NOT_FOUND"}},
		"settings that are no object":  {map[string]any{"configuration/trigger/automationConfigMapping": []any{1}}, belay.FailedPrecondition, "AUTOMATION_NOT_READY", breach{at + "automationConfigMapping", "TYPE"}},
		"a limit beyond all bounds":    {map[string]any{"configuration/trigger/rateLimit": map[string]any{"maxActivationsExpression": "{{1001}}"}}, belay.FailedPrecondition, "AUTOMATION_NOT_READY", breach{at + "rateLimit.maxActivationsExpression", "RANGE"}},
		"an expression that is wrong":  {map[string]any{"configuration/trigger/filters": []any{map[string]any{"fieldKey": "number", "filterExpression": "{{eq(1}}"}}}, belay.FailedPrecondition, "AUTOMATION_NOT_READY", breach{at + "filters[0].filterExpression", "EXPRESSION"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t).furnish()
			_, err := d.CreateAutomation(t.Context(), operator, siteID, json.RawMessage(automation(tt.change)))
			refusedWith(t, err, tt.code, tt.reason, tt.want)
			tt.change["configuration/status"] = "INACTIVE"
			a := d.create(automation(tt.change))
			tt.change["configuration/status"] = "ACTIVE"
			_, err = d.UpdateAutomation(t.Context(), operator, siteID, a.ID, a.Revision, json.RawMessage(automation(tt.change)))
			refusedWith(t, err, tt.code, tt.reason, tt.want)
		})
	}
}

func TestActiveAutomationMayUseHiddenTriggersAndTheBuiltInAppByEitherName(t *testing.T) {
	d := newDesk(t).furnish()
	_, _, err := d.PutTrigger(t.Context(), operator, TriggerInput{AppID: appID1, Key: "paid", Name: "Invoice paid", Schema: json.RawMessage(realTime), Hidden: true})
	d.must(err)
	for _, name := range []string{"belay", belay.BuiltIn.String()} {
		d.create(automation(map[string]any{"configuration/actions/send/appDefinedInfo/appId": name}))
	}
	d.create(automation(map[string]any{
		"configuration/trigger/triggerKey":           "starting",
		"configuration/trigger/scheduledEventOffset": map[string]any{"preScheduledEventOffsetExpression": "{{1}}", "scheduledEventOffsetTimeUnit": "DAYS"},
	}))
	s, err := d.Snapshot(t.Context(), siteID)
	d.must(err)
	if n := len(s.Active(appID1, "paid")); n != 2 {
		t.Errorf("%d active automations; want 2", n)
	}
}

func TestAutomationIsGivenBackWhole(t *testing.T) {
	d := newDesk(t).furnish()
	a := d.create(automation(map[string]any{
		"id": id(99).String(), "revision": "12", "createdDate": "2020-01-01T00:00:00Z", "createdBy": map[string]any{"userId": "me"},
		"configuration/actions/send/unknown": []any{1.5, "é", nil}, "extendedFields/namespaces/x": map[string]any{"y": 1e20},
	}))
	got, err := d.GetAutomation(t.Context(), operator, siteID, a.ID)
	d.must(err)
	want := map[string]any{}
	d.must(json.Unmarshal([]byte(automation(map[string]any{
		"configuration/actions/send/unknown": []any{1.5, "é", nil}, "extendedFields/namespaces/x": map[string]any{"y": 1e20},
		"configuration/actions/send/id": "send",
	})), &want))
	document := map[string]any{}
	d.must(json.Unmarshal(got.Document, &document))
	if diff := cmp.Diff(want, document); diff != "" {
		t.Errorf("document (-want +got):\n%s", diff)
	}
	if got.ID == id(99) || got.Revision != 1 || got.CreatedAt != d.clock || got.CreatedBy != operator.Identity() {
		t.Errorf("server's fields %+v; want those that the server sets", got)
	}
}

func TestUpdateComparesTheRevisionAndKeepsTheOld(t *testing.T) {
	d := newDesk(t).furnish()
	a := d.create(automation(nil))
	d.clock = d.clock.Add(time.Minute)
	next, err := d.UpdateAutomation(t.Context(), operator, siteID, a.ID, 1, json.RawMessage(automation(map[string]any{"name": "Other"})))
	d.must(err)
	if next.Revision != 2 || next.CreatedAt != a.CreatedAt || next.UpdatedAt != d.clock {
		t.Errorf("updated automation %+v; want revision 2 of the same creation", next)
	}
	_, err = d.UpdateAutomation(t.Context(), operator, siteID, a.ID, 1, json.RawMessage(automation(nil)))
	refusedWith(t, err, belay.Aborted, "")
	if !strings.Contains(err.Error(), "entity has already changed since the requested revision") {
		t.Errorf("message %q; want the wire's", err)
	}
	_, err = d.UpdateAutomation(t.Context(), operator, siteID, a.ID, 2, json.RawMessage(automation(map[string]any{"origin": "RECIPE"})))
	refusedWith(t, err, belay.InvalidArgument, "INVALID_ORIGIN_TYPE", breach{"automation.origin", "IMMUTABLE"})
	_, err = d.UpdateAutomation(t.Context(), operator, siteID, id(60), 1, json.RawMessage(automation(nil)))
	refusedWith(t, err, belay.NotFound, "")

	old, err := d.GetRevision(t.Context(), operator, siteID, a.ID, 1)
	d.must(err)
	if diff := cmp.Diff(a, old); diff != "" {
		t.Errorf("revision 1 (-created +kept):\n%s", diff)
	}
	d.must(d.DeleteAutomation(t.Context(), operator, siteID, a.ID))
	for revision, want := range map[int64]belay.Code{1: "", 2: "", 3: belay.NotFound} {
		fresh := openDesk(t, d.store)
		if _, err := fresh.Plan(t.Context(), siteID, a.ID, revision); belay.CodeOf(err) != want {
			t.Errorf("Plan of revision %d after the deletion: %v; want %q", revision, err, want)
		}
	}
	if _, err := d.Plan(t.Context(), otherID, a.ID, 1); belay.CodeOf(err) != belay.NotFound {
		t.Errorf("Plan for another site: %v; want NotFound", err)
	}
}

// pending reports an event of the automation that waits, and returns its
// activation.
func (d *desk) pending(automation belay.ID, n byte) belay.ID {
	d.t.Helper()
	versions := d.versions()
	result, err := d.store.Commit(d.t.Context(), &store.Batch{Reports: []store.Report{{
		Event: belay.Event{ID: id(100 + n), SiteID: siteID, AppID: appID1, TriggerKey: "paid", ReportedAt: d.clock, Payload: []byte(`{}`), Activations: []belay.ID{id(150 + n)}},
		Activations: []belay.Activation{{
			ID: id(150 + n), SiteID: siteID, EventID: id(100 + n), AutomationID: automation, AppID: appID1, Revision: 1,
			TriggerKey: "paid", Status: belay.Scheduled, Version: 1, Due: d.clock.Add(time.Hour), InitiatedAt: d.clock,
		}},
		SiteVersion: versions[0], GlobalVersion: versions[1], Now: d.clock,
	}}})
	d.must(err)
	if result.Reports[0].Outcome != store.Accepted {
		d.t.Fatalf("report: %+v", result.Reports[0])
	}
	return id(150 + n)
}

func (d *desk) reason(activation belay.ID) belay.CancelReason {
	d.t.Helper()
	a, err := d.store.Activation(d.t.Context(), siteID, activation)
	d.must(err)
	return a.CancelReason
}

func TestWhatEndsAnAutomationCancelsItsActivationsInTheSameChange(t *testing.T) {
	site := belay.Caller{Role: belay.RoleSite, SiteID: siteID, KeyID: id(70)}
	for name, tt := range map[string]struct {
		end  func(*desk, belay.Automation) error
		want belay.CancelReason
	}{
		"deactivated": {func(d *desk, a belay.Automation) error {
			_, err := d.UpdateAutomation(t.Context(), site, siteID, a.ID, 1, json.RawMessage(automation(map[string]any{"configuration/status": "INACTIVE"})))
			return err
		}, belay.AutomationDeactivated},
		"deleted": {func(d *desk, a belay.Automation) error {
			return d.DeleteAutomation(t.Context(), site, siteID, a.ID)
		}, belay.AutomationDeleted},
		"uninstalled": {func(d *desk, a belay.Automation) error {
			return d.Uninstall(t.Context(), operator, siteID, appID1)
		}, belay.AppUninstalled},
		"edited": {func(d *desk, a belay.Automation) error {
			_, err := d.UpdateAutomation(t.Context(), site, siteID, a.ID, 1, json.RawMessage(automation(map[string]any{"name": "Other"})))
			return err
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t).furnish()
			a := d.create(automation(nil))
			waits := d.pending(a.ID, 1)
			d.batches = nil
			d.must(tt.end(d, a))
			if got := d.reason(waits); got != tt.want {
				t.Errorf("activation canceled for %q; want %q", got, tt.want)
			}
			if n := len(d.batches[0].Changes[0].Cancels); (n == 1) != (tt.want != "") {
				t.Errorf("%d cancels in the change; want them there and nowhere else", n)
			}
		})
	}
}

func TestCancelGoesOnWhileSomeRemain(t *testing.T) {
	d := newDesk(t).furnish()
	a := d.create(automation(nil))
	var waiting []belay.ID
	for n := range byte(5) {
		waiting = append(waiting, d.pending(a.ID, n))
	}
	cancels := []store.Cancel{{SiteID: siteID, Selector: store.Selector{AutomationID: a.ID}, Reason: belay.AutomationDeleted, Now: d.clock, Limit: 2}}
	result, err := d.store.Commit(t.Context(), &store.Batch{Cancels: cancels})
	d.must(err)
	d.must(d.cancelRest(t.Context(), cancels, result.Cancels))
	for _, w := range waiting {
		if got := d.reason(w); got != belay.AutomationDeleted {
			t.Errorf("activation %s canceled for %q; want all canceled", w, got)
		}
	}
}

func TestDeleteRespectsTheSettings(t *testing.T) {
	d := newDesk(t).furnish()
	locked := d.create(automation(map[string]any{"settings/disableDelete": true}))
	free := d.create(automation(nil))
	refusedWith(t, d.DeleteAutomation(t.Context(), operator, siteID, locked.ID), belay.PermissionDenied, "DELETE_DISABLED")

	results, err := d.BulkDelete(t.Context(), operator, siteID, []belay.ID{free.ID, locked.ID, id(60), free.ID})
	d.must(err)
	var codes []belay.Code
	for _, r := range results {
		if r.Err == nil {
			codes = append(codes, "")
			continue
		}
		codes = append(codes, r.Err.Code)
	}
	if diff := cmp.Diff([]belay.Code{"", belay.PermissionDenied, belay.NotFound, belay.NotFound}, codes); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	_, err = d.BulkDelete(t.Context(), operator, siteID, nil)
	refusedWith(t, err, belay.InvalidArgument, "", breach{"automationIds", "MIN_ITEMS"})
	_, err = d.BulkDelete(t.Context(), operator, siteID, make([]belay.ID, 201))
	refusedWith(t, err, belay.InvalidArgument, "", breach{"automationIds", "MAX_ITEMS"})
}

func TestWhatIsOfAnotherTypeIsToldWhichItMustBe(t *testing.T) {
	for name, tt := range map[string]struct {
		change map[string]any
		want   string
	}{
		"filters":       {map[string]any{"configuration/trigger/filters": "x"}, "must be an array, is a string"},
		"settings":      {map[string]any{"settings/actionSettings": []any{}}, "must be an object, is an array"},
		"a name":        {map[string]any{"name": 7}, "must be a string, is a number"},
		"a switch":      {map[string]any{"settings/readonly": nil, "settings/hidden": "x"}, "must be true or false, is a string"},
		"no groups":     {map[string]any{"configuration/actions/if": map[string]any{"type": "CONDITION", "conditionInfo": map[string]any{}}}, "must have at least 1 item, has 0"},
		"configuration": {map[string]any{"configuration": 1.5}, "must be an object, is a number"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := newDesk(t).furnish().CreateAutomation(t.Context(), operator, siteID, json.RawMessage(automation(tt.change)))
			if err == nil || !strings.HasSuffix(err.Error(), tt.want) {
				t.Errorf("error %v; want %q", err, tt.want)
			}
		})
	}
}
