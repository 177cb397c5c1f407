package config

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belay-events/belay/internal/belay"
)

// stocked makes automations named after their letter, a minute apart.
func stocked(t *testing.T) *desk {
	d := newDesk(t).furnish()
	for _, change := range []map[string]any{
		{"name": "alpha", "settings/readonly": true},
		{"name": "beta", "configuration/status": "INACTIVE", "settings/actionSettings/permanentActionIds": []any{"send", "wait"}},
		{"name": "gamma", "origin": "APPLICATION", "configuration/trigger/triggerKey": "starting"},
		{"name": "delta", "configuration/trigger/filterValueSelection/selectedFilterValues": []any{"f__1", "f__2"}},
		{"name": "alpha", "configuration/status": "INACTIVE"},
	} {
		d.create(automation(change))
		d.clock += 60_000
	}
	return d
}

func (d *desk) names(q Query) []string {
	d.t.Helper()
	page, err := d.QueryAutomations(d.t.Context(), operator, siteID, q)
	d.must(err)
	return d.namesOf(page)
}

func (d *desk) namesOf(page Page) []string {
	d.t.Helper()
	var names []string
	for _, a := range page.Automations {
		var document struct{ Name string }
		d.must(json.Unmarshal(a.Document, &document))
		names = append(names, document.Name)
	}
	return names
}

func TestQueryFilters(t *testing.T) {
	d := stocked(t)
	const all = "alpha beta gamma delta alpha"
	for name, tt := range map[string]struct{ filter, want string }{
		"nothing":             {``, all},
		"null":                {`null`, all},
		"empty":               {`{}`, all},
		"bare value":          {`{"name":"alpha"}`, "alpha alpha"},
		"$eq":                 {`{"name":{"$eq":"beta"}}`, "beta"},
		"$ne":                 {`{"name":{"$ne":"alpha"}}`, "beta gamma delta"},
		"$gt and $lt":         {`{"name":{"$gt":"alpha","$lt":"delta"}}`, "beta"},
		"$gte and $lte":       {`{"name":{"$gte":"alpha","$lte":"beta"}}`, "alpha beta alpha"},
		"$startsWith":         {`{"name":{"$startsWith":"al"}}`, "alpha alpha"},
		"$endsWith":           {`{"name":{"$endsWith":"ta"}}`, "beta delta"},
		"$contains":           {`{"name":{"$contains":"amm"}}`, "gamma"},
		"$in":                 {`{"name":{"$in":["beta","gamma"]}}`, "beta gamma"},
		"$exists":             {`{"settings.actionSettings":{"$exists":true}}`, "beta"},
		"$exists not":         {`{"settings":{"$exists":false}}`, "gamma delta alpha"},
		"$not of operators":   {`{"name":{"$not":{"$startsWith":"al"}}}`, "beta gamma delta"},
		"$and":                {`{"$and":[{"name":"alpha"},{"configuration.status":"ACTIVE"}]}`, "alpha"},
		"$or":                 {`{"$or":[{"name":"beta"},{"origin":"APPLICATION"}]}`, "beta gamma"},
		"$not":                {`{"$not":{"name":"alpha"}}`, "beta gamma delta"},
		"$not of a list":      {`{"$not":[{"name":"alpha"}]}`, "beta gamma delta"},
		"two members":         {`{"name":"alpha","configuration.status":"INACTIVE"}`, "alpha"},
		"status":              {`{"configuration.status":"INACTIVE"}`, "beta alpha"},
		"trigger's key":       {`{"configuration.trigger.triggerKey":"starting"}`, "gamma"},
		"trigger's app":       {`{"configuration.trigger.appId":{"$ne":"` + appID1.String() + `"}}`, ""},
		"$hasSome":            {`{"configuration.trigger.filterValueSelection.selectedFilterValues":{"$hasSome":["f__2","f__3"]}}`, "delta"},
		"$hasAll":             {`{"configuration.trigger.filterValueSelection.selectedFilterValues":{"$hasAll":["f__2","f__3"]}}`, ""},
		"$hasAll of both":     {`{"configuration.trigger.filterValueSelection.selectedFilterValues":{"$hasAll":["f__2","f__1"]}}`, "delta"},
		"$contains of a list": {`{"settings.actionSettings.permanentActionIds":{"$contains":"wait"}}`, "beta"},
		"a switch":            {`{"settings.readonly":true}`, "alpha"},
		"a switch not set":    {`{"settings.readonly":false}`, "beta gamma delta alpha"},
		"an object's value":   {`{"settings":{"readonly":true}}`, "alpha"},
		"a time in any form":  {`{"createdDate":{"$lt":"2026-11-23T10:01:30+01:00"}}`, "alpha beta"},
		"an exact time":       {`{"createdDate":"2026-11-23T09:02:00Z"}`, "gamma"},
		"another type":        {`{"name":{"$gt":5}}`, ""},
		"three levels":        {`{"$and":[{"$or":[{"name":"beta"},{"name":"gamma"}]},{"origin":"USER"}]}`, "beta"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := strings.Join(d.names(Query{Filter: json.RawMessage(tt.filter)}), " "); got != tt.want {
				t.Errorf("query gave %q; want %q", got, tt.want)
			}
		})
	}
}

