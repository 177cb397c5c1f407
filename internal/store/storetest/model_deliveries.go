package storetest

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"

	same "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// tell keeps new deliveries.
func (m *model) tell(list []belay.Delivery) {
	for _, d := range list {
		m.deliveries[row{d.SiteID, d.ID}] = d
	}
}

func (m *model) saveDelivery(s store.DeliverySave) store.Saved {
	r := row{s.Delivery.SiteID, s.Delivery.ID}
	old, ok := m.deliveries[r]
	if ok && s.Again && same.Equal(old, s.Delivery, cmpopts.EquateEmpty()) {
		return store.Kept
	}
	if !ok || old.Version != s.Version {
		return store.Lost
	}
	m.deliveries[r] = s.Delivery
	return store.Kept
}

// Delivery returns one delivery.
func (m *model) Delivery(ctx context.Context, site, id belay.ID) (belay.Delivery, error) {
	if err := m.lock(ctx); err != nil {
		return belay.Delivery{}, err
	}
	defer m.mu.Unlock()
	d, ok := m.deliveries[row{site, id}]
	if !ok {
		return d, fmt.Errorf("model: delivery %s: %w", id, store.ErrNotFound)
	}
	return d, nil
}

// FirstDelivery looks at all.
func (m *model) FirstDelivery(ctx context.Context, site, app, entity belay.ID) (first belay.Delivery, err error) {
	if err := m.lock(ctx); err != nil {
		return belay.Delivery{}, err
	}
	defer m.mu.Unlock()
	for r, d := range m.deliveries {
		if r.site == site && d.AppID == app && d.EntityID == entity && !d.Final() &&
			(first.ID.IsZero() || d.Sequence < first.Sequence) {
			first = d
		}
	}
	if first.ID.IsZero() {
		return first, fmt.Errorf("model: first delivery of %s: %w", entity, store.ErrNotFound)
	}
	return first, nil
}

// Deliveries sorts those asked for.
func (m *model) Deliveries(ctx context.Context, q store.DeliveryQuery) ([]belay.Delivery, error) {
	if err := m.lock(ctx); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	var out []belay.Delivery
	for r, d := range m.deliveries {
		if r.site == q.SiteID && passes(q.AppID, d.AppID) && passes(q.EntityID, d.EntityID) && passes(q.Status, d.Status) {
			out = append(out, d)
		}
	}
	return page(out, q.Page, func(d belay.Delivery) belay.ID { return d.ID })
}

// DueDeliveries sorts what is due.
func (m *model) DueDeliveries(ctx context.Context, q store.DueDeliveryQuery) ([]store.DueDelivery, error) {
	if err := m.lock(ctx); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	var out []store.DueDelivery
	for r, d := range m.deliveries {
		if d.AppID == q.AppID && d.Due != 0 && d.Due < q.Until && q.Buckets.Has(belay.Bucket(r.site)) {
			out = append(out, store.DueDelivery{At: d.Due, SiteID: r.site, EntityID: d.EntityID, DeliveryID: r.id})
		}
	}
	slices.SortFunc(out, func(a, b store.DueDelivery) int {
		return cmp.Or(cmp.Compare(a.At, b.At), bytes.Compare(a.DeliveryID[:], b.DeliveryID[:]))
	})
	return out[:min(len(out), max(q.Limit, 0))], nil
}
