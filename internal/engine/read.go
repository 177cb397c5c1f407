package engine

import (
	"context"
	"errors"
	"fmt"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/flow"
	"github.com/belay-events/belay/internal/store"
)

// mayRead reports whether a caller may read what happened on a site, and of
// which app alone: an app sees what came of its own events.
func (e *Engine) mayRead(ctx context.Context, by belay.Caller, site belay.ID) (only belay.ID, err error) {
	look := e.book.Snapshot
	if e.Shared() {
		look = e.book.Refresh
	}
	snapshot, err := look(ctx, site)
	if err != nil {
		return belay.ID{}, e.hideSite(by, err)
	}
	if !by.SiteID.IsZero() && by.SiteID != site {
		return belay.ID{}, belay.Refuse(belay.PermissionDenied, "OTHER_SITE", "the credential is for another site")
	}
	switch by.Role {
	case belay.RoleOperator, belay.RoleSite, belay.RoleViewer:
		return belay.ID{}, nil
	case belay.RoleApp, belay.RoleDeveloper:
		if !snapshot.Installed(by.AppID) {
			return belay.ID{}, errNotInstalled
		}
		return by.AppID, nil
	}
	return belay.ID{}, belay.Refuse(belay.PermissionDenied, "ROLE_NOT_ALLOWED", "the credential may not read this")
}

// EventOf returns one event of a site that the caller may see.
func (e *Engine) EventOf(ctx context.Context, by belay.Caller, site, id belay.ID) (belay.Event, error) {
	only, err := e.mayRead(ctx, by, site)
	if err != nil {
		return belay.Event{}, err
	}
	event, err := e.Store().Event(ctx, site, id)
	if err == nil && !only.IsZero() && event.AppID != only {
		err = store.ErrNotFound
	}
	return event, found(err, "event", id)
}

// ActivationOf returns one activation of a site that the caller may see.
func (e *Engine) ActivationOf(ctx context.Context, by belay.Caller, site, id belay.ID) (belay.Activation, error) {
	only, err := e.mayRead(ctx, by, site)
	if err != nil {
		return belay.Activation{}, err
	}
	a, err := e.Activation(ctx, site, id)
	if err == nil && !only.IsZero() && a.AppID != only {
		err = found(store.ErrNotFound, "activation", id)
	}
	return a, err
}

// Activation returns one activation of a site.
func (e *Engine) Activation(ctx context.Context, site, id belay.ID) (belay.Activation, error) {
	a, err := e.Store().Activation(ctx, site, id)
	return flow.Expired(a, e.Now()), found(err, "activation", id)
}

// Events lists events of a site that the caller may see; of all such sites where the
// query names none.
func (e *Engine) Events(ctx context.Context, by belay.Caller, q store.EventQuery) ([]belay.Event, error) {
	if q.SiteID.IsZero() {
		return e.eventsAcross(ctx, by, q)
	}
	only, err := e.mayRead(ctx, by, q.SiteID)
	if err != nil {
		return nil, err
	}
	if !only.IsZero() {
		if !q.AppID.IsZero() && q.AppID != only {
			return nil, belay.Refuse(belay.PermissionDenied, "OTHER_APP", "an app sees its own events only")
		}
		q.AppID = only
	}
	events, err := e.Store().Events(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("engine: events: %w", err)
	}
	return events, nil
}

// Activations lists activations of a site that the caller may see; an app's are
// those that its own events made.
func (e *Engine) Activations(ctx context.Context, by belay.Caller, q store.ActivationQuery) ([]belay.Activation, error) {
	only, err := e.mayRead(ctx, by, q.SiteID)
	if err != nil {
		return nil, err
	}
	if !only.IsZero() {
		q.AppID = only
	}
	list, err := e.Store().Activations(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("engine: activations: %w", err)
	}
	for i := range list {
		list[i] = flow.Expired(list[i], e.Now())
	}
	return list, nil
}

// Entries lists a stream of a site: its outbox or its inbox.
func (e *Engine) Entries(ctx context.Context, by belay.Caller, q store.EntryQuery) ([]store.Entry, error) {
	if only, err := e.mayRead(ctx, by, q.SiteID); err != nil {
		return nil, err
	} else if !only.IsZero() {
		return nil, belay.Refuse(belay.PermissionDenied, "ROLE_NOT_ALLOWED", "an app may not read a site's mails and notifications")
	}
	entries, err := e.Store().Entries(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("engine: entries: %w", err)
	}
	return entries, nil
}

// Ready reports whether the engine can keep what is reported: nil, or why not.
func (e *Engine) Ready(ctx context.Context) error {
	_, err := e.Store().Due(ctx, store.DueQuery{Until: 1, Limit: 1})
	return err
}

func found(err error, what string, id belay.ID) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, store.ErrNotFound):
		return belay.Refuse(belay.NotFound, "", "no "+what+" "+id.String()+" on this site")
	default:
		return fmt.Errorf("engine: %s %s: %w", what, id, err)
	}
}
