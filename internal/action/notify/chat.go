package notify

import (
	"encoding/json"
	"errors"
	"html"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/nicholas-fedor/shoutrrr/pkg/format"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/discord"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/googlechat"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/mattermost"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/rocketchat"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/slack"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/teams"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/telegram"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/push/ntfy"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/action/outbound"
)

// Shoutrrr reads the addresses of chats and writes their messages, but it does not
// send them: most of its services dial with a client of their own that nobody can
// guard, bound or cancel. What it makes goes out through outbound.Client instead. So
// a service is offered here only where one request is one message, and where its
// parts are open for us to use.

// post is a message as a chat's server wants it.
type post struct {
	request outbound.Request
	// judge turns a delivery into what it was where a server says no with a 200.
	judge func(outbound.Response, *action.Outcome)
}

const maxAddress = 2048

// The longest texts that servers take, in UTF-16 units; longer ones are cut.
//
// Source: the API documentation of Discord (execute webhook, content) and of
// Telegram (sendMessage, text).
const (
	maxDiscord  = 2000
	maxTelegram = 4096
)

var errForm = errors.New("wrong form")

// services returns what writes a message for each service, by the scheme of its
// addresses.
func services() map[string]func(*url.URL, Notification) (*post, error) {
	return map[string]func(*url.URL, Notification) (*post, error){
		"discord":    toDiscord,
		"googlechat": toGoogleChat,
		"mattermost": toMattermost,
		"ntfy":       toNtfy,
		"rocketchat": toRocketChat,
		"slack":      toSlack,
		"teams":      toTeams,
		"telegram":   toTelegram,
	}
}

// compose returns the message as the chat at address wants it, or what is wrong with
// the address. It does not repeat the address, nor any error of Shoutrrr's: both hold
// secrets.
func compose(address string, n Notification) (*post, string) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil, "cannot be read; it must have Shoutrrr's form, such as slack://…, discord://… or telegram://…"
	}
	known := services()
	write, ok := known[u.Scheme]
	if !ok {
		schemes := slices.Sorted(maps.Keys(known))
		return nil, "names a service that cannot be sent to from here; it must begin with one of " +
			strings.Join(schemes, "://, ") + ":// (for any other, send an HTTP request)"
	}
	p, err := write(u, n)
	if err != nil {
		return nil, "is not complete for " + u.Scheme + ": compare it with the form in Shoutrrr's documentation"
	}
	if outbound.Destination(p.request.URL) == "" {
		return nil, "does not lead to a server"
	}
	return p, ""
}

func toSlack(u *url.URL, n Notification) (*post, error) {
	if u.User == nil && len(u.Path) <= 1 {
		return nil, errForm // Shoutrrr takes for granted that there is one
	}
	var c slack.Config
	if err := c.SetURL(u); err != nil {
		return nil, err
	}
	c.Title = title(n.Title, c.Title)
	payload := slack.CreateJSONPayload(&c, n.Message)
	if !c.Token.IsAPIToken() {
		return inJSON(c.Token.WebhookURL(), payload)
	}
	p, err := inJSON("https://slack.com/api/chat.postMessage", payload)
	if err != nil {
		return nil, err
	}
	p.request.Header.Set("Authorization", c.Token.Authorization())
	p.judge = judgeSlack
	return p, nil
}

// judgeSlack reads the answer of Slack's API, which is a 200 whatever happened.
func judgeSlack(answer outbound.Response, o *action.Outcome) {
	var said slack.APIResponse
	if err := json.Unmarshal(answer.Body, &said); err == nil && said.Ok {
		return
	}
	o.Verdict, o.Code = action.Rejected, "CHAT_REFUSED"
	o.Detail = action.Bound("Slack refused the message: " + said.Error)
	switch said.Error {
	case "", "ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout":
		o.Verdict = action.Retry
	}
}

func toDiscord(u *url.URL, n Notification) (*post, error) {
	var c discord.Config
	if err := c.SetURL(u); err != nil {
		return nil, err
	}
	return inJSON(discord.CreateAPIURLFromConfig(&c), discord.WebhookPayload{
		Content:  cut(headed(title(n.Title, c.Title), n.Message), maxDiscord),
		Username: c.Username, AvatarURL: c.Avatar,
	})
}

func toTelegram(u *url.URL, n Notification) (*post, error) {
	c := telegram.Config{Preview: true, Notification: true}
	if err := c.SetURL(u); err != nil {
		return nil, err
	}
	if len(c.Chats) != 1 {
		return nil, errForm // with several, a retry would repeat those that went well
	}
	chat, thread, _ := strings.Cut(c.Chats[0], ":")
	m := telegram.SendMessagePayload{
		ID: chat, DisablePreview: !c.Preview, DisableNotification: !c.Notification,
	}
	if number, err := strconv.Atoi(thread); err == nil {
		m.MessageThreadID = &number
	}
	// The message is the site's customers' words as often as the owner's. It is never
	// parsed as markup; a cut through an entity would be refused.
	m.Text = cut(n.Message, maxTelegram)
	if top := title(n.Title, c.Title); top != "" {
		m.ParseMode = telegram.ParseModes.HTML.String()
		m.Text = "<b>" + html.EscapeString(top) + "</b>\n" + html.EscapeString(cut(n.Message, maxTelegram-len(top)-1))
	}
	return inJSON("https://api.telegram.org/bot"+c.Token+"/sendMessage", m)
}

