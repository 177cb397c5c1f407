package engine_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/action/outbound"
	"github.com/belay-events/belay/internal/action/provider"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/belaytest"
	"github.com/belay-events/belay/internal/config"
	"github.com/belay-events/belay/internal/engine"
	"github.com/belay-events/belay/internal/store"
)

// provided is a house whose app has a server: it answers the action "stamp", and
// refreshes the payloads of "starting".
type provided struct {
	*house
	server *belaytest.Receiver
}

const (
	stampInput  = `{"type":"object","properties":{"to":{"type":"string"},"copies":{"type":"integer"},"lines":{"type":"array","items":{"type":"object","properties":{"text":{"type":"string"}}}}},"required":["to"]}`
	stampOutput = `{"type":"object","properties":{"number":{"type":"integer"}},"required":["number"]}`
)

func provide(t *testing.T, s store.Store, format belay.ProviderFormat) *provided {
	t.Helper()
	p := reopen(t, s, belaytest.NewPipeReceiver(t))
	furnish(p.house)
	ctx, book := t.Context(), p.Book()
	p.must(book.PutApp(ctx, operator, belay.App{
		ID: p.app, Name: "Appointments", Provider: belay.Provider{BaseURL: "http://receiver.test/belay/", Format: format},
	}))
	p.must(book.PutAction(ctx, operator, belay.ActionDeclaration{
		AppID: p.app, Key: "stamp", Name: "Stamp", InputSchema: json.RawMessage(stampInput), OutputSchema: json.RawMessage(stampOutput),
	}))
	return p
}

// reopen opens an engine over what s holds already.
func reopen(t *testing.T, s store.Store, server *belaytest.Receiver) *provided {
	t.Helper()
	return &provided{server: server, house: open(t, s, func(o *engine.Options) {
		o.Provider = provider.New(outbound.New(outbound.Config{
			DialContext: server.Dial, Timeout: provider.InvokeTimeout, BodyLimit: provider.MaxAnswer,
		}))
	})}
}

// refreshing makes the app answer refresh-payload for both triggers.
func (p *provided) refreshing() {
	p.Helper()
	for key, schema := range map[string]string{"starting": scheduled, "booked": realTime} {
		p.must(p.Book().PutTrigger(p.Context(), operator, config.TriggerInput{
			AppID: p.app, Key: key, Name: "Appointment " + key, Schema: json.RawMessage(schema),
			Methods: belay.TriggerMethods{RefreshPayload: true},
		}))
	}
}

// stamps returns a graph of the app's action, and a mail with its output behind it.
func (p *provided) stamps(input string) string {
	return `"rootActionIds":["` + aid(1) + `"],"actions":{
		"` + aid(1) + `":{"type":"APP_DEFINED","namespace":"stamp","appDefinedInfo":{"appId":"` + p.app.String() + `","actionKey":"stamp","inputMapping":` + input + `,"postActionIds":["` + aid(2) + `"]}},
		"` + aid(2) + `":{"type":"APP_DEFINED","appDefinedInfo":{"appId":"belay","actionKey":"send","inputMapping":{"to":"number {{var(\"stamp.number\")}}"}}}}`
}

const toEmail = `{"to":"{{var(\"email\")}}"}`

// says answers 200 with a JSON text.
func says(body string) belaytest.Behaviour { return belaytest.Body(200, "application/json", body) }

// call returns the n-th call that the app's server got, its envelope checked.
func (p *provided) call(n int) (path string, call api.ProviderCall) {
	p.Helper()
	got := p.server.Requests()
	if len(got) <= n {
		p.Fatalf("the app was called %d times; want more than %d", len(got), n)
	}
	signer, err := p.Book().SigningKeys(p.Context(), operator, p.app)
	if err != nil {
		p.Fatal(err)
	}
	envelope, err := jose.ParseSignedCompact(string(got[n].Body), []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		p.Fatalf("the body is no envelope: %v: %s", err, got[n].Body)
	}
	said, err := envelope.Verify(public(p, signer))
	if err != nil {
		p.Fatal(err)
	}
	var claims struct {
		Iss, Aud string
		Iat, Exp int64
		Data     api.ProviderCall
	}
	if err := json.Unmarshal(said, &claims); err != nil {
		p.Fatal(err)
	}
	if at := got[n].At.Unix(); claims.Iss != "wix.com" || claims.Aud != p.app.String() || claims.Iat != at || claims.Exp != at+300 {
		p.Errorf("claims %+v at %d", claims, at)
	}
	if kid := envelope.Signatures[0].Header.KeyID; kid != signer.Keys[0].ID.String() {
		p.Errorf("kid %q; want that of the app's key", kid)
	}
	return got[n].Path, claims.Data
}

func public(p *provided, s belay.Signer) any {
	p.Helper()
	key, err := s.Keys[0].Public()
	if err != nil {
		p.Fatal(err)
	}
	return key
}

