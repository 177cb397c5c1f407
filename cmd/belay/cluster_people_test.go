package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/client"
)

// Whichever node a person's browser is sent to, it is the same person: a session that
// began on one is good on another, where a list that is being followed shows what a
// third was told, and once ended on any it is good on none.
func TestClusterKnowsAPersonOnEveryNode(t *testing.T) {
	c := newCluster(t, 1)
	invited, err := c.nodes[0].client().InviteUser(c.ctx, api.InviteUserRequest{
		Name: "Ola", Email: "ola@example.com", Grants: []api.Grant{{Role: "SITE", SiteID: c.sites[0]}},
	})
	if err != nil {
		t.Fatal(err)
	}
	_, token, _ := strings.Cut(invited.Link.URL, "#")
	w := c.browse(1, http.MethodPost, "/belay/v1/welcome", nil, api.WelcomeRequest{Token: token, Password: "a harbour of paper boats"})
	defer w.Body.Close()
	if w.StatusCode != http.StatusOK || len(w.Cookies()) != 1 {
		text, _ := io.ReadAll(w.Body)
		t.Fatalf("the link that one node made is answered by another with %d %s", w.StatusCode, text)
	}
	cookie := w.Cookies()[0]
	known := func(node int) int {
		r := c.browse(node, http.MethodGet, "/belay/v1/session", cookie, nil)
		defer r.Body.Close()
		return r.StatusCode
	}
	for node := range c.nodes {
		if got := known(node); got != http.StatusOK {
			t.Errorf("node %d answers the session with %d", node, got)
		}
	}

	live := c.browse(2, http.MethodGet, "/belay/v1/live", cookie, nil)
	defer live.Body.Close()
	messages := bufio.NewScanner(live.Body)
	next := func(want func(*api.LiveMessage) bool) {
		t.Helper()
		for messages.Scan() {
			data, ok := strings.CutPrefix(messages.Text(), "data: ")
			var m api.LiveMessage
			if ok && json.Unmarshal([]byte(data), &m) == nil && want(&m) {
				return
			}
		}
		t.Fatalf("the stream ended: %v", messages.Err())
	}
	next(func(m *api.LiveMessage) bool { return m.Kind == "ready" })
	reporter := client.New(c.nodes[0].at.Load().url, client.Credentials{Key: operatorKey, SiteID: c.sites[0]})
	if _, err := reporter.Report(c.ctx, api.ReportEventRequest{
		AppID: clusterApp, TriggerKey: "now", Payload: json.RawMessage(`{"key":"k"}`),
	}); err != nil {
		t.Fatal(err)
	}
	next(func(m *api.LiveMessage) bool {
		return m.SiteID == c.sites[0] && (m.Kind == "event" || m.Kind == "changed")
	})

	out := c.browse(0, http.MethodDelete, "/belay/v1/session", cookie, nil)
	defer out.Body.Close()
	if out.StatusCode != http.StatusOK && out.StatusCode != http.StatusNoContent {
		t.Errorf("signing out is answered with %d", out.StatusCode)
	}
	for node := range c.nodes {
		if got := known(node); got != http.StatusUnauthorized {
			t.Errorf("after signing out, node %d answers the session with %d; want 401", node, got)
		}
	}
	// The stream that was open hears nothing more: it is over within a quarter of a minute.
	bounded, cancel := context.WithTimeout(c.ctx, time.Minute)
	defer cancel()
	context.AfterFunc(bounded, func() { _ = live.Body.Close() })
	for messages.Scan() {
	}
	if bounded.Err() != nil {
		t.Error("the stream of a session that has ended goes on")
	}
	c.noNodeBroke()
}

// browse makes a call as the console does.
func (c *cluster) browse(node int, method, path string, cookie *http.Cookie, body any) *http.Response {
	c.Helper()
	var content io.Reader = http.NoBody
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			c.Fatal(err)
		}
		content = strings.NewReader(string(text))
	}
	r, err := http.NewRequestWithContext(c.ctx, method, c.nodes[node].at.Load().url+path, content)
	if err != nil {
		c.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Belay-Site-Id", c.sites[0])
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if cookie != nil {
		r.AddCookie(cookie)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		c.Fatal(err)
	}
	return answer
}
