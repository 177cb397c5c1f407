package config

import (
	"cmp"
	"context"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/belay-events/belay/internal/belay"
)

const (
	// How long the link of an invitation is good, and that of a new password.
	invitationLife = 7 * 24 * time.Hour
	resetLife      = 24 * time.Hour
	linkPrefix     = "belay_l"
)

// Users returns the people who may sign in, or are invited, in the order of their
// making and without hashes. An operator may.
func (b *Book) Users(ctx context.Context, by belay.Caller) ([]belay.User, error) {
	if err := operates(by, "read users"); err != nil {
		return nil, err
	}
	if err := b.Reload(ctx); err != nil {
		return nil, err
	}
	var all []belay.User
	for _, u := range b.shared.Load().users.all {
		all = append(all, shownUser(u))
	}
	slices.SortFunc(all, func(a, c belay.User) int {
		return cmp.Or(cmp.Compare(a.CreatedAt, c.CreatedAt), slices.Compare(a.ID[:], c.ID[:]))
	})
	return all, nil
}

// User returns one of them, or NotFound. An operator may.
func (b *Book) User(ctx context.Context, by belay.Caller, id belay.ID) (belay.User, error) {
	if err := operates(by, "read users"); err != nil {
		return belay.User{}, err
	}
	if err := b.Reload(ctx); err != nil {
		return belay.User{}, err
	}
	u, ok := b.shared.Load().users.get(id)
	if !ok {
		return belay.User{}, errNoUser()
	}
	return shownUser(u), nil
}

func errNoUser() error { return belay.Refuse(belay.NotFound, "", "there is no such user") }

// shownUser says of the password that there is one, and of the link when it ends.
func shownUser(u belay.User) belay.User {
	if u.Password != "" {
		u.Password = "set"
	}
	if u.Link != nil {
		u.Link = &belay.OneTimeLink{ExpiresAt: u.Link.ExpiresAt}
	}
	return u
}

// Invite makes a user who has the grants, and the secret of a link by which the
// person chooses a password, good for one use within seven days. An email is of one
// user: AlreadyExists. An operator may.
func (b *Book) Invite(ctx context.Context, by belay.Caller, in belay.User) (belay.User, string, error) {
	if err := operates(by, "invite users"); err != nil {
		return belay.User{}, "", err
	}
	in.Email = normalEmail(in.Email)
	if err := checkUser(&in); err != nil {
		return belay.User{}, "", err
	}
	id, err := b.newID()
	if err != nil {
		return belay.User{}, "", err
	}
	secret, err := b.newSecret(linkPrefix)
	if err != nil {
		return belay.User{}, "", err
	}
	var u belay.User
	err = b.editShared(ctx, by, func(s *shared) ([]document, error) {
		if err := s.checkGrants(in.Grants); err != nil {
			return nil, err
		}
		if _, taken := s.emails.get(in.Email); taken {
			return nil, belay.Refuse(belay.AlreadyExists, "", "there is a user of that email already")
		}
		now := b.now()
		u = belay.User{
			ID: id, Name: in.Name, Email: in.Email, Grants: in.Grants, CreatedAt: now, UpdatedAt: now,
			Link: &belay.OneTimeLink{Hash: hashed(secret), ExpiresAt: now.Add(invitationLife)},
		}
		return one(keep(kindUser, id.String(), u))
	})
	return shownUser(u), secret, err
}

// PutUser replaces the name, the email and the grants of a user. The last operator
// stays one: LAST_OPERATOR. An operator may.
func (b *Book) PutUser(ctx context.Context, by belay.Caller, in belay.User) (belay.User, Outcome, error) {
	if err := operates(by, "change users"); err != nil {
		return belay.User{}, Unchanged, err
	}
	in.Email = normalEmail(in.Email)
	if err := checkUser(&in); err != nil {
		return belay.User{}, Unchanged, err
	}
	var u belay.User
	done := Updated
	err := b.editShared(ctx, by, func(s *shared) ([]document, error) {
		if err := s.checkGrants(in.Grants); err != nil {
			return nil, err
		}
		old, ok := s.users.get(in.ID)
		if !ok {
			return nil, errNoUser()
		}
		if owner, taken := s.emails.get(in.Email); taken && owner != in.ID {
			return nil, belay.Refuse(belay.AlreadyExists, "", "there is another user of that email")
		}
		u = old
		u.Name, u.Email, u.Grants = in.Name, in.Email, in.Grants
		if err := s.keepsOperator(&old, &u); err != nil {
			return nil, err
		}
		if old.Name == u.Name && old.Email == u.Email && slices.Equal(old.Grants, u.Grants) {
			done = Unchanged
			return nil, nil
		}
		u.UpdatedAt = b.now()
		return one(keep(kindUser, u.ID.String(), u))
	})
	return shownUser(u), done, err
}