func (p *provided) complete(token, result string) error {
	return p.Complete(p.Context(), p.appCaller, engine.Completion{Token: token, Result: []byte(result)})
}

func reasonOf(err error) string {
	if e, ok := errors.AsType[*belay.Error](err); ok {
		return e.Reason
	}
	return ""
}

func TestAnAppCarriesOutItsAction(t *testing.T) {
	virtual(t, func(t *testing.T) {
		p := provide(t, model(), "")
		defer p.stop()
		p.server.Answer(says(`{"result":{"number":7}}`))
		automation := p.automate("booked", "", p.stamps(`{"to":"{{var(\"email\")}}","copies":2}`))
		r := p.report("booked", 100, payload(""))
		synctest.Wait()
		p.wantSent("2000-01-01 00:00:00.000 number 7")

		path, call := p.call(0)
		var in api.InvokeRequest
		if err := json.Unmarshal(call.Request, &in); err != nil {
			t.Fatal(err)
		}
		c := in.ActivationContext
		if path != "/belay/v1/invoke" || in.ActionKey != "stamp" || string(in.ActionParams) != `{"copies":2,"to":"ada@example.com"}` {
			t.Errorf("%s %s %s", path, in.ActionKey, in.ActionParams)
		}
		if c.ActivationID != r.Activations[0].String() || c.AutomationID != automation.ID.String() || c.TriggerKey != "booked" ||
			c.TriggerAppID != p.app.String() || c.ActionAppID != p.app.String() || c.ActionID != aid(1) ||
			string(c.Payload) != payload("") || len(c.InvocationToken) < 100 || len(c.InvocationToken) > 500 {
			t.Errorf("the context is %+v", c)
		}
		m := call.Metadata
		if m.AppExtensionType != "AUTOMATIONS_ACTION_PROVIDER" || m.SiteID != p.site.String() || m.InstanceID == "" ||
			!slices.Equal(m.Languages, []string{"en-GB"}) || m.Identity.AppID != p.app.String() {
			t.Errorf("the metadata are %+v", m)
		}
		if h := p.server.Requests()[0].Header; h.Get("Webhook-Id") != m.RequestID || h.Get("Idempotency-Key") != m.RequestID || h.Get("Webhook-Signature") != "" {
			t.Errorf("headers %v; want the message's ID", h)
		}
		if a := p.row(r); a.Status != belay.Ended || a.WithFailedActions || string(a.Actions[0].Output) != `{"number":7}` {
			t.Errorf("the activation is %v, %s", a.Status, a.Actions[0].Output)
		}
	})
}

func TestAnAppMayTakePlainJSONWithWebhookSignatures(t *testing.T) {
	virtual(t, func(t *testing.T) {
		p := provide(t, model(), belay.FormatWebhook)
		defer p.stop()
		p.server.Answer(says(`{"result":{"number":7}}`))
		p.automate("booked", "", p.stamps(toEmail))
		p.report("booked", 100, payload(""))
		synctest.Wait()
		got := p.server.Requests()[0]
		var call api.ProviderCall
		if err := json.Unmarshal(got.Body, &call); err != nil || len(call.Request) == 0 {
			t.Fatalf("the body is %s: %v", got.Body, err)
		}
		if got.Header.Get("Content-Type") != "application/json" || !strings.HasPrefix(got.Header.Get("Webhook-Signature"), "v1,") {
			t.Errorf("headers %v; want a signature of Standard Webhooks", got.Header)
		}
	})
}

