package config

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/belay-events/belay/internal/audit"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

var rui = belay.Caller{Role: belay.RoleOperator, UserID: "u-1", Name: "Rui", Address: "10.0.0.5"}

// audited returns what the audit log of a scope says, in words.
func (d *desk) audited(scope belay.ID) []string {
	d.t.Helper()
	entries, err := d.store.Entries(d.t.Context(), store.EntryQuery{SiteID: scope, Stream: store.Changes, Page: store.Page{Limit: 1000}})
	d.must(err)
	var lines []string
	for _, stored := range entries {
		e, err := audit.Decode(stored.SiteID, stored.ID, stored.Value)
		d.must(err)
		line := fmt.Sprintf("%s %s %s %q %d→%d", e.By.Name, e.Operation, e.Kind, e.Name, e.WasRevision, e.Revision)
		if len(e.Fields) > 0 {
			line += " " + strings.Join(e.Fields, ",")
		}
		lines = append(lines, line)
	}
	return lines
}

func TestWhatSomebodyChangesIsWrittenDownWithTheChange(t *testing.T) {
	for name, tt := range map[string]struct {
		scope belay.ID
		do    func(*desk)
		want  []string
	}{
		"an automation is made, changed, paused and deleted": {siteID, func(d *desk) {
			a, err := d.CreateAutomation(t.Context(), rui, siteID, json.RawMessage(automation(nil)))
			d.must(err)
			for revision, change := range []map[string]any{
				{"name": "Thanks"}, {"name": "Thanks", "configuration/status": "INACTIVE"},
			} {
				_, err = d.UpdateAutomation(t.Context(), rui, siteID, a.ID, int64(revision+1), json.RawMessage(automation(change)))
				d.must(err)
			}
			d.must(d.DeleteAutomation(t.Context(), rui, siteID, a.ID))
		}, []string{
			`Rui CREATED AUTOMATION "Thank the customer" 0→1`,
			`Rui CHANGED AUTOMATION "Thanks" 1→2 name`,
			`Rui SWITCHED_OFF AUTOMATION "Thanks" 2→3 configuration.status`,
			`Rui DELETED AUTOMATION "Thanks" 3→0`,
		}},
		"a draft is kept": {siteID, func(d *desk) {
			_, err := d.CreateDraft(t.Context(), rui, siteID, json.RawMessage(automation(nil)))
			d.must(err)
		}, nil},
		"an app is installed and taken off": {siteID, func(d *desk) {
			_, _, err := d.Install(t.Context(), rui, siteID, appID2, belay.ID{})
			d.must(err)
			d.must(d.Uninstall(t.Context(), rui, siteID, appID2))
		}, []string{`Rui CREATED INSTALLATION "App 1" 0→1`, `Rui DELETED INSTALLATION "App 1" 1→0`}},
		"a site keeps what happened for longer": {belay.ID{}, func(d *desk) {
			_, _, err := d.PutSite(t.Context(), rui, belay.Site{ID: siteID, Name: "Site 0", TimeZone: "Europe/Berlin", Locale: "de-DE", RetentionDays: 400})
			d.must(err)
		}, []string{`Rui CHANGED SITE "Site 0" 1→2 retentionDays`}},
		"nothing changes": {belay.ID{}, func(d *desk) {
			_, _, err := d.PutApp(t.Context(), rui, belay.App{ID: appID1, Name: "App 0"})
			d.must(err)
		}, nil},
		"a key is made and deleted": {belay.ID{}, func(d *desk) {
			k, _, err := d.CreateKey(t.Context(), rui, NewKey{Name: "Till", Role: belay.RoleSite, SiteID: siteID})
			d.must(err)
			d.must(d.DeleteKey(t.Context(), rui, k.ID))
		}, []string{`Rui CREATED API_KEY "Till" 0→1`, `Rui DELETED API_KEY "Till" 1→0`}},
		"a trigger is declared anew": {belay.ID{}, func(d *desk) {
			_, _, err := d.PutTrigger(t.Context(), rui, TriggerInput{AppID: appID1, Key: "paid", Name: "Paid in full", Schema: json.RawMessage(realTime)})
			d.must(err)
		}, []string{`Rui CHANGED TRIGGER "Paid in full" 1→2 displayName`}},
		"somebody signs in": {belay.ID{}, func(d *desk) {
			d.must(d.Note(t.Context(), rui, audit.Entry{Operation: audit.SignedIn, Kind: audit.Session, Thing: rui.UserID, Name: "rui@example.com"}))
		}, []string{`Rui SIGNED_IN SESSION "rui@example.com" 0→0`}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t).furnish()
			before := len(d.audited(tt.scope))
			tt.do(d)
			if diff := cmp.Diff(tt.want, d.audited(tt.scope)[before:], cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("the audit log is not as it should be (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnEntrySaysWhoAndFromWhere(t *testing.T) {
	d := newDesk(t).furnish()
	plain := "belay_o-made-for-this-test"
	key, _, err := d.CreateKey(t.Context(), operator, NewKey{Name: "Deploys", Role: belay.RoleOperator, Value: plain})
	d.must(err)
	by, err := d.Authenticate(plain)
	d.must(err)
	by.Address = "192.0.2.7"
	_, err = d.RotateAppSecret(t.Context(), by, appID1, "", 0)
	d.must(err)
	entries, err := d.store.Entries(t.Context(), store.EntryQuery{Stream: store.Changes, Page: store.Page{Limit: 1, Newest: true}})
	d.must(err)
	got, err := audit.Decode(belay.ID{}, entries[0].ID, entries[0].Value)
	d.must(err)
	want := audit.Entry{
		ID: entries[0].ID, Operation: audit.Changed, Kind: audit.App, Thing: appID1.String(), Name: "App 0", AppID: appID1,
		By:          audit.Actor{Role: belay.RoleOperator, Name: "Deploys", KeyID: key.ID, KeyHint: key.Hint, From: "192.0.2.7"},
		WasRevision: 1, Revision: 2, Fields: []string{"secrets"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the entry is not as it should be (-want +got):\n%s", diff)
	}
	if bytes.Contains(entries[0].Value, []byte("hash")) {
		t.Errorf("the entry holds more than names: %q", entries[0].Value)
	}
}

func TestARefusedOrLostChangeLeavesNoEntry(t *testing.T) {
	d := newDesk(t).furnish()
	before := d.audited(siteID)
	_, err := d.CreateAutomation(t.Context(), rui, siteID, json.RawMessage(automation(map[string]any{"name": nil})))
	if belay.CodeOf(err) != belay.InvalidArgument {
		t.Fatalf("CreateAutomation() = %v; want a refusal", err)
	}
	broken := errors.New("the disk is gone")
	d.Book.commit = func(context.Context, *store.Batch) (*store.Result, error) { return nil, broken }
	if _, err := d.CreateAutomation(t.Context(), rui, siteID, json.RawMessage(automation(nil))); !errors.Is(err, broken) {
		t.Fatalf("CreateAutomation() = %v; want %v", err, broken)
	}
	if diff := cmp.Diff(before, d.audited(siteID)); diff != "" {
		t.Errorf("the audit log has moved:\n%s", diff)
	}
}

func TestTheNoteOfACancelIsSmall(t *testing.T) {
	d := newDesk(t).furnish()
	by := belay.Caller{Role: belay.RoleApp, AppID: appID1, KeyID: id(9), Name: "Bookings of the salon", KeyHint: "x7Qa", Address: "192.0.2.117"}
	note, err := d.CancelNote(by, &store.Cancel{
		Selector: store.Selector{AppID: appID1, TriggerKey: "appointment.starting", EntityID: id(8)}, Reason: belay.EventCancelled,
	}, "")
	d.must(err)
	if n := len(note.With(1, 0, 0)); n > 210 {
		t.Errorf("the note of a cancel has %d bytes; want 210 at most", n)
	}
}
