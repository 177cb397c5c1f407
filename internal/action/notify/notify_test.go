package notify_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/action/notify"
	"github.com/belay-events/belay/internal/action/outbound"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/belaytest"
)

var now = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

type inbox struct {
	notes map[string]notify.Notification
	err   error
}

func (i *inbox) PutNotification(_ context.Context, site belay.ID, id string, n notify.Notification) error {
	if i.err == nil {
		i.notes[site.String()+" "+id] = n
	}
	return i.err
}

func attempt(input map[string]any) action.Attempt {
	return action.Attempt{
		Site: belay.ID{1}, Event: belay.ID{2}, Activation: belay.ID{3},
		MessageID: "msg_1", Number: 1, Now: now, Input: input,
	}
}

func notifier(c outbound.Config) (*notify.Action, *inbox) {
	box := &inbox{notes: map[string]notify.Notification{}}
	return &notify.Action{Inbox: box, Client: outbound.New(c)}, box
}

func TestTheDefinitionIsWhole(t *testing.T) {
	n, _ := notifier(outbound.Config{})
	if _, err := action.NewRegistry(notify.Define(n, time.Minute)); err != nil {
		t.Error(err)
	}
}

func TestAMessageGoesToTheInbox(t *testing.T) {
	n, box := notifier(outbound.Config{})
	a := attempt(map[string]any{"message": "No-show: Ann\nCall her.", "title": "No-show"})
	got := n.Do(t.Context(), a)
	got.Latency = 0
	want := action.Outcome{Verdict: action.Delivered, Sent: true, Output: map[string]any{"inbox": true, "chat": false}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("outcome (-want +got):\n%s", diff)
	}
	n.Do(t.Context(), a)
	if diff := cmp.Diff(map[string]notify.Notification{belay.ID{1}.String() + " msg_1": {
		Title: "No-show", Message: "No-show: Ann\nCall her.", At: now, EventID: belay.ID{2}, ActivationID: belay.ID{3},
	}}, box.notes); diff != "" {
		t.Errorf("inbox (-want +got):\n%s", diff)
	}
	box.err = errors.New("disk full")
	if got := n.Do(t.Context(), a); got.Verdict != action.Retry || got.Sent {
		t.Errorf("with a full disk: %+v", got)
	}
}