// A provider may do whatever it likes; what becomes of the action is decided, and
// says precisely why.
func TestBadProviders(t *testing.T) {
	big := `{"result":{"number":1,"x":"` + strings.Repeat("a", 10<<20) + `"}}`
	good := says(`{"result":{"number":7}}`)
	for name, tt := range map[string]struct {
		script []belaytest.Behaviour
		code   string // of the failed action; "" where it ends well
		detail string // part of its error
		calls  int
	}{
		"late answer":                {[]belaytest.Behaviour{belaytest.After(31*time.Second, good), good}, "", "", 2},
		"fails once":                 {[]belaytest.Behaviour{belaytest.Status(503), good}, "", "", 2},
		"hangs up midway":            {[]belaytest.Behaviour{belaytest.HangUpMidway(200), good}, "", "", 2},
		"asks for time":              {[]belaytest.Behaviour{belaytest.RetryAfter(429, "60"), good}, "", "", 2},
		"answers without a result":   {[]belaytest.Behaviour{says(`{}`)}, "OUTPUT_SCHEMA", "result.number", 1},
		"wrong shape":                {[]belaytest.Behaviour{says(`{"result":[1]}`)}, "INVALID_ANSWER", "a result that is no object", 1},
		"no object":                  {[]belaytest.Behaviour{says(`[]`)}, "INVALID_ANSWER", "is no JSON object", 1},
		"invalid JSON":               {[]belaytest.Behaviour{says(`{"result":`)}, "INVALID_ANSWER", "is not JSON", 1},
		"empty":                      {[]belaytest.Behaviour{belaytest.Status(204)}, "INVALID_ANSWER", "is empty", 1},
		"10 MB":                      {[]belaytest.Behaviour{says(big)}, "OUTPUT_SIZE", "longer than 256 KiB", 1},
		"output that fails":          {[]belaytest.Behaviour{says(`{"result":{"number":"seven"}}`)}, "OUTPUT_SCHEMA", "result.number", 1},
		"redirect to elsewhere":      {[]belaytest.Behaviour{belaytest.Redirect(307, "http://169.254.169.254/latest")}, "REDIRECT_REFUSED", "another host", 1},
		"not found":                  {[]belaytest.Behaviour{belaytest.Status(404)}, "HTTP_404", "404", 1},
		"typed error":                {[]belaytest.Behaviour{belaytest.Body(400, "application/json", `{"applicationError":{"code":"NO_PAPER"}}`)}, "HTTP_400", "NO_PAPER", 1},
		"fails for ever":             {[]belaytest.Behaviour{belaytest.Status(500)}, "HTTP_500", "every attempt failed", 10},
		"an unknown time-out":        {[]belaytest.Behaviour{says(`{"result":{},"timeoutType":"SOON"}`)}, "INVALID_ANSWER", "timeoutType", 1},
		"a time-out of two days":     {[]belaytest.Behaviour{says(`{"timeoutType":"TIMEOUT_LENGTH","timeoutLengthOptions":{"timeoutInMinutes":2880}}`)}, "INVALID_ANSWER", "1 to 1440", 1},
		"a time-out that has passed": {[]belaytest.Behaviour{says(`{"timeoutType":"TIMEOUT_DATE","timeoutDateOptions":{"timeoutDate":"1999-01-01T00:00:00Z"}}`)}, "INVALID_ANSWER", "in the future", 1},
		"a date that is none":        {[]belaytest.Behaviour{says(`{"timeoutType":"TIMEOUT_DATE","timeoutDateOptions":{"timeoutDate":"tomorrow"}}`)}, "INVALID_ANSWER", "timeoutDate", 1},
	} {
		t.Run(name, func(t *testing.T) {
			virtual(t, func(t *testing.T) {
				p := provide(t, model(), "")
				defer p.stop()
				p.server.Answer(tt.script...)
				p.automate("booked", "", p.stamps(toEmail))
				r := p.report("booked", 100, payload(""))
				time.Sleep(5 * 24 * time.Hour)
				a := p.row(r)
				s := a.Actions[0]
				if got := len(p.server.Requests()); a.Status != belay.Ended || s.ErrorCode != tt.code || !strings.Contains(s.Error, tt.detail) || got != tt.calls || len(s.Attempts) != tt.calls {
					t.Fatalf("%v, %v %q %q after %d calls and %d attempts; want %q, …%s…, %d", a.Status, s.Status, s.ErrorCode, s.Error, got, len(s.Attempts), tt.code, tt.detail, tt.calls)
				}
				first := p.server.Requests()[0].Header.Get("Webhook-Id")
				for _, again := range p.server.Requests() {
					if again.Header.Get("Webhook-Id") != first {
						t.Error("a repeat came under another ID")
					}
				}
				if want := map[bool]int{true: 1}[tt.code == ""]; p.receiver.count() != want {
					t.Errorf("%d mails behind it; want %d", p.receiver.count(), want)
				}
			})
		})
	}
}

func TestAnInputThatBreaksItsSchemaIsNotSent(t *testing.T) {
	virtual(t, func(t *testing.T) {
		p := provide(t, model(), "")
		defer p.stop()
		p.automate("booked", "", p.stamps(`{"to":"{{var(\"email\")}}","copies":"{{var(\"email\")}}"}`))
		r := p.report("booked", 100, payload(""))
		synctest.Wait()
		s := p.row(r).Actions[0]
		if s.ErrorCode != "INPUT_SCHEMA" || !strings.Contains(s.Error, "input.copies") || len(p.server.Requests()) != 0 {
			t.Errorf("%v %s %q after %d calls; want INPUT_SCHEMA, and no call", s.Status, s.ErrorCode, s.Error, len(p.server.Requests()))
		}
	})
}

func TestANumberWhereAnAppWantsATextIsWritten(t *testing.T) {
	virtual(t, func(t *testing.T) {
		p := provide(t, model(), "")
		defer p.stop()
		p.server.Answer(says(`{"result":{"number":7}}`))
		p.automate("booked", "", p.stamps(`{"to":"{{sum(1;1.5)}}","copies":"{{sum(1;1)}}","lines":[{"text":"{{not(false)}}"},{"text":7}]}`))
		p.report("booked", 100, payload(""))
		synctest.Wait()
		_, call := p.call(0)
		var in api.InvokeRequest
		if err := json.Unmarshal(call.Request, &in); err != nil {
			t.Fatal(err)
		}
		if want := `{"copies":2,"lines":[{"text":"true"},{"text":"7"}],"to":"2.5"}`; string(in.ActionParams) != want {
			t.Errorf("the app was sent %s; want %s", in.ActionParams, want)
		}
	})
}

