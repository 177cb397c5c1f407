package config

import (
	"strings"
	"testing"
	"time"

	"github.com/belay-events/belay/internal/belay"
)

func TestPutSiteRefusesWhatIsNoZoneOrLocale(t *testing.T) {
	good := belay.Site{ID: siteID, Name: "Bakery", TimeZone: "Europe/Berlin", Locale: "de-DE"}
	for name, tt := range map[string]struct {
		change func(*belay.Site)
		want   breach
	}{
		"no name":              {func(s *belay.Site) { s.Name = "" }, breach{"name", "REQUIRED"}},
		"a name too long":      {func(s *belay.Site) { s.Name = strings.Repeat("ä", 101) }, breach{"name", "MAX_LENGTH"}},
		"no zone":              {func(s *belay.Site) { s.TimeZone = "" }, breach{"timeZone", "REQUIRED"}},
		"an unknown zone":      {func(s *belay.Site) { s.TimeZone = "Europe/Nowhere" }, breach{"timeZone", "TIME_ZONE"}},
		"the machine's zone":   {func(s *belay.Site) { s.TimeZone = "Local" }, breach{"timeZone", "TIME_ZONE"}},
		"a path for a zone":    {func(s *belay.Site) { s.TimeZone = "../../etc/passwd" }, breach{"timeZone", "TIME_ZONE"}},
		"no language":          {func(s *belay.Site) { s.Locale = "not a locale" }, breach{"locale", "LOCALE"}},
		"an underscore":        {func(s *belay.Site) { s.Locale = "de_DE" }, breach{"locale", "LOCALE"}},
		"a language of nobody": {func(s *belay.Site) { s.Locale = "xx-DE" }, breach{"locale", "LOCALE"}},
	} {
		t.Run(name, func(t *testing.T) {
			site := good
			tt.change(&site)
			_, _, err := newDesk(t).PutSite(t.Context(), operator, site)
			refusedWith(t, err, belay.InvalidArgument, "", tt.want)
		})
	}
}

func TestNewSiteGetsItsZoneAndASigningSecret(t *testing.T) {
	d := newDesk(t)
	site, done, err := d.PutSite(t.Context(), operator, belay.Site{Name: "Bakery", TimeZone: "America/New_York"})
	d.must(err)
	if done != Created || site.ID.IsZero() || site.Locale != "en" {
		t.Errorf("PutSite gave %v, %+v; want a new site of the locale en", done, site)
	}
	if len(site.SigningSecrets) != 1 || !strings.HasPrefix(site.SigningSecrets[0].Value, "whsec_") {
		t.Errorf("signing secrets %v; want one", site.SigningSecrets)
	}
	s, err := d.Snapshot(t.Context(), site.ID)
	d.must(err)
	if s.Zone.String() != "America/New_York" {
		t.Errorf("zone %v; want America/New_York", s.Zone)
	}
}

func TestRotatedSigningSecretOverlapsTheLastOne(t *testing.T) {
	d := newDesk(t).furnish()
	first, err := d.Site(t.Context(), operator, siteID)
	d.must(err)
	second, err := d.RotateSigningSecret(t.Context(), operator, siteID, "", time.Hour)
	d.must(err)
	values := func() string {
		site, err := d.Site(t.Context(), operator, siteID)
		d.must(err)
		var all []string
		for _, s := range site.SigningSecrets {
			all = append(all, s.Value)
		}
		return strings.Join(all, " ")
	}
	if got, want := values(), second+" "+first.SigningSecrets[0].Value; got != want {
		t.Errorf("within the overlap %q; want %q", got, want)
	}
	d.clock = d.clock.Add(time.Hour)
	if got := values(); got != second {
		t.Errorf("after the overlap %q; want %q", got, second)
	}
	given := "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	_, err = d.RotateSigningSecret(t.Context(), operator, siteID, given, 0)
	d.must(err)
	if got := values(); got != given {
		t.Errorf("without an overlap %q; want %q", got, given)
	}
	before := d.versions()
	_, err = d.RotateSigningSecret(t.Context(), operator, siteID, given, time.Hour)
	d.must(err)
	if d.versions() != before {
		t.Error("rotating to the secret that is in use changed something")
	}
	_, err = d.RotateSigningSecret(t.Context(), operator, siteID, "whsec_short", -1)
	refusedWith(t, err, belay.InvalidArgument, "", breach{"value", "FORMAT"}, breach{"overlap", "RANGE"})
}

func TestDeleteSiteTakesEverythingOfTheSiteWithIt(t *testing.T) {
	d := newDesk(t).furnish()
	d.create(automation(nil))
	key, plain, err := d.CreateKey(t.Context(), operator, NewKey{Name: "the site's", Role: belay.RoleSite, SiteID: siteID})
	d.must(err)
	d.batches = nil
	d.must(d.DeleteSite(t.Context(), operator, siteID))
	if n := len(d.batches[0].Changes[0].Cancels); n != 2 {
		t.Errorf("%d cancels in the change; want one for the automation and one for the app", n)
	}
	if _, err := d.Snapshot(t.Context(), siteID); belay.CodeOf(err) != belay.NotFound {
		t.Errorf("Snapshot of the deleted site: %v; want NotFound", err)
	}
	if _, err := d.Authenticate(plain); belay.CodeOf(err) != belay.Unauthenticated {
		t.Errorf("Authenticate with key %s of the deleted site: %v; want Unauthenticated", key.ID, err)
	}
	d.must(d.DeleteApp(t.Context(), operator, appID1))
}
