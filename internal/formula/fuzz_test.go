package formula

import (
	"encoding/json"
	"errors"
	"math"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestCompileAndEvalNeverPanic(t *testing.T) {
	scope := testScope(t)
	pieces := []string{
		"{{", "}}", "(", ")", "[", "]", ";", ",", ".", "$_", "$", `"`, "'", " ", "1", "-", "e5", "%2", "[0]", "null", "true",
		"var", "n", "lines", "numbers", "text", "\n", "é", "\xff",
	}
	for _, f := range Functions() {
		pieces = append(pieces, f.Name+"(")
	}
	rapid.Check(t, func(t *rapid.T) {
		src := strings.Join(rapid.SliceOf(rapid.SampledFrom(pieces)).Draw(t, "pieces"), "")
		if rapid.Bool().Draw(t, "braces") {
			src = "{{" + src + "}}"
		}
		examine(t, src, scope)
	})
}

func TestCallsOfAnythingNeverPanic(t *testing.T) {
	scope := testScope(t)
	values := []string{
		"n", "s", "word", "yes", "nothing", "none", "object", "numbers", "mixed", "holed", "lines", "date", "at", "missing",
		"lines[0].tags[0]", `"a"`, `""`, "0", "-1.5", "1e300", "null", "false", "[]", "[1,n]", "now()", "$_",
	}
	functions := Functions()
	var call func(t *rapid.T, depth int) string
	call = func(t *rapid.T, depth int) string {
		f := rapid.SampledFrom(functions).Draw(t, "function")
		if f.Name == "var" || depth == 0 {
			return rapid.SampledFrom(values).Draw(t, "value")
		}
		least, count := f.bounds()
		if count < 0 {
			count = least + rapid.IntRange(0, 2).Draw(t, "more")
		}
		args := make([]string, count)
		for i := range args {
			args[i] = call(t, depth-1)
		}
		return f.Name + "(" + strings.Join(args, ";") + ")"
	}
	rapid.Check(t, func(t *rapid.T) { examine(t, "{{"+call(t, 4)+"}}", scope) })
}

func TestConstantsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		got, err := compileFor(t, `{{"`+url.PathEscape(text)+`"}}`).Eval(Scope{})
		if got != text || err != nil {
			t.Errorf("Eval = %q, %v; want %q", got, err, text)
		}
		n := rapid.Float64().Filter(func(n float64) bool { return !math.IsInf(n, 0) && n != 0 }).Draw(t, "n")
		spelled := strconv.FormatFloat(n, 'g', -1, 64)
		e := compileFor(t, "{{"+spelled+"}}")
		if got, err := e.Eval(Scope{}); got != n || err != nil {
			t.Errorf("Eval of %s = %v, %v", spelled, got, err)
		}
		written, err := e.Text(Scope{})
		if back, _ := strconv.ParseFloat(written, 64); back != n || err != nil {
			t.Errorf("Text of %s = %s, %v", spelled, written, err)
		}
		plain := strings.ReplaceAll(text, "{{", "{")
		if got, err := compileFor(t, plain).Eval(Scope{}); got != plain || err != nil {
			t.Errorf("Eval = %q, %v; want %q", got, err, plain)
		}
	})
}

func TestAddingMonthsKeepsToTheMonth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := time.Date(rapid.IntRange(1900, 2100).Draw(t, "year"), 1, rapid.IntRange(1, 366).Draw(t, "day"), 0, 0, 0, 0, time.UTC)
		months := rapid.IntRange(-600, 600).Draw(t, "months")
		m, ok := moment{at: from}.add(0, months, 0, time.UTC)
		count := func(d time.Time) int { return d.Year()*12 + int(d.Month()) }
		if !ok || count(m.at) != count(from)+months || m.at.Day() > from.Day() {
			t.Errorf("%s and %d months = %s, %v", from.Format(dateLayout), months, m.at.Format(dateLayout), ok)
		}
	})
}

func compileFor(t *rapid.T, src string) *Expression {
	e, err := Compile(src)
	if err != nil {
		t.Fatalf("Compile(%q): %v", src, err)
	}
	return e
}

type tester interface {
	Fatalf(format string, args ...any)
}