func TestAnAppMayTakeItsTime(t *testing.T) {
	for name, tt := range map[string]struct {
		answer string
		until  string
	}{
		"a length": {`{"result":{"number":1},"timeoutType":"TIMEOUT_LENGTH","timeoutLengthOptions":{"timeoutInMinutes":90}}`, "2000-01-01T01:30:00.000Z"},
		"a date":   {`{"result":{"number":1},"timeoutType":"TIMEOUT_DATE","timeoutDateOptions":{"timeoutDate":"2000-03-01T00:00:00Z"}}`, "2000-03-01T00:00:00.000Z"},
		"no type":  {`{"result":{"number":1},"timeoutLengthOptions":{"timeoutInMinutes":90}}`, "2000-01-01T01:30:00.000Z"},
	} {
		t.Run(name, func(t *testing.T) {
			virtual(t, func(t *testing.T) {
				p := provide(t, model(), "")
				defer p.stop()
				p.server.Answer(says(tt.answer))
				p.automate("booked", "", p.stamps(toEmail))
				done, never := p.report("booked", 100, payload("")), p.report("booked", 101, payload(""))
				time.Sleep(time.Hour)
				if s := p.row(done).Actions[0]; s.Status != belay.ActionInvokedAsync || s.TimeoutAt.String() != tt.until {
					t.Fatalf("%v until %s; want INVOKED_ASYNC until %s", s.Status, s.TimeoutAt, tt.until)
				}
				if err := p.complete(p.tokenOf(done), `{"number":42}`); err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				p.wantSent("2000-01-01 01:00:00.000 number 42")
				time.Sleep(70 * 24 * time.Hour)
				if a := p.row(done); a.Status != belay.Ended || a.WithFailedActions {
					t.Errorf("%v, failed %v; want ENDED well", a.Status, a.WithFailedActions)
				}
				a := p.row(never)
				if s := a.Actions[0]; a.Status != belay.Ended || s.ErrorCode != "TIMED_OUT" || s.EndedAt.String() != tt.until {
					t.Errorf("%v, %s at %s; want TIMED_OUT at %s", a.Status, s.ErrorCode, s.EndedAt, tt.until)
				}
				if got := p.receiver.sent(); len(got) != 2 || !strings.HasSuffix(got[1], "number 1") {
					t.Errorf("sent %v; want the default output to go on with", got)
				}
				if err := p.complete(p.tokenOf(never), `{"number":42}`); reasonOf(err) != "INVOCATION_TIMED_OUT" {
					t.Errorf("after the time-out: %v", err)
				}
			})
		})
	}
}

// tokenOf returns the token that the app got with an activation's first action.
func (p *provided) tokenOf(r engine.Reported) string {
	p.Helper()
	for n := range p.server.Requests() {
		_, call := p.call(n)
		var in api.InvokeRequest
		if json.Unmarshal(call.Request, &in) == nil && in.ActivationContext.ActivationID == r.Activations[0].String() {
			return in.ActivationContext.InvocationToken
		}
	}
	p.Fatal("the app was not called for it")
	return ""
}

const takesAnHour = `{"timeoutType":"TIMEOUT_LENGTH","timeoutLengthOptions":{"timeoutInMinutes":60}}`

func TestATokenIsGoodOnceAndForItsAppAlone(t *testing.T) {
	virtual(t, func(t *testing.T) {
		p := provide(t, model(), "")
		defer p.stop()
		p.server.Answer(says(takesAnHour))
		p.automate("booked", "", p.stamps(toEmail))
		r := p.report("booked", 100, payload(""))
		synctest.Wait()
		token := p.tokenOf(r)
		flipped := []byte(token)
		flipped[10] ^= 1
		for name, tt := range map[string]struct {
			by    belay.Caller
			token string
			code  belay.Code
			why   string
		}{
			"no token":        {p.appCaller, "abc", belay.InvalidArgument, ""},
			"changed":         {p.appCaller, string(flipped), belay.InvalidArgument, ""},
			"cut":             {p.appCaller, token[:len(token)-4], belay.InvalidArgument, ""},
			"another app":     {belay.Caller{Role: belay.RoleApp, AppID: id(77)}, token, belay.PermissionDenied, "OTHER_APP"},
			"another site":    {belay.Caller{Role: belay.RoleApp, AppID: p.app, SiteID: id(78)}, token, belay.PermissionDenied, "OTHER_SITE"},
			"the site's user": {belay.Caller{Role: belay.RoleSite, SiteID: p.site}, token, belay.PermissionDenied, "ROLE_NOT_ALLOWED"},
		} {
			err := p.Complete(t.Context(), tt.by, engine.Completion{Token: tt.token, Result: []byte(`{"number":1}`)})
			if belay.CodeOf(err) != tt.code || reasonOf(err) != tt.why {
				t.Errorf("%s: %v; want %s %s", name, err, tt.code, tt.why)
			}
		}
		err := p.complete(token, `{"number":"one"}`)
		if e, ok := errors.AsType[*belay.Error](err); !ok || e.Reason != "SCHEMA_VALIDATION_FAILED" || e.Violations[0].Field != "successInfo.result.number" {
			t.Errorf("a result that breaks the schema: %v", err)
		}
		if err := p.complete(token, `{"number":3}`); err != nil {
			t.Fatalf("the token itself: %v", err)
		}
		if err := p.complete(token, `{"number":3}`); belay.CodeOf(err) != belay.FailedPrecondition || reasonOf(err) != "INVOCATION_COMPLETED" {
			t.Errorf("the second time: %v", err)
		}
		synctest.Wait()
		p.wantSent("2000-01-01 00:00:00.000 number 3")
	})
}

