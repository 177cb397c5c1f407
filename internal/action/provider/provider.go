// Package provider calls the servers of apps: for an action to be carried out, and
// for what a trigger or an action asks of its app. A call is signed by the app's own
// key, in the compatible wire's envelope or as plain JSON by Standard Webhooks, and
// goes through outbound.Client. What comes back is read strictly.
//
// Begin with Client.Invoke; envelope.go says what travels, answer.go what an answer
// means, breaker.go when an app is spared.
package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/action/jws"
	"github.com/belay-events/belay/internal/action/outbound"
	"github.com/belay-events/belay/internal/belay"
)

const circuitOpen = "CIRCUIT_OPEN"

// MaxAnswer is how many bytes of an answer are taken.
const MaxAnswer = 256 << 10

// Timeouts bound one call, and how long somebody waits who looks on.
const (
	InvokeTimeout  = 30 * time.Second
	AskTimeout     = 10 * time.Second // validations, schemas, quotas
	RefreshTimeout = 5 * time.Second  // what has waited is due already
)

// Client calls apps' servers. It is safe for use by many goroutines.
type Client struct {
	out     *outbound.Client
	signers jws.Signers
	breaker breaker
}

// New returns a client that goes out by way of out, whose answers must not be cut
// before MaxAnswer and whose time-out must not be below InvokeTimeout.
func New(out *outbound.Client) *Client {
	return &Client{out: out, signers: jws.NewSigners(), breaker: newBreaker()}
}

// Spared returns how many apps are not called at present, since they have failed ten
// times in a row and have not been found well since.
func (c *Client) Spared() int { return c.breaker.spared() }

// App is the app that is called, and for whom.
type App struct {
	ID       belay.ID
	BaseURL  string
	Format   belay.ProviderFormat
	Signer   belay.Signer
	Site     belay.ID
	Instance belay.ID
	Language string
	// Cause is the app whose event caused the call; zero where a person did.
	Cause belay.ID
}

// Call is one call, to be made once.
type Call struct {
	App
	// MessageID is the same over all attempts.
	MessageID string
	Now       time.Time
	// Jitter in [0, 1) spreads what is put off.
	Jitter float64
}

// Destination returns the host that calls of an app go to, "" for none.
func (a *App) Destination() string { return outbound.Destination(a.url("")) }

func (a *App) url(path string) string { return strings.TrimRight(a.BaseURL, "/") + path }

// Invoked is what became of an invocation.
type Invoked struct {
	action.Outcome
	// Result is the action's output as the app sent it, or what counts if the app
	// never says that it is done.
	Result json.RawMessage
	// Until is when the app must have said that it is done; zero for one that is done.
	Until time.Time
	// Postponed says that the app was spared as it has been failing: nothing left, and
	// Outcome.After is when to try again.
	Postponed bool
}

// Invoke asks an app to carry out an action. While an app has been failing it is
// not called at all.
func (c *Client) Invoke(ctx context.Context, call Call, in InvokeRequest) Invoked {
	if wait, open := c.breaker.holds(call.ID, call.Now, call.Jitter); open {
		return Invoked{Postponed: true, Outcome: action.Outcome{
			Code: circuitOpen, After: wait,
			Detail: "the app has been failing; it is called again in " + wait.Round(time.Second).String(),
		}}
	}
	answer, outcome := c.post(ctx, InvokeTimeout, call, api.ActionProvider, api.PathInvoke, in)
	c.breaker.note(call.ID, call.Now.Add(outcome.Latency), outcome)
	if outcome.Verdict != action.Delivered {
		return Invoked{Outcome: outcome}
	}
	return invoked(answer, outcome, call.Now.Add(outcome.Latency))
}

// Refresh asks an app for a payload as it is now. An app that has been failing is
// not called: the outcome is then a rejection, as there is no time to come back.
func (c *Client) Refresh(ctx context.Context, call Call, in RefreshPayloadRequest) (api.RefreshPayloadResponse, action.Outcome) {
	if _, open := c.breaker.holds(call.ID, call.Now, 0); open {
		return api.RefreshPayloadResponse{}, action.Reject(circuitOpen, "the app has been failing and is not called for now")
	}
	answer, outcome := c.post(ctx, RefreshTimeout, call, api.TriggerProvider, api.PathRefreshPayload, in)
	c.breaker.note(call.ID, call.Now.Add(outcome.Latency), outcome)
	var out api.RefreshPayloadResponse
	if outcome.Verdict == action.Delivered {
		if wrong := read(answer, &out); wrong != "" {
			return out, refused(outcome, invalidAnswer, wrong)
		}
	}
	return out, outcome
}

