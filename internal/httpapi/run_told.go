package httpapi

import (
	"cmp"
	"context"
	"slices"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/engine"
)

func (d *door) tellRun(ctx context.Context, c *call, in *api.ActivationRequest) (*api.RunToldResponse, error) {
	told, err := d.engine.TellRun(ctx, c.by, c.site, optionalID(in.ID))
	if err != nil {
		return nil, err
	}
	c.event = told.EventID
	answer := &api.RunToldResponse{
		Activation: activationOf(&told.Activation), Names: d.runNames(&told), Deleted: told.Revision == 0 && told.Cause != belay.Test,
		Reruns: each(told.Reruns, func(a *belay.Activation) api.RunRepeat {
			return api.RunRepeat{ID: a.ID.String(), Status: a.Status.String(), InitiatedDate: when(a.InitiatedAt)}
		}),
	}
	withExchanges(&answer.Activation, &told.Activation)
	d.nameHands(c.by, answer.Activation.Hurried, told.Hurried)
	for i := range told.Actions {
		shown, kept := &answer.Activation.Actions[i], &told.Actions[i]
		d.nameHands(c.by, shown.Hurried, kept.Hurried)
		d.nameHands(c.by, shown.LeaveOut, kept.LeaveOut)
		d.nameHands(c.by, shown.LeftOut, kept.LeftOut)
	}
	answer.About = []api.RunField{}
	if told.Event != nil {
		event := eventOf(told.Event)
		answer.Event, answer.About = &event, aboutOf(told.Snapshot, &told.Activation, told.Event.Payload)
	}
	if told.Revision != told.Activation.Revision {
		answer.NewerRevision = api.Int64(told.Revision)
	}
	if told.Was != nil {
		if answer.Automation, err = documentOf(&told.Was.Automation, []string{asStored}); err != nil {
			return nil, err
		}
		digest := d.digests(told.Snapshot).Of(told.Was.Spec)
		answer.Digest = &digest
	}
	if told.Status == belay.Cancelled {
		answer.CanceledBy = d.person(c.by, told.Initiator)
	}
	return answer, nil
}

// runNames returns the names of what an activation speaks of.
func (d *door) runNames(told *engine.ToldRun) api.RunNames {
	named := d.digests(told.Snapshot)
	names := api.RunNames{App: named.App(told.AppID), Actions: []api.ActionName{}, Fields: []api.FieldName{}}
	if trigger, ok := named.Trigger(told.AppID, told.TriggerKey); ok {
		names.Trigger = trigger.Name
		for _, p := range trigger.Payload {
			if p.Title != "" && !p.Hidden {
				names.Fields = append(names.Fields, api.FieldName{Key: p.Key, Title: p.Title})
			}
		}
	}
	if told.Was == nil {
		return names
	}
	names.Automation = told.Was.Spec.Name
	for _, a := range told.Was.Spec.Configuration.Actions {
		if a.AppDefined == nil {
			continue
		}
		app := a.AppDefined.AppID
		if slices.ContainsFunc(names.Actions, func(n api.ActionName) bool { return n.AppID == app && n.ActionKey == a.AppDefined.ActionKey }) {
			continue
		}
		id, err := belay.ParseID(app)
		if err != nil {
			id = belay.BuiltIn
		}
		names.Actions = append(names.Actions, api.ActionName{
			AppID: app, ActionKey: a.AppDefined.ActionKey, Name: named.Action(id, a.AppDefined.ActionKey), AppName: named.App(id),
		})
	}
	slices.SortFunc(names.Actions, func(a, b api.ActionName) int {
		return cmp.Or(cmp.Compare(a.AppID, b.AppID), cmp.Compare(a.ActionKey, b.ActionKey))
	})
	return names
}

// nameHands adds the name of who did something by hand, where somebody did.
func (d *door) nameHands(by belay.Caller, shown *api.ByHand, kept *belay.ByHand) {
	if shown != nil {
		shown.Person = d.person(by, kept.By)
	}
}

// person tells who did something, nil where it was nobody in particular.
func (d *door) person(by belay.Caller, who belay.Identity) *api.Person {
	actor, ok := d.book.Who(who)
	if !ok {
		return nil
	}
	return &api.Person{Kind: string(actor.Kind), ID: actor.ID, Name: actor.Name, Self: by.Identity() == who}
}
