package config

import (
	"testing"

	"github.com/belay-events/belay/internal/belay"
)

func TestPutWebhooksRefusesWhatCannotBeTold(t *testing.T) {
	good := belay.Webhook{URL: "https://example.com/hook", Topics: []belay.Topic{belay.TopicAutomationCreated}}
	for name, tt := range map[string]struct {
		list []belay.Webhook
		want breach
	}{
		"no URL":             {[]belay.Webhook{{Topics: good.Topics}}, breach{"webhooks[0].url", "REQUIRED"}},
		"another scheme":     {[]belay.Webhook{{URL: "ftp://example.com", Topics: good.Topics}}, breach{"webhooks[0].url", "FORMAT"}},
		"no events":          {[]belay.Webhook{{URL: good.URL}}, breach{"webhooks[0].events", "MIN_ITEMS"}},
		"another format":     {[]belay.Webhook{{URL: good.URL, Topics: good.Topics, Format: "xml"}}, breach{"webhooks[0].format", "ENUM"}},
		"an event twice":     {[]belay.Webhook{good, good}, breach{"webhooks[1].events[0]", "UNIQUE"}},
		"too many receivers": {make([]belay.Webhook, 21), breach{"webhooks", "MAX_ITEMS"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t).furnish()
			_, _, err := d.PutWebhooks(t.Context(), operator, appID1, tt.list)
			if belay.CodeOf(err) != belay.InvalidArgument {
				t.Fatalf("PutWebhooks = %v", err)
			}
			if got := breaches(err); got[0] != tt.want {
				t.Errorf("PutWebhooks = %v; want %v first", got, tt.want)
			}
		})
	}
}

func TestAnAppSetsItsOwnWebhooksUp(t *testing.T) {
	d := newDesk(t).furnish()
	app := appID1
	itself, other := belay.Caller{Role: belay.RoleApp, AppID: app}, belay.Caller{Role: belay.RoleApp, AppID: id(99)}
	list := []belay.Webhook{{URL: "https://example.com/hook", Topics: []belay.Topic{belay.TopicActivationStatusChanged}}}
	for i, want := range []Outcome{Created, Unchanged} {
		if hooks, done, err := d.PutWebhooks(t.Context(), itself, app, list); err != nil || done != want || hooks.List[0].Format != belay.WebhookJWT {
			t.Fatalf("put %d: %+v, %v, %v; want %v", i, hooks, done, err, want)
		}
	}
	if _, _, err := d.PutWebhooks(t.Context(), other, app, nil); belay.CodeOf(err) != belay.PermissionDenied {
		t.Errorf("another app's put = %v", err)
	}
	if _, err := d.Webhooks(t.Context(), other, app); belay.CodeOf(err) != belay.PermissionDenied {
		t.Errorf("another app's look = %v", err)
	}
	s, err := d.Snapshot(t.Context(), siteID)
	d.must(err)
	if l := s.Listeners(); len(l) != 1 || l[0].AppID != app || !l[0].Topics.Has(belay.TopicActivationStatusChanged) {
		t.Errorf("listeners of the site: %+v", l)
	}
	if _, done, err := d.PutWebhooks(t.Context(), itself, app, nil); err != nil || done != Updated {
		t.Fatalf("putting none: %v, %v", done, err)
	}
	if s, err = d.Snapshot(t.Context(), siteID); err != nil || s.Listeners() != nil || len(d.Listening()) != 0 {
		t.Errorf("afterwards: %+v, %v", s.Listeners(), err)
	}
	if _, _, err := d.PutWebhooks(t.Context(), operator, id(98), list); belay.CodeOf(err) != belay.NotFound {
		t.Errorf("an app that is not there: %v", err)
	}
}

func TestTheFirstCopyOfWhatAnAppBringsIsToldAsAnUpdate(t *testing.T) {
	d := newDesk(t).furnish()
	a := d.bring(nil)
	list := []belay.Webhook{{URL: "https://example.com/hook", Topics: []belay.Topic{belay.TopicAutomationCreated, belay.TopicAutomationUpdated}}}
	_, _, err := d.PutWebhooks(t.Context(), operator, appID1, list)
	d.must(err)
	s := d.shown()
	copied, err := keep(kindAutomation, a.ID.String(), a)
	d.must(err)
	told, err := d.told(s, []document{copied}, s.SiteVersion+1)
	d.must(err)
	if len(told) != 1 || told[0].Topic != belay.TopicAutomationUpdated {
		t.Errorf("told %+v; want one update", told)
	}
}
