package httpapi

import (
	"bytes"
	"fmt"
	"reflect"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/belay-events/belay/internal/belay"
)

// apart is the member of a bulk call's body whose items stand or fall each on its
// own. A body that is strict JSON of the wanted form is read in one go; only where
// it is not, the items are looked at one by one.
type apart struct {
	name  string
	index []int // of the field, a slice
	most  int   // items
}

// broken are the items that could not be read, by their place in the list. A
// request type that holds it may have a field that is tagged apart.
type broken struct{ items map[int]*belay.Error }

func (b *broken) add(i int, err *belay.Error) {
	if b.items == nil {
		b.items = make(map[int]*belay.Error)
	}
	b.items[i] = err
}

// read fills in from a body that was refused as a whole with err. Items that
// cannot be read are left zero and added to what in holds as broken; whatever is
// wrong beside them refuses the call.
func (a *apart) read(body []byte, in any, err error) error {
	rest, items, n, ok := a.split(body)
	if !ok {
		var any jsontext.Value
		if broken := json.Unmarshal(body, &any, lenient...); broken != nil {
			err = broken
		}
		return misread("", body, err)
	}
	if err := json.Unmarshal(rest, in); err != nil {
		return misread("", rest, err)
	}
	if n > a.most {
		return belay.Invalid(a.name, "MAX_ITEMS", fmt.Sprintf("must have at most %d items, has %d", a.most, n))
	}
	list := reflect.ValueOf(in).Elem().FieldByIndex(a.index)
	list.Set(reflect.MakeSlice(list.Type(), n, n))
	for i, item := range items {
		at := list.Index(i)
		if err := json.Unmarshal(item, at.Addr().Interface()); err != nil {
			at.SetZero()
			in.(interface{ add(int, *belay.Error) }).add(i, misread(a.name+"["+strconv.Itoa(i)+"]", item, err))
		}
	}
	return nil
}

// lenient reads what only the strict reader refuses.
var lenient = []jsontext.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}

// split takes the list out of a body: rest is the body with null in its place,
// items are at most the first a.most of the n that there are. It reports false
// for a body that is not JSON, or has no such list.
func (a *apart) split(body []byte) (rest []byte, items []jsontext.Value, n int, ok bool) {
	d := jsontext.NewDecoder(bytes.NewReader(body), lenient...)
	if open, err := d.ReadToken(); err != nil || open.Kind() != '{' {
		return nil, nil, 0, false
	}
	rest = append(rest, '{')
	for d.PeekKind() == '"' {
		name, err := d.ReadValue()
		if err != nil {
			return nil, nil, 0, false
		}
		if len(rest) > 1 {
			rest = append(rest, ',')
		}
		rest = append(append(rest, name...), ':')
		if string(name) == strconv.Quote(a.name) && d.PeekKind() == '[' {
			if items, n, ok = a.items(d); !ok {
				return nil, nil, 0, false
			}
			rest = append(rest, "null"...)
			continue
		}
		value, err := d.ReadValue()
		if err != nil {
			return nil, nil, 0, false
		}
		rest = append(rest, value...)
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, nil, 0, false
	}
	// What follows the object is for the strict reader to refuse.
	return append(append(rest, '}'), body[d.InputOffset():]...), items, n, ok
}

func (a *apart) items(d *jsontext.Decoder) (items []jsontext.Value, n int, ok bool) {
	if _, err := d.ReadToken(); err != nil {
		return nil, 0, false
	}
	for k := d.PeekKind(); k != ']'; k = d.PeekKind() {
		item, err := d.ReadValue()
		if err != nil {
			return nil, 0, false
		}
		if n++; n <= a.most {
			items = append(items, item.Clone())
		}
	}
	_, err := d.ReadToken()
	return items, n, err == nil
}
