package httpapi_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fates returns what became of each item of a bulk call: "" for success, else the
// place and the rule.
func fates(t *testing.T, a answer) []string {
	t.Helper()
	if a.status != 200 {
		t.Fatalf("answer = %d %s", a.status, a.body)
	}
	var list []string
	for i, result := range a.json(t)["results"].([]any) {
		item := result.(map[string]any)["itemMetadata"].(map[string]any)
		if int(item["originalIndex"].(float64)) != i {
			t.Errorf("item %d has the index %v", i, item["originalIndex"])
		}
		if item["success"] == true {
			list = append(list, "")
			continue
		}
		first := item["error"].(map[string]any)["data"].(map[string]any)["fieldViolations"].([]any)[0].(map[string]any)
		list = append(list, fmt.Sprint(first["field"], " ", first["violatedRule"]))
	}
	return list
}

func TestAnItemThatCannotBeReadRefusesItselfAlone(t *testing.T) {
	s := start(t, nil)
	s.furnish()
	good := `{"payload":{"customer":"Ada"},"externalEntityId":"` + entityID + `"}`
	for name, tt := range map[string]struct{ item, want string }{
		"an entity of another type":   {`{"externalEntityId":5}`, "eventsInfo[1].externalEntityId TYPE"},
		"an idempotency of another":   {`{"idempotency":5}`, "eventsInfo[1].idempotency TYPE"},
		"a key of another type":       {`{"idempotency":{"key":5}}`, "eventsInfo[1].idempotency.key TYPE"},
		"a time to live that is none": {`{"idempotency":{"key":"a","ttlInMilliseconds":"abc"}}`, "eventsInfo[1].idempotency.ttlInMilliseconds FORMAT"},
		"no object":                   {`5`, "eventsInfo[1] TYPE"},
		"a key twice in the payload":  {`{"payload":{"customer":"Ada","customer":"Bea"}}`, "eventsInfo[1].payload.customer DUPLICATE_KEY"},
		"a member twice":              {`{"payload":{},"payload":{}}`, "eventsInfo[1].payload DUPLICATE_KEY"},
		"text that is no UTF-8":       {"{\"payload\":{\"customer\":\"A\xffa\"}}", "eventsInfo[1].payload.customer UTF8"},
		"half a surrogate pair":       {`{"payload":{"customer":"\ud800"}}`, "eventsInfo[1].payload.customer JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			a := s.call("POST", "/v1/events/bulk-report", appKey,
				`{"eventsInfo":[`+good+`,`+tt.item+`,`+good+`],"triggerKey":"bookings-booked"}`, "belay-site-id", siteID)
			if diff := cmp.Diff([]string{"", tt.want, ""}, fates(t, a)); diff != "" {
				t.Errorf("results (-want +got):\n%s", diff)
			}
		})
	}
	a := s.call("POST", "/v1/events/bulk-cancel", appKey,
		`{"externalEntityIds":["`+entityID+`",5],"triggerKey":"bookings-booked"}`, "belay-site-id", siteID)
	if diff := cmp.Diff([]string{"", "externalEntityIds[1] TYPE"}, fates(t, a)); diff != "" {
		t.Errorf("bulk cancel (-want +got):\n%s", diff)
	}
	a = s.call("POST", "/v2/bulk/automations/delete", siteKey, `{"automationIds":[{},"x"]}`)
	if diff := cmp.Diff([]string{"automationIds[0] TYPE", "automationIds[1] GUID"}, fates(t, a)); diff != "" {
		t.Errorf("bulk delete (-want +got):\n%s", diff)
	}
}

