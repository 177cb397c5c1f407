package engine

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/belay-events/belay/internal/belay"
)

// What those who watch may cost.
const (
	maxWatchers = 1024 // on one node
	// remembered is how many News a topic keeps for those who are behind.
	remembered = 2048
	// linger is how long a topic goes on when the last watcher has gone, so that one
	// who comes back has missed nothing.
	linger = time.Minute
	// A watcher is told up to portion things at once, and then waits for pace; for
	// resetPace after it had to be told to read everything anew.
	portion   = 50
	pace      = 250 * time.Millisecond
	resetPace = time.Second
)

// ErrWatchEnded ends what a Watcher hears: the server stops.
var ErrWatchEnded = errors.New("engine: the server stops")

var errTooManyWatch = belay.Refuse(belay.ResourceExhausted, "TOO_MANY_WATCHERS",
	"too many pages follow what happens on this node; ask again from time to time instead")

// watch tells those who watch what commits have changed. What is watched is a
// topic: a site, an app, or everything. A topic remembers its last News in a ring;
// a watcher is a place in it, so that a slow one holds nothing up and costs
// nothing: it falls out of the ring, and is told to read everything anew.
type watch struct {
	watched  atomic.Int32 // topics there are
	now      func() belay.Instant
	newID    func(belay.Instant) belay.ID
	metrics  *Metrics
	mu       sync.Mutex
	topics   map[topicKey]*topic
	watchers int
	ended    chan struct{} // closed when nothing is told any more
}

// topicKey names a topic: a site's, an app's where SiteID is zero, else all.
type topicKey struct{ site, app belay.ID }

// topic is what is told to those who watch one thing.
type topic struct {
	key topicKey
	// epoch tells the cursors of this topic from those of other nodes and of other
	// times; it is made when the topic is.
	epoch belay.ID
	ring  []News // of the last News, that of number n at n % remembered
	next  int64  // the number of the next
	// moved is closed when there is more, where somebody waits for it.
	moved    chan struct{}
	watchers int
	forget   *time.Timer // runs where there are none
}

// Cursor is a place in what is told about a topic. Its zero value is none.
type Cursor struct {
	epoch belay.ID
	next  int64
}

// String writes a cursor for ParseCursor; one of no place is empty.
func (c Cursor) String() string {
	if c.epoch.IsZero() {
		return ""
	}
	return c.epoch.String() + "-" + strconv.FormatInt(c.next, 10)
}

// ParseCursor reads what String wrote. Whatever else it is given, as from another
// version, is a cursor that no topic knows.
func ParseCursor(text string) Cursor {
	if text == "" {
		return Cursor{}
	}
	at := strings.LastIndexByte(text, '-')
	if at < 0 {
		return Cursor{next: -1}
	}
	epoch, err := belay.ParseID(text[:at])
	next, errNext := strconv.ParseInt(text[at+1:], 10, 64)
	if err != nil || errNext != nil {
		return Cursor{next: -1}
	}
	return Cursor{epoch, next}
}

func newWatch(now func() belay.Instant, newID func(belay.Instant) belay.ID, m *Metrics) *watch {
	return &watch{now: now, newID: newID, metrics: m, topics: map[topicKey]*topic{}, ended: make(chan struct{})}
}

// end has every watcher leave.
func (w *watch) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	select {
	case <-w.ended:
	default:
		close(w.ended)
	}
}

// Watching is what a caller wants to be told.
type Watching struct {
	SiteID belay.ID // zero for all that the caller may see
	AppID  belay.ID // zero for all apps
	Kinds  []NewsKind
	// Since is where an earlier Watcher was, so that nothing is missed in between.
	Since Cursor
}

