// Package docs_test holds the pages for readers to the code that they speak of.
package docs_test

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/belay-events/belay/internal/belay"
)

// pages returns every page of the repository by its path from the root.
func pages(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != ".." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "node_modules"):
			return fs.SkipDir
		case d.IsDir() || filepath.Ext(path) != ".md":
			return nil
		}
		text, err := os.ReadFile(path)
		all[strings.TrimPrefix(filepath.ToSlash(path), "../")] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// read returns one page.
func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.FromSlash(path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// unfenced returns a page without its blocks of code.
func unfenced(page string) string {
	return regexp.MustCompile("(?s)\n```.*?\n```").ReplaceAllString(page, "\n")
}

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

func TestLinksLeadSomewhere(t *testing.T) {
	all := pages(t)
	for path, page := range all {
		for _, m := range link.FindAllStringSubmatch(unfenced(page), -1) {
			to, fragment, _ := strings.Cut(m[1], "#")
			if strings.Contains(to, "://") || strings.HasPrefix(to, "mailto:") {
				continue
			}
			target := path
			if to != "" {
				target = filepath.ToSlash(filepath.Join(filepath.Dir(path), filepath.FromSlash(to)))
				if _, err := os.Stat(filepath.Join("..", filepath.FromSlash(target))); err != nil {
					t.Errorf("%s leads to %s, which does not exist", path, m[1])
					continue
				}
			}
			if fragment != "" && !slices.Contains(anchors(all[target]), fragment) {
				t.Errorf("%s leads to %s, which has no such heading", path, m[1])
			}
		}
	}
}

// anchors returns the fragments that a page's headings have.
func anchors(page string) []string {
	var list []string
	for _, m := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(unfenced(page), -1) {
		words := strings.ToLower(strings.ReplaceAll(m[1], " ", "-"))
		list = append(list, regexp.MustCompile(`[^\p{L}\p{N}_-]`).ReplaceAllString(words, ""))
	}
	return list
}

func TestEveryPageCanBeReached(t *testing.T) {
	all := pages(t)
	reached := map[string]bool{}
	queue := []string{"README.md"}
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		if reached[path] {
			continue
		}
		reached[path] = true
		for _, m := range link.FindAllStringSubmatch(all[path], -1) {
			to, _, _ := strings.Cut(m[1], "#")
			target := filepath.ToSlash(filepath.Join(filepath.Dir(path), to))
			if _, ok := all[target]; ok {
				queue = append(queue, target)
			}
		}
	}
	for path := range all {
		if !reached[path] {
			t.Errorf("%s: nothing leads there from README.md", path)
		}
	}
}

// statuses are those of an activation, in order.
func statuses() []belay.Status {
	var list []belay.Status
	for s := belay.Initiated; s.String() != ""; s++ {
		list = append(list, s)
	}
	return list
}

func TestTheDrawnLifeOfAnActivationHasItsStatuses(t *testing.T) {
	arrow := regexp.MustCompile(`(?m)^ +(\S+) --> (\S+) :`)
	drawn := map[string]bool{}
	for _, m := range arrow.FindAllStringSubmatch(read(t, "explanation/activation.md"), -1) {
		from, ok := belay.ParseStatus(m[1])
		if m[1] != "[*]" && !ok {
			t.Errorf("%s is drawn and is no status", m[1])
		}
		if ok && from.Final() {
			t.Errorf("an arrow leaves %s, which is final", from)
		}
		if _, ok := belay.ParseStatus(m[2]); !ok {
			t.Errorf("%s is drawn and is no status", m[2])
		}
		drawn[m[1]], drawn[m[2]] = true, true
	}
	for _, s := range statuses() {
		if !drawn[s.String()] {
			t.Errorf("%s is not drawn", s)
		}
	}
}