func toMattermost(u *url.URL, n Notification) (*post, error) {
	var c mattermost.Config
	if err := c.SetURL(u); err != nil {
		return nil, err
	}
	body, err := mattermost.CreateJSONPayload(&c, headed(title(n.Title, c.Title), n.Message), nil)
	if err != nil {
		return nil, err
	}
	to := url.URL{Scheme: "https", Host: c.Host, Path: "/hooks/" + c.Token}
	if c.DisableTLS {
		to.Scheme = "http"
	}
	return written(to.String(), body), nil
}

func toRocketChat(u *url.URL, n Notification) (*post, error) {
	var c rocketchat.Config
	if err := c.SetURL(u); err != nil {
		return nil, err
	}
	body, err := rocketchat.CreateJSONPayload(&c, headed(n.Title, n.Message), nil)
	if err != nil {
		return nil, err
	}
	to := url.URL{Scheme: "https", Host: u.Host, Path: "/hooks/" + c.TokenA + "/" + c.TokenB}
	return written(to.String(), body), nil
}

func toGoogleChat(u *url.URL, n Notification) (*post, error) {
	var c googlechat.Config
	if err := c.SetURL(u); err != nil {
		return nil, err
	}
	if c.Key == "" || c.Token == "" {
		return nil, errForm
	}
	to := url.URL{
		Scheme: "https", Host: c.Host, Path: c.Path,
		RawQuery: url.Values{"key": {c.Key}, "token": {c.Token}}.Encode(),
	}
	return inJSON(to.String(), googlechat.JSON{Text: headed(n.Title, n.Message)})
}

func toTeams(u *url.URL, n Notification) (*post, error) {
	var c teams.Config
	if err := c.SetURL(u); err != nil {
		return nil, err
	}
	to := teams.BuildWebhookURL(c.Host, c.Group, c.Tenant, c.AltID, c.GroupOwner, c.ExtraID)
	if err := teams.ValidateWebhookURL(to); err != nil {
		return nil, err
	}
	top := title(n.Title, c.Title)
	card := map[string]any{
		"@type": "MessageCard", "@context": "http://schema.org/extensions",
		"summary": cut(headed(top, n.Message), 60), "text": n.Message,
	}
	if top != "" {
		card["title"] = top
	}
	if c.Color != "" {
		card["themeColor"] = c.Color
	}
	return inJSON(to, card)
}

func toNtfy(u *url.URL, n Notification) (*post, error) {
	var c ntfy.Config
	resolver := format.NewPropKeyResolver(&c)
	if err := resolver.SetDefaultProps(&c); err != nil {
		return nil, err
	}
	if err := c.SetURL(u); err != nil {
		return nil, err
	}
	if c.DisableTLS {
		c.Scheme = "http"
	}
	p := written(c.GetAPIURL(), []byte(n.Message))
	p.request.Header.Set("Content-Type", "text/plain; charset=utf-8")
	for name, value := range map[string]string{
		"Title": title(n.Title, c.Title), "Priority": c.Priority.String(), "Tags": strings.Join(c.Tags, ","), "Click": c.Click,
	} {
		if value != "" {
			p.request.Header.Set(name, mime.QEncoding.Encode("utf-8", value)) // also keeps line breaks in
		}
	}
	if c.Username != "" || c.Password != "" {
		login := http.Request{Header: p.request.Header}
		login.SetBasicAuth(c.Username, c.Password)
	}
	return p, nil
}

func inJSON(to string, payload any) (*post, error) {
	body, err := json.Marshal(payload)
	if err != nil {
		return nil, err
	}
	return written(to, body), nil
}

func written(to string, body []byte) *post {
	return &post{request: outbound.Request{
		URL: to, Header: http.Header{"Content-Type": {"application/json"}}, Body: body,
	}}
}

// title prefers the message's own to the address's.
func title(own, address string) string {
	if own != "" {
		return own
	}
	return address
}

func headed(title, message string) string {
	if title == "" {
		return message
	}
	return "**" + title + "**\n" + message
}

// cut returns s, or its beginning and an ellipsis in at most n UTF-16 units; n is at
// least 1.
func cut(s string, n int) string {
	units, room := 0, 0 // room is where an ellipsis would still fit
	for i, r := range s {
		if units <= n-1 {
			room = i
		}
		units += utf16.RuneLen(r)
		if units > n {
			return s[:room] + "…"
		}
	}
	return s
}
