package api_test

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/belay-events/belay/api"
)

func TestAnInt64IsWrittenAsAStringAndReadFromEither(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := api.Int64(rapid.Int64().Draw(t, "n"))
		raw, err := json.Marshal(want)
		if err != nil || raw[0] != '"' {
			t.Fatalf("Marshal(%d) = %s, %v", want, raw, err)
		}
		for _, form := range [][]byte{raw, raw[1 : len(raw)-1]} {
			var got api.Int64
			if err := json.Unmarshal(form, &got); err != nil || got != want {
				t.Fatalf("Unmarshal(%s) = %d, %v", form, got, err)
			}
		}
	})
}

func TestAnInt64RefusesWhatIsNoWholeNumber(t *testing.T) {
	for _, raw := range []string{`""`, `"1.5"`, `1.5`, `1e3`, `"a"`, `true`, `[]`, `"9223372036854775808"`, `" 1"`} {
		var got api.Int64
		if err := json.Unmarshal([]byte(raw), &got); err == nil {
			t.Errorf("Unmarshal(%s) = %d", raw, got)
		}
	}
}

func TestATimeIsWrittenInMillisecondsOfUTC(t *testing.T) {
	for name, tt := range map[string]struct{ raw, want string }{
		"UTC":         {`"2026-11-23T09:00:00Z"`, `"2026-11-23T09:00:00.000Z"`},
		"an offset":   {`"2026-11-23T09:00:00.1234+01:00"`, `"2026-11-23T08:00:00.123Z"`},
		"none":        {`""`, `""`},
		"null":        {`null`, `""`},
		"before 1970": {`"1969-12-31T23:59:59.999Z"`, `"1969-12-31T23:59:59.999Z"`},
	} {
		t.Run(name, func(t *testing.T) {
			var at api.Time
			if err := json.Unmarshal([]byte(tt.raw), &at); err != nil {
				t.Fatal(err)
			}
			if got, err := json.Marshal(at); err != nil || string(got) != tt.want {
				t.Errorf("Marshal = %s, %v; want %s", got, err, tt.want)
			}
		})
	}
}

func TestATimeRefusesWhatIsNone(t *testing.T) {
	for _, raw := range []string{`"tomorrow"`, `"2026-11-23"`, `"2026-11-23T09:00:00"`, `7`, `{}`} {
		var at api.Time
		if err := json.Unmarshal([]byte(raw), &at); err == nil {
			t.Errorf("Unmarshal(%s) = %v", raw, at)
		}
	}
}

func TestATimeOfNoneIsLeftOut(t *testing.T) {
	raw, err := json.Marshal(api.Secret{ID: "a", CreatedDate: api.Time{Time: time.UnixMilli(0).UTC()}})
	if want := `{"id":"a","hint":"","createdDate":"1970-01-01T00:00:00.000Z"}`; err != nil || string(raw) != want {
		t.Errorf("Marshal = %s, %v; want %s", raw, err, want)
	}
}
