package engine

import (
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
	"github.com/belay-events/belay/internal/store"
)

// NewsKind says what a News is about.
type NewsKind uint8

// The kinds of News. ReadyNews begins what a Watcher hears; after ResetNews and
// ChangedNews, what is known has to be read anew.
const (
	EventNews        NewsKind = iota + 1 // an event was reported, or made here
	ActivationNews                       // an activation began, went on, ended or was canceled
	AutomationNews                       // an automation or a draft was written or deleted
	NotificationNews                     // a notification came into the inbox
	MailNews                             // a mail was kept in the outbox
	ChangedNews                          // something on the site changed; what, is not told
	ReadyNews                            // from here on, nothing is missed
	ResetNews                            // what happened in between is not told
)

var newsWords = [...]string{"", "event", "activation", "automation", "notification", "mail", "changed", "ready", "reset"}

// String returns the wire's word.
func (k NewsKind) String() string {
	if int(k) < len(newsWords) {
		return newsWords[k]
	}
	return ""
}

// ParseNewsKind returns the kind of a word of the wire, of those that can be
// chosen: ready, reset and changed are always told.
func ParseNewsKind(word string) (NewsKind, bool) {
	for k := EventNews; k < ChangedNews; k++ {
		if newsWords[k] == word {
			return k, true
		}
	}
	return 0, false
}

// News is one thing that a commit has changed, told to those who watch. It says
// which, and of activations how they stand; fields that say nothing are zero.
type News struct {
	Kind NewsKind
	// Cursor is where a Watcher goes on after this.
	Cursor Cursor
	SiteID belay.ID
	AppID  belay.ID // of the trigger
	ID     belay.ID // of what Kind says

	// Of events and activations.
	TriggerKey string
	EntityID   belay.ID
	// Of activations. One that was canceled says no more than its status, and what
	// the cancel named it by.
	EventID, AutomationID belay.ID
	Status                belay.Status
	Due                   belay.Instant
	WithFailedActions     bool
	Actions               []ActionNews

	// Removed says of an automation that it was deleted, Draft that it is a draft.
	Removed, Draft bool
	// Resumed says with ReadyNews that everything since the cursor follows.
	Resumed bool
}

// ActionNews is how one action of an activation stands.
type ActionNews struct {
	ActionID string
	Status   belay.ActionStatus
	InFlight bool
	Attempts int
}

// thing tells what a News is about; of two of one thing, the later says all.
type thing struct {
	kind     NewsKind
	site, id belay.ID
}

func (n *News) thing() thing { return thing{n.Kind, n.SiteID, n.ID} }

func newsOfEvent(e *belay.Event) News {
	return News{Kind: EventNews, SiteID: e.SiteID, AppID: e.AppID, ID: e.ID, TriggerKey: e.TriggerKey, EntityID: e.EntityID}
}

func newsOfActivation(a *belay.Activation) News {
	n := News{
		Kind: ActivationNews, SiteID: a.SiteID, AppID: a.AppID, ID: a.ID, TriggerKey: a.TriggerKey, EntityID: a.EntityID,
		EventID: a.EventID, AutomationID: a.AutomationID, Status: a.Status, Due: a.Due, WithFailedActions: a.WithFailedActions,
	}
	if len(a.Actions) > 0 {
		n.Actions = make([]ActionNews, len(a.Actions))
	}
	for i := range a.Actions {
		s := &a.Actions[i]
		n.Actions[i] = ActionNews{s.ActionID, s.Status, s.InFlight, len(s.Attempts)}
	}
	return n
}

// committed tells what a commit has changed. Where nobody watches, it costs a look
// at one number; where nobody watches the site, a look into a map.
func (w *watch) committed(b *store.Batch, r *store.Result) {
	if w.watched.Load() == 0 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range b.Changes {
		if r.Changes[i].Happened() {
			w.change(&b.Changes[i], &r.Changes[i])
		}
	}
	for i := range b.Cancels {
		w.cancel(&b.Cancels[i], &r.Cancels[i])
	}
	for i := range b.Reports {
		w.report(&b.Reports[i], &r.Reports[i])
	}
	for i := range b.Saves {
		s := &b.Saves[i]
		switch r.Saves[i] {
		case store.Kept:
			w.activation(&s.Activation)
		case store.KeptOtherwise:
			w.activation(&s.Claim.Otherwise)
		}
	}
	for i := range b.Entries {
		e := &b.Entries[i]
		switch e.Stream {
		case Inbox:
			w.tell(News{Kind: NotificationNews, SiteID: e.SiteID, ID: e.ID})
		case Outbox:
			w.tell(News{Kind: MailNews, SiteID: e.SiteID, ID: e.ID})
		}
	}
}

func (w *watch) report(r *store.Report, done *store.Reported) {
	again := done.KeptBefore(r.Event.ID)
	if done.Outcome != store.Accepted && !again || !w.hears(r.Event.SiteID, r.Event.AppID) {
		return
	}
	w.tell(newsOfEvent(&r.Event))
	for _, a := range kept(r, done.Passed) {
		w.activation(a)
	}
}

func (w *watch) activation(a *belay.Activation) {
	if w.hears(a.SiteID, a.AppID) {
		w.tell(newsOfActivation(a))
	}
}

func (w *watch) cancel(c *store.Cancel, done *store.Canceled) {
	if done.Count == 0 {
		return
	}
	for _, id := range done.IDs {
		// Whose trigger it was is known only where the cancel named it.
		w.tell(News{
			Kind: ActivationNews, SiteID: c.SiteID, AppID: c.Selector.AppID, ID: id, TriggerKey: c.Selector.TriggerKey,
			EntityID: c.Selector.EntityID, AutomationID: c.Selector.AutomationID, Status: belay.Cancelled,
		})
	}
	if done.Count > len(done.IDs) {
		w.tell(News{Kind: ChangedNews, SiteID: c.SiteID})
	}
}

func (w *watch) change(c *store.Change, done *store.Changed) {
	for i := range c.Puts {
		put := &c.Puts[i]
		id, draft, ok := config.AutomationIn(put.Kind, put.Key)
		switch {
		case !ok:
		case c.Scope.IsZero(): // on every site that has its app
			w.tell(News{Kind: ChangedNews})
		default:
			w.tell(News{Kind: AutomationNews, SiteID: c.Scope, ID: id, Removed: put.Value == nil, Draft: draft})
		}
	}
	for i := range done.Cancels {
		w.cancel(&c.Cancels[i], &done.Cancels[i])
	}
}
