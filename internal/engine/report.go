package engine

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
	"github.com/belay-events/belay/internal/flow"
	"github.com/belay-events/belay/internal/schema"
	"github.com/belay-events/belay/internal/store"
)

// DefaultKeyLife is how long an idempotency key is kept where the report names
// no other time.
//
// Source: the compatible wire, ReportEvent, "kept one week".
const DefaultKeyLife = 7 * 24 * time.Hour

// ReportItem is one event as an app reports it. Fields are checked by their
// place in the caller's words, which Field begins: "" for a single report,
// "eventsInfo[3]." for one of many.
type ReportItem struct {
	Field          string
	Payload        []byte // JSON object; empty counts as {}
	EntityID       belay.ID
	IdempotencyKey string
	KeyLife        time.Duration // 0 = DefaultKeyLife
	RequestID      string
}

// Reported is what became of a report.
type Reported struct {
	EventID     belay.ID
	Activations []belay.ID
	// Repeated says that the idempotency key had been used: EventID and
	// Activations are those of the first report, and this one made nothing.
	Repeated bool
	// Err is why this one of many was refused.
	Err error
}

// maxStale bounds how often a report is planned anew because the configuration
// changed under it.
const maxStale = 20

// Report accepts an event and answers when it and its activations are durable.
func (e *Engine) Report(ctx context.Context, by belay.Caller, site, app belay.ID, triggerKey string, item ReportItem) (Reported, error) {
	out, err := e.ReportAll(ctx, by, site, app, triggerKey, []ReportItem{item})
	if err != nil {
		return Reported{}, err
	}
	return out[0], out[0].Err
}

// ReportAll accepts many events under one trigger; each is kept or refused on
// its own. app may be zero for a caller who is no app and names a key that one
// installed app has declared. An error of the whole means that nothing was kept.
func (e *Engine) ReportAll(ctx context.Context, by belay.Caller, site, app belay.ID, triggerKey string, items []ReportItem) ([]Reported, error) {
	snapshot, trigger, err := e.admit(ctx, by, site, app, triggerKey)
	if err != nil {
		return nil, err
	}
	if trigger.AppID == belay.BuiltIn {
		return nil, noTrigger(triggerKey) // nobody reports those: each automation of them is called by itself
	}
	out := make([]Reported, len(items))
	plans := e.readAll(trigger, site, items, out)
	if len(plans) < len(items) && !e.members.alone() {
		// Another node may have changed the schema that refused something.
		fresh, again, err := e.readmit(ctx, by, site, trigger)
		if err != nil {
			return nil, err
		}
		if again != trigger {
			snapshot, trigger = fresh, again
			clear(out)
			plans = e.readAll(trigger, site, items, out)
		}
	}
	e.metrics.reports.WithLabelValues("refused").Add(float64(len(items) - len(plans)))
	for range maxStale {
		if len(plans) == 0 {
			return out, nil
		}
		plans = e.keep(ctx, snapshot, plans, out)
		if len(plans) == 0 {
			return out, nil
		}
		if snapshot, trigger, err = e.readmit(ctx, by, site, trigger); err != nil {
			return nil, err
		}
	}
	for _, p := range plans {
		out[p.index].Err = errChanging
	}
	return out, nil
}

// admit returns a site's configuration as this node knows it and the trigger that
// a caller names. What is refused is refused by the configuration as it is now.
func (e *Engine) admit(ctx context.Context, by belay.Caller, site, app belay.ID, key string) (*config.Snapshot, *config.Trigger, error) {
	snapshot, err := e.book.Snapshot(ctx, site)
	if err != nil {
		return nil, nil, e.hideSite(by, err)
	}
	trigger, err := mayUse(by, snapshot, app, key)
	if err != nil && !e.members.alone() {
		if snapshot, err = e.book.Refresh(ctx, site); err != nil {
			return nil, nil, e.hideSite(by, err)
		}
		trigger, err = mayUse(by, snapshot, app, key)
	}
	return snapshot, trigger, err
}

// readAll checks reports against their trigger, and returns those that it takes.
func (e *Engine) readAll(trigger *config.Trigger, site belay.ID, items []ReportItem, out []Reported) []planned {
	plans := make([]planned, 0, len(items))
	for i := range items {
		p, err := e.read(trigger, &items[i])
		if err != nil {
			out[i].Err = err
			continue
		}
		p.index, p.site, p.app, p.key = i, site, trigger.AppID, trigger.Key
		plans = append(plans, p)
	}
	return plans
}