// examine holds the promises that any source must keep.
func examine(t tester, src string, scope Scope) {
	e, err := Compile(src)
	told, problems := Check(src, TypeOf(schemaOf(scope.Data)))
	if err != nil {
		var fault *SyntaxError
		if !errors.As(err, &fault) || fault.Pos < 0 || fault.Pos > len(src) {
			t.Fatalf("Compile(%q) = %v", src, err)
		}
		if strings.Contains(fault.Message, "compiled") {
			t.Fatalf("Compile(%q) parses, and then %v", src, err)
		}
		if len(problems) != 1 || problems[0].Pos != fault.Pos {
			t.Fatalf("Check(%q) = %v, Compile says %v", src, problems, err)
		}
		return
	}
	v, err := e.Eval(scope)
	var fault *EvalError
	if err != nil && (!errors.As(err, &fault) || strings.Contains(fault.Message, "cannot be evaluated")) {
		t.Fatalf("%q: %v", src, err)
	}
	if err != nil && (fault.Pos < 0 || fault.Pos >= len(src)) {
		t.Fatalf("%q: %d is no place", src, fault.Pos)
	}
	if err == nil && !told.may(kindsOf(v)) && v != nil {
		t.Fatalf("%q gives %v, Check says %v", src, v, told.Kinds)
	}
	if err == nil {
		if _, err := json.Marshal(v); err != nil {
			t.Fatalf("%q gives what JSON cannot hold: %v", src, err)
		}
	}
	if text, err := e.Text(scope); err == nil && len(text) > MaxText {
		t.Fatalf("%q gives %d bytes", src, len(text))
	}
	_, _ = e.Bool(scope)
	_, _ = e.Number(scope)
	_, _ = e.Time(scope)
}

// schemaOf returns a schema that v obeys and that says much of it.
func schemaOf(v any) any {
	switch v := v.(type) {
	case map[string]any:
		properties := make(map[string]any, len(v))
		for name, field := range v {
			properties[name] = schemaOf(field)
		}
		return map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	case []any:
		var ways []any
		for _, item := range v {
			ways = append(ways, schemaOf(item))
		}
		return map[string]any{"type": "array", "items": map[string]any{"anyOf": ways}}
	}
	return map[string]any{"const": v}
}

func FuzzCompileAndEval(f *testing.F) {
	for src := range results {
		f.Add("{{"+src+"}}", `{"n": 5}`)
	}
	for src := range faults {
		f.Add("{{"+src+"}}", `{"word": "x", "numbers": [1, "2"]}`)
	}
	f.Add(`{{n}} and {{lines[0].tags[0]}}`, `{"lines": [{"tags": [1]}, {"tags": {}}]}`)
	f.Fuzz(func(t *testing.T, src, data string) {
		scope := Scope{Now: time.Unix(0, 0)}
		if json.Unmarshal([]byte(data), &scope.Data) != nil {
			return
		}
		start := time.Now()
		examine(t, src, scope)
		if took := time.Since(start); took > 10*time.Second {
			t.Fatalf("%q took %v", src, took)
		}
	})
}

func FuzzCheck(f *testing.F) {
	f.Add(`{{sum(a.b;lines[0].qty)}}`, `{"properties": {"a": {"properties": {"b": {"type": "number"}}}, "lines": {"type": "array"}}}`)
	f.Add(`{{arraySome(a;gt($_.b;1))}}`, `{"properties": {"a": {"items": {"anyOf": [{"type": "string"}, {"$ref": "#"}]}}}}`)
	f.Fuzz(func(t *testing.T, src, schema string) {
		var document any
		if json.Unmarshal([]byte(schema), &document) != nil {
			return
		}
		told, problems := Check(src, TypeOf(document))
		if _, err := json.Marshal(told.Schema()); err != nil {
			t.Fatal(err)
		}
		for _, p := range problems {
			if p.Pos < 0 || p.Pos > len(src) || p.Message == "" || p.Kind == "" {
				t.Fatalf("%q: %+v", src, p)
			}
		}
	})
}

func BenchmarkFilter(b *testing.B) {
	e := compile(b, `{{contains(["a";"b"];var("service.id"))}}`)
	scope := Scope{Data: map[string]any{"service": map[string]any{"id": "b"}}}
	b.ReportAllocs()
	for b.Loop() {
		if ok, err := e.Bool(scope); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}

func BenchmarkTextMapping(b *testing.B) {
	e := compile(b, `Hello {{var("contact.name")}}, your total is {{round(multiply(var("total");1.19);2)}}.`)
	scope := Scope{Data: map[string]any{"contact": map[string]any{"name": "Ada"}, "total": 12.5}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.Text(scope); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		compile(b, `{{contains(["a";"b"];var("service.id"))}}`)
	}
}
