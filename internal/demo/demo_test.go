package demo

import (
	"strings"
	"testing"
	"time"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/apply"
)

func TestNothingInADemoTakesLongerThanAMinute(t *testing.T) {
	for _, name := range []string{"appointments", "courses"} {
		wish, err := load(name, "127.0.0.1:4711", "a-key-of-sixteen")
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range wish.Automations {
			spans := []apply.Span{a.Trigger.Before, a.Trigger.SkipWhenLater}
			for _, step := range a.Actions {
				spans = append(spans, step.Wait)
			}
			for _, s := range spans {
				if s != "" && (!strings.HasPrefix(string(s), "{{0.") || !strings.HasSuffix(string(s), "}} minutes")) {
					t.Errorf("%s: %q waits for %s", name, a.Name, s)
				}
			}
		}
	}
}

func TestRequestsOfADemoGoToItsOwnReceiver(t *testing.T) {
	wish, err := load("appointments", "127.0.0.1:4711", "a-key-of-sixteen")
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range wish.Automations {
		for _, step := range a.Actions {
			seen := false
			step.Replace("url", func(url string) string {
				seen = true
				if url != "http://127.0.0.1:4711/calendar" {
					t.Errorf("%q calls %s", a.Name, url)
				}
				return url
			})
			if seen != (step.Do == "send_http_request") {
				t.Errorf("%q: action %s has a url: %t", a.Name, step.Key, seen)
			}
		}
	}
}

func TestMailsOfTheShopBearItsOwnName(t *testing.T) {
	wish, err := shopWish("127.0.0.1:4711")
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range wish.Automations {
		for _, step := range a.Actions {
			step.Replace("text", func(text string) string {
				if !strings.HasSuffix(text, shopName+"\n") {
					t.Errorf("%q signs %q", a.Name, text)
				}
				return text
			})
		}
	}
}

func TestKeysOfADemoStayTheSame(t *testing.T) {
	dir := t.TempDir()
	first, err := readKeys(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.write(dir); err != nil {
		t.Fatal(err)
	}
	if second, err := readKeys(dir); err != nil || second != first {
		t.Errorf("keys = %+v, %v; want %+v", second, err, first)
	}
	if other, err := readKeys(t.TempDir()); err != nil || other.Operator == first.Operator {
		t.Errorf("another demo has the same key, %v", err)
	}
}

func TestNamesAreJoinedAsInASentence(t *testing.T) {
	for want, names := range map[string][]string{
		"A":              {"A"},
		"A and B":        {"A", "B"},
		"A, B and C":     {"A", "B", "C"},
		"A and 3 others": {"A", "B", "C", "D"},
	} {
		if got := and(names); got != want {
			t.Errorf("and(%q) = %q, want %q", names, got, want)
		}
	}
}

func TestMailsOfOneSubjectAreToldTogether(t *testing.T) {
	at := time.Unix(100, 0)
	got := folded([]told{{at, "b@x", "Off"}, {at, "", "notification: N"}, {at, "a@x", "Off"}})
	if len(got) != 2 || got[0].text != "mail to a@x and b@x: Off" || got[1].text != "notification: N" {
		t.Errorf("told %+v", got)
	}
}

func TestAWaitAtTheBeginningMovesWhatIsTold(t *testing.T) {
	c := api.AutomationConfiguration{RootActionIDs: []string{"a"}, Actions: map[string]api.AutomationAction{
		"a": {Delay: &api.DelayInfo{OffsetExpression: "{{0.1}}", OffsetTimeUnit: "MINUTES"}},
	}}
	if got := pause(&c); got != 6*time.Second {
		t.Errorf("pause = %v, want 6s", got)
	}
}
