package config

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/belay-events/belay/internal/audit"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// Sessions are documents, but not of scope zero, whose version every report
// compares: those of a person are of a scope that is the person's alone, and those
// of a site's guests of another. Nothing caches them. So signing in stands in no
// report's way, and a session that was ended is refused on every node at once. What
// a session's owner may do is read from scope zero, which is in memory.

const (
	kindSession    = "session"    // belay.Session by ID, of the scope that drawer names
	kindPortalLink = "portallink" // portalLink by the SHA-256 of its secret, of the same scope as the guests of the site
)

const (
	// maxSessions is how many one person has at most, and maxGuests the guests of one
	// site; the one that was used least lately makes room.
	maxSessions = 100
	maxGuests   = 1000
	// seenStep is how exactly it is kept when a session was used last.
	seenStep = 5 * time.Minute
	maxAgent = 300
	// guestPrefix begins the tokens of guests, so that they are told from keys.
	guestPrefix = "belay_g"
)

// Visitor is what is known of who asks for a session.
type Visitor struct{ Agent, Address string }

// guestsOf returns the scope of the sessions of a site's guests. No site and no
// person has an ID that was made like this.
func guestsOf(site belay.ID) belay.ID {
	sum := sha256.Sum256(append([]byte("belay: guests of "), site[:]...))
	return belay.ID(sum[:16])
}

// drawer returns the scope that a session is kept in.
func drawer(s *belay.Session) belay.ID {
	if s.Owner.IsZero() {
		return guestsOf(s.Site)
	}
	return s.Owner
}

// A token is what bears a session: whose it is, which one, and its secret.
type sessionToken struct {
	of     belay.ID // the person or, of a guest, the site
	id     belay.ID
	secret [32]byte
}

func (t *sessionToken) String() string {
	raw := slices.Concat(t.of[:], t.id[:], t.secret[:])
	return base64.RawURLEncoding.EncodeToString(raw)
}

func parseToken(text string) (t sessionToken, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) != 2*len(belay.ID{})+len(t.secret) {
		return t, false
	}
	copy(t.of[:], raw)
	copy(t.id[:], raw[16:])
	copy(t.secret[:], raw[32:])
	return t, true
}

// newSession fills in what every new session has, and returns its token.
func (b *Book) newSession(s *belay.Session, from Visitor) (sessionToken, error) {
	t := sessionToken{of: s.Owner}
	if s.Owner.IsZero() {
		t.of = s.Site
	}
	if err := b.draw(t.secret[:]); err != nil {
		return t, err
	}
	var err error
	if s.ID, err = b.newID(); err != nil {
		return t, err
	}
	t.id = s.ID
	hash := sha256.Sum256(t.secret[:])
	s.Hash, s.Agent, s.Address = hash[:], cut(from.Agent, maxAgent), from.Address
	s.CreatedAt = b.now()
	s.SeenAt = s.CreatedAt
	return t, nil
}

// cut returns the first most bytes of s at most, less what is cut in two.
func cut(s string, most int) string { return strings.ToValidUTF8(s[:min(len(s), most)], "") }

// Enter begins a session of a person who has signed in, and returns its token, which
// nobody can read again.
func (b *Book) Enter(ctx context.Context, user belay.User, by belay.Entrance, from Visitor) (belay.Session, string, error) {
	s, token, err := b.OpenSession(ctx, user.ID, by, from)
	if err != nil {
		return s, "", err
	}
	return s, token, b.noteSession(ctx, personCaller(user, from), audit.SignedIn, user)
}

func personCaller(u belay.User, from Visitor) belay.Caller {
	return belay.Caller{UserID: u.ID.String(), Name: u.Name, Address: from.Address}
}

// noteSession writes down what became of a person's sessions.
func (b *Book) noteSession(ctx context.Context, by belay.Caller, what audit.Operation, u belay.User) error {
	return b.Note(ctx, by, audit.Entry{Operation: what, Kind: audit.Session, Thing: u.ID.String(), Name: u.Email})
}

// OpenSession begins a session of a person and returns its token, which nobody can
// read again. Unlike Enter, it is nothing that the audit log tells of: the person was
// in before.
func (b *Book) OpenSession(ctx context.Context, user belay.ID, by belay.Entrance, from Visitor) (belay.Session, string, error) {
	s := belay.Session{Owner: user, Entrance: by}
	token, err := b.newSession(&s, from)
	if err != nil {
		return s, "", err
	}
	if _, err := b.keepSession(ctx, &s); err != nil {
		return s, "", err
	}
	return s, token.String(), nil
}

