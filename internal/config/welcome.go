package config

import (
	"bytes"
	"context"

	"github.com/belay-events/belay/internal/belay"
)

// Whoever bears a one-time link may choose a password: for a user who was invited,
// or who has lost theirs, or to become the first operator.

// maxWelcomes is how many links to the first operator are good at once: each start
// of each node prints one.
const maxWelcomes = 8

// Welcome is what a one-time link is for.
type Welcome struct {
	// FirstOperator is true for a link that makes one; User is empty then, and the
	// person says their name and email. Otherwise User is whose password is chosen.
	FirstOperator bool
	User          belay.User
}

// FirstOperatorLink returns the secret of a link that makes the first operator,
// good until somebody has become one; "" where there is an operator who can sign in.
// Of all that were made, the last eight are good.
func (b *Book) FirstOperatorLink(ctx context.Context) (string, error) {
	secret, err := b.newSecret(linkPrefix)
	if err != nil {
		return "", err
	}
	err = b.editShared(ctx, belay.Caller{}, func(s *shared) ([]document, error) {
		if s.hasOperator() {
			secret = ""
			return nil, nil
		}
		links := append(bytesOf(s.welcomes), hashed(secret))
		return one(keep(kindWelcome, "1", links[max(0, len(links)-maxWelcomes):]))
	})
	return secret, err
}

func bytesOf(list [][]byte) [][]byte { return append([][]byte(nil), list...) }

// NeedsOperator reports whether nobody is an operator who can sign in, by what was
// read last.
func (b *Book) NeedsOperator() bool { return !b.shared.Load().hasOperator() }

// LookAtLink returns what a one-time link is for, and uses it not.
func (b *Book) LookAtLink(ctx context.Context, secret string) (Welcome, error) {
	if err := b.Reload(ctx); err != nil {
		return Welcome{}, err
	}
	w, err := b.shared.Load().linked(secret, b.now())
	w.User = shownUser(w.User)
	return w, err
}

// linked returns what a link is for at now, or FailedPrecondition.
func (s *shared) linked(secret string, now belay.Instant) (Welcome, error) {
	hash := hashed(secret)
	for _, w := range s.welcomes {
		if bytes.Equal(w, hash) {
			return Welcome{FirstOperator: true}, nil
		}
	}
	for _, u := range s.users.all {
		if u.Link != nil && bytes.Equal(u.Link.Hash, hash) && now < u.Link.ExpiresAt {
			return Welcome{User: u}, nil
		}
	}
	return Welcome{}, errLink()
}

func errLink() error {
	return belay.Refuse(belay.FailedPrecondition, "LINK_NOT_GOOD", "the link was used already, or has ended; ask for a new one")
}

// Accepted is what the bearer of a one-time link says. Name may be empty but for the
// first operator; Email is of the first operator alone.
type Accepted struct{ Name, Email, Password string }

// UseLink gives the person that a link is for the password, ends all of their
// sessions, and uses the link up. A link that makes the first operator makes all
// others of its kind good for nothing.
func (b *Book) UseLink(ctx context.Context, from Visitor, secret string, in Accepted) (belay.User, error) {
	w, err := b.LookAtLink(ctx, secret)
	if err != nil {
		return belay.User{}, err
	}
	who := w.User
	if in.Name != "" || w.FirstOperator {
		who.Name = in.Name
	}
	if w.FirstOperator {
		who.Email, who.Grants = normalEmail(in.Email), []belay.Grant{{Role: belay.RoleOperator}}
	}
	if err := checkJoining(&who, in.Password); err != nil {
		return belay.User{}, err
	}
	// It costs much, so it comes after all that may be refused for less.
	hash, err := b.hashPassword(ctx, in.Password)
	if err != nil {
		return belay.User{}, err
	}
	id, err := b.newID()
	if err != nil {
		return belay.User{}, err
	}
	if who.ID.IsZero() {
		who.ID = id
	}
	by := belay.Caller{UserID: who.ID.String(), Name: who.Name, Address: from.Address}
	var u belay.User
	err = b.editShared(ctx, by, func(s *shared) ([]document, error) {
		now := b.now()
		w, err := s.linked(secret, now)
		if err != nil {
			return nil, err
		}
		var docs []document
		if u = w.User; w.FirstOperator {
			if owner, taken := s.emails.get(who.Email); taken {
				// Whoever was invited already is made an operator by this.
				u, _ = s.users.get(owner)
				u.Grants = withOperator(u.Grants)
			} else {
				u = belay.User{ID: id, Email: who.Email, Grants: who.Grants, CreatedAt: now}
			}
			docs = append(docs, remove(kindWelcome, "1"))
		}
		u.Name, u.Password, u.Link, u.SessionsFrom, u.UpdatedAt = who.Name, hash, nil, now, now
		doc, err := keep(kindUser, u.ID.String(), u)
		return append(docs, doc), err
	})
	return shownUser(u), err
}

func withOperator(grants []belay.Grant) []belay.Grant {
	return append([]belay.Grant{{Role: belay.RoleOperator}}, grants...)
}

func checkJoining(u *belay.User, password string) error {
	var f faults
	f.length("name", u.Name, 1, maxName)
	f.email("email", u.Email)
	f.password("password", password, u)
	return f.err("the user")
}
