package formula

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTemplateKeepsItsShape(t *testing.T) {
	in := map[string]any{
		"to": "{{email}}", "{{name}}": "kept", "amount": "{{sum(total;1)}}", "count": 3.0, "on": true, "none": nil,
		"headers": map[string]any{"X-Id": "id-{{id}}"},
		"lines":   []any{"{{tags}}", []any{"a {{id}}"}, map[string]any{}},
	}
	tmpl, err := CompileTemplate(in)
	if err != nil {
		t.Fatal(err)
	}
	got, err := tmpl.Eval(Scope{Data: map[string]any{"email": "a@b.c", "total": "2", "id": 7.0, "tags": []any{"x"}}})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"to": "a@b.c", "{{name}}": "kept", "amount": 3.0, "count": 3.0, "on": true, "none": nil,
		"headers": map[string]any{"X-Id": "id-7"},
		"lines":   []any{[]any{"x"}, []any{"a 7"}, map[string]any{}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got, want := tmpl.Variables(), []string{"email", "id", "tags", "total"}; !slices.Equal(got, want) {
		t.Errorf("Variables = %q, want %q", got, want)
	}
}

func TestTemplateErrorsNameThePlace(t *testing.T) {
	deep := any("x")
	for range MaxDepth + 1 {
		deep = []any{deep}
	}
	for name, tt := range map[string]struct {
		in   any
		want string
	}{
		"field":    {map[string]any{"headers": map[string]any{"X-Id": "{{"}}, "headers.X-Id: {{ is never closed by }} (at character 1)"},
		"item":     {map[string]any{"lines": []any{"a", map[string]any{"sku": "{{nope()}}"}}}, "lines[1].sku: there is no function nope (at character 3)"},
		"root":     {"{{}}", "there is nothing between {{ and }} (at character 1)"},
		"too deep": {deep, strings.Repeat("[0]", MaxDepth+1) + ": the value is nested too deeply"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := CompileTemplate(tt.in); err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
	tmpl, err := CompileTemplate(map[string]any{"a": []any{map[string]any{"b": "{{divide(1;0)}}"}}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = tmpl.Eval(Scope{})
	var fault *EvalError
	if !errors.As(err, &fault) || !strings.HasPrefix(err.Error(), "a[0].b: divide: ") {
		t.Errorf("Eval = %v, want an EvalError at a[0].b", err)
	}
}

func TestTemplateIsBounded(t *testing.T) {
	scope := Scope{Data: map[string]any{
		"text": strings.Repeat("x", 60_000), "list": []any{strings.Repeat("y", 60_000)}, "object": map[string]any{strings.Repeat("z", 60_000): true},
	}}
	for _, src := range []string{"{{text}}", "{{list}}", "{{object}}", "a {{text}}", "{{[text,list,object]}}"} {
		many := make([]any, 10_000)
		for i := range many {
			many[i] = src
		}
		tmpl, err := CompileTemplate(map[string]any{"a": many})
		if err != nil {
			t.Fatal(err)
		}
		_, err = tmpl.Eval(scope)
		var fault *EvalError
		if !errors.As(err, &fault) || !strings.HasSuffix(err.Error(), "]: the values grow beyond 1 MiB") {
			t.Errorf("%s, 10,000 times: %v", src, err)
		}
	}
}
