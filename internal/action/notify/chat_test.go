package notify_test

import (
	"strings"
	"testing"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/action/notify"
	"github.com/belay-events/belay/internal/action/outbound"
)

// addresses holds one of each service, with secrets that are none.
var addresses = map[string]string{
	"slack hook": "slack://hook:AAAAAAAAA-BBBBBBBBB-123456789123456789123456@webhook",
	"slack bot":  "slack://xoxb:AAAAAAAAA-BBBBBBBBB-123456789123456789123456@C0123",
	"discord":    "discord://token@4711?username=Belay",
	"telegram":   "telegram://123:abc@telegram?chats=@town:7",
	"mattermost": "mattermost://bot@chat.example:8065/token/town",
	"rocketchat": "rocketchat://bot@chat.example:8443/aaa/bbb/town",
	"googlechat": "googlechat://chat.googleapis.com/v1/spaces/x/messages?key=k&token=t",
	"teams":      "teams://11111111-4444-4444-8444-cccccccccccc@22222222-4444-4444-8444-cccccccccccc/33333333012222222222333333333344/44444444-4444-4444-8444-cccccccccccc/V2extra?host=org.webhook.office.com",
	"ntfy":       "ntfy://u:p@ntfy.example/topic?priority=5&tags=a,b",
}

func TestEachServiceGetsItsOwnRequest(t *testing.T) {
	for name, want := range map[string]struct{ url, body string }{
		"slack hook": {
			"https://hooks.slack.com/services/AAAAAAAAA/BBBBBBBBB/123456789123456789123456",
			`{"text":"T\u003c","attachments":[{"text":"one"},{"text":"two"}]}`,
		},
		"slack bot": {
			"https://slack.com/api/chat.postMessage",
			`{"text":"T\u003c","attachments":[{"text":"one"},{"text":"two"}],"channel":"C0123"}`,
		},
		"discord": {"https://discord.com/api/webhooks/4711/token", `{"content":"**T\u003c**\none\ntwo","username":"Belay"}`},
		"telegram": {
			"https://api.telegram.org/bot123:abc/sendMessage",
			`{"text":"\u003cb\u003eT\u0026lt;\u003c/b\u003e\none\ntwo","chat_id":"@town","message_thread_id":7,"parse_mode":"HTML","disable_web_page_preview":false,"disable_notification":false,"reply_to_message_id":0}`,
		},
		"mattermost": {"https://chat.example:8065/hooks/token", `{"text":"**T\u003c**\none\ntwo","username":"bot","channel":"town"}`},
		"rocketchat": {"https://chat.example:8443/hooks/aaa/bbb", `{"text":"**T\u003c**\none\ntwo","username":"bot","channel":"#town"}`},
		"googlechat": {"https://chat.googleapis.com/v1/spaces/x/messages?key=k&token=t", `{"text":"**T\u003c**\none\ntwo"}`},
		"teams": {
			"https://org.webhook.office.com/webhookb2/11111111-4444-4444-8444-cccccccccccc@22222222-4444-4444-8444-cccccccccccc/IncomingWebhook/33333333012222222222333333333344/44444444-4444-4444-8444-cccccccccccc/V2extra",
			`{"@context":"http://schema.org/extensions","@type":"MessageCard","summary":"**T\u003c**\none\ntwo","text":"one\ntwo","title":"T\u003c"}`,
		},
		"ntfy": {"https://ntfy.example/topic", "one\ntwo"},
	} {
		t.Run(name, func(t *testing.T) {
			p, why := notify.Compose(addresses[name], notify.Notification{Title: "T<", Message: "one\ntwo"})
			if why != "" {
				t.Fatalf("refused: %s", why)
			}
			url, _, body := p.Request()
			if url != want.url {
				t.Errorf("url = %s, want %s", url, want.url)
			}
			if body != want.body {
				t.Errorf("body = %s\nwant   %s", body, want.body)
			}
		})
	}
}

func TestCredentialsAndTitlesGoIntoHeaders(t *testing.T) {
	note := notify.Notification{Title: "Grüße", Message: "m"}
	p, _ := notify.Compose(addresses["ntfy"], note)
	_, header, _ := p.Request()
	for name, want := range map[string]string{"Authorization": "Basic dTpw", "Title": "=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Priority": "max", "Tags": "a,b"} {
		if got := strings.ToLower(strings.Join(header[name], "")); got != strings.ToLower(want) {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	p, _ = notify.Compose(addresses["slack bot"], note)
	_, header, _ = p.Request()
	if got := header["Authorization"]; len(got) != 1 || got[0] != "Bearer xoxb-AAAAAAAAA-BBBBBBBBB-123456789123456789123456" {
		t.Errorf("Authorization = %q", got)
	}
}

func TestALongMessageIsCutForTheServicesThatWouldRefuseIt(t *testing.T) {
	note := notify.Notification{Title: strings.Repeat("<", 200), Message: strings.Repeat("é", 4000)}
	p, _ := notify.Compose(addresses["discord"], note)
	if _, _, body := p.Request(); strings.Count(body, "é") > 2000 || !strings.Contains(body, "…") {
		t.Errorf("discord gets %d characters", strings.Count(body, "é"))
	}
	p, _ = notify.Compose(addresses["telegram"], note)
	if _, _, body := p.Request(); strings.Count(body, "é") != 4096-201-1 {
		t.Errorf("telegram gets %d characters", strings.Count(body, "é"))
	}
}

func TestSlackSaysNoWithA200(t *testing.T) {
	for body, want := range map[string]action.Verdict{
		`{"ok":true}`: action.Delivered,
		`{"ok":false,"error":"channel_not_found"}`: action.Rejected,
		`{"ok":false,"error":"ratelimited"}`:       action.Retry,
		`<html>`:                                   action.Retry,
	} {
		o := action.Outcome{Verdict: action.Delivered, Status: 200}
		notify.Judge(outbound.Response{Status: 200, Body: []byte(body)}, &o)
		if o.Verdict != want || (want != action.Delivered) != (o.Code == "CHAT_REFUSED") {
			t.Errorf("%s: outcome = %+v", body, o)
		}
	}
}
