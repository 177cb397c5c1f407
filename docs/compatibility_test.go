package docs_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// wireNames returns the names of the compatible wire by the section of the page
// about it that they belong to.
func wireNames(t *testing.T) map[string][]string {
	t.Helper()
	raw, err := os.ReadFile("testdata/compatible.txt")
	if err != nil {
		t.Fatal(err)
	}
	names, section := make(map[string][]string), ""
	for line := range strings.Lines(string(raw)) {
		if title, ok := strings.CutPrefix(line, "# "); ok {
			section = strings.TrimSpace(title)
		} else if section != "" {
			names[section] = append(names[section], strings.Fields(line)...)
		}
	}
	return names
}

// sections returns a page's parts by their headings of the second level.
func sections(page string) map[string]string {
	parts := make(map[string]string)
	for part := range strings.SplitSeq("\n"+page, "\n## ") {
		title, text, _ := strings.Cut(part, "\n")
		parts[title] = text
	}
	return parts
}

func TestEveryNameOfTheCompatibleWireHasItsWord(t *testing.T) {
	page := sections(read(t, "reference/compatibility.md"))
	names := wireNames(t)
	if len(names) < 10 {
		t.Fatalf("there are %d sections of names; the list is not read as it is written", len(names))
	}
	for section, list := range names {
		text, ok := page[section]
		if !ok {
			t.Errorf("the page lacks the section %q", section)
			continue
		}
		for _, name := range list {
			if !says(text, name) {
				t.Errorf("%s: nothing is said of %s", section, name)
			}
		}
	}
}

var codes = regexp.MustCompile("`[^`]+`")

// says reports whether a text names something: in code, as it is and whole, or, of
// methods, anywhere in the first cell of a row.
func says(text, name string) bool {
	whole := regexp.MustCompile(`(^|[^A-Za-z0-9_$])` + regexp.QuoteMeta(name) + `($|[^A-Za-z0-9_-])`)
	for _, code := range codes.FindAllString(text, -1) {
		if whole.MatchString(strings.Trim(code, "`")) {
			return true
		}
	}
	for line := range strings.Lines(text) {
		if cell, _, ok := strings.Cut(strings.TrimPrefix(line, "| "), " |"); ok && strings.HasPrefix(line, "| ") && whole.MatchString(cell) {
			return true
		}
	}
	return false
}