func TestAMessageGoesToTheInboxAndThenToTheChat(t *testing.T) {
	r := belaytest.NewReceiver(t)
	r.Answer(belaytest.RetryAfter(429, "7"), belaytest.Status(200))
	host := strings.TrimPrefix(r.URL, "http://")
	n, box := notifier(outbound.Config{AllowedRanges: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	a := attempt(map[string]any{
		"message": "Hello", "title": "Hi", "chatUrl": "mattermost://bot@" + host + "/token/town?disabletls=yes",
	})
	if got := n.Do(t.Context(), a); got.Verdict != action.Retry || got.After != 7*time.Second || len(box.notes) != 1 || got.Output["chat"] != false {
		t.Errorf("first: %+v, %d in the inbox", got, len(box.notes))
	}
	if got := n.Do(t.Context(), a); got.Verdict != action.Delivered || got.Output["chat"] != true || len(box.notes) != 1 {
		t.Errorf("second: %+v, %d in the inbox", got, len(box.notes))
	}
	request := r.Requests()[1]
	if request.Path != "/hooks/token" || string(request.Body) != `{"text":"**Hi**\nHello","username":"bot","channel":"town"}` {
		t.Errorf("request = %s %s", request.Path, request.Body)
	}
	if got := n.Destination(a); got != host {
		t.Errorf("Destination = %q", got)
	}
}

func TestAChatBehindThePrivateNetworkIsRefused(t *testing.T) {
	for name, address := range map[string]string{
		"mattermost": "mattermost://127.0.0.1/token?disabletls=yes",
		"rocketchat": "rocketchat://10.0.0.1/a/b",
		"googlechat": "googlechat://169.254.169.254/v1/spaces/x/messages?key=k&token=t",
		"ntfy":       "ntfy://localhost/topic?scheme=http",
	} {
		t.Run(name, func(t *testing.T) {
			n, box := notifier(outbound.Config{})
			got := n.Do(t.Context(), attempt(map[string]any{"message": "Hello", "chatUrl": address}))
			if got.Verdict != action.Rejected || got.Code != "REFUSED_ADDRESS" || len(box.notes) != 1 {
				t.Errorf("outcome = %+v, %d in the inbox", got, len(box.notes))
			}
		})
	}
}

func TestBadInputIsRejectedByField(t *testing.T) {
	for name, tt := range map[string]struct {
		input map[string]any
		field string
	}{
		"no message":                 {map[string]any{}, "message"},
		"a blank message":            {map[string]any{"message": " \n"}, "message"},
		"a message that is no text":  {map[string]any{"message": 1.0}, "message"},
		"a long message":             {map[string]any{"message": strings.Repeat("é", 4001)}, "message"},
		"a control character":        {map[string]any{"message": "a\x00"}, "message"},
		"a long title":               {map[string]any{"message": "a", "title": strings.Repeat("a", 201)}, "title"},
		"a title of two lines":       {map[string]any{"message": "a", "title": "b\nc"}, "title"},
		"no chat's address":          {map[string]any{"message": "a", "chatUrl": "hunter2"}, "chatUrl"},
		"a web address":              {map[string]any{"message": "a", "chatUrl": "https://example.com/hunter2"}, "chatUrl"},
		"a service not offered":      {map[string]any{"message": "a", "chatUrl": "generic://example.com/hunter2"}, "chatUrl"},
		"a mail by the back door":    {map[string]any{"message": "a", "chatUrl": "smtp://u:hunter2@10.0.0.1/?from=a&to=b"}, "chatUrl"},
		"a log by the back door":     {map[string]any{"message": "a", "chatUrl": "logger://hunter2"}, "chatUrl"},
		"slack without a token":      {map[string]any{"message": "a", "chatUrl": "slack://hunter2"}, "chatUrl"},
		"telegram without a chat":    {map[string]any{"message": "a", "chatUrl": "telegram://1:hunter2@telegram"}, "chatUrl"},
		"telegram with two chats":    {map[string]any{"message": "a", "chatUrl": "telegram://1:hunter2@telegram?chats=@a,@b"}, "chatUrl"},
		"telegram with a bad token":  {map[string]any{"message": "a", "chatUrl": "telegram://hunter2@telegram?chats=@a"}, "chatUrl"},
		"teams elsewhere":            {map[string]any{"message": "a", "chatUrl": "teams://g@t/a/b/hunter2?host=evil.example"}, "chatUrl"},
		"an unknown setting":         {map[string]any{"message": "a", "chatUrl": "discord://hunter2@1?unknown=1"}, "chatUrl"},
		"ntfy without a topic":       {map[string]any{"message": "a", "chatUrl": "ntfy://hunter2.example/"}, "chatUrl"},
		"ntfy by another protocol":   {map[string]any{"message": "a", "chatUrl": "ntfy://hunter2.example/t?scheme=gopher"}, "chatUrl"},
		"google without credentials": {map[string]any{"message": "a", "chatUrl": "googlechat://chat.googleapis.com/hunter2"}, "chatUrl"},
	} {
		t.Run(name, func(t *testing.T) {
			n, box := notifier(outbound.Config{})
			got := n.Do(t.Context(), attempt(tt.input))
			if got.Verdict != action.Rejected || got.Code != "INVALID_INPUT" || got.Sent || !strings.HasPrefix(got.Detail, tt.field+" ") {
				t.Errorf("outcome = %+v, want %s blamed", got, tt.field)
			}
			if strings.Contains(got.Detail, "hunter2") || len(box.notes) != 0 {
				t.Errorf("detail %q, %d in the inbox", got.Detail, len(box.notes))
			}
			if d := n.Destination(attempt(tt.input)); d != "" {
				t.Errorf("Destination = %q", d)
			}
		})
	}
}

var errNoNetwork = errors.New("no network")

func nowhere(context.Context, string, string) (net.Conn, error) { return nil, errNoNetwork }

// An address comes from strangers, and Shoutrrr reads it.
func FuzzAnyAddressHasAnOutcome(f *testing.F) {
	for _, address := range addresses {
		f.Add(address)
	}
	for _, scheme := range []string{"slack", "discord", "telegram", "mattermost", "rocketchat", "googlechat", "teams", "ntfy"} {
		f.Add(scheme + "://")
		f.Add(scheme + "://h")
		f.Add(scheme + "://dummy@dummy.com")
		f.Add(scheme + "://u:p@h:1/a/b/c?title=x&x")
	}
	n, _ := notifier(outbound.Config{DialContext: nowhere})
	f.Fuzz(func(t *testing.T, address string) {
		got := n.Do(t.Context(), attempt(map[string]any{"message": "Hello", "chatUrl": address}))
		if address == "" {
			return
		}
		if got.Verdict == action.Delivered || got.Sent || got.Code == "" || len(got.Detail) > action.MaxDetail {
			t.Errorf("outcome = %+v", got)
		}
	})
}

func FuzzCutKeepsToItsLimit(f *testing.F) {
	f.Add("hello", 3)
	f.Add("h🙂🙂", 4)
	f.Add("", 1)
	f.Fuzz(func(t *testing.T, s string, n int) {
		if n < 1 || n > 5000 {
			return
		}
		s = strings.ToValidUTF8(s, "")
		got := notify.Cut(s, n)
		if units := len(utf16.Encode([]rune(got))); units > n {
			t.Errorf("Cut(%q, %d) = %q of %d units", s, n, got, units)
		}
		if len(utf16.Encode([]rune(s))) <= n && got != s {
			t.Errorf("Cut(%q, %d) = %q", s, n, got)
		}
	})
}
