package pebble

import (
	"bytes"
	"slices"

	"github.com/cockroachdb/pebble/v2"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

const (
	defaultCancels = 10_000 // called off by one act where it sets no limit
	maxCanceledIDs = 100    // named in the answer
	maxEnded       = 1000   // counted for the answer
)

func (w *writer) cancel(c *store.Cancel) (store.Canceled, error) {
	if stale, err := w.outdated(c); err != nil || stale {
		return store.Canceled{Stale: stale}, err
	}
	w.calledOffNow, w.outNow = 0, 0
	done, err := w.cancelSelected(c)
	if n := c.Note; err == nil && !n.ID.IsZero() && (w.calledOffNow > 0 || !n.IfAny) {
		value := n.With(w.calledOffNow, w.outNow, done.Ended)
		err = w.entry(&store.Entry{SiteID: c.SiteID, Stream: store.Cancels, ID: n.ID, Value: value})
	}
	return done, err
}

func (w *writer) cancelSelected(c *store.Cancel) (store.Canceled, error) {
	sel := c.Selector
	switch {
	case !sel.ActivationID.IsZero():
		return w.cancelOne(c)
	case !sel.AutomationID.IsZero():
		return w.cancelAll(c, siteKey(kindPendingAutomation, c.SiteID, sel.AutomationID), store.Canceled{})
	case !sel.EntityID.IsZero() && !sel.AppID.IsZero() && sel.TriggerKey != "":
		if len(sel.TriggerKey) > maxText {
			return store.Canceled{}, errLong
		}
		// Counted first: what this act ends was not final before.
		of := entityPrefix(kindEndedEntity, c.SiteID, sel.AppID, sel.TriggerKey, sel.EntityID)
		var done store.Canceled
		var err error
		if c.Again {
			done, err = w.calledOff(c, of)
		} else {
			done.Ended, err = w.countEnded(of)
		}
		if err != nil {
			return store.Canceled{}, err
		}
		return w.cancelAll(c, entityPrefix(kindPendingEntity, c.SiteID, sel.AppID, sel.TriggerKey, sel.EntityID), done)
	case !sel.AppID.IsZero() && sel.TriggerKey == "" && sel.EntityID.IsZero():
		return w.cancelAll(c, siteKey(kindPendingEntity, c.SiteID, sel.AppID), store.Canceled{})
	}
	return store.Canceled{}, nil
}

func (w *writer) cancelOne(c *store.Cancel) (store.Canceled, error) {
	var done store.Canceled
	a, err := w.activation(rowID{c.SiteID, c.Selector.ActivationID})
	switch {
	case err != nil || a == nil:
		return done, err
	case byThis(c, a):
		name(a, &done)
	case a.Status.Final():
		done.Ended = 1
	default:
		err = w.callOff(a, c, &done)
	}
	return done, err
}

// under returns the batch's iterator on the first key under prefix; it ends with
// those keys, and serves until the next call. An entity that a table holds
// nothing of is passed by on the word of the table's filter: of level 6 too,
// since few entities have anything that ended, and those that have something
// pending mostly have it in one table.
func (w *writer) under(prefix []byte) (*pebble.Iterator, error) {
	if w.keysOf == nil {
		it, err := w.s.db.NewIter(&pebble.IterOptions{UseL6Filters: true})
		if err != nil {
			return nil, err
		}
		w.keysOf = it
	}
	w.keysOf.SetBounds(prefix, after(prefix))
	if ofEntity(prefix) {
		w.keysOf.SeekPrefixGE(prefix)
	} else {
		w.keysOf.First()
	}
	return w.keysOf, nil
}

// cancelAll calls off what the keys under prefix lead to, and adds that to done.
func (w *writer) cancelAll(c *store.Cancel, prefix []byte, done store.Canceled) (store.Canceled, error) {
	limit := c.Limit
	if limit <= 0 {
		limit = defaultCancels
	}
	it, err := w.under(prefix)
	if err != nil {
		return done, err
	}
	for ; it.Valid(); it.Next() {
		a, err := w.activation(rowID{c.SiteID, lastID(it.Key())})
		if err != nil {
			return done, err
		}
		if a == nil || a.Status.Final() {
			continue // called off by an act before this one
		}
		if done.Count >= limit {
			done.More = true
			break
		}
		if err := w.callOff(a, c, &done); err != nil {
			return done, err
		}
	}
	// The keys of an app are in the order of its triggers and entities.
	slices.SortFunc(done.IDs, func(a, b belay.ID) int { return bytes.Compare(a[:], b[:]) })
	slices.SortStableFunc(done.InFlight, func(a, b store.InFlight) int {
		return bytes.Compare(a.ActivationID[:], b.ActivationID[:])
	})
	return done, it.Error()
}

func (w *writer) callOff(a *belay.Activation, c *store.Cancel, done *store.Canceled) error {
	name(a, done)
	w.calledOffNow++
	w.outNow += a.InFlight()
	canceled := a.Cancel(c.Reason, c.By, c.Now)
	if len(c.Tell) > 0 {
		w.tell(belay.Tell(a, &canceled, c.Tell, c.Now))
	}
	return w.put(&canceled)
}

// name counts an activation as called off.
func name(a *belay.Activation, done *store.Canceled) {
	if done.Count++; len(done.IDs) < maxCanceledIDs {
		done.IDs = append(done.IDs, a.ID)
	}
	for i := range a.Actions {
		if s := &a.Actions[i]; s.InFlight {
			done.InFlight = append(done.InFlight, store.Out(a.ID, s))
		}
	}
}

// outdated reports whether the configuration by which a cancel was allowed has
// changed.
func (w *writer) outdated(c *store.Cancel) (bool, error) {
	for scope, want := range map[belay.ID]int64{c.SiteID: c.SiteVersion, {}: c.GlobalVersion} {
		if want == 0 {
			continue
		}
		if v, err := w.version(scope); err != nil || v != want {
			return err == nil, err
		}
	}
	return false, nil
}

// byThis reports whether a was called off by this very cancel, sent before.
func byThis(c *store.Cancel, a *belay.Activation) bool {
	return c.Again && a.Status == belay.Cancelled && a.EndedAt == c.Now && a.CancelReason == c.Reason && a.Initiator == c.By
}

// calledOff counts what the keys under prefix, of kind F, lead to: as called off
// what this very cancel did when it was sent before, the rest as ended.
func (w *writer) calledOff(c *store.Cancel, prefix []byte) (store.Canceled, error) {
	var done store.Canceled
	final := map[belay.ID]*belay.Activation{}
	it, err := w.under(prefix)
	if err != nil {
		return done, err
	}
	for ; it.Valid(); it.Next() {
		id := lastID(it.Key())
		if final[id], err = w.activation(rowID{c.SiteID, id}); err != nil {
			return done, err
		}
	}
	for _, r := range w.dirty {
		if a := r.now; a.Status.Final() && bytes.Equal(entityPrefix(kindEndedEntity, a.SiteID, a.AppID, a.TriggerKey, a.EntityID), prefix) {
			final[a.ID] = a
		}
	}
	for _, a := range final {
		if byThis(c, a) {
			name(a, &done)
		} else {
			done.Ended++
		}
	}
	done.Ended = min(done.Ended, maxEnded)
	return done, it.Error()
}

// countEnded counts what the keys under prefix, of kind F, lead to.
func (w *writer) countEnded(prefix []byte) (int, error) {
	n := w.ended[string(prefix)]
	it, err := w.under(prefix)
	if err != nil {
		return 0, err
	}
	for ; it.Valid() && n < maxEnded; it.Next() {
		n++
	}
	return min(n, maxEnded), it.Error()
}
