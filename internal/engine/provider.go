package engine

import (
	"context"
	"encoding/json"
	"math/rand/v2"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/action/provider"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
	"github.com/belay-events/belay/internal/flow"
	"github.com/belay-events/belay/internal/schema"
)

// refreshes reports whether the provider of a trigger is asked for the payload as it
// is now, before what has waited goes on.
func (e *Engine) refreshes(s *config.Snapshot, app belay.ID, key string) bool {
	t, ok := s.Trigger(app, key)
	return ok && e.o.Provider != nil && t.Methods.RefreshPayload && s.BaseURL(app, t.BaseURL) != ""
}

// provider returns the app to call for a site.
func (e *Engine) provider(ctx context.Context, s *config.Snapshot, app belay.ID, own string) (provider.App, error) {
	signer, err := e.book.Signer(ctx, app)
	if err != nil {
		return provider.App{}, err
	}
	a, _ := s.App(app)
	instance, _ := s.Instance(app)
	return provider.App{
		ID: app, BaseURL: s.BaseURL(app, own), Format: a.Provider.Format, Signer: signer,
		Site: s.Site.ID, Instance: instance, Language: s.Site.Locale,
	}, nil
}

// provided is an action of an app, ready to be called.
type provided struct {
	app     provider.App
	schemas config.ActionSchemas
}

// provided returns what an app's action is called by, or the outcome of one that
// cannot be.
func (e *Engine) provided(ctx context.Context, site, app belay.ID, key string) (provided, *action.Outcome) {
	s, err := e.book.Snapshot(ctx, site)
	if err == nil && !e.members.alone() {
		if _, ok := s.Action(app, key); !ok || !s.Installed(app) { // another node may have set it up
			s, err = e.book.Refresh(ctx, site)
		}
	}
	if err != nil {
		return provided{}, &action.Outcome{Code: "SETUP_UNAVAILABLE", Detail: "what is set up could not be read"}
	}
	refuse := func(code, detail string) (provided, *action.Outcome) {
		o := action.Reject(code, detail)
		return provided{}, &o
	}
	declared, ok := s.Action(app, key)
	switch {
	case !s.Installed(app):
		return refuse("APP_NOT_INSTALLED", "the app "+app.String()+" is no longer installed on the site")
	case !ok:
		return refuse("ACTION_NOT_FOUND", "the app "+app.String()+" declares no action "+quote(key)+" any more")
	case s.BaseURL(app, declared.BaseURL) == "":
		return refuse("NO_BASE_URL", "neither the action nor its app has a base URL any more")
	}
	var p provided
	if p.schemas, err = declared.Schemas(); err != nil {
		return refuse("SCHEMA", "the action's schemas can no longer be used")
	}
	if p.app, err = e.provider(ctx, s, app, declared.BaseURL); err != nil {
		return provided{}, &action.Outcome{Code: "SETUP_UNAVAILABLE", Detail: "the app's signing key could not be read"}
	}
	return p, nil
}

// invoke carries out one attempt at an action of an app.
func (e *Engine) invoke(fl *flight) flow.Result {
	p, refused := e.provided(e.life, fl.site, fl.AppID, fl.ActionKey)
	if refused != nil {
		return e.resultOf(fl, refused)
	}
	params, wrong := fitting(p.schemas, fl.Input)
	if wrong != "" {
		o := action.Reject("INPUT_SCHEMA", "the input breaks the action's input schema: "+wrong)
		return e.resultOf(fl, &o)
	}
	a := &fl.known.row
	in := provider.InvokeRequest{
		ActionKey: fl.ActionKey, ActionParams: params,
		ActivationContext: provider.ActivationContext{
			ActivationID: fl.activation.String(), AutomationID: a.AutomationID.String(), TriggerKey: a.TriggerKey,
			TriggerAppID: a.AppID.String(), ActionID: fl.ActionID, ActionAppID: fl.AppID.String(),
			Payload:         fl.known.rawPayload(),
			InvocationToken: e.invocationToken(invocation{fl.site, fl.activation, fl.ActionID}),
		},
	}
	p.app.Cause = a.AppID
	return e.fly(fl, p.app.Destination(), provider.InvokeTimeout, func(ctx context.Context, now belay.Instant) flow.Result {
		done := e.o.Provider.Invoke(ctx, provider.Call{App: p.app, MessageID: fl.MessageID, Now: now.Time(), Jitter: rand.Float64()}, in)
		if done.Verdict == action.Delivered && !done.Postponed {
			e.checkOutput(&done, p.schemas.Output)
		}
		e.made(fl, now, &done.Outcome)
		r := e.resultOf(fl, &done.Outcome)
		switch {
		case done.Postponed:
			r.Verdict = flow.Postponed
		case r.Verdict == flow.Delivered:
			r.Output, r.Until = done.Result, belay.At(done.Until)
		}
		return r
	})
}

