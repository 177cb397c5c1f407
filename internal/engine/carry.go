package engine

import (
	"slices"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/flow"
	"github.com/belay-events/belay/internal/store"
)

// What falls due as it is reported goes out from the node that keeps it, where that
// is one of the machine which took the report in: the outcome need then not be
// handed over as well. Between machines it goes out from where it came in, so that
// all of them share the work of a site that reports much. A node that has no room
// leaves it to the one that took it in.

// carrying makes this node the one that a batch says starts its attempts, and has it
// carry them out once the batch is kept, as it promised; see flights.promise.
func (e *Engine) carrying(b *store.Batch, answer func(*store.Result, error)) func(*store.Result, error) {
	for i := range b.Reports {
		r := &b.Reports[i]
		for j := range r.Activations {
			e.takeOver(&r.Activations[j])
		}
		for j := range r.Claims {
			e.takeOver(&r.Claims[j].Otherwise)
		}
	}
	return func(result *store.Result, err error) {
		if err != nil {
			answer(nil, err)
			e.flights.redeem(&e.work)
			return
		}
		result.Carried = true
		answer(result, nil)
		go func() {
			defer e.flights.redeem(&e.work)
			e.carry(b.Reports, result.Reports)
		}()
	}
}

// takeOver has the attempts of an activation that are out be this node's.
func (e *Engine) takeOver(a *belay.Activation) {
	own := func(out bool, tries []belay.Attempt) {
		if out && len(tries) > 0 {
			tries[len(tries)-1].Node = e.o.Node
		}
	}
	refresh := func(r *belay.Refresh) {
		if r.Open() {
			own(r.InFlight, r.Attempts)
		}
	}
	refresh(a.Refresh)
	for i := range a.Actions {
		refresh(a.Actions[i].Refresh)
		own(a.Actions[i].InFlight, a.Actions[i].Attempts)
	}
}

// carry sends out the attempts that reports which were kept have started.
func (e *Engine) carry(reports []store.Report, kepts []store.Reported) {
	for i := range reports {
		r, is := &reports[i], &kepts[i]
		begin := e.launch
		switch {
		case is.KeptBefore(r.Event.ID):
			begin = e.giveBack
		case is.Outcome != store.Accepted:
			continue
		}
		var event *happening
		for _, a := range kept(r, is.Passed) {
			var effects []flow.Effect
			plan, err := e.book.Plan(e.life, a.SiteID, a.AutomationID, a.Revision)
			if err == nil {
				effects = plan.Out(a)
			}
			if len(effects) > 0 && event == nil {
				event, err = happeningOf(&r.Event)
			}
			if err != nil {
				e.log.Error("what was started could not be sent out; it will be when its lease lapses",
					"site", a.SiteID, "event", a.EventID, "activation", a.ID, "error", err)
				continue
			}
			for _, l := range launchesOf(a, event, effects) {
				begin(l)
			}
		}
	}
}

// giveBack records that an attempt has not left, so that it is due again. Where a start
// was made durable by a write whose answer was lost, the row may name another node than
// the one that goes on with it, and a cancel at that one would think that nothing goes out.
func (e *Engine) giveBack(l launch) {
	e.work.Go(func() {
		known := *l.known
		if err := e.advance(e.life, l.site, l.activation, &known, []flow.Result{e.released(&flight{launch: l})}); err != nil {
			e.log.Error("what was started could not be given back; it will be repeated when its lease lapses",
				"site", l.site, "event", l.event, "activation", l.activation, "action", l.ActionID, "error", err)
		}
	})
}

// grounding drops what this node has started and not yet sent of what a batch called
// off, before the node that handed the batch over is told what was in flight.
func (e *Engine) grounding(answer func(*store.Result, error)) func(*store.Result, error) {
	return func(result *store.Result, err error) {
		if err == nil {
			for i := range result.Cancels {
				got := &result.Cancels[i]
				got.InFlight = slices.DeleteFunc(got.InFlight, func(f store.InFlight) bool {
					at, known := e.flights.ground(f)
					return known && at != sent
				})
			}
		}
		answer(result, err)
	}
}
