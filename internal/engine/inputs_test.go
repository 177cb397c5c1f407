package engine_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/action/email"
	"github.com/belay-events/belay/internal/action/notify"
	"github.com/belay-events/belay/internal/action/outbound"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/engine"
	"github.com/belay-events/belay/internal/store"
)

// builtIn gives a house the actions that write to the outbox and the inbox.
func builtIn(o *engine.Options) {
	o.Actions = func(streams engine.Streams) (*action.Registry, error) {
		mail, err := email.New(email.Config{}, streams)
		if err != nil {
			return nil, err
		}
		client := outbound.New(outbound.Config{})
		return action.NewRegistry(
			email.Define(mail, 40*time.Second),
			notify.Define(&notify.Action{Inbox: streams, Client: client}, 40*time.Second),
		)
	}
}

func doing(key, mapping string) string {
	return fmt.Sprintf(`"rootActionIds":[%q],"actions":{%q:{"type":"APP_DEFINED","appDefinedInfo":{"appId":"belay","actionKey":%q,"inputMapping":%s}}}`, aid(1), aid(1), key, mapping)
}

func TestInputsThatCannotBeRightAreRefusedAtActivation(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), builtIn)
		defer h.stop()
		for name, tt := range map[string]struct{ key, mapping, field, rule string }{
			"a field that is missing":     {"notify", `{}`, ".message", "REQUIRED"},
			"a field nobody knows":        {"notify", `{"message":"hi","text":"hi"}`, ".text", "UNKNOWN_FIELD"},
			"a literal that is too short": {"notify", `{"message":""}`, ".message", "MIN_LENGTH"},
			"neither text nor HTML":       {"send_email", `{"to":"a@example.com","subject":"s"}`, "", "REQUIRED"},
			"a literal of another type":   {"send_email", `{"to":"a@example.com","subject":["s"],"text":"t"}`, ".subject", "TYPE"},
		} {
			doc := fmt.Sprintf(`{"name":"A","origin":"USER","configuration":{"status":"ACTIVE","trigger":{"appId":%q,"triggerKey":"booked"},%s}}`, h.app, doing(tt.key, tt.mapping))
			_, err := h.Book().CreateAutomation(t.Context(), operator, h.site, json.RawMessage(doc))
			e, ok := errors.AsType[*belay.Error](err)
			field := "automation.configuration.actions." + aid(1) + ".appDefinedInfo.inputMapping" + tt.field
			if !ok || !slices.ContainsFunc(e.Violations, func(v belay.Violation) bool { return v.Field == field && v.Rule == tt.rule }) {
				t.Errorf("%s: %v; want %s at %s", name, err, tt.rule, field)
			}
		}
		h.automate("booked", "", doing("send_email", `{"to":"{{var(\"email\")}}","subject":"{{not(true)}}","text":"{{sum(1;2)}}"}`))
	})
}

func TestANumberWhereATextIsWantedIsWritten(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), builtIn)
		defer h.stop()
		h.automate("booked", "", doing("notify", `{"title":true,"message":"{{sum(1;1.5)}}"}`))
		h.report("booked", 100, payload(""))
		synctest.Wait()
		entries, err := h.Engine.Entries(t.Context(), operator, store.EntryQuery{SiteID: h.site, Stream: engine.Inbox, Page: store.Page{Limit: 10}})
		if err != nil || len(entries) != 1 {
			t.Fatalf("the inbox holds %d, %v; want 1", len(entries), err)
		}
		var n notify.Notification
		if err := json.Unmarshal(entries[0].Value, &n); err != nil || n.Message != "2.5" || n.Title != "true" {
			t.Errorf("%+v, %v; want the texts true and 2.5", n, err)
		}
	})
}

func TestWhatAPayloadBringsIsEscapedInHTML(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), builtIn)
		defer h.stop()
		h.automate("booked", "", doing("send_email", `{"to":"a@example.com","subject":"For {{var(\"name\")}}","text":"{{var(\"name\")}}","html":"<b>{{upper(var(\"name\"))}}</b>"}`))
		h.report("booked", 100, `{"email":"a@example.com","name":"<i>Tom & Jerry</i>"}`)
		synctest.Wait()
		entries, err := h.Engine.Entries(t.Context(), operator, store.EntryQuery{SiteID: h.site, Stream: engine.Outbox, Page: store.Page{Limit: 10}})
		if err != nil || len(entries) != 1 {
			t.Fatalf("the outbox holds %d, %v; want 1", len(entries), err)
		}
		var m email.Mail
		if err := json.Unmarshal(entries[0].Value, &m); err != nil {
			t.Fatal(err)
		}
		if m.HTML != "<b>&lt;I&gt;TOM &amp; JERRY&lt;/I&gt;</b>" {
			t.Errorf("HTML %q; want the payload's name escaped, and the owner's tags as they are", m.HTML)
		}
		if m.Text != "<i>Tom & Jerry</i>" || m.Subject != "For <i>Tom & Jerry</i>" {
			t.Errorf("text %q, subject %q; want the name as it is", m.Text, m.Subject)
		}
	})
}
