package email

import (
	"fmt"
	netmail "net/mail"
	"strings"
	"time"

	"github.com/belay-events/belay/internal/belay"
)

// Mail is a mail as it is to be sent.
type Mail struct {
	From    string    `json:"from"`
	To      []string  `json:"to"`
	Cc      []string  `json:"cc,omitempty"`
	ReplyTo string    `json:"replyTo,omitempty"`
	Subject string    `json:"subject"`
	Text    string    `json:"text,omitempty"`
	HTML    string    `json:"html,omitempty"`
	At      time.Time `json:"at"`
	// MessageID is without angle brackets.
	MessageID    string   `json:"messageId"`
	EventID      belay.ID `json:"eventId"`
	ActivationID belay.ID `json:"activationId"`
}

// The bounds of a mail.
const (
	MaxRecipients = 50        // of To and Cc together
	MaxSubject    = 998       // bytes, a line's length in RFC 5322, section 2.1.1
	MaxBody       = 256 << 10 // bytes of Text and of HTML
)

type problem struct{ field, text string }

func read(input map[string]any) (Mail, *problem) {
	var m Mail
	var wrong *problem
	if m.To, wrong = addresses(input, "to"); wrong != nil {
		return m, wrong
	}
	if len(m.To) == 0 {
		return m, &problem{"to", "must name at least one address"}
	}
	if m.Cc, wrong = addresses(input, "cc"); wrong != nil {
		return m, wrong
	}
	if len(m.To)+len(m.Cc) > MaxRecipients {
		return m, &problem{"to", fmt.Sprintf("and cc must not name more than %d addresses together", MaxRecipients)}
	}
	replyTo, wrong := addresses(input, "replyTo")
	if wrong != nil {
		return m, wrong
	}
	if len(replyTo) > 1 {
		return m, &problem{"replyTo", "must be one address"}
	}
	m.ReplyTo = strings.Join(replyTo, "")
	if m.Subject, wrong = text(input, "subject", MaxSubject); wrong != nil {
		return m, wrong
	}
	if broken(m.Subject) {
		return m, &problem{"subject", "must not contain line breaks or other control characters"}
	}
	if m.Text, wrong = text(input, "text", MaxBody); wrong != nil {
		return m, wrong
	}
	if m.HTML, wrong = text(input, "html", MaxBody); wrong != nil {
		return m, wrong
	}
	if m.Text == "" && m.HTML == "" {
		return m, &problem{"text", "or html must not be empty"}
	}
	return m, nil
}

func text(input map[string]any, field string, limit int) (string, *problem) {
	value, present := input[field]
	s, ok := value.(string)
	switch {
	case !present || value == nil:
		return "", nil
	case !ok:
		return "", &problem{field, "must be text"}
	case len(s) > limit:
		return "", &problem{field, fmt.Sprintf("must not be longer than %d bytes", limit)}
	}
	return strings.ToValidUTF8(s, "\uFFFD"), nil
}

// addresses reads a text of addresses separated by commas, or an array of texts of
// one address each. A line break in any of them is refused here, before it could
// become a header of its own.
func addresses(input map[string]any, field string) ([]string, *problem) {
	switch value := input[field].(type) {
	case nil:
		return nil, nil
	case string:
		if broken(value) {
			return nil, &problem{field, "must not contain line breaks or other control characters"}
		}
		if strings.TrimSpace(value) == "" {
			return nil, nil
		}
		list, err := netmail.ParseAddressList(value)
		if err != nil {
			return nil, &problem{field, "must be mail addresses separated by commas"}
		}
		return written(list), nil
	case []any:
		var all []string
		for i, element := range value {
			place := fmt.Sprintf("%s[%d]", field, i)
			s, ok := element.(string)
			if !ok || broken(s) {
				return nil, &problem{place, "must be a mail address"}
			}
			one, err := netmail.ParseAddress(s)
			if err != nil {
				return nil, &problem{place, "must be a mail address"}
			}
			all = append(all, written([]*netmail.Address{one})...)
		}
		return all, nil
	}
	return nil, &problem{field, "must be text or an array of texts"}
}

func written(list []*netmail.Address) []string {
	all := make([]string, len(list))
	for i, address := range list {
		all[i] = address.String()
	}
	return all
}

// broken reports whether s could break out of a header.
func broken(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f || r == '\u2028' || r == '\u2029' })
}
