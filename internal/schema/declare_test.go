package schema_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/schema"
)

// invoice is a schema that uses each kind of property.
const invoice = `{
	"type": "object",
	"$schema": "https://json-schema.org/draft/2020-12/schema",
	"title": "Invoice",
	"properties": {
		"due": {"type": "string", "format": "date-time", "title": "Due", "examples": ["2030-01-31T09:00:00Z"], "futureDate": true},
		"contactId": {"type": "string", "format": "uuid", "title": "Contact", "examples": ["6f1c1a52-6c0e-4b0e-9d5b-2a6c5f0f7a10"], "identityType": "contact", "namespace": "customer"},
		"total": {"type": "number", "title": "Total", "description": "With tax", "examples": [12.50], "minimum": 0},
		"number": {"type": "string", "format": "number", "title": "Number", "examples": "42", "hidden": true, "$id": "#/properties/number"},
		"count": {"type": "integer", "title": "Count", "examples": [3], "default": 1},
		"paid": {"type": "boolean", "title": "Paid", "examples": [true]},
		"lines": {"type": "array", "title": "Lines", "examples": [{"sku": "a", "quantity": 2}],
			"items": {"type": "object", "required": ["quantity"], "additionalProperties": false, "properties": {
				"sku": {"type": "string", "title": "SKU", "maxLength": 10},
				"quantity": {"type": "integer", "title": "Quantity"}}}},
		"address": {"type": "object", "title": "Address", "examples": [{"city": "Ulm"}], "additionalProperties": false,
			"properties": {"city": {"type": "string", "title": "City"}}, "required": ["city"]},
		"price": {"type": "object", "title": "Price", "wixCustomType": "MONEY", "examples": [{"value": "1.00", "currency": "EUR"}]},
		"form": {"type": "string", "title": "Form", "examples": ["f"], "itemsSelectionConfiguration": {"providerKey": "forms", "tag": "form"}}
	},
	"additionalProperties": false,
	"required": ["due", "total"]
}`

func declare(t testing.TB, raw string) *schema.Payload {
	t.Helper()
	p, err := schema.Declare("schema", []byte(raw))
	if err != nil {
		t.Fatalf("schema refused: %v", err)
	}
	return p
}

// one is the inside of a schema of one good property.
const one = `"type":"object","properties":{"id":{"type":"string","title":"ID","examples":["x"]}}`

// with returns a schema of one good property and those given.
func with(properties string) string {
	return `{"type":"object","properties":{"id":{"type":"string","title":"ID","examples":["x"]},` + properties + `}}`
}

func TestDeclareStoresTheSchemaAsDraft07(t *testing.T) {
	p := declare(t, `{"type":"object","additionalProperties":{"type":"string"},"$schema":"x",
		"properties":{"b":{"type":"number","title":"é \"B\"","examples":[1.50],"x-note":[1e2]},"a":{"type":"object","title":"A","examples":[{}],"additionalProperties":false,"properties":{"additionalProperties":{"type":"string","title":"T"}}}}}`)
	want := `{"$schema":"http://json-schema.org/draft-07/schema","type":"object","additionalProperties":true,` +
		`"properties":{"b":{"type":"number","title":"é \"B\"","examples":[1.50],"x-note":[1e2]},"a":{"type":"object","title":"A","examples":[{}],"additionalProperties":true,"properties":{"additionalProperties":{"type":"string","title":"T"}}}}}`
	if got := string(p.Canonical()); got != want {
		t.Errorf("canonical\n got %s\nwant %s", got, want)
	}
	if again := declare(t, want); string(again.Canonical()) != want {
		t.Errorf("declared again\n got %s\nwant %s", again.Canonical(), want)
	}
}

func TestDeclareAddsWhatEveryStoredSchemaSays(t *testing.T) {
	got := string(declare(t, with(`"a":{"type":"boolean","title":"A","examples":[true]}`)).Canonical())
	if !strings.HasPrefix(got, `{"$schema":"http://json-schema.org/draft-07/schema","type"`) || !strings.HasSuffix(got, `}},"additionalProperties":true}`) {
		t.Errorf("canonical = %s", got)
	}
}

