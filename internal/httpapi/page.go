package httpapi

import (
	"encoding/base64"
	"fmt"
	"sort"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// defaultLimit is how many a page holds where the call does not say.
const defaultLimit = 50

// cursorForm begins each cursor: a cursor of another form is refused.
const cursorForm = "1:"

func cursorOf(key string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(cursorForm + key))
}

// keyIn returns what a cursor was made of; field names it where it is refused.
func keyIn(field, cursor string) (string, error) {
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(raw) <= len(cursorForm) || string(raw[:len(cursorForm)]) != cursorForm {
		return "", belay.Invalid(field, "CURSOR", "is not a cursor of this list")
	}
	return string(raw[len(cursorForm):]), nil
}

// pageOf cuts a page out of all of a list, in the order of the keys, each of
// which is its own.
func pageOf[T any](all []T, key func(*T) string, in api.ListRequest) ([]T, api.Paging, error) {
	sort.Slice(all, func(i, j int) bool { return key(&all[i]) < key(&all[j]) })
	first := 0
	if in.Cursor != "" {
		after, err := keyIn("cursor", in.Cursor)
		if err != nil {
			return nil, api.Paging{}, err
		}
		first = sort.Search(len(all), func(i int) bool { return key(&all[i]) > after })
	}
	page := all[first:]
	paging := api.Paging{}
	if limit := limitOf(in.Limit); len(page) > limit {
		page = page[:limit]
		paging.HasNext = true
		paging.Cursors.Next = cursorOf(key(&page[limit-1]))
	}
	paging.Count = len(page)
	return page, paging, nil
}

func limitOf(given int) int {
	if given == 0 {
		return defaultLimit
	}
	return given
}

// made orders what was created by time, then by ID.
func made(at belay.Instant, id belay.ID) string { return fmt.Sprintf("%015d%s", at, id) }

// newestFirst is the page of a list by ID that a call asks for, and one more, so
// that it shows whether anything follows.
func newestFirst(field string, limit int, cursor string) (store.Page, error) {
	p := store.Page{Newest: true, Limit: limitOf(limit) + 1}
	if cursor == "" {
		return p, nil
	}
	key, err := keyIn(field, cursor)
	if err != nil {
		return p, err
	}
	if p.Before, err = belay.ParseID(key); err != nil {
		return p, belay.Invalid(field, "CURSOR", "is not a cursor of this list")
	}
	return p, nil
}

// turned takes the one item too many off, and says how the list goes on.
func turned[T any](list []T, p store.Page, id func(*T) belay.ID) ([]T, api.Paging) {
	paging := api.Paging{}
	if len(list) == p.Limit {
		list = list[:p.Limit-1]
		paging.HasNext = true
		paging.Cursors.Next = cursorOf(id(&list[len(list)-1]).String())
	}
	paging.Count = len(list)
	return list, paging
}
