package config

import "github.com/belay-events/belay/internal/belay"

// ActorKind says what somebody who did something is.
type ActorKind string

// The kinds of those who do something. Gone is one that is there no longer.
const (
	ActorUser ActorKind = "USER"
	ActorKey  ActorKind = "KEY"
	ActorApp  ActorKind = "APP"
	ActorGone ActorKind = "UNKNOWN"
)

// Actor is somebody who did something, by the name that people know.
type Actor struct {
	Kind ActorKind
	ID   string
	Name string
}

// Who returns whom an identity names; false for nobody in particular.
func (b *Book) Who(i belay.Identity) (Actor, bool) {
	s := b.shared.Load()
	if !i.AppID.IsZero() {
		who := Actor{Kind: ActorApp, ID: i.AppID.String()}
		if app, ok := s.apps.get(i.AppID); ok {
			who.Name = app.Name
		}
		return who, true
	}
	if i.UserID == "" {
		return Actor{}, false
	}
	who := Actor{Kind: ActorGone, ID: i.UserID}
	id, err := belay.ParseID(i.UserID)
	if err != nil {
		who.Name = i.UserID // what a platform calls the guest of a portal
		return who, true
	}
	if user, ok := s.users.get(id); ok {
		who.Kind, who.Name = ActorUser, user.Name
	} else if key, ok := s.keys.get(id); ok {
		who.Kind, who.Name = ActorKey, key.Name
	}
	return who, true
}