// readmit looks again at who may use a trigger, by the configuration as it is
// now: another node may have changed it.
func (e *Engine) readmit(ctx context.Context, by belay.Caller, site belay.ID, t *config.Trigger) (*config.Snapshot, *config.Trigger, error) {
	snapshot, err := e.book.Refresh(ctx, site)
	if err != nil {
		return nil, nil, e.hideSite(by, err)
	}
	if err := e.book.StillValid(by); err != nil {
		return nil, nil, err
	}
	t, err = mayUse(by, snapshot, t.AppID, t.Key)
	return snapshot, t, err
}

// planned is one report, checked and decoded.
type planned struct {
	index        int
	site, app    belay.ID
	key          string
	item         *ReportItem
	payload      map[string]any
	takesPlaceAt belay.Instant

	// Of what is no report: the one automation that is carried out, and why.
	one     *config.Active
	cause   belay.Cause
	rerunOf belay.ID
}

// read checks one report against its trigger.
func (e *Engine) read(trigger *config.Trigger, item *ReportItem) (planned, error) {
	p := planned{item: item}
	if len(item.Payload) == 0 {
		item.Payload = []byte("{}")
	}
	field := item.Field + "payload"
	payload, err := schema.ParsePayload(field, item.Payload)
	if err != nil {
		return p, err
	}
	if err := trigger.Payload.Validate(field, payload); err != nil {
		return p, err
	}
	if trigger.Scheduled {
		at, err := trigger.Payload.ScheduledTime(field, payload)
		if err != nil {
			return p, err
		}
		p.takesPlaceAt = belay.At(at)
	}
	p.payload = payload
	return p, nil
}

// keep commits reports in one batch, and returns those that were planned on a
// configuration that is no longer the current one.
func (e *Engine) keep(ctx context.Context, s *config.Snapshot, plans []planned, out []Reported) (stale []planned) {
	batch := store.Batch{Reports: make([]store.Report, len(plans))}
	effects := make([][]conditional, len(plans))
	for i := range plans {
		batch.Reports[i], effects[i] = e.plan(s, &plans[i])
		batch.Carry = batch.Carry || len(effects[i]) > 0
	}
	starts := batch.Carry
	began := time.Now()
	result, err := e.commits.try(ctx, &batch)
	if err != nil {
		for _, p := range plans {
			out[p.index].Err = err
			e.metrics.reports.WithLabelValues("refused").Inc()
		}
		return nil
	}
	e.metrics.reportTime.Observe(time.Since(began).Seconds())
	for i, r := range result.Reports {
		report, answer := &batch.Reports[i], &out[plans[i].index]
		outcome, begin := r.Outcome, e.launch
		elsewhere := result.Carried // another node carries it out
		if r.KeptBefore(report.Event.ID) {
			outcome, begin = store.Accepted, e.giveBack
			elsewhere = elsewhere || batch.Carry != starts // or may do so
		}
		switch outcome {
		case store.Accepted:
			answer.EventID, answer.Activations = report.Event.ID, report.Event.Activations
			e.metrics.reports.WithLabelValues("accepted").Inc()
			e.tops.sites.add(began, report.Event.SiteID, false)
			e.tops.apps.add(began, report.Event.AppID, false)
			if e.log.Enabled(ctx, slog.LevelDebug) {
				e.log.DebugContext(ctx, "event accepted", "request", report.Event.RequestID, "site", report.Event.SiteID,
					"event", report.Event.ID, "trigger", report.Event.TriggerKey, "activations", report.Event.Activations)
			}
			for _, a := range kept(report, r.Passed) {
				e.metrics.moved(a)
				e.due.add(a.Due, report.Event.SiteID, a.ID)
			}
			if tells(report) {
				e.outbox.kick(report.Event.SiteID)
			}
			for _, c := range effects[i] {
				if !elsewhere && (c.claim < 0 || r.Passed[c.claim] == c.passes) {
					begin(c.launch)
				}
			}
		case store.Repeated:
			answer.EventID, answer.Activations, answer.Repeated = r.EventID, r.Activations, true
			e.metrics.reports.WithLabelValues("repeated").Inc()
		default:
			stale = append(stale, plans[i])
		}
	}
	return stale
}

// conditional is an attempt to make if a claim of its report comes out so, or in
// any case where claim is -1.
type conditional struct {
	launch
	claim  int
	passes bool
}

