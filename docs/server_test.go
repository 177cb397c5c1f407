package docs_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/belay-events/belay/internal/app"
)

func TestTheListOfEndpointsIsThatOfTheServer(t *testing.T) {
	a, err := app.Open(t.Context(), app.Config{Listen: "127.0.0.1:0", Data: t.TempDir(), LogWriter: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- a.Run(t.Context()) }()
	answer, err := http.Get(a.URL() + "/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var document struct {
		Paths map[string]map[string]struct {
			OperationID string   `json:"operationId"`
			Tags        []string `json:"tags"`
		} `json:"paths"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&document); err != nil {
		t.Fatal(err)
	}
	served := map[string]bool{"GET /docs": true}
	for path, methods := range document.Paths {
		for method, op := range methods {
			if !slices.Contains(op.Tags, "Other paths") {
				served[strings.ToUpper(method)+" "+path] = true
			}
		}
	}
	listed := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| ([A-Z]+) \\| `(\\S+)` \\|").FindAllStringSubmatch(read(t, "reference/http-api.md"), -1) {
		listed[m[1]+" "+m[2]] = true
	}
	for _, line := range slices.Sorted(maps.Keys(served)) {
		if !listed[line] {
			t.Errorf("%s is not listed", line)
		}
	}
	for _, line := range slices.Sorted(maps.Keys(listed)) {
		if !served[line] {
			t.Errorf("%s is listed and not served", line)
		}
	}
	paths := map[string]bool{}
	for path := range document.Paths {
		paths[unnamed(path)] = true
	}
	for section, names := range wireNames(t) {
		for _, name := range names {
			if strings.HasPrefix(name, "/v") && section != appsOwn && !paths[unnamed(name)] {
				t.Errorf("%s of the compatible wire is not served", name)
			}
		}
	}
}

// appsOwn is the section of names whose paths apps serve, not Belay.
const appsOwn = "Service plugins and completion"

// unnamed returns a path with what it leaves open left nameless.
func unnamed(path string) string { return regexp.MustCompile(`\{[^}]*\}`).ReplaceAllString(path, "{}") }

// help returns what the binary says of itself, or of a verb.
func help(t *testing.T, binary string, verb ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), binary, append(verb, "--help")...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", verb, err, out)
	}
	return string(out)
}

func TestPagesSayWhatTheCommandLineTakes(t *testing.T) {
	binary := binary(t)
	t.Run("verbs", func(t *testing.T) { verbs(t, binary) })
	t.Run("flags of serve", func(t *testing.T) { flags(t, binary) })
}

// verbs holds every page to the verbs that there are.
func verbs(t *testing.T, binary string) {
	has := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^ {2,}([a-z]+)\s.*[a-z]`).FindAllStringSubmatch(help(t, binary), -1) {
		has[m[1]] = true
	}
	if !has["serve"] || !has["cancel"] {
		t.Fatalf("the help lists %v", has)
	}
	page := read(t, "reference/cli.md")
	for verb := range has {
		if !strings.Contains(page, "\n## "+verb+"\n") {
			t.Errorf("reference/cli.md does not describe %s", verb)
		}
	}
	for path, page := range pages(t) {
		for _, m := range regexp.MustCompile("(?m)(?:`|^(?:\\$ )?(?:bin/)?)belay ([a-z]+)").FindAllStringSubmatch(page, -1) {
			if !has[m[1]] {
				t.Errorf("%s speaks of belay %s, and there is no such verb", path, m[1])
			}
		}
	}
}

// flags holds the page of configuration to the flags and variables of serve.
func flags(t *testing.T, binary string) {
	said := help(t, binary, "serve")
	page := read(t, "reference/configuration.md")
	for _, m := range regexp.MustCompile(`--([a-z][a-z-]+)`).FindAllStringSubmatch(said, -1) {
		if m[1] != "help" && !strings.Contains(page, fmt.Sprintf("`--%s`", m[1])) {
			t.Errorf("--%s is not described", m[1])
		}
	}
	for _, m := range regexp.MustCompile("`(BELAY_[A-Z_]+)`").FindAllStringSubmatch(page, -1) {
		if !strings.Contains(said, m[1]) && m[1] != "BELAY_URL" && m[1] != "BELAY_KEY" && m[1] != "BELAY_SITE" {
			t.Errorf("%s is described and not known", m[1])
		}
	}
}