func TestWhatIsWrongBesideTheItemsRefusesTheCall(t *testing.T) {
	s := start(t, nil)
	s.furnish()
	many := "5"
	for range 100 {
		many += ",5"
	}
	for name, tt := range map[string]struct {
		body string
		want refused
	}{
		"a member twice":         {`{"triggerKey":"bookings-booked","triggerKey":"x","eventsInfo":[5]}`, refused{400, "", "triggerKey", "DUPLICATE_KEY"}},
		"the list twice":         {`{"triggerKey":"bookings-booked","eventsInfo":[5],"eventsInfo":[5]}`, refused{400, "", "eventsInfo", "DUPLICATE_KEY"}},
		"a name of no UTF-8":     {"{\"triggerKey\":\"bookings-booked\",\"a\xff\":1,\"eventsInfo\":[5]}", refused{400, "", "body", "UTF8"}},
		"a trigger key wrong":    {`{"triggerKey":7,"eventsInfo":[5]}`, refused{400, "", "triggerKey", "TYPE"}},
		"a list that is none":    {`{"triggerKey":"bookings-booked","eventsInfo":{}}`, refused{400, "", "eventsInfo", "TYPE"}},
		"too many":               {`{"triggerKey":"bookings-booked","eventsInfo":[` + many + `]}`, refused{400, "", "eventsInfo", "MAX_ITEMS"}},
		"a body that ends":       {`{"triggerKey":"bookings-booked","eventsInfo":[5`, refused{400, "", "eventsInfo", "JSON"}},
		"something behind it":    {`{"triggerKey":"bookings-booked","eventsInfo":[5]} {}`, refused{400, "", "body", "JSON"}},
		"no trigger key":         {`{"eventsInfo":[5]}`, refused{400, "", "triggerKey", "REQUIRED"}},
		"no such trigger":        {`{"triggerKey":"lost","eventsInfo":[5]}`, refused{404, "TRIGGER_NOT_FOUND", "", ""}},
		"a body of another type": {`[]`, refused{400, "", "body", "TYPE"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := s.call("POST", "/v1/events/bulk-report", appKey, tt.body, "belay-site-id", siteID).refused(t); got != tt.want {
				t.Errorf("answer = %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestABulkCallThatFailsAsAWholeSaysSo(t *testing.T) {
	s := start(t, nil)
	s.furnish()
	s.engine.Close()
	report := `{"triggerKey":"bookings-booked","eventsInfo":[{"payload":{"customer":"Ada"}},{"payload":{"customer":"Bea"}}]}`
	cancel := `{"triggerKey":"bookings-booked","externalEntityIds":["` + entityID + `"]}`
	for path, body := range map[string]string{"bulk-report": report, "bulk-cancel": cancel} {
		a := s.call("POST", "/v1/events/"+path, appKey, body, "belay-site-id", siteID)
		if got, want := a.refused(t), (refused{503, "STOPPING", "", ""}); got != want || a.header.Get("Retry-After") == "" {
			t.Errorf("%s = %+v with Retry-After %q, want %+v", path, got, a.header.Get("Retry-After"), want)
		}
	}
	half := `{"triggerKey":"bookings-booked","eventsInfo":[{"payload":{"customer":"Ada"}},5]}`
	if a := s.call("POST", "/v1/events/bulk-report", appKey, half, "belay-site-id", siteID); a.status != 200 {
		t.Errorf("with one item refused for itself: %d %s; want each item's own", a.status, a.body)
	}
}

func TestWhatCannotBeServedIsRefusedAtItsPlace(t *testing.T) {
	s := start(t, nil)
	s.furnish()
	const automation = "/v2/automations/" + entityID
	for name, tt := range map[string]struct {
		method, path, body string
		want               refused
	}{
		"a revision that is no number": {"PATCH", automation, `{"automation":{"revision":"x"}}`, refused{400, "", "automation.revision", "FORMAT"}},
		"a revision of another type":   {"PATCH", automation, `{"automation":{"revision":{}}}`, refused{400, "", "automation.revision", "FORMAT"}},
		"an automation that is none":   {"PATCH", automation, `{"automation":5}`, refused{400, "", "automation", "TYPE"}},
		"an unknown field to return":   {"GET", automation + "?fields=OVERRIDE_SCHEMA&fields=X", "", refused{400, "", "fields[1]", "ENUM"}},
		"21 fields to return":          {"POST", "/v2/automations/query", `{"fields":["OVERRIDE_SCHEMA"` + strings.Repeat(`,"OVERRIDE_SCHEMA"`, 20) + `]}`, refused{400, "", "fields", "MAX_ITEMS"}},
		"21 fields of a draft":         {"POST", "/v2/automations/drafts", `{"fields":["OVERRIDE_SCHEMA"` + strings.Repeat(`,"OVERRIDE_SCHEMA"`, 20) + `]}`, refused{400, "", "fields", "MAX_ITEMS"}},
		"a field of a draft":           {"POST", "/v2/automations/drafts", `{"fields":["X"]}`, refused{400, "", "fields[0]", "ENUM"}},
		"a draft of another ID":        {"PATCH", "/v2/automations/drafts/" + entityID, `{"automation":{"id":"` + siteID + `"}}`, refused{400, "", "automation.id", "AMBIGUOUS"}},
		"a revision of nothing":        {"GET", "/v1/automation-revisions/" + entityID + "?revision=0", "", refused{400, "", "revision", "RANGE"}},
		"a copy of another origin":     {"POST", automation + "/copy", `{"origin":"UNKNOWN_ORIGIN"}`, refused{400, "", "origin", "ENUM"}},
		"a cursor of 64,001":           {"POST", "/v2/automations/query", `{"query":{"cursorPaging":{"cursor":"` + strings.Repeat("x", 64_001) + `"}}}`, refused{400, "", "query.cursorPaging.cursor", "MAX_LENGTH"}},
		"a page of 501":                {"POST", "/v2/automations/query-with-drafts", `{"query":{"cursorPaging":{"limit":501}}}`, refused{400, "", "query.cursorPaging.limit", "RANGE"}},
		"201 to delete":                {"POST", "/v2/bulk/automations/delete", `{"automationIds":["` + entityID + `"` + strings.Repeat(`,"`+entityID+`"`, 200) + `]}`, refused{400, "", "automationIds", "MAX_ITEMS"}},
		"none to delete":               {"POST", "/v2/bulk/automations/delete", `{"automationIds":[]}`, refused{400, "", "automationIds", "MIN_ITEMS"}},
		"what which app brings":        {"POST", "/v2/preinstalled-automations/query", `{}`, refused{400, "", "appId", "REQUIRED"}},
		"a spec of 129":                {"POST", "/v2/preinstalled-automation", `{"automation":{},"specInfo":{"spec":"` + strings.Repeat("x", 129) + `"}}`, refused{400, "", "specInfo.spec", "MAX_LENGTH"}},
		"fields of a query":            {"POST", "/v2/automations/query", `{"fields":["X"]}`, refused{400, "", "fields[0]", "ENUM"}},
		"paging by offset":             {"POST", "/v2/automations/query", `{"query":{"paging":{"limit":1}}}`, refused{400, "", "query.paging", "NOT_SUPPORTED"}},
		"logs up to long ago":          {"GET", "/v2/activation-logs?toCreatedDate=2020-01-01T00:00:00Z", "", refused{400, "", "toCreatedDate", "RANGE"}},
		"logs from a time to come":     {"GET", "/v2/activation-logs?fromCreatedDate=2999-01-01T00:00:00Z", "", refused{400, "", "fromCreatedDate", "RANGE"}},
	} {
		t.Run(name, func(t *testing.T) {
			var body any
			if tt.body != "" {
				body = tt.body
			}
			a := s.call(tt.method, tt.path, siteKey, body)
			if got := a.refused(t); got != tt.want {
				t.Errorf("answer = %+v, want %+v: %s", got, tt.want, a.body)
			}
		})
	}
}

func TestAnAutomationIsAnsweredWithWhatTheWireAlwaysHasAndStoredWithout(t *testing.T) {
	s := start(t, nil)
	s.furnish()
	doc := `{"automation":{"name":"Bare","origin":"USER","configuration":{"status":"INACTIVE",` +
		`"trigger":{"appId":"` + appID + `","triggerKey":"bookings-booked"},"rootActionIds":["a"],` +
		`"actions":{"a":{"type":"APP_DEFINED","appDefinedInfo":{"appId":"belay","actionKey":"notify"}}}}}}`
	made := s.must("POST", "/v2/automations", siteKey, doc)["automation"].(map[string]any)
	path := "/v2/automations/" + made["id"].(string)
	for fields, want := range map[string]bool{"": true, "?fields=AS_STORED": false} {
		got := s.must("GET", path+fields, siteKey, nil)["automation"].(map[string]any)
		configuration := got["configuration"].(map[string]any)
		info := configuration["actions"].(map[string]any)["a"].(map[string]any)["appDefinedInfo"].(map[string]any)
		for key, object := range map[string]map[string]any{
			"description": got, "settings": got, "filters": configuration["trigger"].(map[string]any), "postActionIds": info,
		} {
			if _, there := object[key]; there != want {
				t.Errorf("with %q %s is there: %v, want %v", fields, key, there, want)
			}
		}
	}
}
