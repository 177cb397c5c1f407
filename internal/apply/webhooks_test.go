package apply_test

import (
	"strings"
	"testing"

	"github.com/belay-events/belay/internal/apply"
)

func TestWebhooksAreSetUpAndPruned(t *testing.T) {
	const hooks = `---
kind: webhooks
app: Corner
receivers:
  - url: https://corner.example.com/changes
    events: [automation_created, activation_status_changed]
  - {url: "https://corner.example.com/deletions", events: [automation_deleted], format: webhook}
`
	c := serve(t)
	with := func(text string) *apply.Wish { return wish(t, map[string]string{"it.yaml": corner + text}) }
	if _, said := applied(t, c, with(hooks), apply.Options{}); !strings.Contains(said, "+ webhooks of Corner") {
		t.Fatalf("said\n%s", said)
	}
	if n, said := applied(t, c, with(hooks), apply.Options{Prune: true}); n != 0 {
		t.Errorf("a second time it changed\n%s", said)
	}
	page := exported(t, c)
	if !strings.Contains(page, "kind: webhooks") {
		t.Errorf("the export lacks them:\n%s", page)
	}
	if n, said := applied(t, c, wish(t, map[string]string{"it.yaml": page}), apply.Options{}); n != 0 {
		t.Errorf("the export applied changed\n%s", said)
	}
	moved := strings.ReplaceAll(hooks, "/deletions", "/gone")
	if _, said := applied(t, c, with(moved), apply.Options{}); !strings.Contains(said, "~ webhooks of Corner") || !strings.Contains(said, "/gone") {
		t.Errorf("said\n%s", said)
	}
	if _, said := applied(t, c, with(""), apply.Options{}); strings.Contains(said, "webhooks") {
		t.Errorf("without prune, said\n%s", said)
	}
	if _, said := applied(t, c, with(""), apply.Options{Prune: true}); !strings.Contains(said, "- webhooks of Corner") {
		t.Errorf("with prune, said\n%s", said)
	}
	if page := exported(t, c); strings.Contains(page, "kind: webhooks") {
		t.Errorf("they are still there:\n%s", page)
	}
}