// checkOutput makes an invocation whose result breaks the action's output schema a
// rejection. What counts if an app never says that it is done may be empty.
func (e *Engine) checkOutput(done *provider.Invoked, output *schema.Action) {
	result := done.Result
	if output == nil || !done.Until.IsZero() && (len(result) == 0 || string(result) == "{}") {
		return
	}
	if len(result) == 0 {
		result = []byte("{}")
	}
	if wrong := obeys(output, "result", result); wrong != "" {
		done.Verdict, done.Code = action.Rejected, "OUTPUT_SCHEMA"
		done.Detail = action.Bound("the app's result breaks the action's output schema: " + wrong)
	}
}

// fitting returns an input as an app is sent it, with numbers and booleans written as
// text where its schema wants text, and how that breaks the schema, "" where it does
// not.
func fitting(s config.ActionSchemas, input []byte) (params []byte, wrong string) {
	var v any
	if err := json.Unmarshal(input, &v); err != nil {
		return nil, "input is not JSON"
	}
	v = s.Takes.Written(v)
	if err := s.Input.Validate("input", v); err != nil {
		return nil, err.Error()
	}
	params, err := json.Marshal(v)
	if err != nil {
		return nil, "input cannot be written"
	}
	return params, ""
}

// obeys returns how a JSON value breaks a schema, "" where it does not.
func obeys(s *schema.Action, field string, raw []byte) string {
	if s == nil {
		return ""
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return field + " is not JSON"
	}
	if err := s.Validate(field, v); err != nil {
		return err.Error()
	}
	return ""
}

// refresh asks the provider of a trigger for the payload as it is now.
func (e *Engine) refresh(fl *flight) flow.Result {
	a := &fl.known.row
	s, err := e.book.Snapshot(e.life, fl.site)
	if err != nil {
		return e.refreshed(fl, &action.Outcome{Code: "SETUP_UNAVAILABLE", Detail: "what is set up could not be read"})
	}
	trigger, ok := s.Trigger(a.AppID, a.TriggerKey)
	if !ok || !e.refreshes(s, a.AppID, a.TriggerKey) {
		o := action.Reject("NO_BASE_URL", "the trigger's app is no longer to be asked")
		return e.refreshed(fl, &o)
	}
	app, err := e.provider(e.life, s, a.AppID, trigger.BaseURL)
	if err != nil {
		return e.refreshed(fl, &action.Outcome{Code: "SETUP_UNAVAILABLE", Detail: "the app's signing key could not be read"})
	}
	app.Cause = a.AppID
	return e.fly(fl, app.Destination(), provider.RefreshTimeout, func(ctx context.Context, now belay.Instant) flow.Result {
		answer, o := e.o.Provider.Refresh(ctx, provider.Call{App: app, MessageID: fl.MessageID, Now: now.Time()}, provider.RefreshPayloadRequest{
			TriggerKey: a.TriggerKey, ExternalEntityID: a.EntityID.String(), Payload: fl.known.rawPayload(),
		})
		e.made(fl, now, &o)
		if o.Verdict != action.Delivered || answer.CancelActivation {
			r := e.refreshed(fl, &o)
			r.Cancel = o.Verdict == action.Delivered
			return r
		}
		payload, err := schema.ParsePayload("payload", answer.Payload)
		if err == nil {
			err = trigger.Payload.Validate("payload", payload)
		}
		if err != nil {
			o.Verdict, o.Code, o.Detail = action.Rejected, "PAYLOAD_SCHEMA", action.Bound("the refreshed payload is none: "+err.Error())
			return e.refreshed(fl, &o)
		}
		r := e.refreshed(fl, &o)
		r.Output, r.Payload = answer.Payload, payload
		return r
	})
}

func (e *Engine) refreshed(fl *flight, o *action.Outcome) flow.Result {
	r := e.resultOf(fl, o)
	r.Refresh = true
	return r
}

// rawPayload returns the payload that an activation goes on with, as JSON.
func (k *seen) rawPayload() []byte {
	if k.row.Payload != nil {
		return k.row.Payload
	}
	if len(k.event.raw) == 0 {
		return []byte("{}")
	}
	return k.event.raw
}

// happening returns the event of an activation with the payload that the activation
// goes on with.
func (k *seen) happening() (*happening, error) {
	if k.row.Payload == nil {
		return k.event, nil
	}
	payload, err := schema.ParsePayload("payload", k.row.Payload)
	if err != nil {
		return nil, err
	}
	return &happening{payload: payload, raw: k.row.Payload, takesPlaceAt: k.event.takesPlaceAt}, nil
}
