package formula

import (
	"html"
	"testing"
)

func TestEscapeTouchesOnlyWhatExpressionsGive(t *testing.T) {
	scope := Scope{Data: map[string]any{"name": "<i>&</i>", "n": 3.0}, Escape: html.EscapeString}
	for source, want := range map[string]any{
		`<b>{{var("name")}}</b>`:               "<b>&lt;i&gt;&amp;&lt;/i&gt;</b>",
		`{{var("name")}}`:                      "&lt;i&gt;&amp;&lt;/i&gt;",
		`{{concat("%3C";var("name"))}} & more`: "&lt;&lt;i&gt;&amp;&lt;/i&gt; & more",
		`{{var("n")}}`:                         3.0,
		`<b>`:                                  "<b>",
	} {
		e, err := Compile(source)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := e.Eval(scope); err != nil || got != want {
			t.Errorf("%s = %v, %v; want %v", source, got, err, want)
		}
	}
}
