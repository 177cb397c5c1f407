package formula

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// What is wrong is marked from its first character to its last, and taking a
// suggestion puts it right.
func TestProblemsMarkWhatIsWrong(t *testing.T) {
	data := shop(t)
	for src, want := range map[string]string{
		`Dear {{nmae}}!`:                       `nmae → name`,
		`{{var("price.amuont")}}`:              `price.amuont → price.amount`,
		`{{var(" currency ")}}`:                ` currency  → price.currency`,
		`{{var(currency)}}`:                    `currency → price.currency`,
		`{{lines[0].qyt}}`:                     `lines[0].qyt → lines[0].qty`,
		`{{arrayMap(lines;"skuu")}}`:           `"skuu" → "sku"`,
		`{{arrayFilter(lines;gt($_.qty1;2))}}`: `$_.qty1 → $_.qty`,
		`é {{uper(name)}}`:                     `uper → upper`,
		`{{sum(1, 2)}}`:                        `, → ;`,
		`{{nothingLikeIt}}`:                    `nothingLikeIt → `,
		`{{sum(total)}}`:                       `sum → `,
		`{{sum(total;paid)}}`:                  `paid → `,
		`{{sum(total; var("paid"))}}`:          `paid → `,
		`{{sum(total;not( paid ))}}`:           `not( paid ) → `,
		`{{total * 2}}`:                        `* → `,
		`Hello {{name`:                         `{{ → `,
		`{{upper(name}}`:                       `} → `,
		`{{upper(name`:                         `( → `,
		`{{"a}}`:                               `" → `,
		`{{ }}`:                                `{{ }} → `,
		`{{eq($_;1)}}`:                         `$_ → `,
		`{{var("a..b")}}`:                      `a..b → `,
		`{{subtract(1;hour("2026-05"))`:        `{{ → `,
	} {
		_, problems := Check(src, data)
		got := ""
		if len(problems) > 0 {
			p := &problems[0]
			marked := src[p.Pos:p.End]
			got = marked + " → " + p.Suggestion
			if n := p.Characters(src); n != utf8.RuneCountInString(marked) {
				t.Errorf("%s: %d characters are marked, want those of %q", src, n, marked)
			}
			if p.Suggestion != "" {
				right := src[:p.Pos] + p.Suggestion + src[p.End:]
				if _, left := Check(right, data); len(left) > 0 {
					t.Errorf("%s: taking the suggestion leaves %s", src, left[0].String())
				}
			}
		}
		if got != want {
			t.Errorf("%s: %q is marked, want %q", src, got, want)
		}
	}
}

func TestUsesMarkWhatIsWrong(t *testing.T) {
	for src, want := range map[string]string{
		`{{divide(1;sum(1;-1))}}`: `divide`,
		`{{"x"}}`:                 `{{"x"}}`,
		`{{name}}`:                `{{name}}`,
	} {
		_, problems := CheckAs(src, shop(t), AsNumber)
		if len(problems) != 1 {
			t.Errorf("%s has %d problems", src, len(problems))
			continue
		}
		if got := src[problems[0].Pos:problems[0].End]; got != want {
			t.Errorf("%s: %q is marked, want %q", src, got, want)
		}
	}
}

// Whatever the source, marks stand in it.
func FuzzMarks(f *testing.F) {
	f.Add("{{sum(1, 2)}}")
	f.Add("{{" + strings.Repeat("é", 3))
	f.Add("\xff{{a")
	f.Fuzz(func(t *testing.T, src string) {
		_, problems := Check(src, Type{})
		for _, p := range problems {
			if p.Pos < 0 || p.End < p.Pos || p.End > len(src) || p.Characters(src) < 0 {
				t.Fatalf("%q: a mark from %d to %d", src, p.Pos, p.End)
			}
		}
	})
}