func TestPropertiesStandInTheOrderDeclared(t *testing.T) {
	p := declare(t, invoice)
	want := []schema.Property{
		{Key: "due", Type: "string", Format: "date-time", Title: "Due", Required: true, FutureDate: true, Example: "2030-01-31T09:00:00Z"},
		{Key: "contactId", Type: "string", Format: "uuid", Title: "Contact", IdentityType: "contact", Namespace: "customer", Example: "6f1c1a52-6c0e-4b0e-9d5b-2a6c5f0f7a10"},
		{Key: "total", Type: "number", Title: "Total", Description: "With tax", Required: true, Example: 12.5},
		{Key: "number", Type: "string", Format: "number", Title: "Number", Hidden: true, Example: "42"},
		{Key: "count", Type: "integer", Title: "Count", Example: 3.0},
		{Key: "paid", Type: "boolean", Title: "Paid", Example: true},
		{Key: "lines", Type: "array", Title: "Lines", Example: []any{map[string]any{"sku": "a", "quantity": 2.0}}, Properties: []schema.Property{
			{Key: "sku", Type: "string", Title: "SKU"},
			{Key: "quantity", Type: "integer", Title: "Quantity", Required: true},
		}},
		{Key: "address", Type: "object", Title: "Address", Example: map[string]any{"city": "Ulm"}, Properties: []schema.Property{
			{Key: "city", Type: "string", Title: "City", Required: true},
		}},
		{Key: "price", Type: "object", Title: "Price", CustomType: "MONEY", Example: map[string]any{"value": "1.00", "currency": "EUR"}},
		{Key: "form", Type: "string", Title: "Form", Example: "f"},
	}
	if diff := cmp.Diff(want, p.Properties()); diff != "" {
		t.Errorf("properties (-want +got):\n%s", diff)
	}
	if got := p.FutureDate(); got != "due" {
		t.Errorf("FutureDate() = %q, want due", got)
	}
	p.Properties()[6].Example.([]any)[0].(map[string]any)["sku"] = "changed"
	p.Properties()[6].Properties[0].Title = "changed"
	if diff := cmp.Diff(want, p.Properties()); diff != "" {
		t.Errorf("properties after a caller changed its copy (-want +got):\n%s", diff)
	}
}

