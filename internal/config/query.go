package config

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/belay-events/belay/internal/belay"
)

// Bounds on a query.
// Source: the compatible API's Automations V2, Query Automations.
const (
	defaultLimit = 50
	maxLimit     = 500
	maxSorts     = 5
	maxCursor    = 64_000
	// maxFilterBytes leaves a cursor, which holds the filter, within maxCursor.
	maxFilterBytes = 24_000
)

// Query asks for a page of a site's automations. With a Cursor, which holds the
// query that it came from, Filter and Sort are left out or the same as before.
type Query struct {
	// Filter is an object of the compatible wire's query language; nothing for all.
	Filter json.RawMessage
	// Sort is by creation where empty; ties are in the order of IDs.
	Sort   []Sort
	Cursor string
	Limit  int // 1 to 500; 0 for 50
	// Drafts asks for drafts as well, among the automations.
	Drafts bool
}

// Sort is a field to sort by; Order is ASC, also where empty, or DESC.
type Sort struct {
	Field string `json:"fieldName"`
	Order string `json:"order,omitempty"`
}

// Page is a page of automations. Next and Prev are the cursors of the pages
// after and before, empty where there is none at this moment.
type Page struct {
	Automations []belay.Automation
	// Drafts has, where the query asked for drafts, the draft of each automation of
	// the page that has one, and of each whose draft is on the page.
	Drafts     map[belay.ID]belay.ID
	HasNext    bool
	Next, Prev string
}

// position is what a cursor holds: a query, and an automation that the page
// follows, or leads up to where Before. The automation need not exist any more.
type position struct {
	Filter json.RawMessage `json:"f,omitempty"`
	Sort   []Sort          `json:"s,omitempty"`
	Keys   []string        `json:"k"`
	ID     belay.ID        `json:"i"`
	Before bool            `json:"b,omitempty"`
}

// QueryAutomations returns a page of a site's automations. Pages are told apart
// by values and not by counting: what is created or deleted meanwhile shifts
// nothing. The error is InvalidArgument, with a violation that names the place,
// for a query that is not understood.
func (b *Book) QueryAutomations(ctx context.Context, by belay.Caller, site belay.ID, q Query) (Page, error) {
	if err := readsSite(by, site, "read automations"); err != nil {
		return Page{}, err
	}
	var drafts []belay.Automation
	page, err := q.over(func() (all []*kept, err error) {
		all, drafts, err = b.queried(ctx, site, q.Drafts)
		return all, err
	})
	if q.Drafts && err == nil {
		page.Drafts = draftsOn(page.Automations, drafts)
	}
	return page, err
}

// over returns the page of a query over what look returns, which is called once
// the query is understood.
func (q Query) over(look func() ([]*kept, error)) (Page, error) {
	at, err := q.position()
	if err != nil {
		return Page{}, err
	}
	limit := cmp.Or(q.Limit, defaultLimit)
	if limit < 1 || limit > maxLimit {
		return Page{}, belay.Invalid("query.cursorPaging.limit", "RANGE", fmt.Sprintf("must be from 1 to %d", maxLimit))
	}
	matches, err := compileFilter(at.Filter)
	if err != nil {
		return Page{}, err
	}
	all, err := look()
	if err != nil {
		return Page{}, err
	}
	var rows []row
	for _, k := range all {
		r, err := newRow(k, at.Sort)
		if err != nil {
			return Page{}, err
		}
		if matches(r) {
			rows = append(rows, r)
		}
	}
	slices.SortFunc(rows, func(a, c row) int { return at.compare(a.keys, a.kept.ID, c.keys, c.kept.ID) })
	return at.page(rows, limit)
}

// queried returns what a query looks at, and the drafts among it, as they are at
// one version of the site's scope.
func (b *Book) queried(ctx context.Context, site belay.ID, withDrafts bool) ([]*kept, []belay.Automation, error) {
	for range maxReads {
		s, err := b.Refresh(ctx, site)
		if err != nil {
			return nil, nil, err
		}
		if !withDrafts {
			return s.all(), nil, nil
		}
		drafts, version, err := b.allDrafts(ctx, site)
		if err != nil {
			return nil, nil, err
		}
		if version != s.SiteVersion {
			continue
		}
		all := s.all()
		for i := range drafts {
			all = append(all, &kept{Automation: drafts[i]})
		}
		return all, drafts, nil
	}
	return nil, nil, errRestless()
}