// Many reports of one completion at once: one counts.
func TestOfCompletionsAtOnceOneCounts(t *testing.T) {
	virtual(t, func(t *testing.T) {
		p := provide(t, model(), "")
		defer p.stop()
		p.server.Answer(says(takesAnHour))
		p.automate("booked", "", p.stamps(toEmail))
		token := p.tokenOf(waited(p.report("booked", 100, payload(""))))
		errs := make(chan error)
		for n := range 20 {
			go func() { errs <- p.complete(token, fmt.Sprintf(`{"number":%d}`, n)) }()
		}
		won := 0
		for range 20 {
			if err := <-errs; err == nil {
				won++
			} else if reasonOf(err) != "INVOCATION_COMPLETED" {
				t.Errorf("a loser was told: %v", err)
			}
		}
		synctest.Wait()
		if won != 1 || p.receiver.count() != 1 {
			t.Errorf("%d counted, %d mails; want one", won, p.receiver.count())
		}
	})
}

func waited(r engine.Reported) engine.Reported {
	synctest.Wait()
	return r
}

func TestAnAppThatIsDoneBeforeItsAnswerArrives(t *testing.T) {
	virtual(t, func(t *testing.T) {
		p := provide(t, model(), "")
		defer p.stop()
		p.server.Answer(belaytest.After(10*time.Second, says(takesAnHour)))
		p.automate("booked", "", p.stamps(toEmail))
		r := p.report("booked", 100, payload(""))
		time.Sleep(time.Second)
		if err := p.complete(p.tokenOf(r), `{"number":5}`); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		p.wantSent("2000-01-01 00:00:10.000 number 5")
	})
}

// The process that invoked an app is gone; another one over the same store hears of
// the completion.
func TestACompletionReachesWhicheverProcessServesTheStore(t *testing.T) {
	virtual(t, func(t *testing.T) {
		s := disk(t)
		p := provide(t, s, "")
		p.server.Answer(says(takesAnHour))
		p.automate("booked", "", p.stamps(toEmail))
		r := p.report("booked", 100, payload(""))
		synctest.Wait()
		token := p.tokenOf(r)
		p.crash()
		q := reopen(t, s, p.server)
		defer q.stop()
		if err := q.complete(token, `{"number":8}`); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		q.wantSent("2000-01-01 00:00:00.000 number 8")
	})
}

// While an app fails, others are spared the wait and it is spared the calls; when it
// is well again, what waited goes on without having spent its attempts.
func TestAFailingAppIsSpared(t *testing.T) {
	virtual(t, func(t *testing.T) {
		p := provide(t, model(), "")
		defer p.stop()
		p.server.Answer(belaytest.Status(503))
		p.automate("booked", "", p.stamps(toEmail))
		var all []engine.Reported
		for n := range 30 {
			all = append(all, p.report("booked", 100+n, payload("")))
			synctest.Wait()
		}
		if got := len(p.server.Requests()); got != 10 {
			t.Fatalf("the app was called %d times; want it spared after 10", got)
		}
		s := p.row(all[29]).Actions[0]
		if s.Status != belay.ActionStarted || s.Postponed != 1 || len(s.Attempts) != 0 || s.Due == 0 {
			t.Errorf("the last is %+v; want it postponed", s)
		}
		time.Sleep(time.Minute)
		p.server.Answer(says(`{"result":{"number":7}}`))
		time.Sleep(time.Hour)
		for _, r := range all {
			if a := p.row(r); a.Status != belay.Ended || a.WithFailedActions {
				t.Fatalf("%v, failed %v; want all to end well", a.Status, a.WithFailedActions)
			}
		}
	})
}