func TestNamespaceOfAnIdentityFallsBackToItsName(t *testing.T) {
	for name, tt := range map[string]struct{ annotations, want string }{
		"both":     {`"identityType":"member","namespace":"ns","name":"n"`, "ns"},
		"name":     {`"identityType":"member","name":"n"`, "n"},
		"neither":  {`"identityType":"visitor"`, "visitor"},
		"no ident": {`"namespace":"ns"`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := declare(t, with(`"who":{"type":"string","format":"uuid","title":"Who","examples":["x"],`+tt.annotations+`}`))
			if got := p.Properties()[1].Namespace; got != tt.want {
				t.Errorf("namespace = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestDeclareNamesEachRuleBroken(t *testing.T) {
	a := func(rest string) string { return with(`"a":{"title":"A",` + rest + `}`) }
	s := func(rest string) string { return a(`"type":"string","examples":["x"],` + rest) }
	for name, tt := range map[string]struct {
		raw  string
		want []string
	}{
		"empty":             {``, []string{"schema JSON"}},
		"null":              {`null`, []string{"schema TYPE"}},
		"array":             {`[]`, []string{"schema TYPE"}},
		"too large":         {`{"a":"` + strings.Repeat("x", schema.MaxSchemaBytes) + `"}`, []string{"schema MAX_BYTES"}},
		"too deep":          {strings.Repeat(`{"a":`, 65) + "1" + strings.Repeat("}", 65), []string{"schema" + strings.Repeat(".a", 64) + " MAX_DEPTH"}},
		"duplicate key":     {s(`"title":"A"`), []string{"schema.properties.a.title DUPLICATE_KEY"}},
		"number":            {s(`"minLength":1e400`), []string{"schema.properties.a.minLength NUMBER_RANGE"}},
		"nothing in it":     {`{}`, []string{"schema.type REQUIRED", "schema.properties REQUIRED"}},
		"root type":         {`{"type":"array","properties":{}}`, []string{"schema.type TYPE", "schema.properties MIN_PROPERTIES"}},
		"root types":        {`{"type":["object"],"properties":[]}`, []string{"schema.type TYPE", "schema.properties TYPE"}},
		"root constrained":  {`{"enum":[{}],` + one + "}", []string{"schema.enum KEYWORD"}},
		"required no array": {`{"required":"id",` + one + "}", []string{"schema.required TYPE"}},
		"required list": {
			`{"required":["id","id","other",1],` + one + "}",
			[]string{"schema.required[1] UNIQUE", "schema.required[2] UNDECLARED", "schema.required[3] TYPE"},
		},
		"property key":       {with(`"_a":{"type":"string","title":"A","examples":["x"]}`), []string{"schema.properties._a KEY"}},
		"property key space": {with(`"a b":{"type":"string","title":"A","examples":["x"]}`), []string{`schema.properties["a b"] KEY`}},
		"property key empty": {with(`"":{"type":"string","title":"A","examples":["x"]}`), []string{`schema.properties[""] KEY`}},
		"property is true":   {with(`"a":true`), []string{"schema.properties.a TYPE"}},
		"property empty":     {with(`"a":{}`), []string{"schema.properties.a.type REQUIRED", "schema.properties.a.title REQUIRED", "schema.properties.a.examples REQUIRED"}},
		"type unknown":       {a(`"type":"text","examples":["x"]`), []string{"schema.properties.a.type TYPE"}},
		"type null":          {a(`"type":"null","examples":[null]`), []string{"schema.properties.a.type TYPE"}},
		"types":              {a(`"type":["string","null"],"examples":["x"]`), []string{"schema.properties.a.type TYPE"}},
		"title no string":    {with(`"a":{"type":"string","title":1,"examples":["x"]}`), []string{"schema.properties.a.title TYPE"}},
		"title empty":        {with(`"a":{"type":"string","title":"","examples":["x"]}`), []string{"schema.properties.a.title MIN_LENGTH"}},
		"texts":              {s(`"description":1,"$id":{},"hidden":"yes"`), []string{"schema.properties.a.description TYPE", "schema.properties.a.$id TYPE", "schema.properties.a.hidden TYPE"}},
		"no example":         {a(`"type":"string"`), []string{"schema.properties.a.examples REQUIRED"}},
		"examples empty":     {a(`"type":"string","examples":[]`), []string{"schema.properties.a.examples MIN_ITEMS"}},
		"array none":         {a(`"type":"array","examples":[],"wixCustomType":"FIELDS"`), []string{"schema.properties.a.examples MIN_ITEMS"}},
		"example's type":     {a(`"type":"integer","examples":[1,1.5,"2"]`), []string{"schema.properties.a.examples[1] TYPE", "schema.properties.a.examples[2] TYPE"}},
		"bare example":       {a(`"type":"integer","examples":"1"`), []string{"schema.properties.a.examples TYPE"}},
		"default's type":     {s(`"default":1`), []string{"schema.properties.a.default TYPE"}},
		"no good example":    {a(`"type":"string","pattern":"^[0-9]{9}$","examples":["x"]`), []string{"schema.properties.a.examples EXAMPLES"}},
		"format no string":   {s(`"format":1`), []string{"schema.properties.a.format TYPE"}},
		"format unknown":     {s(`"format":"phone"`), []string{"schema.properties.a.format FORMAT"}},
		"format of a number": {a(`"type":"number","examples":[1],"format":"number"`), []string{"schema.properties.a.format NOT_ALLOWED"}},
		"pattern":            {s(`"pattern":"(?=x)"`), []string{"schema.properties.a.pattern PATTERN"}},
		"back reference":     {s(`"pattern":"(x)\\1"`), []string{"schema.properties.a.pattern PATTERN"}},
		"pattern no string":  {s(`"pattern":1`), []string{"schema.properties.a.pattern TYPE"}},
		"constraint values":  {s(`"minLength":"1","maxLength":-1,"enum":1`), []string{"schema.properties.a.enum TYPE", "schema.properties.a.maxLength MINIMUM", "schema.properties.a.minLength TYPE"}},
		"reference":          {with(`"a":{"$ref":"#/definitions/a","type":"string","title":"A","examples":["x"]}`), []string{"schema.properties.a.$ref REFERENCE"}},
		"outside reference":  {with(`"a":{"$ref":"file:///etc/passwd","type":"string","title":"A","examples":["x"]}`), []string{"schema.properties.a.$ref REFERENCE"}},
		"definitions":        {`{"definitions":{},"$defs":{},` + one + "}", []string{"schema.definitions REFERENCE", "schema.$defs REFERENCE"}},
		"composition":        {s(`"anyOf":[{}],"not":{}`), []string{"schema.properties.a.anyOf COMPOSITION", "schema.properties.a.not COMPOSITION"}},
		"closing keywords":   {`{"patternProperties":{},"maxProperties":1,` + one + "}", []string{"schema.patternProperties KEYWORD", "schema.maxProperties KEYWORD"}},
		"other keywords":     {s(`"contentEncoding":"base64"`), []string{"schema.properties.a.contentEncoding KEYWORD"}},
		"identity type":      {s(`"format":"uuid","identityType":"order"`), []string{"schema.properties.a.identityType ENUM"}},
		"identity no string": {s(`"format":"uuid","identityType":true`), []string{"schema.properties.a.identityType TYPE"}},
		"identity no uuid":   {s(`"identityType":"contact"`), []string{"schema.properties.a.identityType NOT_ALLOWED"}},
		"identity of number": {a(`"type":"number","examples":[1],"identityType":"contact"`), []string{"schema.properties.a.identityType NOT_ALLOWED"}},
		"two identities": {
			with(`"a":{"type":"string","title":"A","examples":["x"],"format":"uuid","identityType":"contact"},"b":{"type":"string","title":"B","examples":["x"],"format":"uuid","identityType":"member"}`),
			[]string{"schema.properties.b.identityType AT_MOST_ONE"},
		},
		"namespace":        {s(`"format":"uuid","identityType":"contact","namespace":"a.b","name":1`), []string{"schema.properties.a.namespace KEY", "schema.properties.a.name TYPE"}},
		"future no bool":   {s(`"format":"date-time","futureDate":"yes"`), []string{"schema.properties.a.futureDate TYPE"}},
		"future no date":   {s(`"format":"date","futureDate":true`), []string{"schema.properties.a.futureDate NOT_ALLOWED"}},
		"future of number": {a(`"type":"number","examples":[1],"futureDate":true`), []string{"schema.properties.a.futureDate NOT_ALLOWED"}},
		"future narrowed":  {s(`"format":"date-time","futureDate":true,"pattern":"Z$"`), []string{"schema.properties.a.pattern KEYWORD"}},
		"two futures": {
			with(`"a":{"type":"string","title":"A","examples":["x"],"format":"date-time","futureDate":true},"b":{"type":"string","title":"B","examples":["x"],"format":"date-time","futureDate":true}`),
			[]string{"schema.properties.b.futureDate AT_MOST_ONE"},
		},
		"future nested": {
			a(`"type":"object","examples":[{}],"properties":{"b":{"type":"string","title":"B","format":"date-time","futureDate":true}}`),
			[]string{"schema.properties.a.properties.b.futureDate NESTING"},
		},
		"custom type":       {s(`"wixCustomType":1`), []string{"schema.properties.a.wixCustomType TYPE"}},
		"custom type empty": {s(`"wixCustomType":""`), []string{"schema.properties.a.wixCustomType MIN_LENGTH"}},
		"selection":         {s(`"itemsSelectionConfiguration":[]`), []string{"schema.properties.a.itemsSelectionConfiguration TYPE"}},
		"selection parts":   {s(`"itemsSelectionConfiguration":{"providerKey":1,"tag":{}}`), []string{"schema.properties.a.itemsSelectionConfiguration.providerKey TYPE", "schema.properties.a.itemsSelectionConfiguration.tag TYPE"}},
		"array no items":    {a(`"type":"array","examples":[[]]`), []string{"schema.properties.a.items REQUIRED"}},
		"items list":        {a(`"type":"array","examples":[[]],"items":[{}]`), []string{"schema.properties.a.items TYPE"}},
		"array of strings":  {a(`"type":"array","examples":[[]],"items":{"type":"string"}`), []string{"schema.properties.a.items.type TYPE", "schema.properties.a.items.properties REQUIRED"}},
		"items constrained": {a(`"type":"array","examples":[[]],"items":{"type":"object","const":{},"examples":[{}],"properties":{"b":{"type":"string","title":"B"}}}`), []string{"schema.properties.a.items.const KEYWORD", "schema.properties.a.items.examples NOT_ALLOWED"}},
		"identity in items": {a(`"type":"array","examples":[[]],"items":{"type":"object","properties":{"b":{"type":"string","title":"B","format":"uuid","identityType":"contact"}}}`), []string{"schema.properties.a.items.properties.b.identityType NESTING"}},
		"third level":       {a(`"type":"object","examples":[{}],"properties":{"b":{"type":"object","title":"B","properties":{}}}`), []string{"schema.properties.a.properties.b.type NESTING"}},
		"array in items":    {a(`"type":"array","examples":[[]],"items":{"type":"object","properties":{"b":{"type":"array","title":"B"}}}`), []string{"schema.properties.a.items.properties.b.type NESTING"}},
		"second examples":   {a(`"type":"object","examples":[{}],"properties":{"b":{"type":"string","title":"B","examples":["x"]}}`), []string{"schema.properties.a.properties.b.examples NOT_ALLOWED"}},
		"second title":      {a(`"type":"object","examples":[{}],"properties":{"b":{"type":"string"}}`), []string{"schema.properties.a.properties.b.title REQUIRED"}},
		"second required":   {a(`"type":"object","examples":[{}],"required":["c"],"properties":{"b":{"type":"string","title":"B"}}`), []string{"schema.properties.a.required[0] UNDECLARED"}},
		"object no members": {a(`"type":"object","examples":[{}]`), []string{"schema.properties.a.properties REQUIRED"}},
		"items of a string": {s(`"items":{},"properties":{},"required":[]`), []string{"schema.properties.a.items NOT_ALLOWED", "schema.properties.a.properties NOT_ALLOWED", "schema.properties.a.required NOT_ALLOWED"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := schema.Declare("schema", []byte(tt.raw))
			if diff := cmp.Diff(tt.want, broken(t, err)); diff != "" {
				t.Errorf("violations (-want +got):\n%s\n%s", diff, tt.raw)
			}
			if got := belay.CodeOf(err); got != belay.InvalidArgument {
				t.Errorf("code = %s, want %s", got, belay.InvalidArgument)
			}
		})
	}
}

func TestDeclareTakesEachWayToShowAnExample(t *testing.T) {
	items := `"items":{"type":"object","properties":{"n":{"type":"integer","title":"N"}}}`
	for name, tt := range map[string]struct {
		property string
		want     any
	}{
		"list":                    {`"type":"string","examples":["x","y"]`, "x"},
		"bare":                    {`"type":"string","examples":"x"`, "x"},
		"bare object":             {`"type":"object","examples":{"n":1},"properties":{"n":{"type":"integer","title":"N"}}`, map[string]any{"n": 1.0}},
		"list of arrays":          {`"type":"array","examples":[[{"n":1}],[]],` + items, []any{map[string]any{"n": 1.0}}},
		"bare array":              {`"type":"array","examples":[{"n":1},{"n":2}],` + items, []any{map[string]any{"n": 1.0}, map[string]any{"n": 2.0}}},
		"first that obeys":        {`"type":"string","format":"date","examples":["soon","2030-02-28"]`, "2030-02-28"},
		"default when none obeys": {`"type":"string","format":"date","examples":["soon"],"default":"2030-02-28"`, "2030-02-28"},
		"listed when none obeys":  {`"type":"string","enum":["red","blue"],"examples":["soon"]`, "red"},
		"made when none obeys":    {`"type":"string","format":"uuid","examples":["soon"]`, "6f1c1a52-6c0e-4b0e-9d5b-2a6c5f0f7a10"},
		"made for a range":        {`"type":"integer","examples":[0],"minimum":100`, 100.0},
		"made for a length":       {`"type":"string","examples":["x"],"minLength":6`, "xxxxxx"},
		"made object":             {`"type":"object","examples":[{}],"required":["n"],"properties":{"n":{"type":"number","title":"N","exclusiveMinimum":5}}`, map[string]any{"n": 6.0}},
	} {
		t.Run(name, func(t *testing.T) {
			p := declare(t, with(`"a":{"title":"A",`+tt.property+`}`))
			got := p.Example(time.Time{})
			if diff := cmp.Diff(map[string]any{"id": "x", "a": tt.want}, got); diff != "" {
				t.Errorf("example (-want +got):\n%s", diff)
			}
			if err := p.Validate("payload", got); err != nil {
				t.Errorf("example refused: %v", err)
			}
		})
	}
}

func TestExampleOfEveryFormatObeysIt(t *testing.T) {
	for _, format := range strings.Fields("date-time date time duration email hostname ipv4 ipv6 uri uri-reference iri iri-reference uri-template json-pointer relative-json-pointer regex uuid number") {
		p := declare(t, with(fmt.Sprintf(`"a":{"title":"A","type":"object","examples":[{}],"required":["b"],"properties":{"b":{"type":"string","title":"B","format":%q}}}`, format)))
		if err := p.Validate("payload", p.Example(time.Time{})); err != nil {
			t.Errorf("%s: %v", format, err)
		}
	}
}

func TestExampleTakesTheTimeGiven(t *testing.T) {
	at := time.Date(2031, 2, 3, 4, 5, 6, 789e6, time.FixedZone("", 3600))
	p := declare(t, invoice)
	payload := p.Example(at)
	if got := payload["due"]; got != "2031-02-03T03:05:06.789Z" {
		t.Errorf("due = %v", got)
	}
	if err := p.Validate("payload", payload); err != nil {
		t.Error(err)
	}
	if got, err := p.ScheduledTime("payload", payload); err != nil || !got.Equal(at) {
		t.Errorf("ScheduledTime = %v, %v; want %v", got, err, at)
	}
}

func FuzzDeclare(f *testing.F) {
	for _, seed := range []string{
		invoice, "{}", with(`"a":{"type":"array","title":"A","examples":[[]],"items":{"type":"object","properties":{"b":{"type":"string","title":"B","pattern":"(?=a)"}}}}`),
		with(`"a":{"$ref":"http://127.0.0.1/","type":"string","title":"A","examples":"x","minLength":-1,"enum":{}}`),
		with(`"a":{"type":"number","title":"A","examples":[1],"multipleOf":0,"maximum":1e300}`),
		with(`"a":{"type":"string","title":"A","examples":["x"],"format":"uuid","identityType":"contact","const":null}`),
	} {
		f.Add([]byte(seed))
	}
	at := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := schema.Declare("schema", raw)
		if err != nil {
			refused, ok := errors.AsType[*belay.Error](err)
			if !ok || refused.Code != belay.InvalidArgument || len(refused.Violations) == 0 {
				t.Fatalf("refused with %T %v", err, err)
			}
			return
		}
		if err := p.Validate("payload", p.Example(at)); err != nil {
			t.Errorf("the example is refused: %v", err)
		}
		again, err := schema.Declare("schema", p.Canonical())
		if err != nil {
			t.Fatalf("the stored form is refused: %v", err)
		}
		if got, want := string(again.Canonical()), string(p.Canonical()); got != want {
			t.Errorf("stored again\n got %s\nwant %s", got, want)
		}
		if broken := schema.CheckChange("schema", p, again); len(broken) > 0 {
			t.Errorf("a schema may not replace itself: %v", broken)
		}
	})
}
