// Package notify is the built-in action notify: a message for the people of a site,
// in the inbox that the console shows and, if they like, in a chat. Begin with
// Action; chat.go knows the chats.
package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/action/outbound"
	"github.com/belay-events/belay/internal/belay"
)

// Key names the action within the built-in app.
const Key = "notify"

// The bounds of a notification, in characters.
const (
	MaxMessage = 4000
	MaxTitle   = 200
)

// Notification is one message in a site's inbox.
type Notification struct {
	Title        string    `json:"title,omitempty"`
	Message      string    `json:"message"`
	At           time.Time `json:"at"`
	EventID      belay.ID  `json:"eventId"`
	ActivationID belay.ID  `json:"activationId"`
}

// Inbox keeps the notifications of sites.
type Inbox interface {
	// PutNotification keeps n under id, which is unique within the site. Putting the
	// same id again changes nothing.
	PutNotification(ctx context.Context, site belay.ID, id string, n Notification) error
}

// Action notifies.
type Action struct {
	Inbox  Inbox
	Client *outbound.Client
}

// Define returns the action's definition. timeout bounds one attempt and should be
// no less than the client's own.
func Define(do *Action, timeout time.Duration) action.Definition {
	return action.Definition{
		Key:          Key,
		Name:         "Notify",
		Description:  "Puts a message into the site's inbox and, if you give its address, into a chat.",
		InputSchema:  json.RawMessage(inputSchema),
		OutputSchema: json.RawMessage(outputSchema),
		Do:           do,
		Timeout:      timeout,
	}
}

// Do puts the message into the inbox and then sends it to the chat, if one is named.
// A chat's address that cannot be used is rejected before either.
func (n *Action) Do(ctx context.Context, a action.Attempt) action.Outcome {
	note, chat, problem := read(a.Input)
	if problem != nil {
		return action.RejectInput(problem.field, problem.text)
	}
	note.At, note.EventID, note.ActivationID = a.Now, a.Event, a.Activation
	begin := time.Now()
	if err := n.Inbox.PutNotification(ctx, a.Site, a.MessageID, note); err != nil {
		return action.Outcome{
			Code: "INBOX_UNAVAILABLE", Latency: time.Since(begin),
			Detail: action.Bound("the message could not be put into the inbox: " + err.Error()),
		}
	}
	outcome := action.Outcome{Verdict: action.Delivered, Sent: true}
	if chat != nil {
		outcome = n.send(ctx, a, chat)
	}
	outcome.Latency = time.Since(begin)
	outcome.Output = map[string]any{"inbox": true, "chat": chat != nil && outcome.Verdict == action.Delivered}
	return outcome
}

func (n *Action) send(ctx context.Context, a action.Attempt, chat *post) action.Outcome {
	chat.request.Now, chat.request.Private = a.Now, true // a chat's address is all that it takes to write to it
	answer, outcome := n.Client.Do(ctx, chat.request)
	if outcome.Verdict == action.Delivered && chat.judge != nil {
		chat.judge(answer, &outcome)
	}
	return outcome
}

// Sketch returns the message that Do would put into the inbox.
func (n *Action) Sketch(a action.Attempt) (action.Sketch, *action.Outcome) {
	note, chat, problem := read(a.Input)
	if problem != nil {
		rejected := action.RejectInput(problem.field, problem.text)
		return action.Sketch{}, &rejected
	}
	told := &action.SketchedNotification{Title: note.Title, Message: note.Message}
	if chat != nil {
		told.ChatURL, _ = a.Input["chatUrl"].(string)
	}
	return action.Sketch{Notification: told}, nil
}

// Destination returns the host that the chat's messages go to; "" without a chat.
func (n *Action) Destination(a action.Attempt) string {
	_, chat, problem := read(a.Input)
	if problem != nil || chat == nil {
		return ""
	}
	return outbound.Destination(chat.request.URL)
}

type problem struct{ field, text string }

func read(input map[string]any) (Notification, *post, *problem) {
	var n Notification
	var wrong *problem
	if n.Message, wrong = text(input, "message", MaxMessage); wrong != nil {
		return n, nil, wrong
	}
	if strings.TrimSpace(n.Message) == "" {
		return n, nil, &problem{"message", "is required"}
	}
	if n.Title, wrong = text(input, "title", MaxTitle); wrong != nil {
		return n, nil, wrong
	}
	if strings.ContainsAny(n.Title, "\r\n") {
		return n, nil, &problem{"title", "must be one line"}
	}
	address, wrong := text(input, "chatUrl", maxAddress)
	if wrong != nil || address == "" {
		return n, nil, wrong
	}
	chat, why := compose(address, n)
	if why != "" {
		return n, nil, &problem{"chatUrl", why}
	}
	return n, chat, nil
}

func text(input map[string]any, field string, limit int) (string, *problem) {
	value := input[field]
	if value == nil {
		return "", nil
	}
	s, ok := value.(string)
	switch {
	case !ok:
		return "", &problem{field, "must be text"}
	case utf8.RuneCountInString(s) > limit:
		return "", &problem{field, fmt.Sprintf("must not be longer than %d characters", limit)}
	case strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0x7f }):
		return "", &problem{field, "must not contain control characters"}
	}
	return strings.ToValidUTF8(s, "\uFFFD"), nil
}
