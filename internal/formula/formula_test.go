package formula

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func compile(t testing.TB, src string) *Expression {
	t.Helper()
	e, err := Compile(src)
	if err != nil {
		t.Fatalf("Compile(%q): %v", src, err)
	}
	return e
}

func TestSourcesGiveTheirValues(t *testing.T) {
	scope := testScope(t)
	for name, tt := range map[string]struct {
		src  string
		want any
	}{
		"text without braces":                {`Hello }} { %20`, "Hello }} { %20"},
		"no text at all":                     {``, ""},
		"one expression keeps number":        {`{{ 1 }}`, 1.0},
		"one expression keeps boolean":       {`{{true}}`, true},
		"one expression keeps null":          {`{{null}}`, nil},
		"one expression keeps list":          {`{{numbers}}`, []any{4.0, 1.0, 10.0}},
		"surrounded gives text":              {` {{n}}`, " 5"},
		"several give text":                  {`{{n}}{{yes}}`, "5true"},
		"text among them":                    {`Hi {{word}}, {{var("missing")}}{{object}}!`, `Hi Hello, {"a":1}!`},
		"braces in a quoted text":            {`{{concat("}}";'{{')}}`, "}}{{"},
		"closing braces after":               {`{"a":{"b":"{{n}}"}}`, `{"a":{"b":"5"}}`},
		"single quotes":                      {`{{var('object.a')}}`, 1.0},
		"bare path in var":                   {`{{ var( object.a ) }}`, 1.0},
		"bare path":                          {`{{object.a}}`, 1.0},
		"spaces around the quoted":           {`{{var(" n ")}}`, 5.0},
		"spaces everywhere":                  {"{{\n sum ( 1 ;\t2 ) }}", 3.0},
		"old spelling":                       {`{{contains(["a"];word)}}`, false},
		"lists by semicolon":                 {`{{["a";'b', 1]}}`, []any{"a", "b", 1.0}},
		"an empty list":                      {`{{[]}}`, []any{}},
		"lists in lists":                     {`{{[[1],[n]]}}`, []any{[]any{1.0}, []any{5.0}}},
		"a path with every item ends a list": {`{{[numbers[0]]}}`, []any{[]any{4.0, 1.0, 10.0}}},
		"encoded text":                       {`{{"New%20York%3B%22%F0%9F%8D%8E"}}`, `New York;"🍎`},
		"malformed encoding stays":           {`{{"100%25 50% %zz %f %ff%C3%28"}}`, `100% 50% %zz %f %ff%C3(`},
		"plus stays":                         {`{{"a+b"}}`, "a+b"},
		"raw letters":                        {"{{\"Grüße\n\\n\"}}", "Grüße\n\\n"},
		"paths are not decoded":              {`{{var("a%20b")}}`, nil},
		"a fraction":                         {`{{0.5}}`, 0.5},
		"no digit before the point":          {`{{.5}}`, 0.5},
		"no digit after the point":           {`{{5.}}`, 5.0},
		"negative with exponent":             {`{{-1.5e-3}}`, -0.0015},
		"leading zeros":                      {`{{007}}`, 7.0},
		"minus zero is zero":                 {`{{toString(-0)}}`, "0"},
		"every item":                         {`{{lines[0].sku}}`, []any{"a", "b"}},
		"every item of every item":           {`{{lines[0].tags[0]}}`, []any{"x", "y", "z"}},
		"a list below every item":            {`{{var("lines[0].tags")}}`, []any{[]any{"x", "y"}, []any{"z"}}},
		"every item at the end":              {`{{numbers[0]}}`, []any{4.0, 1.0, 10.0}},
		"a name below a list":                {`{{lines.sku}}`, []any{"a", "b"}},
		"every item of null":                 {`{{missing[0].a}}`, nil},
		"every item of an empty list":        {`{{none[0].a}}`, []any{}},
		"every item of a single value":       {`{{object[0].a}}`, []any{1.0}},
		"below a scalar":                     {`{{n.a.b}}`, nil},
		"a name with a hyphen":               {`{{send-email-1.id}}`, nil},
		"a name in other letters":            {`{{größe}}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := compile(t, tt.src).Eval(scope)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestCompilePointsAtWhatIsWrong(t *testing.T) {
	for name, tt := range map[string]struct {
		src     string
		pos     int
		message string
	}{
		"unclosed braces":          {`a {{n`, 2, "{{ is never closed by }}"},
		"unclosed at once":         {`{{`, 0, "{{ is never closed by }}"},
		"half closed":              {`{{n}`, 3, "} where }} was expected"},
		"empty":                    {`{{ }}`, 0, "there is nothing between {{ and }}"},
		"unknown function":         {`{{concatt("a")}}`, 2, "there is no function concatt; did you mean concat?"},
		"unknown function's case":  {`{{ Contains([1];1)}}`, 3, "there is no function Contains; did you mean contains?"},
		"nothing like it":          {`{{formatCurrency(1)}}`, 2, "there is no function formatCurrency"},
		"dotted function":          {`{{a.b(1)}}`, 2, "there is no function a.b"},
		"too few":                  {`{{sum(1)}}`, 2, "sum takes at least 2 values, not 1"},
		"too many":                 {`{{not(true;false)}}`, 2, "not takes 1 value, not 2"},
		"none wanted":              {`{{now(1)}}`, 2, "now takes no values, not 1"},
		"none given":               {`{{min()}}`, 2, "min takes at least 1 value, not 0"},
		"item outside":             {`{{eq($_;1)}}`, 5, "$_ stands outside the predicate of arraySome, arrayEvery or arrayFilter"},
		"item in the list":         {`{{arraySome($_;true)}}`, 12, "$_ stands outside the predicate of arraySome, arrayEvery or arrayFilter"},
		"dollar":                   {`{{$}}`, 2, "$ where a value was expected: the current item is $_"},
		"comma":                    {`{{sum(1,2)}}`, 7, "arguments are separated by ; and not by a comma"},
		"operator":                 {`{{n + 1}}`, 4, "+ where }} was expected; there are no operators: write sum(…;…), or concat(…;…) of texts"},
		"comparison":               {`{{eq(n == 1)}}`, 7, "= where ; or ) was expected; there are no operators: write eq(…;…), or stringEq(…;…) of texts"},
		"missing value":            {`{{sum(1;)}}`, 8, "a value is missing after ;"},
		"missing item":             {`{{[1,]}}`, 5, "a value is missing before ]"},
		"leading separator":        {`{{sum(;1)}}`, 6, "; where a value was expected"},
		"unclosed call":            {`x{{sum(1;2`, 6, "( is never closed by )"},
		"unclosed call after ;":    {`{{sum(1;`, 5, "( is never closed by )"},
		"unclosed var":             {`{{var(`, 5, "( is never closed by )"},
		"unclosed list":            {`{{[1`, 2, "[ is never closed by ]"},
		"list of what":             {`{{[1 2]}}`, 5, "2 where a comma or ] was expected"},
		"unclosed text":            {`{{"abc}}`, 2, `the text is never closed by "`},
		"unclosed path":            {`{{var("abc}}`, 6, `the text is never closed by "`},
		"var of nothing":           {`{{var()}}`, 6, "var needs the path of a field"},
		"var of nothing quoted":    {`{{var("")}}`, 7, "var needs the path of a field"},
		"var of two":               {`{{var("a";"b")}}`, 9, "; where ) was expected: var takes one path"},
		"path with a hole":         {`{{var("a..b")}}`, 7, "the path of a field has an empty part"},
		"bare path with a hole":    {`{{a.}}`, 2, "the path of a field has an empty part"},
		"item without a name":      {`{{arraySome(a;$_.)}}`, 14, "the path of a field has an empty part"},
		"another index":            {`{{var("a[1].b")}}`, 7, "a path knows [0], meaning every item, and no other brackets"},
		"another bare index":       {`{{a[1]}}`, 3, "[ where }} was expected"},
		"bad path for arrayMap":    {`{{arrayMap(a;"b[2]")}}`, 13, "a path knows [0], meaning every item, and no other brackets"},
		"no path for arrayMap":     {`{{arrayMap(a;1)}}`, 13, "arrayMap needs a path in quotes"},
		"number without digits":    {`{{-}}`, 2, "- where a value was expected"},
		"exponent without digits":  {`{{1e}}`, 2, "the exponent of the number has no digits"},
		"number out of range":      {`{{1e999}}`, 2, "the number is too large"},
		"letters after a number":   {`{{12ab}}`, 4, "a where }} was expected"},
		"strange letter":           {`{{é#}}`, 4, "# where }} was expected"},
		"not UTF-8":                {"ab\xff", 2, "the text is not valid UTF-8"},
		"too deep":                 {`{{` + strings.Repeat("[", 65), 66, "the expression is nested more than 64 deep"},
		"too long an expression":   {`ab{{"` + strings.Repeat("x", 5000) + `"}}`, 2, "the expression is longer than 5000 bytes"},
		"too long a text":          {strings.Repeat("x", MaxSource+1), MaxSource, "the text is longer than 65536 bytes"},
		"a name too long to print": {`{{` + strings.Repeat("x", 100) + `()}}`, 2, "there is no function of that name"},
		"too long a path":          {`{{` + strings.Repeat("x.", 100) + `x}}`, 2, "the path of a field has too many parts"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Compile(tt.src)
			var fault *SyntaxError
			if !errors.As(err, &fault) {
				t.Fatalf("Compile = %v, want a SyntaxError", err)
			}
			if fault.Pos != tt.pos || fault.Message != tt.message {
				t.Errorf("got  %d %s\nwant %d %s", fault.Pos, fault.Message, tt.pos, tt.message)
			}
		})
	}
}

func TestNestingGoesToItsBound(t *testing.T) {
	src := "{{" + strings.Repeat("abs(", MaxDepth-1) + "-1" + strings.Repeat(")", MaxDepth-1) + "}}"
	if got, err := compile(t, src).Eval(Scope{}); got != 1.0 || err != nil {
		t.Errorf("Eval = %v, %v; want 1", got, err)
	}
}

func TestErrorsCountCharactersFromOne(t *testing.T) {
	_, err := Compile("{{x")
	if got, want := err.Error(), "{{ is never closed by }} (at character 1)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	_, err = compile(t, "a {{abs(x)}}").Eval(Scope{})
	if got, want := err.Error(), "abs: value 1 (x) is null, not a number (at character 5)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestExpressionKnowsWhatItReads(t *testing.T) {
	for src, tt := range map[string]struct {
		variables []string
		constant  bool
	}{
		`plain`:          {nil, true},
		`{{sum(1;2)}} a`: {nil, true},
		`{{now()}}`:      {nil, false},
		`{{b}} {{var("a.x")}} {{b}} {{forms[0].data.id}}`: {[]string{"a.x", "b", "forms[0].data.id"}, false},
		`{{arraySome(a;eq($_.x;y))}}`:                     {[]string{"a", "y"}, false},
		`{{arrayMap(a;"x")}}`:                             {[]string{"a"}, false},
	} {
		e := compile(t, src)
		if got := e.Variables(); !slices.Equal(got, tt.variables) || e.Constant() != tt.constant || e.Source() != src {
			t.Errorf("%s reads %q, constant %v; want %q, %v", src, got, e.Constant(), tt.variables, tt.constant)
		}
	}
}

func TestBoolTakesBooleansOnly(t *testing.T) {
	scope := testScope(t)
	if got, err := compile(t, "{{yes}}").Bool(scope); !got || err != nil {
		t.Errorf("Bool = %v, %v; want true", got, err)
	}
	for src, want := range map[string]string{
		"{{missing}}": "the value is null, not true or false",
		"true":        "the value is text, not true or false",
		"{{n}}":       "the value is a number, not true or false",
		"{{abs(x)}}":  "abs: value 1 (x) is null, not a number (at character 3)",
	} {
		if _, err := compile(t, src).Bool(scope); err == nil || err.Error() != want {
			t.Errorf("Bool of %s: %v; want %s", src, err, want)
		}
	}
}

func TestNumberTakesNumericText(t *testing.T) {
	scope := testScope(t)
	for src, want := range map[string]float64{"{{n}}": 5, "{{s}}": 12.5, "7": 7, "{{n}}0": 50, "{{i}}": 3, "{{j}}": 4, "{{k}}": 9e15} {
		scope.Data["i"], scope.Data["j"], scope.Data["k"] = 3, int64(4), json.Number("9e15")
		if got, err := compile(t, src).Number(scope); got != want || err != nil {
			t.Errorf("Number of %s = %v, %v; want %v", src, got, err, want)
		}
	}
	for src, want := range map[string]string{
		"{{word}}":   "the value is text that is not a number",
		"{{yes}}":    "the value is true or false, not a number",
		"{{abs(x)}}": "abs: value 1 (x) is null, not a number (at character 3)",
	} {
		if _, err := compile(t, src).Number(scope); err == nil || err.Error() != want {
			t.Errorf("Number of %s: %v; want %s", src, err, want)
		}
	}
}

func TestTextSpellsEveryKindOfValue(t *testing.T) {
	for name, tt := range map[string]struct {
		value any
		want  string
	}{
		"null":             {nil, ""},
		"boolean":          {false, "false"},
		"whole number":     {1e20, "100000000000000000000"},
		"fraction":         {0.25, "0.25"},
		"tiny":             {1.5e-7, "1.5e-07"},
		"int":              {42, "42"},
		"int64":            {int64(9007199254740993), "9007199254740993"},
		"long JSON number": {json.Number("9007199254740993"), "9007199254740993"},
		"JSON exponent":    {json.Number("1e3"), "1000"},
		"date":             {"2026-05-01", "2026-05-01"},
		"object":           {map[string]any{"b": "<", "a": []any{1.0, nil}}, `{"a":[1,null],"b":"<"}`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := compile(t, "{{v}}").Text(Scope{Data: map[string]any{"v": tt.value}})
			if got != tt.want || err != nil {
				t.Errorf("Text = %q, %v; want %q", got, err, tt.want)
			}
		})
	}
	for name, v := range map[string]any{"too long": strings.Repeat("x", MaxText+1), "not JSON": map[string]any{"f": func() {}}} {
		if got, err := compile(t, "{{v}}").Text(Scope{Data: map[string]any{"v": v}}); err == nil {
			t.Errorf("%s: Text gives %d bytes, want an error", name, len(got))
		}
	}
}

func TestTimeReadsInTheZoneOfTheSite(t *testing.T) {
	scope := testScope(t)
	want := time.Date(2026, 3, 29, 8, 30, 0, 0, time.UTC)
	for name, v := range map[string]any{
		"offset": "2026-03-29T04:30:00-04:00", "UTC": "2026-03-29T08:30:00Z", "local": "2026-03-29T10:30",
		"milliseconds": float64(want.UnixMilli()), "numeric text": "1774773000000", "below a millisecond": "2026-03-29T08:30:00.000999Z",
	} {
		scope.Data["v"] = v
		if got, err := compile(t, "{{v}}").Time(scope); !got.Equal(want) || err != nil || got.Location() != time.UTC {
			t.Errorf("%s: Time = %v, %v; want %v", name, got, err, want)
		}
	}
	if got, err := compile(t, "2026-03-29").Time(scope); err != nil || !got.Equal(time.Date(2026, 3, 28, 23, 0, 0, 0, time.UTC)) {
		t.Errorf("a bare date: Time = %v, %v", got, err)
	}
	if got, err := compile(t, "2026-03-29").Time(Scope{}); err != nil || !got.Equal(time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("a bare date without a zone: Time = %v, %v", got, err)
	}
	for src, want := range map[string]string{
		"{{missing}}":        "the value is null, not a date",
		"{{abs(x)}}":         "abs: value 1 (x) is null, not a number (at character 3)",
		"tomorrow, or later": "the value is text that is not a date (2026-05-01 or 2026-05-01T09:00:00Z)",
	} {
		if _, err := compile(t, src).Time(scope); err == nil || err.Error() != want {
			t.Errorf("Time of %s: %v; want %s", src, err, want)
		}
	}
}

func TestWorkIsBounded(t *testing.T) {
	many := make([]any, 20_000)
	for i := range many {
		many[i] = float64(i)
	}
	dates, spelled := make([]any, 20_000), make([]any, 20_000)
	for i := range dates {
		dates[i], spelled[i] = "2026-05-01 09:00", strings.Repeat("0", 390)+"1"
	}
	scope := Scope{Data: map[string]any{"many": many, "dates": dates, "spelled": spelled, "text": strings.Repeat("x", 60_000)}}
	for _, src := range []string{
		`{{arraySome(many;arraySome(many;eq($_;-1)))}}`,
		`{{arraySome(many;contains(many;"x"))}}`,
		`{{arraySome(many;stringHasSubString(text;"y"))}}`,
		`{{arrayEvery(many;gt(arraySum(many);0))}}`,
		`{{arrayEvery(many;isEmpty(arrayMap(many;"a")))}}`,
		`{{arraySome(many;arrayIncludesAnyOf(many;["x"]))}}`,
		`{{arrayEvery(many;isEmpty(many[0].x))}}`,
		`{{arrayEvery(many;arrayEvery(many;true))}}`,
		`{{arraySome(many;stringContains([text,text];"y"))}}`,
		`{{arrayEvery(dates;dateTimeEq($_;$_))}}{{arrayEvery(dates;arrayEvery(dates;dateEq($_;$_)))}}`,
		`{{arrayEvery(many;gt(arrayMedian(spelled);0))}}`,
		`{{arraySome(many;contains(spelled;-1))}}`,
		`{{arrayEvery(spelled;arrayEvery(spelled;eq($_;1)))}}`,
	} {
		_, err := compile(t, src).Eval(scope)
		var fault *EvalError
		if !errors.As(err, &fault) || fault.Message != tooMuch {
			t.Errorf("%s: %v; want %s", src, err, tooMuch)
		}
	}
}

func TestAnExpressionServesManyAtOnce(t *testing.T) {
	e := compile(t, `{{v}}: {{if(arrayEvery(list;gt($_;v));"all";arraySize(arrayFilter(list;gt($_;v))))}}`)
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			scope := Scope{Data: map[string]any{"v": float64(g), "list": []any{3.0, 5.0, 9.0}}}
			want := []string{"0: all", "1: all", "2: all", "3: 2", "4: 2", "5: 1", "6: 1", "7: 1"}[g]
			for range 200 {
				if got, err := e.Text(scope); got != want || err != nil {
					t.Errorf("Text = %q, %v; want %q", got, err, want)
					return
				}
			}
		})
	}
	all.Wait()
}

func TestLongSourcesCompileAndRun(t *testing.T) {
	scope := Scope{Data: map[string]any{"n": 5.0, "t": strings.Repeat("x", 60_000), "big": make([]any, 10_000)}}
	for name, tt := range map[string]struct{ src, want, fault string }{
		"as many expressions as fit": {strings.Repeat("{{n}}", MaxSource/5), strings.Repeat("5", MaxSource/5), ""},
		"a long list":                {"{{[n" + strings.Repeat(",n", 2400) + "]}}", "[5" + strings.Repeat(",5", 2400) + "]", ""},
		"many arguments":             {"{{sum(n" + strings.Repeat(";n", 2400) + ")}}", "12005", ""},
		"too much text":              {"{{t}}{{t}}", "", "the text grows beyond 64 KiB"},
		"too much text in a list":    {"{{[big" + strings.Repeat(",big", 1000) + "]}}", "", "the value grows beyond 64 KiB as text"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := compile(t, tt.src).Text(scope)
			if got != tt.want || err == nil && tt.fault != "" || err != nil && err.Error() != tt.fault {
				t.Errorf("Text gives %d bytes and %v, want %d and %s", len(got), err, len(tt.want), tt.fault)
			}
		})
	}
}
