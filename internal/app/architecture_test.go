package app_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/belay-events/belay/"

// arrows are who may know whom: nothing points up. A package that is not listed
// may know nothing of the module until it is given a line, with the reason why.
var arrows = []struct {
	from  string
	to    []string // a name that ends in / stands for all below it
	since string
}{
	{"internal/belay", nil, "the words know nothing but the standard library"},
	{"internal/formula", []string{"internal/belay"}, "expressions are pure"},
	{"internal/schema", []string{"internal/belay"}, "schemas are pure"},
	{"internal/calendar", []string{"internal/belay"}, "when a schedule takes place is pure"},
	{"internal/figures", nil, "it samples whatever metrics there are"},
	{"internal/audit", []string{"internal/belay"}, "what is written down of an act follows from values alone"},
	{"internal/flow", []string{"internal/belay", "internal/formula", "internal/script"}, "the step is pure: no clock, no store, no network"},
	{"internal/store", []string{"internal/belay"}, "the contract speaks of the words only; rules stand above it"},
	{"internal/store/", []string{"internal/belay", "internal/store", "internal/store/"}, "a store decides nothing, so it needs no rule"},
	{"internal/peer", []string{"internal/store"}, "it carries batches from node to node, and knows no rule and no engine"},
	{"internal/action", []string{"internal/belay"}, "the contract of carrying out knows no store and no engine"},
	{
		"internal/action/provider",
		[]string{"api", "internal/belay", "internal/action", "internal/action/jws", "internal/action/outbound"},
		"what it sends and reads is the wire's, which apps know from api",
	},
	{"internal/action/", []string{"internal/belay", "internal/action", "internal/action/"}, "a kind of action carries out; it decides nothing and stores nothing itself"},
	{
		"internal/config",
		[]string{"internal/audit", "internal/belay", "internal/calendar", "internal/flow", "internal/formula", "internal/schema", "internal/store"},
		"configuration is kept through the contract and checked by the pure packages",
	},
	{
		"internal/validate",
		[]string{"internal/action", "internal/belay", "internal/config", "internal/flow", "internal/formula", "internal/schema"},
		"it looks at configuration with the pure packages and changes nothing, so it needs no store and no engine",
	},
	{
		"internal/digest",
		[]string{"api", "internal/belay", "internal/formula", "internal/schema"},
		"it tells an automation in the wire's parts, from values alone",
	},
	{
		"internal/engine",
		[]string{
			"internal/audit", "internal/belay", "internal/calendar", "internal/config", "internal/flow", "internal/formula", "internal/schema", "internal/store",
			"internal/action", "internal/action/email", "internal/action/notify", "internal/action/provider", "internal/action/webhook",
		},
		"the engine orders steps; it knows no door and no concrete store",
	},
	{"api", nil, "what travels is open to strangers, so it drags nothing of ours along"},
	{"client", []string{"api"}, "a stranger's program needs the wire and no more"},
	{
		"internal/httpapi",
		[]string{"api", "internal/action", "internal/audit", "internal/belay", "internal/config", "internal/digest", "internal/engine", "internal/formula", "internal/flow", "internal/figures", "internal/schema", "internal/store", "internal/validate"},
		"a door translates; it knows the contract's queries and no concrete store, and shows what the pure packages say of formulas and steps",
	},
	{
		"internal/apply",
		[]string{"api", "client", "internal/belay", "internal/flow", "internal/schema"},
		"it works through the HTTP API, so that it can do nothing that its key may not; the pure packages let it refuse before the first change",
	},
	{"internal/console", nil, "it serves files, and knows nothing of what the files are about"},
	{"web", nil, "it holds the built console"},
	{"internal/app", []string{"api", "internal/", "web"}, "the one place that joins the parts and names a concrete store"},
	{
		"internal/demo",
		[]string{"api", "client", "examples", "internal/app", "internal/apply", "internal/belay", "internal/schema"},
		"the demo is a user of the server in its own process; it speaks to the engine itself only before the server runs",
	},
	{"internal/bench", []string{"api", "client", "internal/"}, "the bench measures all of it"},
	{"internal/belaytest", []string{"internal/belay"}, "what tests stand against must not depend on what it tests"},
	{"examples", nil, "it holds files"},
	{"examples/", []string{"api", "client"}, "an example is a stranger's program"},
	{"cmd/belay", []string{"api", "client", "internal/"}, "the only binary"},
}

// Tools for developers, which nothing may depend on.
var aside = []string{"docs/", "tools/"}

func TestArrowsPointDown(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, module+"...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		imports := strings.Fields(line)
		from := strings.TrimPrefix(imports[0], module)
		if under(aside, from) {
			continue
		}
		for _, path := range imports[1:] {
			to, ours := strings.CutPrefix(path, module)
			if !ours {
				if from == "internal/belay" && strings.Contains(path, ".") {
					t.Errorf("%s imports %s: the words know nothing but the standard library", from, path)
				}
				continue
			}
			check(t, from, to)
		}
	}
}

func check(t *testing.T, from, to string) {
	t.Helper()
	for _, a := range arrows {
		if !under([]string{a.from}, from) {
			continue
		}
		if !under(a.to, to) {
			t.Errorf("%s imports %s, and may not: %s", from, to, a.since)
		}
		return
	}
	t.Errorf("%s has no line in arrows: say there whom it may know, and why", from)
}

// under reports whether a package is one of list, or below one that ends in /.
func under(list []string, path string) bool {
	return slices.ContainsFunc(list, func(p string) bool {
		return p == path || strings.HasSuffix(p, "/") && strings.HasPrefix(path, p)
	})
}