func TestAScheduledStartAsksForThePayloadFirst(t *testing.T) {
	const starts = "2000-01-02T00:00:00Z"
	answer := `{"payload":{"email":"new@example.com","starts":"` + starts + `"}}`
	for name, tt := range map[string]struct {
		script []belaytest.Behaviour
		sent   string // at the event's time, what is sent, "" for nothing
		warns  bool
	}{
		"refreshed":        {[]belaytest.Behaviour{says(answer)}, "00:00:00.000 at new@example.com", false},
		"on the 2nd try":   {[]belaytest.Behaviour{belaytest.Status(500), says(answer)}, "00:00:01.000 at new@example.com", false},
		"called off":       {[]belaytest.Behaviour{says(`{"cancelActivation":true}`)}, "", false},
		"fails twice":      {[]belaytest.Behaviour{belaytest.Status(500)}, "00:00:01.000 at ada@example.com", true},
		"not there":        {[]belaytest.Behaviour{belaytest.Status(404)}, "00:00:00.000 at ada@example.com", true},
		"too late":         {[]belaytest.Behaviour{belaytest.Hang()}, "00:00:11.000 at ada@example.com", true},
		"no payload":       {[]belaytest.Behaviour{says(`{}`)}, "00:00:00.000 at ada@example.com", true},
		"breaks schema":    {[]belaytest.Behaviour{says(`{"payload":{"email":7}}`)}, "00:00:00.000 at ada@example.com", true},
		"asks for a pause": {[]belaytest.Behaviour{belaytest.RetryAfter(503, "60")}, "00:00:00.000 at ada@example.com", true},
		"no object":        {[]belaytest.Behaviour{says(`[]`)}, "00:00:00.000 at ada@example.com", true},
		"no such payload":  {[]belaytest.Behaviour{says(`{"payload":[1]}`)}, "00:00:00.000 at ada@example.com", true},
		"10 MB":            {[]belaytest.Behaviour{says(`{"payload":{"email":"` + strings.Repeat("a", 10<<20) + `"}}`)}, "00:00:00.000 at ada@example.com", true},
		"over 64 KiB":      {[]belaytest.Behaviour{says(`{"payload":{"email":"` + strings.Repeat("a", 64<<10) + `"}}`)}, "00:00:00.000 at ada@example.com", true},
		"sends elsewhere":  {[]belaytest.Behaviour{belaytest.Redirect(307, "http://169.254.169.254/latest")}, "00:00:00.000 at ada@example.com", true},
	} {
		t.Run(name, func(t *testing.T) {
			virtual(t, func(t *testing.T) {
				p := provide(t, model(), "")
				defer p.stop()
				p.refreshing()
				p.server.Answer(tt.script...)
				p.automate("starting", "", mails("at"))
				r := p.report("starting", 100, payload(starts))
				time.Sleep(25 * time.Hour)
				a := p.row(r)
				if tt.sent == "" {
					p.wantSent()
					if a.Status != belay.Cancelled || a.CancelReason != belay.CancelledByRefreshPayload || a.Initiator.AppID != p.app {
						t.Errorf("%v %s by %v; want it called off by the app", a.Status, a.CancelReason, a.Initiator)
					}
				} else {
					p.wantSent("2000-01-02 " + tt.sent)
				}
				if got := len(a.Warnings) == 1 && a.Warnings[0] == belay.RefreshPayloadFailed; got != tt.warns {
					t.Errorf("warnings %v; want one: %v", a.Warnings, tt.warns)
				}
				path, call := p.call(0)
				if path != "/belay/refresh-payload" || call.Metadata.AppExtensionType != "AUTOMATIONS_TRIGGER_PROVIDER" ||
					string(call.Request) != `{"triggerKey":"starting","externalEntityId":"`+id(100).String()+`","payload":`+payload(starts)+`}` {
					t.Errorf("%s got %s", path, call.Request)
				}
			})
		})
	}
}

func TestADelayAsksForThePayloadAgain(t *testing.T) {
	virtual(t, func(t *testing.T) {
		p := provide(t, model(), "")
		defer p.stop()
		p.refreshing()
		p.server.Answer(says(`{"payload":{"email":"new@example.com"}}`))
		p.automate("booked", "", delayed("later", "2", "HOURS"))
		r := p.report("booked", 100, payload(""))
		time.Sleep(3 * time.Hour)
		p.wantSent("2000-01-01 02:00:00.000 later new@example.com")
		if s := p.row(r).Actions[0]; string(s.Payload) != `{"email":"new@example.com"}` || len(s.Refresh.Attempts) != 1 {
			t.Errorf("the delay is %+v", s)
		}
	})
}

// A process dies while the provider is asked; the next one asks again.
func TestACrashWhileTheProviderIsAskedLosesNothing(t *testing.T) {
	virtual(t, func(t *testing.T) {
		s := disk(t)
		p := provide(t, s, "")
		p.refreshing()
		p.server.Answer(belaytest.Hang())
		p.automate("starting", "", mails("at"))
		r := p.report("starting", 100, payload("2000-01-01T01:00:00Z"))
		time.Sleep(time.Hour + time.Second)
		p.crash()
		p.server.Answer(says(`{"payload":` + payload("2000-01-01T01:00:00Z") + `}`))
		q := reopen(t, s, p.server)
		defer q.stop()
		time.Sleep(time.Minute)
		if a := q.row(r); a.Status != belay.Ended || q.receiver.count() != 1 || len(a.Refresh.Attempts) != 2 {
			t.Errorf("%v, %d mails, asked %+v; want it carried out once", a.Status, q.receiver.count(), a.Refresh)
		}
	})
}

