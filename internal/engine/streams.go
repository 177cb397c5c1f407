package engine

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/belay-events/belay/internal/action/email"
	"github.com/belay-events/belay/internal/action/notify"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// The streams that the built-in actions append to.
const (
	Outbox = "outbox" // mails kept instead of sent, where no SMTP server is configured
	Inbox  = "inbox"  // a site's notifications
)

// Streams appends to a site's outbox and inbox. Appending the same id again
// changes nothing, so that a repeated attempt leaves one entry.
type Streams struct{ e *Engine }

// PutMail keeps a mail in the site's outbox.
func (s Streams) PutMail(ctx context.Context, site belay.ID, id string, mail email.Mail) error {
	return s.put(ctx, site, Outbox, id, mail)
}

// PutNotification keeps a notification in the site's inbox.
func (s Streams) PutNotification(ctx context.Context, site belay.ID, id string, n notify.Notification) error {
	return s.put(ctx, site, Inbox, id, n)
}

func (s Streams) put(ctx context.Context, site belay.ID, stream, id string, what any) error {
	value, err := json.Marshal(what)
	if err != nil {
		return fmt.Errorf("engine: %s: %w", stream, err)
	}
	_, err = s.e.commits.must(ctx, &store.Batch{Entries: []store.Entry{{
		SiteID: site, Stream: stream, ID: s.entryID(ctx, site, id), Value: value,
	}}})
	return err
}

// entryID returns the place of a message in a stream: the time at which its
// action began, which every attempt at it has in common, then a hash of its name.
func (s Streams) entryID(ctx context.Context, site belay.ID, id string) belay.ID {
	at := s.e.Now()
	activation, action, ok := strings.Cut(id, "_")
	if a, err := belay.ParseID(activation); ok && err == nil {
		if row, err := s.e.Store().Activation(ctx, site, a); err == nil {
			for i := range row.Actions {
				if row.Actions[i].ActionID == action {
					at = row.Actions[i].StartedAt
				}
			}
		}
	}
	sum := sha256.Sum256([]byte(id))
	return belay.NewID(at.Time(), [10]byte(sum[:10]))
}
