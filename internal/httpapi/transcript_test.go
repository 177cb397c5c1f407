package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the transcripts in testdata")

// A transcript holds requests and their answers as they travel. Its clock is
// virtual, so that times are what they are; what chance makes is named: IDs by
// $1, $2 … in the order in which they appear, the rest by $cursor, $token, $secret
// and the like; $first is the link that makes the first operator, $invocation is the token that an app's server got last. Requests may
// use these names. "wait 25h" lets time pass first; "listen 5s" takes what is
// answered within that time, and goes.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.http")
	if err != nil || len(files) == 0 {
		t.Fatalf("transcripts: %v, %v", files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".http"), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var got string
			synctest.Test(t, func(t *testing.T) { got = play(t, string(raw)) })
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(raw), got); diff != "" {
				t.Errorf("the answers differ (-file +played):\n%s", diff)
			}
		})
	}
}

// play sends each request of a transcript and returns it with the answers.
func play(t *testing.T, text string) string {
	s := start(t, nil)
	// What is made within one millisecond has no order.
	s.between = func() { time.Sleep(time.Second) }
	s.furnish()
	s.between()
	d := readDocument(t)
	first, err := s.engine.Book().FirstOperatorLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	names := &names{ids: map[string]string{}, said: map[string]string{"$operator": s.operator, "$first": first}}
	head, rest, _ := strings.Cut(text, "### ")
	var b strings.Builder
	b.WriteString(head)
	for part := range strings.SplitSeq(rest, "\n### ") {
		request, _, _ := strings.Cut(part, "\nHTTP/1.1 ")
		request = strings.TrimRight(request, "\n")
		if calls := s.app.Requests(); len(calls) > 0 {
			names.said["$invocation"] = callOf(calls[len(calls)-1].Body).ActivationContext.InvocationToken
		}
		method, path, answer := exchange(t, s, names, request)
		d.checkAnswer(t, method, path, answer)
		fmt.Fprintf(&b, "### %s\n\n%s\n", request, names.told(t, answer))
		synctest.Wait()
		s.between()
	}
	return b.String()
}