// A cancel in each phase: nothing starts behind it, and what was out is named.
func TestACancelInEachPhase(t *testing.T) {
	slow := belaytest.After(4*time.Second, says(`{"payload":{"email":"new@example.com"}}`))
	for name, tt := range map[string]struct {
		trigger  string
		graph    func(p *provided) string
		answer   belaytest.Behaviour
		at       time.Duration // of the cancel
		inFlight int
		status   belay.ActionStatus // of the first action in the end; 0 for none
	}{
		"before the start":          {"starting", func(p *provided) string { return p.stamps(toEmail) }, slow, time.Hour, 0, 0},
		"while the start refreshes": {"starting", func(p *provided) string { return p.stamps(toEmail) }, slow, 24*time.Hour + 2*time.Second, 0, 0},
		"while the delay refreshes": {"booked", func(*provided) string { return delayed("later", "2", "HOURS") }, slow, 2*time.Hour + 2*time.Second, 0, belay.ActionWithdrawn},
		"during the delay":          {"booked", func(*provided) string { return delayed("later", "2", "HOURS") }, slow, time.Hour, 0, belay.ActionWithdrawn},
		"while the app is invoked":  {"booked", func(p *provided) string { return p.stamps(toEmail) }, belaytest.After(4*time.Second, says(`{"result":{"number":7}}`)), 2 * time.Second, 1, belay.ActionEnded},
		"between two attempts":      {"booked", func(p *provided) string { return p.stamps(toEmail) }, belaytest.Status(503), 2 * time.Second, 0, belay.ActionWithdrawn},
		"while the app takes time":  {"booked", func(p *provided) string { return p.stamps(toEmail) }, says(takesAnHour), time.Minute, 0, belay.ActionWithdrawn},
	} {
		t.Run(name, func(t *testing.T) {
			virtual(t, func(t *testing.T) {
				p := provide(t, model(), "")
				defer p.stop()
				p.refreshing()
				p.server.Answer(tt.answer)
				p.automate(tt.trigger, "", tt.graph(p))
				starts := ""
				if tt.trigger == "starting" {
					starts = "2000-01-02T00:00:00Z"
				}
				r := p.report(tt.trigger, 100, payload(starts))
				time.Sleep(tt.at)
				calls := len(p.server.Requests())
				c := p.house.call(100, tt.trigger)
				if c.Activations != 1 || len(c.InFlight) != tt.inFlight {
					t.Errorf("Cancel = %+v; want 1 called off, %d in flight", c, tt.inFlight)
				}
				time.Sleep(30 * 24 * time.Hour)
				a := p.row(r)
				if a.Status != belay.Cancelled || a.CancelReason != belay.EventCancelled || a.Due != 0 || p.receiver.count() != 0 || len(p.server.Requests()) != calls {
					t.Errorf("%v %s, due %s, %d mails, %d further calls; want nothing after the cancel",
						a.Status, a.CancelReason, a.Due, p.receiver.count(), len(p.server.Requests())-calls)
				}
				switch {
				case tt.status == 0 && len(a.Actions) != 0:
					t.Errorf("%d actions began", len(a.Actions))
				case tt.status != 0 && a.Actions[0].Status != tt.status:
					t.Errorf("the action is %v; want %v", a.Actions[0].Status, tt.status)
				}
				if calls > 0 && tt.graph(p) == p.stamps(toEmail) && tt.trigger == "booked" {
					p.afterCancel(r, tt.status)
				}
			})
		})
	}
}

// afterCancel checks what becomes of a completion of a canceled activation.
func (p *provided) afterCancel(r engine.Reported, status belay.ActionStatus) {
	p.Helper()
	err := p.complete(p.tokenOf(r), `{"number":9}`)
	if status == belay.ActionEnded {
		if reasonOf(err) != "INVOCATION_ENDED" {
			p.Errorf("a completion of what is over: %v", err)
		}
		return
	}
	if err != nil {
		p.Errorf("a completion after the cancel: %v; want it recorded", err)
	}
	time.Sleep(time.Hour)
	a := p.row(r)
	if s := a.Actions[0]; a.Status != belay.Cancelled || s.Completion == nil || string(s.Output) != `{"number":9}` || p.receiver.count() != 0 {
		p.Errorf("%v, %+v, %d mails; want it recorded, and nothing started", a.Status, s, p.receiver.count())
	}
	if err := p.complete(p.tokenOf(r), `{"number":9}`); reasonOf(err) != "INVOCATION_COMPLETED" {
		p.Errorf("the second time: %v", err)
	}
}

