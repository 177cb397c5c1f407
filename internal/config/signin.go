package config

import (
	"context"

	"github.com/belay-events/belay/internal/audit"
	"github.com/belay-events/belay/internal/belay"
)

// SignIn returns the user of an email and a password. Whatever of the two is wrong,
// the error is the same, and takes as long to find.
func (b *Book) SignIn(ctx context.Context, from Visitor, email, password string) (belay.User, error) {
	if err := b.Reload(ctx); err != nil {
		return belay.User{}, err
	}
	s := b.shared.Load()
	id, _ := s.emails.get(normalEmail(email))
	u, _ := s.users.get(id)
	right, err := b.passwordIs(ctx, u.Password, password)
	if err != nil {
		return belay.User{}, err
	}
	if !right {
		// What was typed as an email may be a password: only a user's own is kept.
		refused := audit.Entry{Operation: audit.SignInRefused, Kind: audit.Session, Thing: u.ID.String(), Name: u.Email}
		if err := b.Note(ctx, belay.Caller{Address: from.Address}, refused); err != nil {
			return belay.User{}, err
		}
		return belay.User{}, belay.Refuse(belay.Unauthenticated, "SIGN_IN_REFUSED", "this email and this password do not belong together")
	}
	return shownUser(u), nil
}

// Vouched is what an identity provider says of a person.
type Vouched struct {
	Subject     string // its address, a space and its name for the person
	Email, Name string // the provider has verified the email
}

// SignInVouched returns the user whom an identity provider vouches for: who came as
// that subject before, or else the one of that email, who is that subject from then
// on. Where there is none, one is made with the grants given, or else refused.
func (b *Book) SignInVouched(ctx context.Context, from Visitor, v Vouched, grants []belay.Grant) (belay.User, error) {
	v.Email = normalEmail(v.Email)
	id, err := b.newID()
	if err != nil {
		return belay.User{}, err
	}
	var u belay.User
	err = b.editShared(ctx, belay.Caller{Name: v.Name, Address: from.Address}, func(s *shared) ([]document, error) {
		now := b.now()
		for _, known := range s.users.all {
			if known.Subject == v.Subject {
				u = known
				return nil, nil
			}
		}
		if owner, known := s.emails.get(v.Email); known {
			u, _ = s.users.get(owner)
			if u.Subject != "" {
				return nil, belay.Refuse(belay.PermissionDenied, "OTHER_SUBJECT", "the user of this email is another person at the identity provider")
			}
		} else if len(grants) == 0 {
			return nil, belay.Refuse(belay.PermissionDenied, "NOT_INVITED", "nobody has invited "+v.Email+" to this server")
		} else {
			u = belay.User{ID: id, Name: v.Name, Email: v.Email, Grants: grants, CreatedAt: now}
			if err := checkUser(&u); err != nil {
				return nil, err
			}
			if err := s.checkGrants(grants); err != nil {
				return nil, err
			}
		}
		u.Subject, u.Link, u.UpdatedAt = v.Subject, nil, now
		return one(keep(kindUser, u.ID.String(), u))
	})
	return shownUser(u), err
}
