package config

import (
	"context"

	"github.com/belay-events/belay/internal/belay"
)

// Rename changes the name of the person who calls.
func (b *Book) Rename(ctx context.Context, by belay.Caller, id belay.ID, name string) (belay.User, error) {
	var f faults
	f.length("name", name, 1, maxName)
	if err := f.err("the user"); err != nil {
		return belay.User{}, err
	}
	return b.editUser(ctx, by, id, func(u *belay.User) error { u.Name = name; return nil })
}

// ChangePassword replaces the password of the person who calls, who must know the
// present one, and ends all of their sessions.
func (b *Book) ChangePassword(ctx context.Context, by belay.Caller, id belay.ID, old, plain string) (belay.User, error) {
	u, ok := b.shared.Load().users.get(id)
	if !ok {
		return belay.User{}, errNoUser()
	}
	if right, err := b.passwordIs(ctx, u.Password, old); err != nil {
		return belay.User{}, err
	} else if !right {
		return belay.User{}, belay.Invalid("oldPassword", "WRONG", "is not your present password")
	}
	var f faults
	f.password("password", plain, &u)
	if err := f.err("the password"); err != nil {
		return belay.User{}, err
	}
	hash, err := b.hashPassword(ctx, plain)
	if err != nil {
		return belay.User{}, err
	}
	was := u.Password
	return b.editUser(ctx, by, id, func(u *belay.User) error {
		if u.Password != was {
			return errMoved()
		}
		u.Password, u.SessionsFrom = hash, b.now()
		return nil
	})
}

// editUser changes one user.
func (b *Book) editUser(ctx context.Context, by belay.Caller, id belay.ID, change func(*belay.User) error) (belay.User, error) {
	var u belay.User
	err := b.editShared(ctx, by, func(s *shared) ([]document, error) {
		var ok bool
		if u, ok = s.users.get(id); !ok {
			return nil, errNoUser()
		}
		if err := change(&u); err != nil {
			return nil, err
		}
		u.UpdatedAt = b.now()
		return one(keep(kindUser, id.String(), u))
	})
	return shownUser(u), err
}
