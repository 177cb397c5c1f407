package schema_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/schema"
)

// broken returns "place RULE" for each violation of err, which must be an *Error.
func broken(t testing.TB, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	refused, ok := errors.AsType[*belay.Error](err)
	if !ok {
		t.Fatalf("error is %T, want *belay.Error: %v", err, err)
	}
	return lines(refused.Violations)
}

func lines(violations []belay.Violation) []string {
	var all []string
	for _, v := range violations {
		if v.Description == "" {
			all = append(all, v.Field+" "+v.Rule+" WITHOUT DESCRIPTION")
			continue
		}
		all = append(all, v.Field+" "+v.Rule)
	}
	return all
}

func TestParsePayloadReturnsWhatWasSent(t *testing.T) {
	for name, tt := range map[string]struct {
		raw  string
		want map[string]any
	}{
		"nothing":             {"", map[string]any{}},
		"white space":         {" \n\t\r", map[string]any{}},
		"null":                {" null ", map[string]any{}},
		"empty object":        {"{}", map[string]any{}},
		"all kinds":           {`{"s":"é\n","n":-1.5e3,"t":true,"f":false,"z":null,"a":[1,[]],"o":{"k":{}}}`, map[string]any{"s": "é\n", "n": -1500.0, "t": true, "f": false, "z": nil, "a": []any{1.0, []any{}}, "o": map[string]any{"k": map[string]any{}}}},
		"largest integer":     {`{"n":9007199254740992}`, map[string]any{"n": 9007199254740992.0}},
		"smallest integer":    {`{"n":-9007199254740992}`, map[string]any{"n": -9007199254740992.0}},
		"large with exponent": {`{"n":1.5e300}`, map[string]any{"n": 1.5e300}},
		"underflow":           {`{"n":1e-400}`, map[string]any{"n": 0.0}},
		"empty key":           {`{"":1}`, map[string]any{"": 1.0}},
		"same key elsewhere":  {`{"a":{"a":1},"b":{"a":1}}`, map[string]any{"a": map[string]any{"a": 1.0}, "b": map[string]any{"a": 1.0}}},
		"deepest":             {strings.Repeat(`{"a":`, 31) + `{}` + strings.Repeat("}", 31), deep(32)},
		"surrogate pair":      {`{"s":"\ud83d\ude00"}`, map[string]any{"s": "😀"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := schema.ParsePayload("payload", []byte(tt.raw))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("payload (-want +got):\n%s", diff)
			}
		})
	}
}

func deep(levels int) map[string]any {
	object := map[string]any{}
	for range levels - 1 {
		object = map[string]any{"a": object}
	}
	return object
}