// exchange sends one request of a transcript.
func exchange(t *testing.T, s *server, names *names, text string) (method, path string, a answer) {
	t.Helper()
	head, body, _ := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")[1:] // the first is its name
	for len(lines) > 0 && strings.HasPrefix(lines[0], "wait ") {
		pause, err := time.ParseDuration(strings.TrimPrefix(lines[0], "wait "))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(pause)
		synctest.Wait()
		lines = lines[1:]
	}
	if len(lines) == 0 {
		t.Fatalf("no request in %q", text)
	}
	ctx := t.Context()
	if span, ok := strings.CutPrefix(lines[0], "listen "); ok {
		length, err := time.ParseDuration(span)
		if err != nil || len(lines) == 1 {
			t.Fatalf("no request to listen to for a while in %q", text)
		}
		var done context.CancelFunc
		ctx, done = context.WithTimeout(ctx, length)
		defer done()
		lines = lines[1:]
	}
	method, path, _ = strings.Cut(names.given(lines[0]), " ")
	r := httptest.NewRequestWithContext(ctx, method, path, strings.NewReader(names.given(body)))
	for _, line := range lines[1:] {
		name, value, _ := strings.Cut(names.given(line), ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return method, path, answer{w.Code, w.Header(), w.Body.Bytes()}
}

// names are what chance has made in a transcript, and how it is called.
type names struct {
	ids  map[string]string // by ID
	said map[string]string // by name
}

var chance = []struct {
	name  string
	found *regexp.Regexp
}{
	{"$cursor", regexp.MustCompile(`"(?:next|prev)": "([^"]+)"`)},
	{"$token", regexp.MustCompile(`"access_token": "([^"]+)"`)},
	{"$occurrence", regexp.MustCompile(`"externalEntityId": "([0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[^"]+)"`)},
	{"$session", regexp.MustCompile(`belay_session=([A-Za-z0-9_-]+);`)},
	{"$link", regexp.MustCompile(`#(belay_l[^"]+)"`)},
	{"$guest", regexp.MustCompile(`"accessToken": "([^"]+)"`)},
	{"$secret", regexp.MustCompile(`"((?:whsec_|belay_)[^"]{20,})"`)},
	{"$pem", regexp.MustCompile(`"publicKeyPem": "([^"]+)"`)},
	{"$modulus", regexp.MustCompile(`"n": "([^"]+)"`)},
	{"$hint", regexp.MustCompile(`"hint": "([^"]{4})"`)},
	{"$hint", regexp.MustCompile(`"keyHint": "([^"]{4})",\s+"name": "first operator"`)},
}

// alive is what a stream says while it has nothing to tell.
var alive = regexp.MustCompile(`(: alive\n\n)+`)

var madeID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`)

// named replaces what chance made by its name.
func (n *names) named(text string) string {
	for _, c := range chance {
		for _, found := range c.found.FindAllStringSubmatch(text, -1) {
			n.said[c.name] = found[1]
			text = strings.ReplaceAll(text, found[1], c.name)
		}
	}
	return madeID.ReplaceAllStringFunc(text, func(id string) string {
		name, ok := n.ids[id]
		if !ok {
			name = fmt.Sprintf("$%d", len(n.ids)+1)
			n.ids[id], n.said[name] = name, id
		}
		return name
	})
}

var name = regexp.MustCompile(`\$(?:[0-9]+|cursor|token|secret|operator|invocation|session|link|guest|first)`)

// given replaces names by what chance made of them.
func (n *names) given(text string) string {
	return name.ReplaceAllStringFunc(text, func(name string) string {
		if value, ok := n.said[name]; ok {
			return value
		}
		return name
	})
}

// told writes an answer: its status, the headers that say something, its body.
func (n *names) told(t *testing.T, a answer) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\n", a.status, http.StatusText(a.status))
	for _, header := range []string{"Allow", "Content-Type", "Retry-After", "Set-Cookie", "Www-Authenticate"} {
		if value := a.header.Get(header); value != "" {
			fmt.Fprintf(&b, "%s: %s\n", header, n.named(value))
		}
	}
	b.WriteByte('\n')
	if a.header.Get("Content-Type") == eventStream {
		b.WriteString(n.named(strings.TrimRight(alive.ReplaceAllString(string(a.body), ": alive …\n\n"), "\n")) + "\n")
		return b.String()
	}
	var body bytes.Buffer
	if err := json.Indent(&body, a.body, "", "  "); err != nil {
		t.Errorf("an answer is not JSON: %v: %s", err, a.body)
	}
	b.WriteString(n.named(body.String()))
	b.WriteByte('\n')
	return b.String()
}

// Operations whose answers are no exchange to read: figures, the document that
// describes all the others, and the ways to an identity provider and back, which
// need one. edge_test.go, openapi_test.go and oidc_test.go look at them.
var unwritten = map[string]bool{"metrics": true, "openapi": true, "startOIDC": true, "endOIDC": true}

// Each operation at each of its paths: clients of both generations, and dashboards,
// call the same ones elsewhere.
func TestEveryEndpointHasATranscript(t *testing.T) {
	files, err := filepath.Glob("testdata/*.http")
	if err != nil {
		t.Fatal(err)
	}
	d := readDocument(t)
	played := map[string]bool{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^(GET|POST|PUT|PATCH|DELETE) ([^\s?]+)`).FindAllStringSubmatch(string(raw), -1) {
			if _, operation := d.operation(m[1], m[2]); operation != nil {
				id := operation["operationId"].(string)
				played[id] = true
			}
		}
	}
	for _, item := range d.paths() {
		for _, operation := range item.(map[string]any) {
			id, _ := operation.(map[string]any)["operationId"].(string)
			if id != "" && !unwritten[id] && !played[id] {
				t.Errorf("no transcript plays %s", id)
			}
		}
	}
}
