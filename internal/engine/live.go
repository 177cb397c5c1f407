package engine

import (
	"context"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// live is the store in use at the moment of each call: it stays good when a
// broken store is opened anew.
type live struct{ c *committer }

func (l live) Commit(ctx context.Context, b *store.Batch) (*store.Result, error) {
	return l.c.try(ctx, b)
}

func (l live) Due(ctx context.Context, q store.DueQuery) ([]store.Due, error) {
	return l.c.current().Due(ctx, q)
}

func (l live) Upcoming(ctx context.Context, q store.UpcomingQuery) ([]store.Due, store.Due, error) {
	return l.c.current().Upcoming(ctx, q)
}

func (l live) Event(ctx context.Context, site, id belay.ID) (belay.Event, error) {
	return l.c.current().Event(ctx, site, id)
}

func (l live) Activation(ctx context.Context, site, id belay.ID) (belay.Activation, error) {
	return l.c.current().Activation(ctx, site, id)
}

func (l live) Events(ctx context.Context, q store.EventQuery) ([]belay.Event, error) {
	return l.c.current().Events(ctx, q)
}

func (l live) Activations(ctx context.Context, q store.ActivationQuery) ([]belay.Activation, error) {
	return l.c.current().Activations(ctx, q)
}

func (l live) Tally(ctx context.Context, q store.TallyQuery) ([]store.Tally, error) {
	return l.c.current().Tally(ctx, q)
}

func (l live) Doc(ctx context.Context, key store.DocKey) (store.Doc, error) {
	return l.c.current().Doc(ctx, key)
}

func (l live) Docs(ctx context.Context, scope belay.ID, kind, after string, limit int) ([]store.Doc, int64, error) {
	return l.c.current().Docs(ctx, scope, kind, after, limit)
}

func (l live) Trail(ctx context.Context, q store.TrailQuery) ([]store.Entry, error) {
	return l.c.current().Trail(ctx, q)
}

func (l live) Entries(ctx context.Context, q store.EntryQuery) ([]store.Entry, error) {
	return l.c.current().Entries(ctx, q)
}

func (l live) Delivery(ctx context.Context, site, id belay.ID) (belay.Delivery, error) {
	return l.c.current().Delivery(ctx, site, id)
}

func (l live) FirstDelivery(ctx context.Context, site, app, entity belay.ID) (belay.Delivery, error) {
	return l.c.current().FirstDelivery(ctx, site, app, entity)
}

func (l live) Deliveries(ctx context.Context, q store.DeliveryQuery) ([]belay.Delivery, error) {
	return l.c.current().Deliveries(ctx, q)
}

func (l live) DueDeliveries(ctx context.Context, q store.DueDeliveryQuery) ([]store.DueDelivery, error) {
	return l.c.current().DueDeliveries(ctx, q)
}

func (l live) Places(ctx context.Context, q store.PlaceQuery) ([]store.Place, error) {
	return l.c.current().Places(ctx, q)
}

func (l live) Stats(ctx context.Context) (store.Stats, error) { return l.c.current().Stats(ctx) }

// Close does nothing: whoever opened the store closes it.
func (l live) Close() error { return nil }