// ValidateTrigger asks an app about how an automation uses a trigger. configuration
// is the automation's own part of it, nil for none.
func (c *Client) ValidateTrigger(ctx context.Context, call Call, key string, selected []SelectedFilterOption, configuration json.RawMessage) (ValidateConfigurationResponse, error) {
	var out ValidateConfigurationResponse
	err := c.ask(ctx, call, api.TriggerProvider, api.PathValidateTrigger, api.ValidateTriggerRequest{
		TriggerKey: key, SelectedFilterOptions: selected, AutomationConfigMapping: configuration,
	}, &out)
	return out, err
}

// ValidateAction asks an app about an action's input mapping.
func (c *Client) ValidateAction(ctx context.Context, call Call, key string, mapping json.RawMessage) (ValidateConfigurationResponse, error) {
	var out ValidateConfigurationResponse
	err := c.ask(ctx, call, api.ActionProvider, api.PathValidateAction, api.ValidateActionRequest{
		ActionKey: key, InputMapping: string(mapping),
	}, &out)
	return out, err
}

// DynamicSchema asks an app for the part of a trigger's payload schema that depends
// on what a site's user chose; nil where the app adds none.
func (c *Client) DynamicSchema(ctx context.Context, call Call, key string, selected []SelectedFilterOption) (json.RawMessage, error) {
	var out api.DynamicSchemaResponse
	err := c.ask(ctx, call, api.TriggerProvider, api.PathDynamicSchema, api.DynamicSchemaRequest{
		TriggerKey: key, SelectedFilterOptions: selected,
	}, &out)
	return out.DynamicSchema, err
}

// QuotaInfo asks an app what may still be used of an action.
func (c *Client) QuotaInfo(ctx context.Context, call Call, key string) (ActionQuotaInfo, error) {
	var out api.QuotaInfoResponse
	err := c.ask(ctx, call, api.ActionProvider, api.PathQuotaInfo, api.QuotaInfoRequest{ActionKey: key}, &out)
	return out.ActionQuotaInfo, err
}

// ask makes a call that somebody waits for, and reads the answer into out. The error
// is a *belay.Error: FailedPrecondition where the app refuses or gives what is no
// answer, Unavailable where it cannot be reached or has been failing.
func (c *Client) ask(ctx context.Context, call Call, kind, path string, in, out any) error {
	if wait, open := c.breaker.holds(call.ID, call.Now, 0); open {
		return belay.Refuse(belay.Unavailable, "PROVIDER_UNAVAILABLE",
			"the app has been failing; it is called again in "+wait.Round(time.Second).String())
	}
	answer, outcome := c.post(ctx, AskTimeout, call, kind, path, in)
	c.breaker.note(call.ID, call.Now.Add(outcome.Latency), outcome)
	switch outcome.Verdict {
	case action.Delivered:
		if wrong := read(answer, out); wrong != "" {
			return belay.Refuse(belay.FailedPrecondition, "PROVIDER_ERROR", "the app's answer to "+path+" "+wrong)
		}
		return nil
	case action.Rejected:
		return belay.Refuse(belay.FailedPrecondition, "PROVIDER_ERROR", "the app could not be asked for "+path+": "+outcome.Detail)
	default:
		return belay.Refuse(belay.Unavailable, "PROVIDER_UNAVAILABLE", "the app could not be asked for "+path+": "+outcome.Detail)
	}
}

// post makes one call. An answer that is delivered is whole.
func (c *Client) post(ctx context.Context, timeout time.Duration, call Call, kind, path string, in any) (outbound.Response, action.Outcome) {
	request, err := c.sealed(&call, kind, path, in)
	if err != nil {
		return outbound.Response{}, action.Reject("NOT_SIGNED", err.Error())
	}
	ctx, stop := context.WithTimeout(ctx, timeout)
	defer stop()
	answer, outcome := c.out.Do(ctx, request)
	switch {
	case answer.Status == 0:
	case outcome.Verdict != action.Delivered:
		if said := applicationError(answer.Body); said != "" {
			outcome.Detail = action.Bound(outcome.Detail + ": " + said)
		}
	case answer.Truncated && len(answer.Body) >= MaxAnswer:
		outcome = refused(outcome, "OUTPUT_SIZE", fmt.Sprintf("is longer than %d KiB", MaxAnswer>>10))
	case answer.Truncated:
		outcome.Verdict, outcome.Code = action.Retry, "CONNECTION_LOST"
		outcome.Detail = "the app's answer broke off"
	}
	return answer, outcome
}

// refused returns the outcome of an answer that came and is none.
func refused(o action.Outcome, code, wrong string) action.Outcome {
	o.Verdict, o.Code, o.Detail = action.Rejected, code, action.Bound("the app's answer "+wrong)
	return o
}
