package engine

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/belay-events/belay/internal/audit"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// AuditQuery asks for entries of the audit log, newest first; zero fields filter
// nothing.
type AuditQuery struct {
	SiteID    belay.ID
	Operation audit.Operation
	Kind      audit.Kind
	// Actor is the ID of a user, a key or an app, or a part of the name.
	Actor        string
	Since, Until belay.Instant // [Since, Until)
	Before       belay.ID      // entries behind this one, for the next page
	Limit        int
}

// How many entries one call looks at, and how many it reads at once.
const (
	auditLook = 5000
	auditPage = 200
)

// Audit returns a page of the audit log and, where there may be more, where the next
// one begins. A page that is filtered may hold less than Limit, even nothing, and go
// on. An operator may read all of it, a site's owner that of the site.
func (e *Engine) Audit(ctx context.Context, by belay.Caller, q AuditQuery) (found []audit.Entry, next belay.ID, err error) {
	switch {
	case by.Role == belay.RoleOperator:
	case by.Role == belay.RoleSite && !by.SiteID.IsZero() && (q.SiteID.IsZero() || q.SiteID == by.SiteID):
		q.SiteID = by.SiteID
	default:
		return nil, next, belay.Refuse(belay.PermissionDenied, "ROLE_NOT_ALLOWED", "only an operator may read the audit log, and a site's owner that of the site")
	}
	if until := belay.IDFloor(q.Until.Time()); q.Until > 0 && (q.Before.IsZero() || bytes.Compare(until[:], q.Before[:]) < 0) {
		q.Before = until
	}
	var tails []*auditTail
	for _, stream := range q.streams() {
		tails = append(tails, &auditTail{stream: stream, before: q.Before})
	}
	for looked := 0; len(found) < q.Limit; looked++ {
		newest, err := e.newestOf(ctx, &q, tails)
		if err != nil {
			return nil, belay.ID{}, err
		}
		if newest == nil {
			return found, belay.ID{}, nil
		}
		if looked == auditLook {
			return found, next, nil
		}
		stored := newest.ahead[0]
		newest.ahead, next = newest.ahead[1:], stored.ID
		entry, err := audit.Decode(stored.SiteID, stored.ID, stored.Value)
		if err != nil {
			return nil, belay.ID{}, err
		}
		if q.wants(&entry) {
			found = append(found, entry)
		}
	}
	more, err := e.newestOf(ctx, &q, tails)
	if err != nil || more == nil {
		return found, belay.ID{}, err
	}
	return found, next, nil
}

// streams are those that can hold what is asked for.
func (q *AuditQuery) streams() []string {
	switch {
	case q.Operation == audit.Canceled, q.Kind == audit.ExternalEntity, q.Kind == audit.Activation:
		return []string{store.Cancels}
	case q.Operation != "":
		return []string{store.Changes}
	}
	return []string{store.Changes, store.Cancels}
}

func (q *AuditQuery) wants(e *audit.Entry) bool {
	if q.Operation != "" && e.Operation != q.Operation || q.Kind != "" && e.Kind != q.Kind {
		return false
	}
	a := &e.By
	return q.Actor == "" || a.UserID == q.Actor || a.KeyID.String() == q.Actor || a.AppID.String() == q.Actor ||
		strings.Contains(strings.ToLower(a.Name), strings.ToLower(q.Actor))
}

// auditTail is what is left of a stream.
type auditTail struct {
	stream string
	before belay.ID
	ahead  []store.Entry
	ended  bool
}

// newestOf returns the tail whose next entry is the newest, nil where there is none
// since the time that is asked for.
func (e *Engine) newestOf(ctx context.Context, q *AuditQuery, tails []*auditTail) (newest *auditTail, err error) {
	for _, t := range tails {
		if len(t.ahead) == 0 && !t.ended {
			if err := e.readAudit(ctx, q, t); err != nil {
				return nil, err
			}
		}
		if len(t.ahead) > 0 && (newest == nil || bytes.Compare(t.ahead[0].ID[:], newest.ahead[0].ID[:]) > 0) {
			newest = t
		}
	}
	return newest, nil
}

func (e *Engine) readAudit(ctx context.Context, q *AuditQuery, t *auditTail) (err error) {
	page := store.Page{Before: t.before, Newest: true, Limit: min(auditPage, q.Limit+1)}
	if q.Since > 0 {
		page.After = before(belay.IDFloor(q.Since.Time()))
	}
	if q.SiteID.IsZero() {
		t.ahead, err = e.Store().Trail(ctx, store.TrailQuery{Stream: t.stream, Page: page})
	} else {
		t.ahead, err = e.Store().Entries(ctx, store.EntryQuery{SiteID: q.SiteID, Stream: t.stream, Page: page})
	}
	if err != nil {
		return fmt.Errorf("engine: audit log: %w", err)
	}
	if t.ended = len(t.ahead) < page.Limit; len(t.ahead) > 0 {
		t.before = t.ahead[len(t.ahead)-1].ID
	}
	return nil
}

// before returns the ID right before one.
func before(id belay.ID) belay.ID {
	for i := len(id) - 1; i >= 0; i-- {
		id[i]--
		if id[i] != 0xff {
			break
		}
	}
	return id
}
