package config

import (
	"cmp"
	"context"
	"slices"
	"time"

	"golang.org/x/text/language"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// defaultLocale is the locale of a site that names none.
const defaultLocale = "en"

// maxRetentionDays is a hundred years.
const maxRetentionDays = 36_500

// Sites returns the sites that the caller may see, in the order of creation,
// each as Site would.
func (b *Book) Sites(ctx context.Context, by belay.Caller) ([]belay.Site, error) {
	if err := b.Reload(ctx); err != nil {
		return nil, err
	}
	sites := b.shared.Load().sites
	if by.Role != belay.RoleOperator {
		if err := readsSite(by, by.SiteID, "read sites"); err != nil {
			return nil, err
		}
		if s, ok := sites.get(by.SiteID); ok {
			return []belay.Site{b.shownSite(by, s.Site)}, nil
		}
		return nil, nil
	}
	var all []belay.Site
	for _, s := range sites.all {
		all = append(all, b.shownSite(by, s.Site))
	}
	slices.SortFunc(all, func(a, c belay.Site) int {
		return cmp.Or(cmp.Compare(a.CreatedAt, c.CreatedAt), slices.Compare(a.ID[:], c.ID[:]))
	})
	return all, nil
}

// Site returns a site, or NotFound. Its signing secrets are those in use, newest
// first; viewers and guests do not see them.
func (b *Book) Site(ctx context.Context, by belay.Caller, id belay.ID) (belay.Site, error) {
	if err := readsSite(by, id, "read sites"); err != nil {
		return belay.Site{}, err
	}
	if err := b.Reload(ctx); err != nil {
		return belay.Site{}, err
	}
	s, ok := b.shared.Load().sites.get(id)
	if !ok {
		return belay.Site{}, errNoSite()
	}
	return b.shownSite(by, s.Site), nil
}

func (b *Book) shownSite(by belay.Caller, s belay.Site) belay.Site {
	secrets := s.SigningSecrets
	s.SigningSecrets = nil
	if by.Role != belay.RoleViewer && !by.Guest {
		s.SigningSecrets = signing(secrets, b.now())
	}
	return s
}

// signing returns the secrets that sign at now.
func signing(secrets []belay.SigningSecret, now belay.Instant) []belay.SigningSecret {
	var valid []belay.SigningSecret
	for _, s := range secrets {
		if s.ExpiresAt.IsZero() || now < s.ExpiresAt {
			valid = append(valid, s)
		}
	}
	return valid
}

// PutSite keeps a site's name, time zone, locale and retention; a site without an ID is
// given one, a site without a locale "en", and a new site a signing secret. The
// secrets of a site are left as they are. An operator may.
func (b *Book) PutSite(ctx context.Context, by belay.Caller, site belay.Site) (belay.Site, Outcome, error) {
	if err := operates(by, "set up sites"); err != nil {
		return belay.Site{}, Unchanged, err
	}
	site.Locale = cmp.Or(site.Locale, defaultLocale)
	if err := checkSite(site); err != nil {
		return belay.Site{}, Unchanged, err
	}
	if site.ID.IsZero() {
		id, err := b.newID()
		if err != nil {
			return belay.Site{}, Unchanged, err
		}
		site.ID = id
	}
	secret, err := b.makeSigningSecret("")
	if err != nil {
		return belay.Site{}, Unchanged, err
	}
	var done Outcome
	zoned := false // the time zone of a site that was there is another now
	err = b.editShared(ctx, by, func(s *shared) ([]document, error) {
		if _, gone := s.gone.get(site.ID); gone {
			return nil, belay.Refuse(belay.AlreadyExists, "SITE_BEING_FORGOTTEN",
				"a site of this ID was deleted, and what happened on it is still being forgotten; try again in a while")
		}
		now := b.now()
		old, exists := s.sites.get(site.ID)
		done, site.SigningSecrets = Created, []belay.SigningSecret{secret}
		site.CreatedAt, site.UpdatedAt = now, now
		if exists {
			if old.Name == site.Name && old.TimeZone == site.TimeZone && old.Locale == site.Locale && old.RetentionDays == site.RetentionDays {
				done, site = Unchanged, old.Site
				return nil, nil
			}
			done, site.CreatedAt, site.SigningSecrets = Updated, old.CreatedAt, old.SigningSecrets
		}
		zoned = exists && old.TimeZone != site.TimeZone
		return one(keep(kindSite, site.ID.String(), site))
	})
	if err == nil && zoned {
		b.calendarsMoved(ctx, site.ID)
	}
	return b.shownSite(by, site), done, err
}

func checkSite(site belay.Site) error {
	var f faults
	f.length("name", site.Name, 1, maxName)
	if f.required("timeZone", site.TimeZone) {
		if _, err := time.LoadLocation(site.TimeZone); err != nil || site.TimeZone == "Local" {
			f.add("timeZone", "TIME_ZONE", "must be a time zone of the IANA database, such as Europe/Berlin")
		}
	}
	if len(site.Locale) > 35 || !goodLocale(site.Locale) {
		f.add("locale", "LOCALE", "must be a language tag of BCP 47, such as de-DE")
	}
	if site.RetentionDays < 0 || site.RetentionDays > maxRetentionDays {
		f.add("retentionDays", "RANGE", "must be from 1 to 36500 days, or left out")
	}
	return f.err("the site")
}

// goodLocale reports whether s is a language tag whose parts are all known. The
// underscores that language.Parse forgives are not in BCP 47.
func goodLocale(s string) bool {
	for i := range len(s) {
		if s[i] == '_' {
			return false
		}
	}
	_, err := language.Parse(s)
	return err == nil
}

func (b *Book) makeSigningSecret(value string) (belay.SigningSecret, error) {
	id, err := b.newID()
	if err != nil {
		return belay.SigningSecret{}, err
	}
	if value == "" {
		if value, err = b.newSigningSecret(); err != nil {
			return belay.SigningSecret{}, err
		}
	}
	return belay.SigningSecret{ID: id, Value: value, CreatedAt: b.now()}, nil
}

// RotateSigningSecret gives a site a new signing secret and returns it. The last
// one goes on signing beside it for overlap, at most 30 days; those before it
// end at once. An empty value has one made; a value that is the site's newest
// secret already changes nothing. An operator may, and the site's own key.
func (b *Book) RotateSigningSecret(ctx context.Context, by belay.Caller, id belay.ID, value string, overlap time.Duration) (string, error) {
	if by.Guest {
		return "", errGuest("rotate the signing secret")
	}
	if err := editsSite(by, id, "rotate the signing secret"); err != nil {
		return "", err
	}
	var f faults
	if value != "" {
		f.signingSecret("value", value)
	}
	f.overlap("overlap", overlap)
	if err := f.err("the signing secret"); err != nil {
		return "", err
	}
	secret, err := b.makeSigningSecret(value)
	if err != nil {
		return "", err
	}
	return secret.Value, b.editShared(ctx, by, func(s *shared) ([]document, error) {
		old, ok := s.sites.get(id)
		if !ok {
			return nil, errNoSite()
		}
		site, now := old.Site, b.now()
		next := []belay.SigningSecret{secret}
		if valid := signing(site.SigningSecrets, now); len(valid) > 0 {
			last := valid[0]
			if last.Value == secret.Value {
				return nil, nil
			}
			last.ExpiresAt = until(last.ExpiresAt, now.Add(overlap))
			next = append(next, signing([]belay.SigningSecret{last}, now)...)
		}
		site.SigningSecrets, site.UpdatedAt = next, now
		return one(keep(kindSite, id.String(), site))
	})
}

// DeleteSite removes a site with its automations, installations and keys, cancels
// what is pending, and marks the site as gone: until Forgotten is called, when
// nothing of it is stored any more, no site can be set up under its ID. An
// operator may.
func (b *Book) DeleteSite(ctx context.Context, by belay.Caller, id belay.ID) error {
	if err := operates(by, "delete sites"); err != nil {
		return err
	}
	err := b.editSite(ctx, by, id, func(s *Snapshot) (siteEdit, error) {
		var edit siteEdit
		for _, k := range append(s.all(), s.absent()...) {
			edit.docs = append(edit.docs, remove(kindAutomation, k.ID.String()))
			edit.cancels = append(edit.cancels, b.cancel(by, id, store.Selector{AutomationID: k.ID}, belay.AutomationDeleted))
		}
		for automation := range s.owned.removed {
			edit.docs = append(edit.docs, remove(kindRemoved, automation.String()))
		}
		drafts, _, err := b.allDrafts(ctx, id)
		if err != nil {
			return siteEdit{}, err
		}
		for i := range drafts {
			edit.docs = append(edit.docs, dropDraft(&drafts[i])...)
		}
		for app := range s.owned.installations {
			edit.docs = append(edit.docs, remove(kindInstallation, app.String()))
			edit.cancels = append(edit.cancels, b.cancel(by, id, store.Selector{AppID: app}, belay.AppUninstalled))
		}
		return edit, nil
	})
	if err != nil {
		return err
	}
	err = b.editShared(ctx, by, func(s *shared) ([]document, error) {
		if _, ok := s.sites.get(id); !ok {
			return nil, errNoSite()
		}
		mark, err := keep(kindGone, id.String(), struct{}{})
		if err != nil {
			return nil, err
		}
		docs, err := s.withoutGrants(b.now(), func(g belay.Grant) bool { return g.SiteID == id })
		if err != nil {
			return nil, err
		}
		docs = append(docs, remove(kindSite, id.String()), mark)
		if _, ok := s.portals.get(id); ok {
			docs = append(docs, remove(kindPortal, id.String()))
		}
		for key, i := range s.instances.all {
			if i.SiteID == id {
				docs = append(docs, remove(kindInstance, key.String()))
			}
		}
		for key, k := range s.keys.all {
			if k.SiteID == id {
				docs = append(docs, remove(kindKey, key.String()))
			}
		}
		return docs, nil
	})
	if err != nil {
		return err
	}
	return b.dismissGuests(ctx, id)
}

// Gone returns the sites that were deleted and not forgotten yet.
func (b *Book) Gone(ctx context.Context) ([]belay.ID, error) {
	if err := b.Reload(ctx); err != nil {
		return nil, err
	}
	var ids []belay.ID
	for id := range b.shared.Load().gone.all {
		ids = append(ids, id)
	}
	return ids, nil
}

// Forgotten takes the mark off a deleted site of which nothing is stored any more.
func (b *Book) Forgotten(ctx context.Context, site belay.ID) error {
	return b.editShared(ctx, belay.Caller{}, func(s *shared) ([]document, error) {
		if _, gone := s.gone.get(site); !gone {
			return nil, nil
		}
		return []document{remove(kindGone, site.String())}, nil
	})
}

func (b *Book) cancel(by belay.Caller, site belay.ID, which store.Selector, why belay.CancelReason) store.Cancel {
	return store.Cancel{SiteID: site, Selector: which, Reason: why, By: by.Identity(), Now: b.now()}
}