func TestParsePayloadRefusesAndNamesThePlace(t *testing.T) {
	for name, tt := range map[string]struct{ raw, want string }{
		"too large":                {`{"a":"` + strings.Repeat("x", schema.MaxPayloadBytes) + `"}`, "payload MAX_BYTES"},
		"too deep":                 {`{"a":` + strings.Repeat("[", 32) + strings.Repeat("]", 32) + `}`, "payload.a" + strings.Repeat("[0]", 31) + " MAX_DEPTH"},
		"array":                    {`[1]`, "payload TYPE"},
		"string":                   {`"a"`, "payload TYPE"},
		"number":                   {`1`, "payload TYPE"},
		"true":                     {`true`, "payload TYPE"},
		"cut short":                {`{"lines":[{"quantity":`, "payload.lines[0].quantity JSON"},
		"cut before the bracket":   {`{"a":1`, "payload JSON"},
		"comma missing":            {`{"a":1 "b":2}`, "payload JSON"},
		"trailing comma":           {`{"a":[1,]}`, "payload.a[1] JSON"},
		"comment":                  {`{"a":1}//`, "payload JSON"},
		"second value":             {`{"a":1}{}`, "payload JSON"},
		"second value after null":  {`null null`, "payload JSON"},
		"not json":                 {`nope`, "payload JSON"},
		"single quotes":            {`{'a':1}`, "payload JSON"},
		"NaN":                      {`{"a":NaN}`, "payload.a JSON"},
		"leading zero":             {`{"a":01}`, "payload JSON"},
		"duplicate key":            {`{"o":[{},{"k":1,"k":2}]}`, "payload.o[1].k DUPLICATE_KEY"},
		"duplicate in other words": {`{"k":1,"\u006b":2}`, "payload.k DUPLICATE_KEY"},
		"invalid utf-8":            {"{\"a\":\"\xff\"}", "payload.a UTF8"},
		"lone surrogate":           {`{"a":"\ud800"}`, "payload.a JSON"},
		"integer beyond 2^53":      {`{"lines":[0,0,0,{"quantity":9007199254740993}]}`, "payload.lines[3].quantity NUMBER_RANGE"},
		"20 digits":                {`{"a":-12345678901234567890}`, "payload.a NUMBER_RANGE"},
		"digits when written back": {`{"a":1e20}`, "payload.a NUMBER_RANGE"},
		"beyond float64":           {`{"a":1e400}`, "payload.a NUMBER_RANGE"},
		"key with a space":         {`{"unit price":1e400}`, `payload["unit price"] NUMBER_RANGE`},
		"endless key":              {`{"` + strings.Repeat("é", 200) + `":1e400}`, `payload["` + strings.Repeat("é", 50) + `…"] NUMBER_RANGE`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := schema.ParsePayload("payload", []byte(tt.raw))
			if diff := cmp.Diff([]string{tt.want}, broken(t, err)); diff != "" {
				t.Errorf("violations (-want +got):\n%s", diff)
			}
			if got := belay.CodeOf(err); got != belay.InvalidArgument {
				t.Errorf("code = %s, want %s", got, belay.InvalidArgument)
			}
		})
	}
}

func TestParsePayloadKeepsNothingOfTheBytesItRead(t *testing.T) {
	raw := []byte(`{"key":"value","escaped":"a\tb"}`)
	got, err := schema.ParsePayload("payload", raw)
	if err != nil {
		t.Fatal(err)
	}
	clear(raw)
	want := map[string]any{"key": "value", "escaped": "a\tb"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("payload after its bytes were overwritten (-want +got):\n%s", diff)
	}
}

func TestParsePayloadStartsAfreshAfterARefusal(t *testing.T) {
	for range 3 {
		if _, err := schema.ParsePayload("payload", []byte(`{"a":[{"b":`)); err == nil {
			t.Fatal("a payload cut short was taken")
		}
		got, err := schema.ParsePayload("other", []byte(`{"a":[1]}`))
		if diff := cmp.Diff(map[string]any{"a": []any{1.0}}, got); err != nil || diff != "" {
			t.Fatalf("err %v, payload (-want +got):\n%s", err, diff)
		}
	}
}

func FuzzParsePayload(f *testing.F) {
	for _, seed := range []string{
		"", "null", "{}", `{"a":1}`, `{"a":1e20,"b":-0,"c":[null,true,{"d":"\u0000"}]}`, `{"a":"\ud83d\ude00"}`,
		`{"a":9007199254740993}`, `{"a":1.5e300}`, `{"a":123456789012345678901234.5}`, "{\"a\":\"\xff\"}", `[[[[`, `{"":{"":{"":0}}}`, `{"a":1,"a":2}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := schema.ParsePayload("payload", raw)
		if err != nil {
			if got := broken(t, err); len(got) != 1 || !strings.HasPrefix(got[0], "payload") {
				t.Fatalf("violations %q, want one below payload", got)
			}
			return
		}
		again, err := json.Marshal(got)
		if err != nil {
			t.Fatalf("what was taken cannot be written: %v", err)
		}
		if len(again) > schema.MaxPayloadBytes {
			return // "\/" and such may grow
		}
		back, err := schema.ParsePayload("payload", again)
		if err != nil {
			t.Fatalf("%s, taken once, is refused when written back: %v", again, err)
		}
		if diff := cmp.Diff(got, back); diff != "" {
			t.Errorf("written and read again (-first +second):\n%s", diff)
		}
	})
}
