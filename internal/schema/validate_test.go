package schema_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/schema"
)

func parse(t testing.TB, raw string) map[string]any {
	t.Helper()
	payload, err := schema.ParsePayload("payload", []byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

func TestValidateNamesEachPlaceAndRule(t *testing.T) {
	ok := `"due":"2030-01-31T09:00:00+01:00","total":1`
	for name, tt := range map[string]struct {
		payload string
		want    []string
	}{
		"the least":            {`{` + ok + `}`, nil},
		"unknown keys":         {`{` + ok + `,"other":{"deep":[1]},"address":{"city":"Ulm","zip":null}}`, nil},
		"whole number as 2.0":  {`{` + ok + `,"count":2.0}`, nil},
		"empty array":          {`{` + ok + `,"lines":[]}`, nil},
		"custom type is free":  {`{` + ok + `,"price":{"value":1}}`, nil},
		"missing":              {`{"total":1}`, []string{"payload.due REQUIRED"}},
		"all missing":          {`{}`, []string{"payload.due REQUIRED", "payload.total REQUIRED"}},
		"missing below":        {`{` + ok + `,"lines":[{"quantity":1},{"quantity":1},{"quantity":1},{"sku":"a"}]}`, []string{"payload.lines[3].quantity REQUIRED"}},
		"missing in an object": {`{` + ok + `,"address":{}}`, []string{"payload.address.city REQUIRED"}},
		"type":                 {`{` + ok + `,"paid":"yes"}`, []string{"payload.paid TYPE"}},
		"null":                 {`{"due":null,"total":null}`, []string{"payload.due TYPE", "payload.total TYPE"}},
		"fraction":             {`{` + ok + `,"count":1.5}`, []string{"payload.count TYPE"}},
		"type in an element":   {`{` + ok + `,"lines":[{"quantity":1},{"quantity":"1"},7]}`, []string{"payload.lines[1].quantity TYPE", "payload.lines[2] TYPE"}},
		"object for an array":  {`{` + ok + `,"lines":{}}`, []string{"payload.lines TYPE"}},
		"date-time":            {`{"due":"2030-01-31T09:00:00","total":1}`, []string{"payload.due FORMAT"}},
		"uuid":                 {`{` + ok + `,"contactId":"6f1c1a52"}`, []string{"payload.contactId FORMAT"}},
		"number":               {`{` + ok + `,"number":"1,5"}`, []string{"payload.number FORMAT"}},
		"minimum":              {`{"due":"2030-01-31T09:00:00Z","total":-0.01}`, []string{"payload.total MINIMUM"}},
		"length below":         {`{` + ok + `,"lines":[{"quantity":1,"sku":"12345678901"}]}`, []string{"payload.lines[0].sku MAX_LENGTH"}},
		"several":              {`{"total":"1","paid":0,"form":1}`, []string{"payload.due REQUIRED", "payload.total TYPE", "payload.paid TYPE", "payload.form TYPE"}},
	} {
		t.Run(name, func(t *testing.T) {
			err := declare(t, invoice).Validate("payload", parse(t, tt.payload))
			if diff := cmp.Diff(tt.want, broken(t, err)); diff != "" {
				t.Errorf("violations (-want +got):\n%s", diff)
			}
		})
	}
}

func TestValidateAssertsEachConstraint(t *testing.T) {
	items := `"items":{"type":"object","properties":{"n":{"type":"integer","title":"N"}}}`
	for name, tt := range map[string]struct{ property, value, want string }{
		"enum":              {`"type":"string","examples":["a"],"enum":["a","b"]`, `"c"`, "payload.a ENUM"},
		"const":             {`"type":"string","examples":["a"],"const":"a"`, `"b"`, "payload.a CONST"},
		"pattern":           {`"type":"string","examples":["a"],"pattern":"^[a-z]$"`, `"1"`, "payload.a PATTERN"},
		"minLength":         {`"type":"string","examples":["ab"],"minLength":2`, `"é"`, "payload.a MIN_LENGTH"},
		"maxLength":         {`"type":"string","examples":["a"],"maxLength":2`, `"abc"`, "payload.a MAX_LENGTH"},
		"maximum":           {`"type":"number","examples":[1],"maximum":2`, `2.5`, "payload.a MAXIMUM"},
		"exclusive minimum": {`"type":"number","examples":[1],"exclusiveMinimum":0`, `0`, "payload.a MINIMUM"},
		"exclusive maximum": {`"type":"number","examples":[1],"exclusiveMaximum":2`, `2`, "payload.a MAXIMUM"},
		"multipleOf":        {`"type":"number","examples":[0.5],"multipleOf":0.5`, `0.7`, "payload.a MULTIPLE_OF"},
		"minItems":          {`"type":"array","examples":[[{}]],"minItems":1,` + items, `[]`, "payload.a MIN_ITEMS"},
		"maxItems":          {`"type":"array","examples":[[{}]],"maxItems":1,` + items, `[{},{}]`, "payload.a MAX_ITEMS"},
		"uniqueItems":       {`"type":"array","examples":[[{}]],"uniqueItems":true,` + items, `[{"n":1},{"n":1}]`, "payload.a UNIQUE_ITEMS"},
		"below minItems":    {`"type":"array","examples":[[{}]],"minItems":1,` + items, `[{},{"n":"1"}]`, "payload.a[1].n TYPE"},
		"email":             {`"type":"string","examples":["a@b.example"],"format":"email"`, `"Ada <a@b.example>"`, "payload.a FORMAT"},
		"uri":               {`"type":"string","examples":["https://b.example"],"format":"uri"`, `"/a"`, "payload.a FORMAT"},
		"date":              {`"type":"string","examples":["2030-01-31"],"format":"date"`, `"2030-02-29"`, "payload.a FORMAT"},
		"ipv4":              {`"type":"string","examples":["192.0.2.1"],"format":"ipv4"`, `"192.0.2"`, "payload.a FORMAT"},
	} {
		t.Run(name, func(t *testing.T) {
			p := declare(t, with(`"a":{"title":"A",`+tt.property+`}`))
			err := p.Validate("payload", parse(t, `{"a":`+tt.value+`}`))
			if diff := cmp.Diff([]string{tt.want}, broken(t, err)); diff != "" {
				t.Errorf("violations (-want +got):\n%s", diff)
			}
		})
	}
}

func TestValidateTellsMissingFromWrong(t *testing.T) {
	for name, tt := range map[string]struct {
		payload string
		code    belay.Code
		reason  string
	}{
		"missing":       {`{"due":"2030-01-31T09:00:00Z"}`, belay.InvalidArgument, "REQUIRED_PROPERTY"},
		"missing below": {`{"due":"2030-01-31T09:00:00Z","total":1,"lines":[{}]}`, belay.InvalidArgument, "REQUIRED_PROPERTY"},
		"wrong":         {`{"due":"2030-01-31T09:00:00Z","total":"1"}`, belay.FailedPrecondition, "SCHEMA_VALIDATION_FAILED"},
		"both":          {`{"total":"1"}`, belay.InvalidArgument, "REQUIRED_PROPERTY"},
	} {
		t.Run(name, func(t *testing.T) {
			err := declare(t, invoice).Validate("payload", parse(t, tt.payload))
			refused, ok := errors.AsType[*belay.Error](err)
			if !ok || refused.Code != tt.code || refused.Reason != tt.reason {
				t.Errorf("refused with %+v, want %s %s", refused, tt.code, tt.reason)
			}
		})
	}
}

func TestValidateNamesTwentyBreachesAtMost(t *testing.T) {
	elements := strings.TrimSuffix(strings.Repeat(`{"quantity":"1"},`, 1000), ",")
	payload := parse(t, `{"due":"2030-01-31T09:00:00Z","total":1,"lines":[`+elements+`],"address":{},"paid":0}`)
	want := make([]string, schema.MaxViolations)
	want[0] = "payload.paid TYPE"
	for i := range want[1:] {
		want[i+1] = fmt.Sprintf("payload.lines[%d].quantity TYPE", i)
	}
	if diff := cmp.Diff(want, broken(t, declare(t, invoice).Validate("payload", payload))); diff != "" {
		t.Errorf("violations (-want +got):\n%s", diff)
	}
}

func TestARefusalNeverRepeatsTheValue(t *testing.T) {
	p := declare(t, with(`"a":{"type":"string","title":"A","examples":["a"],"pattern":"^a$"},"b":{"type":"string","title":"B","examples":["a@b.example"],"format":"email"},"c":{"type":"string","title":"C","examples":["a"],"enum":["a"]},"d":{"type":"number","title":"D","examples":[1]}`))
	err := p.Validate("payload", parse(t, `{"a":"secret","b":"secret","c":"secret","d":"secret"}`))
	if err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("error = %v", err)
	}
}

// order is a payload of about 300 bytes.
const order = `{"due":"2030-01-31T09:00:00.000Z","contactId":"6f1c1a52-6c0e-4b0e-9d5b-2a6c5f0f7a10","total":129.90,"number":"2030-000117","count":2,"paid":false,"lines":[{"sku":"AB-1","quantity":1},{"sku":"AB-2","quantity":2}],"address":{"city":"Ulm"},"price":{"value":"129.90","currency":"EUR"},"form":"contact-us"}`

func TestValidatingAGoodPayloadAllocatesOnce(t *testing.T) {
	p := declare(t, strings.NewReplacer(`"minimum": 0`, `"x": 0`, `"maxLength": 10`, `"x": 0`).Replace(invoice))
	payload := parse(t, strings.Replace(order, "2030-000117", "117", 1))
	var err error
	if got := testing.AllocsPerRun(100, func() { err = errors.Join(err, p.Validate("payload", payload)) }); got > 1 {
		t.Errorf("%v allocations, want 1, for the place", got)
	}
	if err != nil {
		t.Error(err)
	}
}

func BenchmarkParsePayload(b *testing.B) {
	raw := []byte(order)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := schema.ParsePayload("payload", raw); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkValidate(b *testing.B) {
	for name, raw := range map[string]string{
		"types and formats": strings.ReplaceAll(strings.ReplaceAll(invoice, `"minimum": 0`, `"x": 0`), `"maxLength": 10`, `"x": 0`),
		"constraints":       invoice,
	} {
		b.Run(name, func(b *testing.B) {
			p := declare(b, raw)
			payload := parse(b, strings.Replace(order, "2030-000117", "117", 1))
			b.ReportAllocs()
			for b.Loop() {
				if err := p.Validate("payload", payload); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDeclare(b *testing.B) {
	for b.Loop() {
		declare(b, invoice)
	}
}