// LinkUser returns the secret of a new link by which a user chooses a password, and
// the user with the link's end. The link before it is good no more; the password
// is, until the link is used. An operator may.
func (b *Book) LinkUser(ctx context.Context, by belay.Caller, id belay.ID) (belay.User, string, error) {
	if err := operates(by, "make links for users"); err != nil {
		return belay.User{}, "", err
	}
	secret, err := b.newSecret(linkPrefix)
	if err != nil {
		return belay.User{}, "", err
	}
	var u belay.User
	err = b.editShared(ctx, by, func(s *shared) ([]document, error) {
		var ok bool
		if u, ok = s.users.get(id); !ok {
			return nil, errNoUser()
		}
		life := invitationLife
		if u.Joined() {
			life = resetLife
		}
		u.Link = &belay.OneTimeLink{Hash: hashed(secret), ExpiresAt: b.now().Add(life)}
		return one(keep(kindUser, id.String(), u))
	})
	return shownUser(u), secret, err
}

// DeleteUser removes a user; sessions and links end with it. The last operator
// stays: LAST_OPERATOR. An operator may.
func (b *Book) DeleteUser(ctx context.Context, by belay.Caller, id belay.ID) error {
	if err := operates(by, "delete users"); err != nil {
		return err
	}
	err := b.editShared(ctx, by, func(s *shared) ([]document, error) {
		u, ok := s.users.get(id)
		if !ok {
			return nil, errNoUser()
		}
		if err := s.keepsOperator(&u, &belay.User{}); err != nil {
			return nil, err
		}
		return []document{remove(kindUser, id.String())}, nil
	})
	if err != nil {
		return err
	}
	// Whoever has gone is refused by that alone; this only makes room.
	return b.endSessions(ctx, id, belay.ID{})
}

// keepsOperator refuses what would leave nobody who is an operator and can sign in.
func (s *shared) keepsOperator(old, now *belay.User) error {
	if !old.Operates() || !old.Joined() || now.Operates() {
		return nil
	}
	for id, u := range s.users.all {
		if id != old.ID && u.Operates() && u.Joined() {
			return nil
		}
	}
	return belay.Refuse(belay.FailedPrecondition, "LAST_OPERATOR", "it is the last person who is an operator; make another first")
}

// hasOperator reports whether some person is an operator and can sign in.
func (s *shared) hasOperator() bool {
	for _, u := range s.users.all {
		if u.Operates() && u.Joined() {
			return true
		}
	}
	return false
}

// maxEmail is how long an address is at most.
//
// Source: RFC 5321, section 4.5.3.1.3.
const maxEmail = 254

// normalEmail returns an email as it is kept and compared.
func normalEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

func checkUser(u *belay.User) error {
	var f faults
	f.length("name", u.Name, 1, maxName)
	f.email("email", u.Email)
	f.items("grants", len(u.Grants), 0, maxGrants)
	for i, g := range u.Grants {
		f.grant(fmt.Sprintf("grants[%d]", i), g)
		if slices.Contains(u.Grants[:i], g) {
			f.add(fmt.Sprintf("grants[%d]", i), "DUPLICATE", "is there twice")
		}
	}
	return f.err("the user")
}

// email checks an address as normalEmail returns it.
func (f *faults) email(field, s string) {
	f.length(field, s, 1, maxEmail)
	if s == "" {
		return
	}
	if a, err := mail.ParseAddress(s); err != nil || a.Address != s || a.Name != "" {
		f.add(field, "FORMAT", "must be an email address such as ines@example.com")
	}
}
