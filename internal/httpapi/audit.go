package httpapi

import (
	"context"
	"strings"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/audit"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/engine"
)

func (d *door) auditRoutes() []route {
	return []route{
		{
			method: "GET", patterns: own("/audit"), id: "listAudit", group: groupServer, access: known,
			summary: "List who changed and canceled what, newest first", operation: does(d.listAudit),
		},
	}
}

func (d *door) listAudit(ctx context.Context, c *call, in *api.AuditRequest) (*api.AuditResponse, error) {
	page, err := newestFirst("cursor", in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	q := engine.AuditQuery{
		SiteID: optionalID(in.SiteID), Operation: audit.Operation(in.Operation), Kind: audit.Kind(in.Kind), Actor: in.Actor,
		Before: page.Before, Limit: limitOf(in.Limit),
	}
	if !in.Since.IsZero() {
		q.Since = belay.At(in.Since.Time)
	}
	if !in.Until.IsZero() {
		q.Until = belay.At(in.Until.Time)
	}
	entries, next, err := d.engine.Audit(ctx, c.by, q)
	if err != nil {
		return nil, err
	}
	answer := &api.AuditResponse{Entries: make([]api.AuditEntry, len(entries)), PagingMetadata: api.Paging{Count: len(entries)}}
	for i := range entries {
		answer.Entries[i] = d.auditEntry(&entries[i])
	}
	if !next.IsZero() {
		answer.PagingMetadata.HasNext, answer.PagingMetadata.Cursors.Next = true, cursorOf(next.String())
	}
	return answer, nil
}

func (d *door) auditEntry(e *audit.Entry) api.AuditEntry {
	told := api.AuditEntry{
		ID: e.ID.String(), Date: api.Time{Time: e.ID.Time()}, SiteID: e.SiteID.String(), SiteName: d.book.NameOfSite(e.SiteID),
		Operation: string(e.Operation), Kind: string(e.Kind), Thing: e.Thing, Name: e.Name, AppID: e.AppID.String(),
		By: api.AuditActor{
			Role: strings.ToUpper(string(e.By.Role)), UserID: e.By.UserID, KeyID: e.By.KeyID.String(), KeyHint: e.By.KeyHint,
			AppID: e.By.AppID.String(), Name: e.By.Name,
		},
		From: e.By.From, PreviousRevision: api.Int64(e.WasRevision), Revision: api.Int64(e.Revision), ChangedFields: e.Fields,
	}
	if e.Kind == audit.ExternalEntity {
		told.Name = d.book.NameOfTrigger(e.AppID, e.TriggerKey)
	}
	if e.Operation == audit.Canceled {
		told.Cancel = &api.AuditCancel{
			TriggerKey: e.TriggerKey, Reason: string(e.Reason),
			Canceled: e.Found.Canceled, InFlight: e.Found.InFlight, Ended: e.Found.Ended,
		}
	}
	return told
}
