package engine

import (
	"bytes"
	"context"
	"crypto/hmac"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/flow"
	"github.com/belay-events/belay/internal/store"
)

// invocation is one action of one activation that an app was asked to carry out,
// the same for every attempt.
type invocation struct {
	site, activation belay.ID
	action           string
}

// What an invocation token is made of: where the row is, and a MAC, so that nobody
// makes one and nothing has to be kept of it.
const (
	tokenPrefix  = "bt1."
	tokenPurpose = "invocation token"
	tokenMAC     = 32
)

// invocationToken returns the token of an invocation: at most 200 characters.
func (e *Engine) invocationToken(i invocation) string {
	body := append(append(i.site[:len(i.site):len(i.site)], i.activation[:]...), i.action...)
	return tokenPrefix + base64.RawURLEncoding.EncodeToString(append(body, e.book.Seal(tokenPurpose, body)...))
}

// readToken returns the invocation that a token names; ok is false for any text
// that this store's nodes did not make.
func (e *Engine) readToken(token string) (i invocation, ok bool) {
	if len(token) < len(tokenPrefix) || token[:len(tokenPrefix)] != tokenPrefix {
		return i, false
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token[len(tokenPrefix):])
	if err != nil || len(raw) <= 32+tokenMAC {
		return i, false
	}
	body := raw[:len(raw)-tokenMAC]
	if !hmac.Equal(e.book.Seal(tokenPurpose, body), raw[len(body):]) {
		return i, false
	}
	copy(i.site[:], body)
	copy(i.activation[:], body[16:])
	i.action = string(body[32:])
	return i, true
}

// Completion is what an app reports of an action that it had taken.
type Completion struct {
	Token string
	// Failed says that the action failed, for the reason Error; else Result is its
	// output, a JSON object or nil for none.
	Failed bool
	Error  string
	Result []byte
}

// Complete records that an action which an app had taken is done, and goes on behind
// it. It answers when that is durable. Of a canceled activation it is recorded, and
// starts nothing. A token is good once: the refusal of a second call has the reason
// INVOCATION_COMPLETED.
func (e *Engine) Complete(ctx context.Context, by belay.Caller, c Completion) error {
	i, ok := e.readToken(c.Token)
	if !ok {
		return belay.Invalid("invocationToken", "TOKEN", "is not one that this server has given")
	}
	if !by.SiteID.IsZero() && by.SiteID != i.site {
		return belay.Refuse(belay.PermissionDenied, "OTHER_SITE", "the credential is for another site")
	}
	for {
		done, err := e.complete(ctx, by, i, &c)
		if err != nil || done {
			return err
		}
		e.metrics.conflicts.Inc()
	}
}

// complete is one try; done is false where the row has changed under it.
func (e *Engine) complete(ctx context.Context, by belay.Caller, i invocation, c *Completion) (done bool, err error) {
	a, err := e.Store().Activation(ctx, i.site, i.activation)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return false, belay.Refuse(belay.NotFound, "INVOCATION_UNKNOWN", "there is no such invocation any more")
	case err != nil:
		return false, fmt.Errorf("engine: complete %s: %w", i.activation, err)
	}
	plan, err := e.book.Plan(ctx, a.SiteID, a.AutomationID, a.Revision)
	if err != nil {
		return false, fmt.Errorf("engine: complete %s: %w", i.activation, err)
	}
	app, key := plan.Action(i.action)
	switch {
	case by.Role == belay.RoleApp && by.AppID != app:
		return false, belay.Refuse(belay.PermissionDenied, "OTHER_APP", "an app reports the completion of its own actions only")
	case by.Role != belay.RoleApp && by.Role != belay.RoleOperator:
		return false, belay.Refuse(belay.PermissionDenied, "ROLE_NOT_ALLOWED", "the credential may not report that an action is completed")
	}
	completion, err := e.checkCompletion(ctx, i, app, key, c)
	if err != nil {
		return false, err
	}
	before := a
	reason, off, err := e.calledOff(ctx, &a)
	if err != nil {
		return false, err
	}
	if off && !a.Status.Final() {
		a = a.Cancel(reason, belay.Identity{}, e.Now())
	}
	known := &seen{row: a}
	in := flow.Input{Now: e.Now()}
	if !a.Status.Final() {
		if in, err = e.inputFor(ctx, known); err != nil {
			return false, fmt.Errorf("engine: complete %s: %w", i.activation, err)
		}
	}
	completion.At = in.Now
	next, effects, err := plan.Complete(a, in, i.action, completion)
	if err != nil {
		return false, err
	}
	told := e.tell(ctx, &before, &next)
	saved, err := e.commits.try(ctx, &store.Batch{Saves: []store.Save{{Activation: next, Version: before.Version, Deliveries: told}}})
	if err != nil || saved.Saves[0] == store.Lost {
		return false, err
	}
	e.note(&before, &next)
	if len(told) > 0 {
		e.outbox.kick(i.site)
	}
	e.due.add(next.Due, i.site, i.activation)
	for _, l := range launchesOf(&next, known.event, effects) {
		e.launch(l)
	}
	return true, nil
}

// checkCompletion returns what an app says as it is kept. A result that breaks the
// action's output schema is refused: the app may send another.
func (e *Engine) checkCompletion(ctx context.Context, i invocation, app belay.ID, key string, c *Completion) (belay.Completion, error) {
	if c.Failed {
		return belay.Completion{Failed: true, Error: c.Error}, nil
	}
	const field = "successInfo.result"
	result := bytes.TrimSpace(c.Result)
	if len(result) == 0 || string(result) == "null" {
		result = []byte("{}")
	}
	switch {
	case result[0] != '{':
		return belay.Completion{}, belay.Invalid(field, "TYPE", "must be an object")
	case len(result) > flow.MaxInputBytes:
		return belay.Completion{}, belay.Invalid(field, "MAX_BYTES", fmt.Sprintf("is %d bytes long, at most %d are taken", len(result), flow.MaxInputBytes))
	}
	s, err := e.book.Snapshot(ctx, i.site)
	if belay.CodeOf(err) == belay.NotFound {
		return belay.Completion{Output: result}, nil // of a deleted site, whose activations are canceled
	}
	if err != nil {
		return belay.Completion{}, err
	}
	declared, ok := s.Action(app, key)
	if !ok {
		return belay.Completion{Output: result}, nil
	}
	schemas, err := declared.Schemas()
	if err != nil || schemas.Output == nil {
		return belay.Completion{Output: result}, err
	}
	var v any
	if err := json.Unmarshal(result, &v); err != nil {
		return belay.Completion{}, belay.Invalid(field, "JSON", "is not JSON")
	}
	return belay.Completion{Output: result}, schemas.Output.Validate(field, v)
}
