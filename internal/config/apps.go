package config

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/belay-events/belay/internal/belay"
)

const maxName = 100

// Apps returns every app in the order of creation, without the hashes of
// secrets; those who are not operators see no secrets at all, and an app itself
// alone.
func (b *Book) Apps(ctx context.Context, by belay.Caller) ([]belay.App, error) {
	if err := seesApp(by, by.AppID, "read apps"); err != nil {
		return nil, err
	}
	if err := b.Reload(ctx); err != nil {
		return nil, err
	}
	var apps []belay.App
	for id, a := range b.shared.Load().apps.all {
		if !by.OfApp() || id == by.AppID {
			apps = append(apps, shownApp(by, a))
		}
	}
	slices.SortFunc(apps, func(a, c belay.App) int {
		return cmp.Or(cmp.Compare(a.CreatedAt, c.CreatedAt), slices.Compare(a.ID[:], c.ID[:]))
	})
	return apps, nil
}

// App returns one app as Apps would, or NotFound.
func (b *Book) App(ctx context.Context, by belay.Caller, id belay.ID) (belay.App, error) {
	if err := seesApp(by, id, "read apps"); err != nil {
		return belay.App{}, err
	}
	if err := b.Reload(ctx); err != nil {
		return belay.App{}, err
	}
	a, ok := b.shared.Load().apps.get(id)
	if !ok {
		return belay.App{}, errNoApp()
	}
	return shownApp(by, a), nil
}

func shownApp(by belay.Caller, a belay.App) belay.App {
	if by.Role != belay.RoleOperator && !by.OfApp() {
		a.Secrets = nil
		return a
	}
	a.Secrets = slices.Clone(a.Secrets)
	for i := range a.Secrets {
		a.Secrets[i].Hash = nil
	}
	return a
}

func errNoApp() error { return belay.Refuse(belay.NotFound, "", "there is no such app") }

// PutApp keeps an app's name and how its server is called; an app without an ID is given one. Secrets are
// left as they are. An operator may, and the developers of an app that is there.
func (b *Book) PutApp(ctx context.Context, by belay.Caller, app belay.App) (belay.App, Outcome, error) {
	if err := develops(by, app.ID, "set up apps"); err != nil {
		return belay.App{}, Unchanged, err
	}
	var f faults
	f.length("name", app.Name, 1, maxName)
	f.baseURL("provider.baseUrl", app.Provider.BaseURL)
	if app.Provider.Format != "" {
		f.oneOf("provider.format", string(app.Provider.Format), string(belay.FormatJWT), string(belay.FormatWebhook))
	}
	if app.ID == belay.BuiltIn {
		f.add("id", "RESERVED", "is the app of the built-in actions")
	}
	if err := f.err("the app"); err != nil {
		return belay.App{}, Unchanged, err
	}
	if app.ID.IsZero() {
		id, err := b.newID()
		if err != nil {
			return belay.App{}, Unchanged, err
		}
		app.ID = id
	}
	var done Outcome
	err := b.editShared(ctx, by, func(s *shared) ([]document, error) {
		now := b.now()
		old, exists := s.apps.get(app.ID)
		done, app.Secrets = Created, nil
		app.CreatedAt, app.UpdatedAt = now, now
		if exists {
			if old.Name == app.Name && old.Provider == app.Provider {
				done, app = Unchanged, old
				return nil, nil
			}
			done, app.CreatedAt, app.Secrets = Updated, old.CreatedAt, old.Secrets
		}
		return one(keep(kindApp, app.ID.String(), app))
	})
	return shownApp(by, app), done, err
}

func one(d document, err error) ([]document, error) { return []document{d}, err }

// DeleteApp removes an app with its triggers, actions and keys. It is refused
// while a site has the app. An operator may.
func (b *Book) DeleteApp(ctx context.Context, by belay.Caller, id belay.ID) error {
	if err := operates(by, "delete apps"); err != nil {
		return err
	}
	return b.editShared(ctx, by, func(s *shared) ([]document, error) {
		if _, ok := s.apps.get(id); !ok {
			return nil, errNoApp()
		}
		docs, err := s.withoutGrants(b.now(), func(g belay.Grant) bool { return g.AppID == id })
		if err != nil {
			return nil, err
		}
		docs = append(docs, remove(kindApp, id.String()))
		if _, ok := s.webhooks.get(id); ok {
			docs = append(docs, remove(kindWebhooks, id.String()))
		}
		if _, ok := s.signers.get(id); ok {
			docs = append(docs, remove(kindSigner, id.String()))
		}
		for _, i := range s.instances.all {
			if i.AppID == id {
				return nil, belay.Refuse(belay.FailedPrecondition, "APP_INSTALLED", "the app is installed on a site; uninstall it everywhere first")
			}
		}
		brought, _ := s.brought.get(id)
		for _, p := range brought {
			gone, err := p.takenAway()
			if err != nil {
				return nil, err
			}
			docs = append(docs, gone...)
		}
		for r := range s.triggers.all {
			if r.app == id {
				docs = append(docs, remove(kindTrigger, r.String()))
			}
		}
		for r := range s.actions.all {
			if r.app == id {
				docs = append(docs, remove(kindAction, r.String()))
			}
		}
		for key, k := range s.keys.all {
			if k.AppID == id {
				docs = append(docs, remove(kindKey, key.String()))
			}
		}
		return docs, nil
	})
}

// RotateAppSecret gives an app a new secret and returns it in plain, which
// nobody can do again. The last one stays valid for overlap, at most 30 days;
// those before it end at once. An empty value has one made; a value that is the
// app's newest secret already changes nothing. An operator may, and the
// app's developers.
func (b *Book) RotateAppSecret(ctx context.Context, by belay.Caller, id belay.ID, value string, overlap time.Duration) (string, error) {
	if err := develops(by, id, "rotate an app's secret"); err != nil {
		return "", err
	}
	var f faults
	if value != "" {
		f.plainSecret("value", value)
	}
	f.overlap("overlap", overlap)
	if err := f.err("the secret"); err != nil {
		return "", err
	}
	if value == "" {
		var err error
		if value, err = b.newSecret("belay_c"); err != nil {
			return "", err
		}
	}
	secretID, err := b.newID()
	if err != nil {
		return "", err
	}
	return value, b.editShared(ctx, by, func(s *shared) ([]document, error) {
		app, ok := s.apps.get(id)
		if !ok {
			return nil, errNoApp()
		}
		now := b.now()
		next := []belay.Secret{{ID: secretID, Hash: hashed(value), Hint: hint(value), CreatedAt: now}}
		if len(app.Secrets) > 0 {
			last := app.Secrets[0]
			if bytes.Equal(last.Hash, next[0].Hash) && last.ValidAt(now) {
				return nil, nil
			}
			if last.ExpiresAt = until(last.ExpiresAt, now.Add(overlap)); last.ValidAt(now) {
				next = append(next, last)
			}
		}
		app.Secrets, app.UpdatedAt = next, now
		return one(keep(kindApp, id.String(), app))
	})
}
