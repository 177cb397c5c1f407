package httpapi_test

import (
	"bytes"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/belay-events/belay/internal/httpapi"
)

const documentURL = "https://belay.example/openapi.json"

// document is the OpenAPI document as a reader sees it.
type document struct {
	root     map[string]any
	compiler *jsonschema.Compiler
}

// served is the document that every server of these tests serves: to write it takes
// longer than most of them.
var served = sync.OnceValues(func() ([]byte, error) { return httpapi.Document("0.0.0") })

func TestTheDocumentIsServed(t *testing.T) {
	want, err := served()
	if err != nil {
		t.Fatal(err)
	}
	a := start(t, nil).call("GET", "/openapi.json", "", nil)
	if a.status != http.StatusOK || !bytes.Equal(bytes.TrimSpace(a.body), bytes.TrimSpace(want)) {
		t.Errorf("GET /openapi.json = %d, %d bytes; want the document of %d", a.status, len(a.body), len(want))
	}
}

func readDocument(t testing.TB) *document {
	t.Helper()
	raw, err := served()
	if err != nil {
		t.Fatal(err)
	}
	root, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	d := &document{root: root.(map[string]any), compiler: jsonschema.NewCompiler()}
	d.compiler.DefaultDraft(jsonschema.Draft2020)
	d.compiler.AssertFormat()
	if err := d.compiler.AddResource(documentURL, root); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *document) paths() map[string]any { return d.root["paths"].(map[string]any) }

// checkAnswer compares an answer with the document; of a stream, each message.
func (d *document) checkAnswer(t testing.TB, method, path string, a answer) {
	t.Helper()
	if kind := a.header.Get("Content-Type"); kind != eventStream {
		d.check(t, method, path, a.status, a.body)
		return
	}
	for line := range strings.Lines(string(a.body)) {
		if data, ok := strings.CutPrefix(line, "data: "); ok {
			d.checkAs(t, method, path, "200", eventStream, []byte(data))
		}
	}
}

const eventStream = "text/event-stream"

// check compares a body with the schema of an operation's response.
func (d *document) check(t testing.TB, method, path string, status int, body []byte) {
	t.Helper()
	response := "200"
	if status != http.StatusOK {
		response = "default"
	}
	d.checkAs(t, method, path, response, "application/json", body)
}

func (d *document) checkAs(t testing.TB, method, path, response, contentType string, body []byte) {
	t.Helper()
	pattern, operation := d.operation(method, path)
	if operation == nil {
		return
	}
	at := documentURL + "#/paths/" + escape(pattern) + "/" + strings.ToLower(method) +
		"/responses/" + response + "/content/" + strings.ReplaceAll(contentType, "/", "~1") + "/schema"
	schema, err := d.compiler.Compile(at)
	if err != nil {
		t.Fatalf("%s: %v", at, err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		t.Errorf("%s %s: the answer is not JSON: %v: %s", method, path, err, body)
		return
	}
	if err := schema.Validate(value); err != nil {
		t.Errorf("%s %s: the answer is not as documented: %v\n%s", method, path, err, body)
	}
}

func escape(path string) string {
	return strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(path)
}

// operation finds the operation that serves a path; of several patterns, the one
// that leaves the least open.
func (d *document) operation(method, path string) (pattern string, operation map[string]any) {
	path, _, _ = strings.Cut(path, "?")
	for candidate, item := range d.paths() {
		found, ok := item.(map[string]any)[strings.ToLower(method)].(map[string]any)
		if ok && matches(candidate, path) && (operation == nil || strings.Count(candidate, "{") < strings.Count(pattern, "{")) {
			pattern, operation = candidate, found
		}
	}
	return pattern, operation
}

func matches(pattern, path string) bool {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if want[i] != got[i] && !strings.HasPrefix(want[i], "{") {
			return false
		}
	}
	return true
}

func TestEveryRouteIsInTheDocumentAndTheReverse(t *testing.T) {
	s := start(t, nil)
	routed := httpapi.Routes(s.handler)
	var documented []string
	ids := make(map[string]bool)
	for path, item := range readDocument(t).paths() {
		for method, operation := range item.(map[string]any) {
			documented = append(documented, strings.ToUpper(method)+" "+path)
			id := operation.(map[string]any)["operationId"].(string)
			if ids[id] {
				t.Errorf("the operation ID %s is there twice", id)
			}
			ids[id] = true
		}
	}
	slices.Sort(routed)
	slices.Sort(documented)
	if diff := cmp.Diff(routed, documented); diff != "" {
		t.Errorf("routes and document differ (-routes +document):\n%s", diff)
	}
}

func TestEveryReferenceInTheDocumentLeadsSomewhere(t *testing.T) {
	d := readDocument(t)
	schemas := d.root["components"].(map[string]any)["schemas"].(map[string]any)
	for name := range schemas {
		if _, err := d.compiler.Compile(documentURL + "#/components/schemas/" + name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(schemas) < 50 {
		t.Errorf("the document has %d schemas, want those of every request and answer", len(schemas))
	}
}

func TestEveryOperationSaysWhatItIsFor(t *testing.T) {
	for path, item := range readDocument(t).paths() {
		for method, operation := range item.(map[string]any) {
			o := operation.(map[string]any)
			if o["summary"] == nil || o["operationId"] == nil || o["tags"] == nil {
				t.Errorf("%s %s lacks a summary, an ID or a tag", method, path)
			}
		}
	}
}

var elsewhere = regexp.MustCompile(`(?:src|href)="(?:https?:)?//[^"]*"`)

func TestTheDocumentationPageNeedsNothingFromElsewhere(t *testing.T) {
	s := start(t, nil)
	page := s.call("GET", "/docs", "", nil)
	if page.status != http.StatusOK || !bytes.Contains(page.body, []byte("/openapi.json")) {
		t.Fatalf("GET /docs = %d %s", page.status, page.body)
	}
	if found := elsewhere.Find(page.body); found != nil {
		t.Errorf("the page refers to %s", found)
	}
	for _, asset := range regexp.MustCompile(`(?:src|href)="(/docs/[^"]+)"`).FindAllSubmatch(page.body, -1) {
		if a := s.call("GET", string(asset[1]), "", nil); a.status != http.StatusOK || len(a.body) == 0 {
			t.Errorf("GET %s = %d, %d bytes", asset[1], a.status, len(a.body))
		}
	}
}
