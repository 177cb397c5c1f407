package config

import (
	"cmp"
	"context"
	"crypto/sha256"
	"slices"

	"github.com/belay-events/belay/internal/belay"
)

// NewKey is an API key to be made.
type NewKey struct {
	Name string
	Role belay.Role
	// AppID is set for an app's key alone, SiteID for a site's or a viewer's.
	AppID, SiteID belay.ID
	// ExpiresAt is zero for a key that stays valid.
	ExpiresAt belay.Instant
	// Value is the key itself, 16 to 200 characters; empty to have one made.
	Value string
}

// Keys returns every API key in the order of creation, without hashes. An
// operator may.
func (b *Book) Keys(ctx context.Context, by belay.Caller) ([]belay.APIKey, error) {
	if err := operates(by, "read API keys"); err != nil {
		return nil, err
	}
	if err := b.Reload(ctx); err != nil {
		return nil, err
	}
	var all []belay.APIKey
	for _, k := range b.shared.Load().keys.all {
		k.Hash = nil
		all = append(all, k)
	}
	slices.SortFunc(all, func(a, c belay.APIKey) int {
		return cmp.Or(cmp.Compare(a.CreatedAt, c.CreatedAt), slices.Compare(a.ID[:], c.ID[:]))
	})
	return all, nil
}

// CreateKey makes an API key and returns it with its plain value, which nobody
// can read again. A value that is a key already is that key where all else is the
// same too, and nothing changes; otherwise it is AlreadyExists. An operator may.
func (b *Book) CreateKey(ctx context.Context, by belay.Caller, in NewKey) (belay.APIKey, string, error) {
	if err := operates(by, "make API keys"); err != nil {
		return belay.APIKey{}, "", err
	}
	if err := b.checkKey(in); err != nil {
		return belay.APIKey{}, "", err
	}
	return b.createKey(ctx, by, in, func(*shared) bool { return true })
}

func (b *Book) checkKey(in NewKey) error {
	var f faults
	f.length("name", in.Name, 1, maxName)
	f.oneOf("role", string(in.Role), string(belay.RoleOperator), string(belay.RoleApp), string(belay.RoleSite), string(belay.RoleViewer))
	app, site := in.Role == belay.RoleApp, in.Role == belay.RoleSite || in.Role == belay.RoleViewer
	switch {
	case app && in.AppID.IsZero():
		f.add("appId", "REQUIRED", "is required for the key of an app")
	case !app && !in.AppID.IsZero():
		f.add("appId", "NOT_ALLOWED", "may be given for the key of an app only")
	}
	switch {
	case site && in.SiteID.IsZero():
		f.add("siteId", "REQUIRED", "is required for the key of a site or a viewer")
	case !site && !in.SiteID.IsZero():
		f.add("siteId", "NOT_ALLOWED", "may be given for the key of a site or a viewer only")
	}
	if in.Value != "" {
		f.plainSecret("value", in.Value)
	}
	if !in.ExpiresAt.IsZero() && in.ExpiresAt <= b.now() {
		f.add("expiresDate", "RANGE", "must lie in the future")
	}
	return f.err("the API key")
}

// createKey makes a key if wanted still says so at the moment of the change;
// otherwise the plain value returned is empty.
func (b *Book) createKey(ctx context.Context, by belay.Caller, in NewKey, wanted func(*shared) bool) (belay.APIKey, string, error) {
	id, err := b.newID()
	if err != nil {
		return belay.APIKey{}, "", err
	}
	plain := in.Value
	if plain == "" {
		if plain, err = b.newSecret("belay_" + string(in.Role[0])); err != nil {
			return belay.APIKey{}, "", err
		}
	}
	key := belay.APIKey{
		ID: id, Name: in.Name, Role: in.Role, AppID: in.AppID, SiteID: in.SiteID,
		Hash: hashed(plain), Hint: hint(plain), ExpiresAt: in.ExpiresAt,
	}
	err = b.editShared(ctx, by, func(s *shared) ([]document, error) {
		if !wanted(s) {
			key, plain = belay.APIKey{}, ""
			return nil, nil
		}
		if _, ok := s.apps.get(in.AppID); !ok && !in.AppID.IsZero() {
			return nil, errNoApp()
		}
		if _, ok := s.sites.get(in.SiteID); !ok && !in.SiteID.IsZero() {
			return nil, errNoSite()
		}
		if same, ok := s.hashes.get([sha256.Size]byte(key.Hash)); ok {
			old, _ := s.keys.get(same)
			if old.Name != in.Name || old.Role != in.Role || old.AppID != in.AppID || old.SiteID != in.SiteID || old.ExpiresAt != in.ExpiresAt {
				return nil, belay.Refuse(belay.AlreadyExists, "", "the value is that of another API key, or of one with another name, role, app, site or expiry")
			}
			key = old
			return nil, nil
		}
		key.CreatedAt = b.now()
		return one(keep(kindKey, key.ID.String(), key))
	})
	if err != nil {
		return belay.APIKey{}, "", err
	}
	key.Hash = nil
	return key, plain, nil
}

// EnsureOperatorKey makes an operator's key where there is no valid one, so that
// a new installation can be entered. Of several Books that do so at once, one
// makes it. plain is empty unless created.
func (b *Book) EnsureOperatorKey(ctx context.Context) (plain string, created bool, err error) {
	in := NewKey{Name: "first operator", Role: belay.RoleOperator}
	_, plain, err = b.createKey(ctx, belay.Caller{}, in, func(s *shared) bool { return s.operators(b.now()) == 0 })
	return plain, err == nil && plain != "", err
}

// operators counts the operator's keys that are valid at now.
func (s *shared) operators(now belay.Instant) int {
	n := 0
	for _, k := range s.keys.all {
		if k.Role == belay.RoleOperator && (k.ExpiresAt.IsZero() || now < k.ExpiresAt) {
			n++
		}
	}
	return n
}

// DeleteKey removes an API key, which is good for nothing from then on. The last
// valid operator's key cannot be removed. An operator may.
func (b *Book) DeleteKey(ctx context.Context, by belay.Caller, id belay.ID) error {
	if err := operates(by, "delete API keys"); err != nil {
		return err
	}
	return b.editShared(ctx, by, func(s *shared) ([]document, error) {
		k, ok := s.keys.get(id)
		if !ok {
			return nil, belay.Refuse(belay.NotFound, "", "there is no such API key")
		}
		now := b.now()
		valid := k.ExpiresAt.IsZero() || now < k.ExpiresAt
		if k.Role == belay.RoleOperator && valid && s.operators(now) == 1 {
			return nil, belay.Refuse(belay.FailedPrecondition, "LAST_OPERATOR_KEY", "it is the last operator's key; make another first")
		}
		return []document{remove(kindKey, id.String())}, nil
	})
}
