package audit

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/belay-events/belay/internal/belay"
)

func TestAnEntryReadsAsItWasWritten(t *testing.T) {
	want := Entry{
		ID: belay.ID{1}, SiteID: belay.ID{2}, Operation: Canceled, Kind: ExternalEntity, Thing: "b-1", AppID: belay.ID{3},
		By:         Actor{Role: belay.RoleApp, Name: "Bookings", AppID: belay.ID{3}, From: "10.0.0.5"},
		TriggerKey: "appointment.starting", Reason: belay.EventCancelled,
	}
	value, err := Encode(&want)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		behind []byte
		found  Found
	}{
		"as it is":                 {nil, Found{}},
		"with what a cancel found": {[]byte{0, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 3}, Found{256, 2, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Decode(belay.ID{2}, belay.ID{1}, append(value[:len(value):len(value)], tt.behind...))
			if err != nil {
				t.Fatal(err)
			}
			want.Found = tt.found
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the entry is not as it was (-want +got):\n%s", diff)
			}
		})
	}
	if _, err := Decode(belay.ID{2}, belay.ID{1}, []byte("{")); err == nil {
		t.Error("Decode took what is no entry")
	}
}

func TestChangedFieldsAreNamedAndValuesAreNot(t *testing.T) {
	wide := func(n int, value string) string {
		var fields []string
		for i := range n {
			fields = append(fields, fmt.Sprintf(`"f%02d":%q`, i, value))
		}
		return "{" + strings.Join(fields, ",") + "}"
	}
	for name, tt := range map[string]struct {
		was, is   string
		operation Operation
		fields    []string
		none      bool
	}{
		"made":          {"", `{"name":"x"}`, Created, nil, false},
		"deleted":       {`{"name":"x"}`, "", Deleted, nil, false},
		"never there":   {"", "", "", nil, true},
		"the same":      {`{"name":"x","list":[1,{"a":2}]}`, `{"list":[1,{"a":2}],"name":"x","updatedDate":"later","revision":9}`, Changed, nil, true},
		"a value":       {`{"name":"x","zone":"a"}`, `{"name":"y","zone":"a"}`, Changed, []string{"name"}, false},
		"come and gone": {`{"name":"x","a":1}`, `{"name":"x","b":1}`, Changed, []string{"a", "b"}, false},
		"null is not nothing": {
			`{"name":"x","a":null}`, `{"name":"x"}`, Changed, []string{"a"}, false,
		},
		"within": {
			`{"document":{"configuration":{"trigger":{"key":"a"},"list":[1]}}}`, `{"document":{"configuration":{"trigger":{"key":"b"},"list":[2]}}}`,
			Changed,
			[]string{"configuration.list", "configuration.trigger.key"},
			false,
		},
		"too deep to be named": {
			`{"a":{"b":{"c":{"d":{"e":1}}}}}`, `{"a":{"b":{"c":{"d":{"e":2}}}}}`, Changed, []string{"a.b.c.d"}, false,
		},
		"a large number": {`{"n":9007199254740993}`, `{"n":9007199254740992}`, Changed, []string{"n"}, false},
		"on": {
			`{"document":{"configuration":{"status":"INACTIVE"}}}`, `{"document":{"configuration":{"status":"ACTIVE"}}}`, On, []string{status}, false,
		},
		"off": {
			`{"document":{"configuration":{"status":"ACTIVE"}}}`, `{"document":{"configuration":{"status":"INACTIVE"}}}`, Off, []string{status}, false,
		},
		"off, and more": {
			`{"document":{"name":"a","configuration":{"status":"ACTIVE"}}}`, `{"document":{"name":"b","configuration":{"status":"INACTIVE"}}}`,
			Changed,
			[]string{status, "name"},
			false,
		},
		"more than are named": {
			wide(30, "a"), wide(30, "b"), Changed,
			[]string{
				"f00", "f01", "f02", "f03", "f04", "f05", "f06", "f07", "f08", "f09", "f10", "f11", "f12", "f13", "f14", "f15", "f16", "f17", "f18", "…",
			},
			false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			state := func(text string) State {
				if text == "" {
					return State{}
				}
				return State{JSON: []byte(text), Revision: 1}
			}
			var e Entry
			differs, err := e.Of(state(tt.was), state(tt.is))
			if err != nil {
				t.Fatal(err)
			}
			if differs == tt.none || e.Operation != tt.operation {
				t.Errorf("Of() = %v, %s; want %v, %s", differs, e.Operation, !tt.none, tt.operation)
			}
			if diff := cmp.Diff(tt.fields, e.Fields, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("the fields are not those that differ (-want +got):\n%s", diff)
			}
		})
	}
}
