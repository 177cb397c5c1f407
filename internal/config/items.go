package config

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/belay-events/belay/internal/belay"
)

// maxItems is how many items of a catalog a page holds.
//
// Source: the compatible API's trigger catalog, CursorPaging.
const maxItems = 100

// Item is one thing of a catalog, as the wire tells it.
type Item struct {
	Key    string // tells it from all others
	Fields map[string]any
}

// ItemQuery asks for a page of a catalog: by a cursor, which holds the query that
// it came from, or else by Offset.
type ItemQuery struct {
	Filter json.RawMessage // an object of the compatible wire's query language; nothing for all
	Sort   []Sort          // by Key where empty
	Cursor string
	Offset int
	Limit  int // 1 to 100; 0 for 50
}

// ItemPage is a page of a catalog of Total items that match. Next and Prev are the
// cursors of the pages after and before, empty where there is none.
type ItemPage struct {
	At         []int // where the page's items stand among those given
	Offset     int
	Total      int
	Next, Prev string
}

// itemPosition is what an item's cursor holds: a query, and the keys of an item
// that the page follows, or leads up to where Before.
type itemPosition struct {
	Filter json.RawMessage `json:"f,omitempty"`
	Sort   []Sort          `json:"s,omitempty"`
	Keys   []string        `json:"k,omitempty"`
	Before bool            `json:"b,omitempty"`
}

// QueryItems returns a page of items by the fields given, each of them a word.
// Items are told apart by their keys, so that no page leaves out or repeats one
// that stays. The error is InvalidArgument, with a violation that names the place.
func QueryItems(items []Item, words []string, q ItemQuery) (ItemPage, error) {
	at, err := q.position(words)
	if err != nil {
		return ItemPage{}, err
	}
	limit := cmp.Or(q.Limit, defaultLimit)
	if limit < 1 || limit > maxItems {
		return ItemPage{}, belay.Invalid("query.paging.limit", "RANGE", fmt.Sprintf("must be from 1 to %d", maxItems))
	}
	passes, err := fields(func(path string) bool { return slices.Contains(words, path) }).compile(at.Filter)
	if err != nil {
		return ItemPage{}, err
	}
	var found []foundItem
	for i := range items {
		r := row{fields: items[i].Fields}
		if passes(r) {
			found = append(found, foundItem{i, at.keysOf(r, items[i].Key)})
		}
	}
	slices.SortFunc(found, func(a, b foundItem) int { return at.compare(a.keys, b.keys) })
	return at.page(found, q.Offset, limit)
}

type foundItem struct {
	at   int
	keys []string
}

func (q ItemQuery) position(words []string) (itemPosition, error) {
	filter, err := compactFilter(q.Filter)
	if err != nil {
		return itemPosition{}, err
	}
	at := itemPosition{Filter: filter, Sort: q.Sort}
	if q.Cursor != "" {
		at, err = readItemCursor(q.Cursor)
		if err != nil {
			return itemPosition{}, err
		}
		if filter != nil && !bytes.Equal(filter, at.Filter) || len(q.Sort) > 0 && !slices.Equal(q.Sort, at.Sort) {
			return itemPosition{}, belay.Invalid("query.cursorPaging.cursor", "CURSOR", "belongs to a query with another filter or sort")
		}
	}
	return at, checkItemSort(at.Sort, words)
}

// checkItemSort refuses the ID, as the compatible catalogs do, with their reason.
func checkItemSort(sort []Sort, words []string) error {
	var f faults
	f.items("query.sort", len(sort), 0, maxSorts)
	for i, s := range sort {
		at := fmt.Sprintf("query.sort[%d].", i)
		if s.Field == "id" {
			return &belay.Error{
				Code: belay.InvalidArgument, Reason: "SORT_PARSER_ERROR", Message: "a catalog cannot be sorted by id",
				Violations: []belay.Violation{{Field: at + "fieldName", Rule: "ENUM", Description: "must not be id"}},
			}
		}
		f.oneOf(at+"fieldName", s.Field, words...)
		if s.Order != "" {
			f.oneOf(at+"order", s.Order, "ASC", "DESC")
		}
	}
	return f.err("the query")
}

func readItemCursor(cursor string) (itemPosition, error) {
	wrong := belay.Invalid("query.cursorPaging.cursor", "CURSOR", "is not one that this server gave")
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(cursor) > maxCursor {
		return itemPosition{}, wrong
	}
	var at itemPosition
	if err := json.Unmarshal(raw, &at); err != nil || len(at.Keys) != len(at.Sort)+1 {
		return itemPosition{}, wrong
	}
	if at.Filter, err = compactFilter(at.Filter); err != nil {
		return itemPosition{}, wrong
	}
	return at, nil
}

func (p itemPosition) cursor(keys []string, before bool) (string, error) {
	p.Keys, p.Before = keys, before
	raw, err := json.Marshal(p)
	if err != nil {
		return "", fmt.Errorf("config: write cursor: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(raw), nil
}

// keysOf returns what an item is sorted by, its own key last.
func (p itemPosition) keysOf(r row, key string) []string {
	keys := make([]string, 0, len(p.Sort)+1)
	for _, s := range p.Sort {
		word, _ := r.get(s.Field).(string)
		keys = append(keys, word)
	}
	return append(keys, key)
}

func (p itemPosition) compare(a, b []string) int {
	for i := range min(len(a), len(b)) {
		n := strings.Compare(a[i], b[i])
		if i < len(p.Sort) && p.Sort[i].Order == "DESC" {
			n = -n
		}
		if n != 0 {
			return n
		}
	}
	return 0
}

func (p itemPosition) page(found []foundItem, offset, limit int) (page ItemPage, err error) {
	from := min(max(offset, 0), len(found))
	to := min(from+limit, len(found))
	if len(p.Keys) > 0 {
		at, there := slices.BinarySearchFunc(found, p.Keys, func(f foundItem, keys []string) int { return p.compare(f.keys, keys) })
		switch {
		case p.Before:
			from, to = max(at-limit, 0), at
		case there:
			from, to = at+1, min(at+1+limit, len(found))
		default:
			from, to = at, min(at+limit, len(found))
		}
	}
	page = ItemPage{Offset: from, Total: len(found)}
	for _, f := range found[from:to] {
		page.At = append(page.At, f.at)
	}
	if from == to {
		return page, nil
	}
	if to < len(found) {
		if page.Next, err = p.cursor(found[to-1].keys, false); err != nil {
			return ItemPage{}, err
		}
	}
	if from > 0 {
		page.Prev, err = p.cursor(found[from].keys, true)
	}
	return page, err
}
