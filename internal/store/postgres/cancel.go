package postgres

import (
	"bytes"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

const (
	defaultCancels = 10_000 // called off by one act where it sets no limit
	maxCanceledIDs = 100    // named in the answer
)

// form is what a selector names activations by.
type form uint8

const (
	nothing form = iota
	anID
	anAutomation
	anEntity
	anApp
)

func formOf(s *store.Selector) form {
	switch {
	case !s.ActivationID.IsZero():
		return anID
	case !s.AutomationID.IsZero():
		return anAutomation
	case !s.EntityID.IsZero() && !s.AppID.IsZero() && s.TriggerKey != "":
		return anEntity
	case !s.AppID.IsZero() && s.TriggerKey == "" && s.EntityID.IsZero():
		return anApp
	}
	return nothing
}

// texts of the statements of each form; none where a form has no such.
var cancelStatements = [...]struct{ find, before, note, free, off string }{
	anID:         {sqlFindByID, sqlBeforeByID, sqlNoteByID, sqlFreeByID, sqlOffByID},
	anAutomation: {sqlFindByAutomation, "", sqlNoteByAutomation, sqlFreeByAutomation, sqlOffByAutomation},
	anEntity:     {sqlFindByEntity, sqlBeforeByEntity, sqlNoteByEntity, sqlFreeByEntity, sqlOffByEntity},
	anApp:        {sqlFindByApp, "", sqlNoteByApp, sqlFreeByApp, sqlOffByApp},
}

// cancel is one Cancel while its rows come in.
type cancel struct {
	act[store.Cancel, store.Canceled]
	live int64 // at most one more than may be called off
}

// cancels queues them in runs: what may concern the same rows comes one after the
// other.
func (s *Store) cancels(out *pipeline, list []act[store.Cancel, store.Canceled]) error {
	type target struct {
		site belay.ID
		of   store.Selector
	}
	for len(list) > 0 {
		kind := formOf(&list[0].do.Selector)
		n := 1
		seen := map[target]bool{{list[0].do.SiteID, list[0].do.Selector}: true}
		for n < len(list) && formOf(&list[n].do.Selector) == kind && !seen[target{list[n].do.SiteID, list[n].do.Selector}] {
			seen[target{list[n].do.SiteID, list[n].do.Selector}] = true
			n++
		}
		if kind == nothing {
			if err := s.cancelNothing(out, list[:n]); err != nil {
				return err
			}
		} else if err := s.cancelRun(out, kind, list[:n]); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

// cancelNothing answers selectors that name nothing, which may be stale even so.
func (s *Store) cancelNothing(out *pipeline, list []act[store.Cancel, store.Canceled]) error {
	args, err := s.cancelArguments(out, list)
	if err != nil {
		return err
	}
	out.add(sqlFindByID, func(rows pgx.Rows) error {
		var n, live, ended int64
		var stale bool
		if err := rows.Scan(&n, &stale, &live, &ended); err != nil {
			return err
		}
		*list[n-1].answer = store.Canceled{Stale: stale}
		return nil
	}, args...)
	noted(out, sqlNoteByID, list, args)
	return nil
}

// noted queues the notes of cancels, where there are any.
func noted(out *pipeline, sql string, list []act[store.Cancel, store.Canceled], args []any) {
	var names ids
	var values texts
	var ifAny flags
	some := false
	for _, c := range list {
		n := &c.do.Note
		some = some || !n.ID.IsZero()
		value := n.Value
		if value == nil {
			value = []byte{}
		}
		names, values, ifAny = append(names, raw(n.ID)), append(values, value), append(ifAny, n.IfAny)
	}
	if some {
		out.add(sql, nil, append(slices.Clone(args), names, values, ifAny)...)
	}
}

func (s *Store) cancelArguments(out *pipeline, list []act[store.Cancel, store.Canceled]) ([]any, error) {
	var sites, apps, entities, automations, names ids
	var triggers, marks texts
	var nows, most, siteVersions, globalVersions bigs
	var again flags
	for _, c := range list {
		mark, err := s.codec.cancel(c.do.Reason, c.do.By, c.do.Now)
		if err != nil {
			return nil, err
		}
		sel := &c.do.Selector
		sites, apps, entities = append(sites, raw(c.do.SiteID)), append(apps, raw(sel.AppID)), append(entities, raw(sel.EntityID))
		automations, names = append(automations, raw(sel.AutomationID)), append(names, raw(sel.ActivationID))
		triggers, marks = append(triggers, []byte(sel.TriggerKey)), append(marks, mark)
		nows, most = append(nows, big(c.do.Now)), append(most, big(int64(limitOf(c.do))))
		siteVersions, globalVersions = append(siteVersions, big(c.do.SiteVersion)), append(globalVersions, big(c.do.GlobalVersion))
		again = append(again, c.do.Again)
	}
	return []any{out.bucket, sites, apps, triggers, entities, automations, names, nows, marks, most, siteVersions, globalVersions, again}, nil
}

func limitOf(c *store.Cancel) int {
	if c.Limit <= 0 {
		return defaultCancels
	}
	return c.Limit
}

func (s *Store) cancelRun(out *pipeline, kind form, list []act[store.Cancel, store.Canceled]) error {
	args, err := s.cancelArguments(out, list)
	if err != nil {
		return err
	}
	run := make([]cancel, len(list))
	again := false
	for i := range run {
		run[i].act = list[i]
		again = again || list[i].do.Again
	}
	sql := &cancelStatements[kind]
	out.add(sql.find, func(rows pgx.Rows) error {
		var n, ended int64
		var stale bool
		var live int64
		if err := rows.Scan(&n, &stale, &live, &ended); err != nil {
			return err
		}
		c := &run[n-1]
		*c.answer, c.live = store.Canceled{Stale: stale}, 0
		if !stale {
			c.answer.Ended, c.live = int(ended), live
		}
		return nil
	}, args...)
	if again && sql.before != "" {
		out.add(sql.before, func(rows pgx.Rows) error { return s.readCanceled(rows, run) }, args...)
	}
	noted(out, sql.note, list, args)
	out.add(sql.free, nil, args...)
	called := make([]int, len(run))
	out.add(sql.off, func(rows pgx.Rows) error {
		n, err := s.nameCanceled(rows, run)
		if err == nil {
			called[n]++
			if do := run[n].do; len(do.Tell) > 0 {
				out.off = append(out.off, off{do, run[n].answer.IDs[len(run[n].answer.IDs)-1]})
			}
		}
		return err
	}, args...)
	out.after = append(out.after, func() {
		for i := range run {
			run[i].finish(called[i])
		}
	})
	return nil
}

func (s *Store) readCanceled(rows pgx.Rows, run []cancel) error {
	_, err := s.nameCanceled(rows, run)
	return err
}

// nameCanceled counts a row as called off, and returns the index of the cancel
// that it answers.
func (s *Store) nameCanceled(rows pgx.Rows, run []cancel) (int, error) {
	var n int64
	var id belay.ID
	var body []byte
	if err := rows.Scan(&n, (*[16]byte)(&id), &body); err != nil {
		return 0, err
	}
	c := &run[n-1]
	c.answer.Count++
	c.answer.IDs = append(c.answer.IDs, id)
	if body == nil {
		return int(n - 1), nil
	}
	actions, err := s.codec.actions(body)
	if err != nil {
		return 0, err
	}
	for i := range actions {
		if a := &actions[i]; a.InFlight {
			c.answer.InFlight = append(c.answer.InFlight, store.Out(id, a))
		}
	}
	return int(n - 1), nil
}

// finish puts an answer in order, when its last row is in.
func (c *cancel) finish(called int) {
	a := c.answer
	slices.SortFunc(a.IDs, func(x, y belay.ID) int { return bytes.Compare(x[:], y[:]) })
	a.IDs = a.IDs[:min(len(a.IDs), maxCanceledIDs)]
	slices.SortStableFunc(a.InFlight, func(x, y store.InFlight) int {
		return bytes.Compare(x.ActivationID[:], y.ActivationID[:])
	})
	a.More = c.live > int64(called)
}