// Watch returns what tells a caller of all that changes from now on, or since a
// cursor. An operator may leave the site out; an app and its developer hear what
// came of the app's own events, on any site where they name none. It must be
// closed.
func (e *Engine) Watch(ctx context.Context, by belay.Caller, what Watching) (*Watcher, error) {
	app, err := e.mayWatch(ctx, by, what)
	if err != nil {
		return nil, err
	}
	what.AppID = app
	key := topicKey{site: what.SiteID}
	if key.site.IsZero() {
		key.app = app
	}
	watcher, err := e.watch.open(key, what)
	if err != nil {
		return nil, err
	}
	watcher.allowed = func(ctx context.Context) error {
		_, err := e.mayWatch(ctx, by, what)
		return err
	}
	return watcher, nil
}

// mayWatch reports whether a caller may watch, and which app alone.
func (e *Engine) mayWatch(ctx context.Context, by belay.Caller, what Watching) (belay.ID, error) {
	if !what.SiteID.IsZero() {
		only, err := e.mayRead(ctx, by, what.SiteID)
		if err != nil {
			return only, err
		}
		return ownApp(what.AppID, only)
	}
	switch by.Role {
	case belay.RoleOperator:
		return what.AppID, nil
	case belay.RoleApp, belay.RoleDeveloper:
		return ownApp(what.AppID, by.AppID)
	}
	return belay.ID{}, belay.Invalid("belay-site-id", "REQUIRED", "is missing: the header belay-site-id (or wix-site-id) says on which site")
}

// ownApp narrows a wish to the app that a caller may see alone, zero for any.
func ownApp(wish, only belay.ID) (belay.ID, error) {
	if only.IsZero() {
		return wish, nil
	}
	if !wish.IsZero() && wish != only {
		return wish, belay.Refuse(belay.PermissionDenied, "OTHER_APP", "an app sees what came of its own events only")
	}
	return only, nil
}

// EndWatches has every Watcher return ErrWatchEnded, and each that is opened later.
func (e *Engine) EndWatches() { e.watch.end() }

// open begins to tell.
func (w *watch) open(key topicKey, what Watching) (*Watcher, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.watchers == maxWatchers {
		return nil, errTooManyWatch
	}
	t := w.topics[key]
	if t == nil {
		t = &topic{key: key, epoch: w.newID(w.now())}
		w.topics[key] = t
		w.watched.Add(1)
	}
	if t.forget != nil {
		t.forget.Stop()
		t.forget = nil
	}
	t.watchers++
	w.watchers++
	first := News{Kind: ReadyNews}
	at := t.next
	switch {
	case what.Since == (Cursor{}):
	case what.Since.epoch != t.epoch || what.Since.next > t.next || what.Since.next < t.oldest():
		first.Kind = ResetNews
	default:
		first.Resumed, at = true, what.Since.next
	}
	first.Cursor = Cursor{t.epoch, at}
	return &Watcher{w: w, t: t, app: what.AppID, kinds: what.Kinds, at: at, first: &first}, nil
}

// oldest is the number of the first News that is remembered.
func (t *topic) oldest() int64 { return max(0, t.next-remembered) }

// hears reports whether anybody watches a site or an app.
func (w *watch) hears(site, app belay.ID) bool {
	return w.topics[topicKey{site: site}] != nil || w.topics[topicKey{}] != nil || w.topics[topicKey{app: app}] != nil
}

// tell adds News to the topics that they are of; those of no site to all.
func (w *watch) tell(n News) {
	if n.SiteID.IsZero() {
		for _, t := range w.topics {
			t.add(n)
		}
		return
	}
	for _, key := range [...]topicKey{{site: n.SiteID}, {}} {
		if t := w.topics[key]; t != nil {
			t.add(n)
		}
	}
	if n.ofAnyApp() {
		for key, t := range w.topics {
			if !key.app.IsZero() {
				t.add(n)
			}
		}
	} else if t := w.topics[topicKey{app: n.AppID}]; t != nil && !n.AppID.IsZero() {
		t.add(n)
	}
}

func (t *topic) add(n News) {
	if len(t.ring) < remembered {
		t.ring = append(t.ring, n)
	} else {
		t.ring[t.next%remembered] = n
	}
	t.next++
	if t.moved != nil {
		close(t.moved)
		t.moved = nil
	}
}