func TestQueryRefusesWhatIsNotUnderstood(t *testing.T) {
	d := stocked(t)
	for name, tt := range map[string]struct {
		query Query
		want  breach
	}{
		"no object":           {Query{Filter: json.RawMessage(`[]`)}, breach{"query.filter", "TYPE"}},
		"half":                {Query{Filter: json.RawMessage(`{`)}, breach{"query.filter", "TYPE"}},
		"a key twice":         {Query{Filter: json.RawMessage(`{"name":"a","name":"b"}`)}, breach{"query.filter", "JSON"}},
		"a field":             {Query{Filter: json.RawMessage(`{"configuration.actions":1}`)}, breach{"query.filter.configuration.actions", "FIELD"}},
		"an operator":         {Query{Filter: json.RawMessage(`{"name":{"$like":"a"}}`)}, breach{"query.filter.name.$like", "OPERATOR"}},
		"a logical operator":  {Query{Filter: json.RawMessage(`{"$nor":[]}`)}, breach{"query.filter.$nor", "OPERATOR"}},
		"an empty $and":       {Query{Filter: json.RawMessage(`{"$and":[]}`)}, breach{"query.filter.$and", "TYPE"}},
		"a $or of words":      {Query{Filter: json.RawMessage(`{"$or":["a"]}`)}, breach{"query.filter.$or[0]", "TYPE"}},
		"a $not of two":       {Query{Filter: json.RawMessage(`{"$not":[{},{}]}`)}, breach{"query.filter.$not", "TYPE"}},
		"a $in of one":        {Query{Filter: json.RawMessage(`{"name":{"$in":"a"}}`)}, breach{"query.filter.name.$in", "TYPE"}},
		"a $gt of a list":     {Query{Filter: json.RawMessage(`{"name":{"$gt":[]}}`)}, breach{"query.filter.name.$gt", "TYPE"}},
		"a $startsWith of 1":  {Query{Filter: json.RawMessage(`{"name":{"$startsWith":1}}`)}, breach{"query.filter.name.$startsWith", "TYPE"}},
		"a $exists of a word": {Query{Filter: json.RawMessage(`{"name":{"$exists":"yes"}}`)}, breach{"query.filter.name.$exists", "TYPE"}},
		"four levels":         {Query{Filter: json.RawMessage(`{"$and":[{"$or":[{"$not":{"name":"a"}}]}]}`)}, breach{"query.filter.$and[0].$or[0].$not[0]", "MAX_DEPTH"}},
		"too large":           {Query{Filter: json.RawMessage(`{"name":"` + strings.Repeat("x", maxFilterBytes) + `"}`)}, breach{"query.filter", "MAX_BYTES"}},
		"a sort field":        {Query{Sort: []Sort{{Field: "settings"}}}, breach{"query.sort[0].fieldName", "ENUM"}},
		"a sort order":        {Query{Sort: []Sort{{Field: "name", Order: "UP"}}}, breach{"query.sort[0].order", "ENUM"}},
		"six sorts":           {Query{Sort: []Sort{{Field: "name"}, {Field: "name"}, {Field: "name"}, {Field: "name"}, {Field: "name"}, {Field: "name"}}}, breach{"query.sort", "MAX_ITEMS"}},
		"a limit below":       {Query{Limit: -1}, breach{"query.cursorPaging.limit", "RANGE"}},
		"a limit above":       {Query{Limit: 501}, breach{"query.cursorPaging.limit", "RANGE"}},
		"a cursor":            {Query{Cursor: "xyz"}, breach{"query.cursorPaging.cursor", "CURSOR"}},
		"a cursor of nothing": {Query{Cursor: "e30"}, breach{"query.cursorPaging.cursor", "CURSOR"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := d.QueryAutomations(t.Context(), operator, siteID, tt.query)
			refusedWith(t, err, belay.InvalidArgument, "", tt.want)
		})
	}
}

func TestQuerySorts(t *testing.T) {
	d := stocked(t)
	for name, tt := range map[string]struct {
		sort []Sort
		want string
	}{
		"by creation":       {nil, "alpha beta gamma delta alpha"},
		"by name":           {[]Sort{{Field: "name"}}, "alpha alpha beta delta gamma"},
		"backwards by name": {[]Sort{{Field: "name", Order: "DESC"}}, "gamma delta beta alpha alpha"},
		"newest first":      {[]Sort{{Field: "createdDate", Order: "DESC"}}, "alpha delta gamma beta alpha"},
		"by two":            {[]Sort{{Field: "configuration.status", Order: "DESC"}, {Field: "name"}}, "alpha beta alpha delta gamma"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := strings.Join(d.names(Query{Sort: tt.sort}), " "); got != tt.want {
				t.Errorf("query gave %q; want %q", got, tt.want)
			}
		})
	}
}

