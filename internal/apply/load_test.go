package apply

import (
	"strings"
	"testing"
	"testing/fstest"
)

func noEnv(string) string { return "" }

func load(t *testing.T, text string) (*Wish, error) {
	t.Helper()
	return LoadFS(fstest.MapFS{"it.yaml": {Data: []byte(text)}}, noEnv)
}

func TestLoadReadsEveryKind(t *testing.T) {
	w, err := LoadFS(fstest.MapFS{
		"1.yaml":     {Data: []byte("# a comment alone\n---\nkind: app\nname: A\nsecret: a-secret-of-sixteen\n---\nkind: site\nname: S\ntimeZone: UTC\n")},
		"deep/2.yml": {Data: []byte("kind: key\nname: K\nrole: app\napp: A\nvalue: {env: THE_KEY}\n")},
		"notes.txt":  {Data: []byte("kind: nonsense")},
	}, func(name string) string { return "value of " + name })
	if err != nil {
		t.Fatal(err)
	}
	if len(w.Apps) != 1 || w.Apps[0].Secret.Value != "a-secret-of-sixteen" || len(w.Sites) != 1 || len(w.Keys) != 1 {
		t.Errorf("wish = %+v", w)
	}
	if got := w.Keys[0].Value.Value; got != "value of THE_KEY" {
		t.Errorf("value = %q", got)
	}
}

func TestLoadRefusesWithThePlace(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"an unknown kind":      {"kind: app\nname: A\n---\nkind: thing\n", `it.yaml: [4:1] kind is "thing"`},
		"no kind":              {"name: A\n", `it.yaml: [1:1] kind is ""`},
		"an unknown field":     {"kind: app\nname: A\ncolour: red\n", `it.yaml: [3:1] unknown field "colour"`},
		"one of an action":     {"kind: automation\nsite: S\nname: N\ntrigger: {app: A, key: k}\nactions:\n  a:\n    do: x\n    them: [b]\n", `it.yaml: [8:5] unknown field "them"`},
		"a key twice":          {"kind: app\nname: A\nname: B\n", `it.yaml: [3:1] mapping key "name" already defined`},
		"another type":         {"kind: app\nname: [A]\n", "it.yaml: [2:7]"},
		"actions in a list":    {"kind: automation\nsite: S\nname: N\nactions: [a]\n", "it.yaml: [4:1] actions must be a map"},
		"a condition's field":  {"kind: automation\nsite: S\nname: N\nactions:\n  a:\n    if: {some: [x]}\n", `it.yaml: [6:10] unknown field "some"`},
		"broken YAML":          {"kind: app\n  name: [\n", "it.yaml: ["},
		"an unset variable":    {"kind: app\nname: A\nsecret: {env: NOT_SET}\n", `app "A": secret: the environment variable NOT_SET is not set`},
		"a secret's shape":     {"kind: app\nname: A\nsecret: {file: x}\n", "must be a text, or {env: NAME}"},
		"a folder without any": {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, tt.text)
			if tt.text == "" {
				_, err = LoadFS(fstest.MapFS{"a.txt": {}}, noEnv)
				tt.want = "holds no file"
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("err = %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestSpansAreReadAndWrittenBack(t *testing.T) {
	for text, want := range map[Span][2]string{
		"1 day":                   {"{{1}}", "DAYS"},
		"2 days":                  {"{{2}}", "DAYS"},
		"30 minutes":              {"{{30}}", "MINUTES"},
		"0.5 minutes":             {"{{0.5}}", "MINUTES"},
		"1 month":                 {"{{1}}", "MONTHS"},
		`{{var("lead")}} hours`:   {`{{var("lead")}}`, "HOURS"},
		`{{sum(1;2)}} weeks`:      {`{{sum(1;2)}}`, "WEEKS"},
		`{{var("a b")}} minutes`:  {`{{var("a b")}}`, "MINUTES"},
		`{{ 1 }} minutes`:         {`{{ 1 }}`, "MINUTES"},
		`{{var("x")}}{{1}} weeks`: {`{{var("x")}}{{1}}`, "WEEKS"},
	} {
		expression, unit, err := text.read()
		if err != nil || expression != want[0] || unit != want[1] {
			t.Errorf("%q = %q, %q, %v; want %q, %q", text, expression, unit, err, want[0], want[1])
		}
		if again := spanOf(expression, unit); again != text {
			t.Errorf("%q was written as %q", text, again)
		}
	}
	for _, text := range []Span{"", "day", "1", "1 fortnight", "1day", "soon"} {
		if _, _, err := text.read(); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

func TestDifferenceNamesEachLine(t *testing.T) {
	for name, tt := range map[string]struct {
		was, is string
		want    []string
	}{
		"alike":   {"a\nb\n", "a\nb\n", nil},
		"added":   {"a\nc\n", "a\nb\nc\n", []string{"+ b"}},
		"removed": {"a\nb\nc\n", "a\nc\n", []string{"- b"}},
		"changed": {"a\nb\nc\n", "a\nx\nc\n", []string{"- b", "+ x"}},
		"new":     {"", "a\nb\n", []string{"+ a", "+ b"}},
		"gone":    {"a\n", "", []string{"- a"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := difference(tt.was, tt.is); strings.Join(got, "|") != strings.Join(tt.want, "|") {
				t.Errorf("difference = %q, want %q", got, tt.want)
			}
		})
	}
}