// draftsOn returns the drafts that concern a page, by the automation that each is of.
func draftsOn(page, drafts []belay.Automation) map[belay.ID]belay.ID {
	here := make(map[belay.ID]bool, len(page))
	for i := range page {
		here[page[i].ID] = true
	}
	found := make(map[belay.ID]belay.ID)
	for i := range drafts {
		if of := drafts[i].Draft.OriginalID; !of.IsZero() && (here[of] || here[drafts[i].ID]) {
			found[of] = drafts[i].ID
		}
	}
	return found
}

// position returns where a query begins.
func (q Query) position() (position, error) {
	filter, err := compactFilter(q.Filter)
	if err != nil {
		return position{}, err
	}
	at := position{Filter: filter, Sort: q.Sort}
	if q.Cursor != "" {
		at, err = readCursor(q.Cursor)
		if err != nil {
			return position{}, err
		}
		if filter != nil && !bytes.Equal(filter, at.Filter) || len(q.Sort) > 0 && !slices.Equal(q.Sort, at.Sort) {
			return position{}, belay.Invalid("query.cursorPaging.cursor", "CURSOR", "belongs to a query with another filter or sort")
		}
	}
	return at, checkSort(at.Sort)
}

func compactFilter(raw json.RawMessage) (json.RawMessage, error) {
	if len(bytes.TrimSpace(raw)) == 0 || string(raw) == "null" {
		return nil, nil
	}
	value := jsontext.Value(raw).Clone()
	if err := value.Compact(); err != nil || value.Kind() != '{' {
		return nil, belay.Invalid("query.filter", "TYPE", "must be a JSON object")
	}
	if len(value) > maxFilterBytes {
		return nil, belay.Invalid("query.filter", "MAX_BYTES", fmt.Sprintf("is %d bytes long, at most %d are taken", len(value), maxFilterBytes))
	}
	if string(value) == "{}" {
		return nil, nil
	}
	return json.RawMessage(value), nil
}

func checkSort(sort []Sort) error {
	var f faults
	f.items("query.sort", len(sort), 0, maxSorts)
	for i, s := range sort {
		at := fmt.Sprintf("query.sort[%d].", i)
		f.oneOf(at+"fieldName", s.Field, sortFields()...)
		if s.Order != "" {
			f.oneOf(at+"order", s.Order, "ASC", "DESC")
		}
	}
	return f.err("the query")
}

func readCursor(cursor string) (position, error) {
	wrong := belay.Invalid("query.cursorPaging.cursor", "CURSOR", "is not one that this server gave")
	if len(cursor) > maxCursor {
		return position{}, wrong
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return position{}, wrong
	}
	var at position
	if err := json.Unmarshal(raw, &at); err != nil || at.ID.IsZero() || len(at.Keys) != max(len(at.Sort), 1) {
		return position{}, wrong
	}
	if at.Filter, err = compactFilter(at.Filter); err != nil {
		return position{}, wrong
	}
	return at, nil
}

func (p position) cursor(r row, before bool) (string, error) {
	p.Keys, p.ID, p.Before = r.keys, r.kept.ID, before
	raw, err := json.Marshal(p)
	if err != nil {
		return "", fmt.Errorf("config: write cursor: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(raw), nil
}

// compare orders two automations by their sort keys, then by ID.
func (p position) compare(a []string, aID belay.ID, c []string, cID belay.ID) int {
	for i := range min(len(a), len(c)) {
		n := strings.Compare(a[i], c[i])
		if i < len(p.Sort) && p.Sort[i].Order == "DESC" {
			n = -n
		}
		if n != 0 {
			return n
		}
	}
	return slices.Compare(aID[:], cID[:])
}

// page cuts a page out of all rows in their order.
func (p position) page(rows []row, limit int) (Page, error) {
	from, to := 0, min(limit, len(rows))
	if !p.ID.IsZero() {
		at, found := slices.BinarySearchFunc(rows, p, func(r row, p position) int {
			return p.compare(r.keys, r.kept.ID, p.Keys, p.ID)
		})
		switch {
		case p.Before:
			from, to = max(at-limit, 0), at
		case found:
			from, to = at+1, min(at+1+limit, len(rows))
		default:
			from, to = at, min(at+limit, len(rows))
		}
	}
	var page Page
	for _, r := range rows[from:to] {
		page.Automations = append(page.Automations, r.kept.Automation)
	}
	if from == to {
		return page, nil
	}
	var err error
	if page.HasNext = to < len(rows); page.HasNext {
		if page.Next, err = p.cursor(rows[to-1], false); err != nil {
			return Page{}, err
		}
	}
	if from > 0 {
		page.Prev, err = p.cursor(rows[from], true)
	}
	return page, err
}