func TestPagesAreStableWhileAutomationsComeAndGo(t *testing.T) {
	d := newDesk(t).furnish()
	made := map[string]belay.ID{}
	for n := range 10 {
		name := fmt.Sprintf("n%d", n)
		made[name] = d.create(automation(map[string]any{"name": name})).ID
	}
	query := Query{Filter: json.RawMessage(`{"name": {"$startsWith": "n"}}`), Sort: []Sort{{Field: "name"}}, Limit: 3}
	first, err := d.QueryAutomations(t.Context(), operator, siteID, query)
	d.must(err)
	if got := d.namesOf(first); !cmp.Equal(got, []string{"n0", "n1", "n2"}) || !first.HasNext || first.Prev != "" {
		t.Fatalf("first page %v, %+v", got, first)
	}
	d.create(automation(map[string]any{"name": "n00"}))
	d.create(automation(map[string]any{"name": "n35"}))
	d.must(d.DeleteAutomation(t.Context(), operator, siteID, made["n2"]))
	d.must(d.DeleteAutomation(t.Context(), operator, siteID, made["n4"]))

	second, err := d.QueryAutomations(t.Context(), operator, siteID, Query{Cursor: first.Next, Limit: 3})
	d.must(err)
	if got := d.namesOf(second); !cmp.Equal(got, []string{"n3", "n35", "n5"}) || !second.HasNext {
		t.Errorf("second page %v, %+v", got, second)
	}
	back, err := d.QueryAutomations(t.Context(), operator, siteID, Query{Cursor: second.Prev, Limit: 3})
	d.must(err)
	if got := d.namesOf(back); !cmp.Equal(got, []string{"n0", "n00", "n1"}) || !back.HasNext || back.Prev != "" {
		t.Errorf("page before %v, %+v", got, back)
	}
	last, err := d.QueryAutomations(t.Context(), operator, siteID, Query{Cursor: second.Next, Limit: 500, Filter: query.Filter, Sort: query.Sort})
	d.must(err)
	if got := d.namesOf(last); !cmp.Equal(got, []string{"n6", "n7", "n8", "n9"}) || last.HasNext || last.Next != "" {
		t.Errorf("last page %v, %+v", got, last)
	}
	_, err = d.QueryAutomations(t.Context(), operator, siteID, Query{Cursor: second.Next, Filter: json.RawMessage(`{"name":"n1"}`)})
	refusedWith(t, err, belay.InvalidArgument, "", breach{"query.cursorPaging.cursor", "CURSOR"})
}

func FuzzQuery(f *testing.F) {
	f.Add(`{"$and":[{"name":{"$gt":"a","$in":["b"]}},{"$not":{"settings.readonly":true}}]}`, "")
	f.Add(`{"name":{"$not":{"$contains":"x"}}}`, "eyJrIjpbIngiXSwiaSI6ImFhMDAwMDAwLTAwMDAtNDAwMC04MDAwLTAwMDAwMDAwMDAwMSJ9")
	rows := []row{}
	for n, document := range []string{`{"name":"a","settings":{"x":[1,{"y":2}]}}`, `{"settings":null,"configuration":[]}`, `{}`} {
		r, err := newRow(&kept{Automation: belay.Automation{ID: id(byte(n + 1)), Document: json.RawMessage(document)}}, nil)
		if err != nil {
			f.Fatal(err)
		}
		rows = append(rows, r)
	}
	f.Fuzz(func(t *testing.T, filter, cursor string) {
		at, err := Query{Filter: json.RawMessage(filter), Cursor: cursor}.position()
		if err != nil {
			return
		}
		matches, err := compileFilter(at.Filter)
		if err != nil {
			return
		}
		for _, r := range rows {
			matches(r)
		}
		page, err := at.page(rows, 2)
		if err != nil {
			t.Fatal(err)
		}
		if page.Next != "" {
			if _, err := readCursor(page.Next); err != nil || len(page.Next) > maxCursor {
				t.Errorf("a cursor of %d bytes that was given is refused: %v", len(page.Next), err)
			}
		}
	})
}

func FuzzAutomation(f *testing.F) {
	f.Add(automation(nil))
	f.Add(`{"configuration":{"actions":{"a":{"id":null},"b":[]}}}`)
	f.Fuzz(func(t *testing.T, doc string) {
		document, spec, err := readAutomation(json.RawMessage(doc))
		if err != nil {
			return
		}
		again, _, err := readAutomation(document)
		if err != nil || string(again) != string(document) {
			t.Errorf("read again: %v\n%s\n%s", err, document, again)
		}
		_ = checkLimits(document, spec)
	})
}
