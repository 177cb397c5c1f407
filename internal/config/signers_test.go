package config

import (
	"testing"
	"time"

	"github.com/belay-events/belay/internal/belay"
)

func TestAnAppsSignerIsMadeOnceForAllBooks(t *testing.T) {
	d := newDesk(t).furnish()
	other := openDesk(t, d.store)
	first, err := d.Signer(t.Context(), appID1)
	d.must(err)
	second, err := other.Signer(t.Context(), appID1)
	d.must(err)
	if len(first.Keys) != 1 || len(first.Secrets) != 1 || first.Keys[0].ID != second.Keys[0].ID || first.Secrets[0] != second.Secrets[0] {
		t.Errorf("%+v and %+v; want one signer", first, second)
	}
	if _, err := d.Signer(t.Context(), id(99)); belay.CodeOf(err) != belay.NotFound {
		t.Errorf("of an unknown app: %v", err)
	}
	if _, err := d.SigningKeys(t.Context(), belay.Caller{Role: belay.RoleApp, AppID: appID2}, appID1); belay.CodeOf(err) != belay.PermissionDenied {
		t.Errorf("another app's: %v", err)
	}
	if _, err := d.SigningKeys(t.Context(), belay.Caller{Role: belay.RoleSite, SiteID: siteID}, appID1); belay.CodeOf(err) != belay.PermissionDenied {
		t.Errorf("by a site: %v", err)
	}
	own, err := d.SigningKeys(t.Context(), belay.Caller{Role: belay.RoleApp, AppID: appID1}, appID1)
	if err != nil || own.Keys[0].ID != first.Keys[0].ID {
		t.Errorf("by the app itself: %v", err)
	}
}

func TestARotationLetsReceiversTakeUpTheNewKeyFirst(t *testing.T) {
	d := newDesk(t).furnish()
	ctx := t.Context()
	first, err := d.Signer(ctx, appID1)
	d.must(err)
	rotate := func(overlap time.Duration) belay.Signer {
		t.Helper()
		s, err := d.RotateSigningKeys(ctx, operator, appID1, overlap)
		d.must(err)
		return s
	}
	signs := func(s belay.Signer, want belay.SigningKey) {
		t.Helper()
		if k, ok := s.Signing(d.clock); !ok || k.ID != want.ID {
			t.Errorf("%s signs; want %s", k.ID, want.ID)
		}
	}
	next := rotate(time.Hour)
	if len(next.Keys) != 2 || len(next.Secrets) != 2 || next.Secrets[0].Value == first.Secrets[0].Value || next.Secrets[1].ExpiresAt != d.clock.Add(time.Hour) {
		t.Fatalf("%+v; want both keys and both secrets", next)
	}
	signs(next, first.Keys[0])
	if again := rotate(time.Hour); len(again.Keys) != 2 || again.Keys[1].ID != first.Keys[0].ID {
		t.Errorf("a key that never signed is still there: %+v", again.Keys)
	} else {
		next = again
	}
	d.clock = d.clock.Add(time.Hour)
	signs(next, next.Keys[0])
	if end := next.Keys[1].ExpiresAt; end != d.clock.Add(keyAfterlife) {
		t.Errorf("the old key is known until %s; want %s", end, d.clock.Add(keyAfterlife))
	}
	d.clock = d.clock.Add(2 * time.Hour)
	third := rotate(time.Hour)
	if len(third.Keys) != 2 || third.Keys[1].ID != next.Keys[0].ID {
		t.Errorf("what is over is still there: %+v", third.Keys)
	}
	lost := rotate(0)
	if len(lost.Keys) != 1 || len(lost.Secrets) != 1 {
		t.Errorf("%+v; want one key and one secret when there is no overlap", lost)
	}
	signs(lost, lost.Keys[0])
	if _, err := d.RotateSigningKeys(ctx, belay.Caller{Role: belay.RoleApp, AppID: appID1}, appID1, 0); belay.CodeOf(err) != belay.PermissionDenied {
		t.Errorf("by the app: %v", err)
	}
	if _, err := d.RotateSigningKeys(ctx, operator, appID1, 31*24*time.Hour); belay.CodeOf(err) != belay.InvalidArgument {
		t.Errorf("an overlap of 31 days: %v", err)
	}
	d.must(d.DeleteApp(ctx, operator, appID2))
}

func TestAnAppsServerIsChecked(t *testing.T) {
	d := newDesk(t).furnish()
	for name, p := range map[string]belay.Provider{
		"no address": {BaseURL: "example.com"},
		"a query":    {BaseURL: "https://example.com/?a=b"},
		"a format":   {BaseURL: "https://example.com", Format: "xml"},
	} {
		if _, _, err := d.PutApp(t.Context(), operator, belay.App{ID: appID1, Name: "App", Provider: p}); belay.CodeOf(err) != belay.InvalidArgument {
			t.Errorf("%s: %v", name, err)
		}
	}
	app := belay.App{ID: appID1, Name: "App", Provider: belay.Provider{BaseURL: "https://example.com", Format: belay.FormatWebhook}}
	for _, want := range []Outcome{Updated, Unchanged} {
		if got, done, err := d.PutApp(t.Context(), operator, app); err != nil || done != want || got.Provider != app.Provider {
			t.Errorf("PutApp = %+v, %v, %v; want %v", got.Provider, done, err, want)
		}
	}
}

func TestWhatIsSealedForOnePurposeIsNoGoodForAnother(t *testing.T) {
	d := newDesk(t)
	a, b := d.Seal("a", []byte("message")), d.Seal("b", []byte("message"))
	if len(a) != 32 || string(a) == string(b) || string(a) != string(d.Seal("a", []byte("message"))) {
		t.Errorf("Seal = %x and %x", a, b)
	}
}