func TestWhatAnAppCanBeAsked(t *testing.T) {
	virtual(t, func(t *testing.T) {
		p := provide(t, model(), "")
		defer p.stop()
		p.must(p.Book().PutTrigger(t.Context(), operator, config.TriggerInput{
			AppID: p.app, Key: "booked", Name: "Appointment booked", Schema: json.RawMessage(realTime),
			Methods: belay.TriggerMethods{ValidateConfiguration: true, GetDynamicSchema: true},
		}))
		p.must(p.Book().PutAction(t.Context(), operator, belay.ActionDeclaration{
			AppID: p.app, Key: "stamp", Name: "Stamp", InputSchema: json.RawMessage(stampInput), OutputSchema: json.RawMessage(stampOutput),
			Methods: belay.ActionMethods{ValidateConfiguration: true, QuotaInfo: true},
		}))
		p.server.Answer(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, map[string]string{
				"/belay/validate-configuration":    `{"valid":false,"configurationErrors":[{"fieldKey":"service","title":"Gone","message":"The service is gone."}]}`,
				"/belay/dynamic-schema":            `{"dynamicSchema":{"type":"object","properties":{"seat":{"type":"string"}}}}`,
				"/belay/v1/validate-configuration": `{"valid":true,"configurationErrors":[]}`,
				"/belay/v1/quota-info":             `{"actionQuotaInfo":{"enforced":true,"quotaInfo":[{"plans":[{"id":"p","name":"Basic"}],"quotas":[{"featureName":"stamps","currentUsage":"3","limit":"10"}]}]}}`,
			}[r.URL.Path])
		})
		ctx := t.Context()
		options := []provider.SelectedFilterOption{{FieldKey: "service", Values: []string{"a"}}}
		if v, err := p.ValidateTrigger(ctx, p.site, p.app, "booked", options, nil); err != nil || v.Valid || len(v.ConfigurationErrors) != 1 {
			t.Errorf("ValidateTrigger = %+v, %v", v, err)
		}
		if v, err := p.ValidateAction(ctx, p.site, p.app, "stamp", json.RawMessage(toEmail)); err != nil || !v.Valid {
			t.Errorf("ValidateAction = %+v, %v", v, err)
		}
		if s, err := p.DynamicSchema(ctx, p.site, p.app, "booked", options); err != nil || !strings.Contains(string(s), "seat") {
			t.Errorf("DynamicSchema = %s, %v", s, err)
		}
		if q, ok, err := p.QuotaInfo(ctx, p.site, p.app, "stamp"); err != nil || !ok || !q.Enforced || q.QuotaInfo[0].Quotas[0].CurrentUsage != 3 {
			t.Errorf("QuotaInfo = %+v, %v, %v", q, ok, err)
		}
		p.server.Answer(belaytest.Body(404, "application/json", `{"applicationError":{"code":"PROVIDER_NOT_FOUND"}}`))
		if _, err := p.DynamicSchema(ctx, p.site, p.app, "booked", options); reasonOf(err) != "PROVIDER_ERROR" || !strings.Contains(err.Error(), "PROVIDER_NOT_FOUND") {
			t.Errorf("of an app that refuses: %v", err)
		}
		p.server.Answer(belaytest.Hang())
		if _, err := p.DynamicSchema(ctx, p.site, p.app, "booked", options); belay.CodeOf(err) != belay.Unavailable {
			t.Errorf("of an app that does not answer: %v", err)
		}
		for name, bad := range map[string]belaytest.Behaviour{
			"no object":       says(`[]`),
			"another shape":   says(`{"valid":"yes","dynamicSchema":1,"actionQuotaInfo":[]}`),
			"no JSON":         says(`{"valid":`),
			"10 MB":           says(`{"valid":true,"x":"` + strings.Repeat("a", 10<<20) + `"}`),
			"sends elsewhere": belaytest.Redirect(307, "http://169.254.169.254/latest"),
		} {
			p.server.Answer(bad)
			if v, err := p.ValidateTrigger(ctx, p.site, p.app, "booked", nil, nil); reasonOf(err) != "PROVIDER_ERROR" || v.Valid {
				t.Errorf("%s: ValidateTrigger = %+v, %v", name, v, err)
			}
			if v, err := p.ValidateAction(ctx, p.site, p.app, "stamp", json.RawMessage(toEmail)); reasonOf(err) != "PROVIDER_ERROR" || v.Valid {
				t.Errorf("%s: ValidateAction = %+v, %v", name, v, err)
			}
			if q, _, err := p.QuotaInfo(ctx, p.site, p.app, "stamp"); reasonOf(err) != "PROVIDER_ERROR" {
				t.Errorf("%s: QuotaInfo = %+v, %v", name, q, err)
			}
		}
		if v, err := p.ValidateTrigger(ctx, p.site, p.app, "starting", nil, nil); err != nil || !v.Valid {
			t.Errorf("of a trigger whose app is not to be asked: %+v, %v; want it valid", v, err)
		}
	})
}