// kept returns the activations that a report has left.
func kept(r *store.Report, passed []bool) []*belay.Activation {
	out := make([]*belay.Activation, len(r.Activations))
	for i := range out {
		out[i] = &r.Activations[i]
	}
	for i := range r.Claims {
		if !passed[i] {
			out[r.Claims[i].Of] = &r.Claims[i].Otherwise
		}
	}
	return out
}

// tells reports whether a report that was accepted may have told somebody.
func tells(r *store.Report) bool {
	return len(r.Deliveries) > 0 || slices.ContainsFunc(r.Claims, func(c store.Claim) bool {
		return len(c.Deliveries)+len(c.OtherwiseDeliveries) > 0
	})
}

// plan makes the rows of one report: the event, and an activation for each
// automation that matches. What is due at once is started in the same commit,
// unless so much is under way that it must wait for its turn.
func (e *Engine) plan(s *config.Snapshot, p *planned) (store.Report, []conditional) {
	now := e.Now()
	event := belay.Event{
		ID: e.newID(now), SiteID: p.site, AppID: p.app, TriggerKey: p.key, EntityID: p.item.EntityID,
		IdempotencyKey: p.item.IdempotencyKey, RequestID: p.item.RequestID, ReportedAt: now,
		TakesPlaceAt: p.takesPlaceAt, Payload: p.item.Payload, Cause: p.cause,
	}
	life := p.item.KeyLife
	if life == 0 {
		life = DefaultKeyLife
	}
	report := store.Report{SiteVersion: s.SiteVersion, GlobalVersion: s.GlobalVersion, Now: now}
	if event.IdempotencyKey != "" {
		report.KeyUntil = now.Add(life)
	}
	happening := &happening{p.payload, p.item.Payload, p.takesPlaceAt}
	in := e.input(s.Zone, now, happening)
	in.Refreshes = !p.takesPlaceAt.IsZero() && e.refreshes(s, p.app, p.key)
	active := s.Active(p.app, p.key)
	if p.one != nil {
		active = []*config.Active{p.one}
	}
	var launches []conditional
	if len(active) > 0 {
		event.Activations = make([]belay.ID, 0, len(active))
		report.Activations = make([]belay.Activation, 0, len(active))
	}
	for _, automation := range active {
		a := automation.Plan.Begin(belay.Activation{
			ID: e.newID(now), SiteID: p.site, EventID: event.ID, AutomationID: automation.Automation.ID,
			AppID: p.app, Revision: automation.Automation.Revision, TriggerKey: p.key, EntityID: p.item.EntityID,
			Cause: p.cause, RerunOf: p.rerunOf,
		}, in)
		a, claimed := automation.Plan.Limit(a, in)
		var effects []flow.Effect
		// An occurrence that was missed is decided when it is taken up.
		if !a.Status.Final() && a.Due <= now && p.cause != belay.Occurrence && e.flights.room(p.site, &e.o) {
			if claimed != nil { // one claim to a commit
				a, effects, _ = automation.Plan.Step(a, in, nil)
			} else {
				a, effects, claimed, _ = automation.Plan.Advance(a, in, nil)
			}
		}
		to := s.Listeners()
		claim := -1
		if claimed != nil {
			claim = len(report.Claims)
			report.Claims = append(report.Claims, store.Claim{
				Of: len(report.Activations), Claim: claimed.Claim, Deliveries: belay.Tell(nil, &a, to, now),
				Otherwise: claimed.Otherwise, OtherwiseDeliveries: belay.Tell(nil, &claimed.Otherwise, to, now),
			})
			for _, l := range launchesOf(&claimed.Otherwise, happening, claimed.Effects) {
				launches = append(launches, conditional{l, claim, false})
			}
		}
		for _, l := range launchesOf(&a, happening, effects) {
			launches = append(launches, conditional{l, claim, true})
		}
		event.Activations = append(event.Activations, a.ID)
		report.Activations = append(report.Activations, a)
		if claimed == nil && to != nil {
			report.Deliveries = append(report.Deliveries, belay.Tell(nil, &a, to, now)...)
		}
	}
	report.Event = event
	return report, launches
}

func (e *Engine) input(zone *time.Location, now belay.Instant, h *happening) flow.Input {
	return flow.Input{
		Now: now, Payload: h.payload, TakesPlaceAt: h.takesPlaceAt, Zone: zone, Lease: e.o.Lease, Retry: e.o.Retry.RetryWait,
		Node: e.o.Node,
	}
}
