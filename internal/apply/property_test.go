package apply

import (
	"testing"

	"pgregory.net/rapid"
)

// anyJSON draws a JSON value that nests at most depth levels.
func anyJSON(depth int) *rapid.Generator[any] {
	return rapid.Custom(func(t *rapid.T) any {
		kinds := 5
		if depth > 0 {
			kinds = 7
		}
		switch rapid.IntRange(1, kinds).Draw(t, "kind") {
		case 1:
			return nil
		case 2:
			return rapid.Bool().Draw(t, "bool")
		case 3:
			return rapid.Int64().Draw(t, "int")
		case 4:
			return rapid.Float64().Draw(t, "float")
		case 5:
			return anyText().Draw(t, "text")
		case 6:
			return rapid.SliceOfN(anyJSON(depth-1), 0, 4).Draw(t, "list")
		default:
			return anyObject(depth-1).Draw(t, "object")
		}
	})
}

func anyObject(depth int) *rapid.Generator[any] {
	return rapid.Custom(func(t *rapid.T) any {
		o := object{}
		for _, key := range rapid.SliceOfNDistinct(anyText(), 0, 4, rapid.ID[string]).Draw(t, "keys") {
			o = append(o, member{key, anyJSON(depth).Draw(t, "value")})
		}
		return o
	})
}

// anyText draws what YAML could take for something else, and anything.
func anyText() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.SampledFrom([]string{
			"", "1", "0x1", "1e3", ".5", "true", "null", "~", "no", "on", "2030-05-12T09:00:00Z", "12:30:45", "- a", "a: b", "#", " a", "a ",
			"a\n", "a\n\n", "\na", "a\n b\n", "a\tb", "{{var(\"x\")}}", "'", `"`, `\`, "---", "...", "&a", "*a", "!a", "%a", "@a", "|", ">", "a\r\nb", "  a\nb", "<<", "=", "[", "{", ",", "?", ":", "é", "a #b",
		}),
		rapid.StringOf(rapid.RuneFrom([]rune("ab: #-\n'\"{}[]&*!|>\\\t\u00e9\u2028"))),
		rapid.StringN(0, 20, -1),
	)
}

func TestAnyValueSurvivesAFile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := object{{"kind", "action"}, {"app", "A"}, {"key", "k"}, {"name", "N"}, {"input", anyObject(2).Draw(t, "input")}}
		page, err := text(want)
		if err != nil {
			t.Fatal(err)
		}
		w := &Wish{}
		if err := w.add("it", []byte(page)); err != nil {
			t.Fatalf("%v\n%s", err, page)
		}
		if got := ordered(w.Actions[0].Input); !sameJSON(got, want[4].value) {
			a, _ := canonical(want[4].value)
			b, _ := canonical(got)
			t.Fatalf("%s\nbecame\n%s\nthrough\n%s", a, b, page)
		}
	})
}