// Watcher is told what changes. One goroutine uses it.
type Watcher struct {
	w     *watch
	t     *topic
	app   belay.ID
	kinds []NewsKind
	at    int64 // the number of the next News to look at
	first *News // what is told before anything else
	after time.Time
	// allowed says whether the caller may still watch.
	allowed func(context.Context) error
}

// Allowed returns why the caller may watch no longer, nil where they may.
func (r *Watcher) Allowed(ctx context.Context) error { return r.allowed(ctx) }

// Next returns what has changed since the last call, oldest first and each thing
// once, as it is by now. It waits until there is something, and at least a quarter
// of a second between two answers. The error is that of ctx, or ErrWatchEnded.
func (r *Watcher) Next(ctx context.Context) ([]News, error) {
	for {
		if r.first != nil {
			told := []News{*r.first}
			r.first = nil
			return told, nil
		}
		if err := r.rest(ctx); err != nil {
			return nil, err
		}
		told, moved := r.take()
		if len(told) > 0 {
			r.after = time.Now().Add(pace)
			if told[0].Kind == ResetNews {
				r.after = time.Now().Add(resetPace)
				r.w.metrics.watchResets.Inc()
			}
			return told, nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-r.w.ended:
			return nil, ErrWatchEnded
		}
	}
}

// rest waits until it is time for the next answer.
func (r *Watcher) rest(ctx context.Context) error {
	wait := time.NewTimer(time.Until(r.after))
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-ctx.Done():
		return ctx.Err()
	case <-r.w.ended:
		return ErrWatchEnded
	}
	return nil
}

// take returns the next portion, or what is closed when there is more.
func (r *Watcher) take() (told []News, moved <-chan struct{}) {
	r.w.mu.Lock()
	defer r.w.mu.Unlock()
	if r.at < r.t.oldest() {
		r.at = r.t.next
		return []News{{Kind: ResetNews, Cursor: Cursor{r.t.epoch, r.at}}}, nil
	}
	places := map[thing]int{}
	for ; r.at < r.t.next; r.at++ {
		n := r.t.ring[r.at%remembered]
		if !r.app.IsZero() && n.ofAnyApp() {
			n = News{Kind: ChangedNews, SiteID: n.SiteID}
		}
		if !r.wants(&n) {
			continue
		}
		place, known := places[n.thing()]
		switch {
		case known:
			n.Cursor = told[place].Cursor
			told[place] = n
			continue
		case len(told) == portion:
			return told, nil
		}
		n.Cursor = Cursor{r.t.epoch, r.at + 1}
		places[n.thing()] = len(told)
		told = append(told, n)
	}
	if len(told) > 0 {
		return told, nil
	}
	if r.t.moved == nil {
		r.t.moved = make(chan struct{})
	}
	return nil, r.t.moved
}

// ofAnyApp reports whether a News may concern any app: those of one learn no more
// than that something has changed.
func (n *News) ofAnyApp() bool {
	return n.Kind == ChangedNews || n.Kind == ActivationNews && n.AppID.IsZero()
}

func (r *Watcher) wants(n *News) bool {
	if n.Kind == ChangedNews {
		return true
	}
	if !r.app.IsZero() && n.AppID != r.app {
		return false
	}
	return len(r.kinds) == 0 || slices.Contains(r.kinds, n.Kind)
}

// Close ends the telling.
func (r *Watcher) Close() {
	w, t := r.w, r.t
	w.mu.Lock()
	defer w.mu.Unlock()
	w.watchers--
	if t.watchers--; t.watchers > 0 {
		return
	}
	t.forget = time.AfterFunc(linger, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if t.watchers == 0 && w.topics[t.key] == t {
			delete(w.topics, t.key)
			w.watched.Add(-1)
		}
	})
}

// watching returns how many watch.
func (w *watch) watching() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.watchers
}