func TestTheListOfStatusesIsComplete(t *testing.T) {
	page := read(t, "reference/statuses.md")
	for _, s := range statuses() {
		row := regexp.MustCompile("(?m)^\\| `" + s.String() + "` \\|.*\\| (yes )?\\|$").FindString(page)
		if row == "" || strings.HasSuffix(row, "yes |") != s.Final() {
			t.Errorf("%s, final %v: the page has %q", s, s.Final(), row)
		}
	}
	for s := belay.ActionStarted; s.String() != ""; s++ {
		if !strings.Contains(page, "| `"+s.String()+"` |") {
			t.Errorf("the action status %s is missing", s)
		}
	}
	reason := regexp.MustCompile(`(?:Skip|Cancel|Fail)Reason\s+= "([A-Z_]+)"`)
	for _, m := range reason.FindAllStringSubmatch(read(t, "../internal/belay/activation.go"), -1) {
		if !strings.Contains(page, "`"+m[1]+"`") {
			t.Errorf("the reason %s is missing", m[1])
		}
	}
}

// source returns all Go code below a folder of internal, tests left out.
func source(t *testing.T, folder string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(filepath.Join("..", folder), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		all.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

func TestTheListOfMetricsIsThatOfTheCode(t *testing.T) {
	in := func(text, pattern string) []string {
		names := map[string]bool{}
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
			names[m[1]] = true
		}
		return slices.Sorted(maps.Keys(names))
	}
	code := in(source(t, "internal/engine")+source(t, "internal/httpapi")+source(t, "internal/app"), `"(belay_[a-z_]+)"`)
	cookies := in(source(t, "internal/httpapi"), `Cookie += "(belay_[a-z_]+)"`)
	code = slices.DeleteFunc(code, func(name string) bool { return slices.Contains(cookies, name) })
	page := in(read(t, "reference/metrics.md"), "(?m)^\\| `(belay_[a-z_]+)`")
	if !slices.Equal(code, page) {
		t.Errorf("the code has %v, the page %v", code, page)
	}
}

func TestEveryReasonOfARefusalIsListed(t *testing.T) {
	page := read(t, "reference/errors.md")
	refusal := regexp.MustCompile(`(?:Refuse\(belay\.\w+, |Reason: +|refusal\(belay\.\w+, |refusal\{http\.\w+, )"([A-Z_]+)"`)
	code := source(t, "internal/engine") + source(t, "internal/httpapi") + source(t, "internal/config") +
		source(t, "internal/schema") + source(t, "internal/flow")
	found := refusal.FindAllStringSubmatch(code, -1)
	if len(found) < 20 {
		t.Fatalf("found %d reasons in the code", len(found))
	}
	for _, m := range found {
		if !strings.Contains(page, "`"+m[1]+"`") {
			t.Errorf("%s is missing", m[1])
		}
	}
}

func TestEveryDirectDependencyHasItsReason(t *testing.T) {
	page, required := read(t, "dependencies.md"), read(t, "../go.mod")
	for _, m := range regexp.MustCompile(`(?m)^\t(\S+) v\S+$`).FindAllStringSubmatch(required, -1) {
		if !strings.Contains(page, "`"+m[1]+"`") {
			t.Errorf("%s is missing", m[1])
		}
	}
	for _, m := range regexp.MustCompile("`([a-z.]+\\.[a-z]+/\\S+)`").FindAllStringSubmatch(page, -1) {
		if !strings.Contains(required, "\t"+m[1]+" v") {
			t.Errorf("%s is listed and not required", m[1])
		}
	}
}

func TestEveryRoomHasItsLineInTheArchitecture(t *testing.T) {
	page := read(t, "../ARCHITECTURE.md")
	rooms, err := filepath.Glob("../internal/*")
	if err != nil || len(rooms) == 0 {
		t.Fatal(rooms, err)
	}
	for _, room := range append(rooms, "../cmd/belay", "../api", "../client") {
		if name := strings.TrimPrefix(filepath.ToSlash(room), "../"); !strings.Contains(page, "| `"+name+"` |") {
			t.Errorf("%s has no line in ARCHITECTURE.md", name)
		}
	}
}

func TestTheKeysOfTheStoreAreThoseOfTheCode(t *testing.T) {
	page := read(t, "adr/0003-pebble-and-its-keys.md")
	kinds := regexp.MustCompile(`(?m)^\tkind\w+ += '(.)'$`).FindAllStringSubmatch(read(t, "../internal/store/pebble/keys.go"), -1)
	if len(kinds) < 10 {
		t.Fatalf("found %d kinds of keys in the code", len(kinds))
	}
	for _, kind := range kinds {
		if !strings.Contains(page, "`"+kind[1]+"`") {
			t.Errorf("keys of kind %s are missing", kind[1])
		}
	}
}