// keepSession keeps a new session, in one act with more, takes those that are over
// out of its drawer, and reports whether it was kept: not where more asks for a
// revision that is no longer the one stored.
func (b *Book) keepSession(ctx context.Context, s *belay.Session, more ...store.Put) (bool, error) {
	scope := drawer(s)
	doc, err := keep(kindSession, s.ID.String(), s)
	if err != nil {
		return false, err
	}
	old, err := b.sessionsIn(ctx, scope)
	if err != nil {
		return false, err
	}
	most := maxSessions
	if s.Owner.IsZero() {
		most = maxGuests
	}
	puts := append(more, store.Put{Kind: doc.kind, Key: doc.key, Value: doc.value})
	slices.SortFunc(old, func(a, c belay.Session) int { return cmp.Compare(c.SeenAt, a.SeenAt) })
	for i, o := range old {
		if i >= most-1 || o.Ends() <= s.CreatedAt {
			puts = append(puts, store.Put{Kind: kindSession, Key: o.ID.String(), Expect: store.AnyRevision})
		}
	}
	result, err := b.commit(ctx, &store.Batch{Changes: []store.Change{{Scope: scope, Puts: puts}}})
	if err != nil {
		return false, err
	}
	return result.Changes[0].Happened(), nil
}

func (b *Book) sessionsIn(ctx context.Context, scope belay.ID) ([]belay.Session, error) {
	docs, _, err := b.store.Docs(ctx, scope, kindSession, "", 0)
	if err != nil {
		return nil, fmt.Errorf("config: read sessions: %w", err)
	}
	list := make([]belay.Session, len(docs))
	for i, d := range docs {
		if list[i], err = read[belay.Session](document{kindSession, d.Key, d.Value}); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Person returns the session that a cookie bears and whose it is, or
// Unauthenticated with SESSION_ENDED. That it was used is kept where the last time
// is five minutes ago.
func (b *Book) Person(ctx context.Context, token string) (belay.User, belay.Session, error) {
	t, ok := parseToken(token)
	if !ok {
		return belay.User{}, belay.Session{}, errSessionEnded()
	}
	u, ok := b.shared.Load().users.get(t.of)
	if !ok {
		return belay.User{}, belay.Session{}, errSessionEnded()
	}
	s, err := b.session(ctx, t.of, &t)
	if err == nil && s.CreatedAt < u.SessionsFrom {
		err = errSessionEnded()
	}
	return shownUser(u), s, err
}

// Guest returns who bears the token of a portal link, or Unauthenticated with
// SESSION_ENDED; is is false for a credential that is no such token.
func (b *Book) Guest(ctx context.Context, credential string) (by belay.Caller, is bool, err error) {
	text, is := strings.CutPrefix(bare(credential), guestPrefix)
	if !is {
		return belay.Caller{}, false, nil
	}
	t, ok := parseToken(text)
	if !ok {
		return belay.Caller{}, true, errSessionEnded()
	}
	if _, ok := b.shared.Load().sites.get(t.of); !ok {
		return belay.Caller{}, true, errSessionEnded()
	}
	s, err := b.session(ctx, guestsOf(t.of), &t)
	if err != nil {
		return belay.Caller{}, true, err
	}
	return belay.Caller{Role: s.Role, SiteID: s.Site, UserID: s.Guest, Guest: true}, true, nil
}

// session returns the session of a token from a scope.
func (b *Book) session(ctx context.Context, scope belay.ID, t *sessionToken) (belay.Session, error) {
	stored, err := b.store.Doc(ctx, store.DocKey{Scope: scope, Kind: kindSession, Key: t.id.String()})
	if errors.Is(err, store.ErrNotFound) {
		return belay.Session{}, errSessionEnded()
	} else if err != nil {
		return belay.Session{}, fmt.Errorf("config: read session: %w", err)
	}
	s, err := read[belay.Session](document{kindSession, stored.Key, stored.Value})
	if err != nil {
		return s, err
	}
	now, hash := b.now(), sha256.Sum256(t.secret[:])
	if subtle.ConstantTimeCompare(hash[:], s.Hash) != 1 || now >= s.Ends() {
		return belay.Session{}, errSessionEnded()
	}
	if now.Sub(s.SeenAt) >= seenStep {
		b.seen(ctx, scope, s, stored.Revision, now)
		s.SeenAt = now
	}
	s.Hash = nil
	return s, nil
}

// seen keeps that a session was used. Where it cannot, the session is good all the
// same, and the next call tries again.
func (b *Book) seen(ctx context.Context, scope belay.ID, s belay.Session, revision int64, now belay.Instant) {
	s.SeenAt = now
	doc, err := keep(kindSession, s.ID.String(), s)
	if err == nil {
		_, err = b.commit(ctx, &store.Batch{Changes: []store.Change{{Scope: scope, Puts: []store.Put{
			{Kind: doc.kind, Key: doc.key, Value: doc.value, Expect: revision},
		}}}})
	}
	if err != nil {
		b.log.DebugContext(ctx, "the use of a session was not kept", "session", s.ID, "error", err)
	}
}

func errSessionEnded() error {
	return belay.Refuse(belay.Unauthenticated, "SESSION_ENDED", "the session has ended; sign in again")
}

// Sessions returns the sessions of a user that are not over, the one used last
// first. A person may read their own, an operator all.
func (b *Book) Sessions(ctx context.Context, by belay.Caller, user belay.ID) ([]belay.Session, error) {
	if err := ownSessions(by, user, "read sessions"); err != nil {
		return nil, err
	}
	all, err := b.sessionsIn(ctx, user)
	if err != nil {
		return nil, err
	}
	return openOnes(all, b.now(), b.userOf(user).SessionsFrom), nil
}

// openOnes returns the sessions that are not over and began at from or later, without
// their secrets, the one used last first.
func openOnes(all []belay.Session, now, from belay.Instant) []belay.Session {
	all = slices.DeleteFunc(all, func(s belay.Session) bool { return now >= s.Ends() || s.CreatedAt < from })
	for i := range all {
		all[i].Hash = nil
	}
	slices.SortFunc(all, func(a, c belay.Session) int {
		return cmp.Or(cmp.Compare(c.SeenAt, a.SeenAt), slices.Compare(c.ID[:], a.ID[:]))
	})
	return all
}

func (b *Book) userOf(id belay.ID) belay.User {
	u, _ := b.shared.Load().users.get(id)
	return u
}

// EndSession ends one session of a user, or NotFound. A person may end their own,
// an operator all.
func (b *Book) EndSession(ctx context.Context, by belay.Caller, user, id belay.ID) error {
	if err := ownSessions(by, user, "end sessions"); err != nil {
		return err
	}
	if _, err := b.endSession(ctx, user, id); err != nil {
		return err
	}
	return b.noteSession(ctx, by, audit.SignedOut, b.userOf(user))
}

// endSession ends one session of a scope and returns it as it was, or NotFound.
func (b *Book) endSession(ctx context.Context, scope, id belay.ID) (belay.Session, error) {
	stored, err := b.store.Doc(ctx, store.DocKey{Scope: scope, Kind: kindSession, Key: id.String()})
	if errors.Is(err, store.ErrNotFound) {
		return belay.Session{}, belay.Refuse(belay.NotFound, "", "there is no such session")
	} else if err != nil {
		return belay.Session{}, fmt.Errorf("config: read session: %w", err)
	}
	s, err := read[belay.Session](document{kindSession, stored.Key, stored.Value})
	if err != nil {
		return belay.Session{}, err
	}
	return s, b.dropSessions(ctx, scope, id)
}

// EndSessions ends all sessions of a user but the one given. A person may end their
// own, an operator all.
func (b *Book) EndSessions(ctx context.Context, by belay.Caller, user, but belay.ID) error {
	if err := ownSessions(by, user, "end sessions"); err != nil {
		return err
	}
	if err := b.endSessions(ctx, user, but); err != nil {
		return err
	}
	return b.noteSession(ctx, by, audit.SignedOut, b.userOf(user))
}

func ownSessions(by belay.Caller, user belay.ID, what string) error {
	if !by.Guest && by.UserID == user.String() && !user.IsZero() {
		return nil
	}
	return operates(by, what+" of others")
}

// endSessions empties a scope of sessions but one.
func (b *Book) endSessions(ctx context.Context, scope, but belay.ID) error {
	all, err := b.sessionsIn(ctx, scope)
	if err != nil {
		return err
	}
	var ids []belay.ID
	for i := range all {
		if all[i].ID != but {
			ids = append(ids, all[i].ID)
		}
	}
	return b.dropSessions(ctx, scope, ids...)
}

func (b *Book) dropSessions(ctx context.Context, scope belay.ID, ids ...belay.ID) error {
	if len(ids) == 0 {
		return nil
	}
	change := store.Change{Scope: scope}
	for _, id := range ids {
		change.Puts = append(change.Puts, store.Put{Kind: kindSession, Key: id.String(), Expect: store.AnyRevision})
	}
	_, err := b.commit(ctx, &store.Batch{Changes: []store.Change{change}})
	return err
}
