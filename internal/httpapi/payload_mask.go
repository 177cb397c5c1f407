package httpapi

import (
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
)

// payloadMask is what is shown of a payload: members by their names, each with what
// is shown of it, nil for all. A nil mask shows all.
type payloadMask map[string]payloadMask

// readMask reads paths such as "customer.email", each given by itself or several
// joined by commas. A list is passed through: "lines.price" is the price of each.
func readMask(given []string) (payloadMask, error) {
	var mask payloadMask
	for _, list := range given {
		for path := range strings.SplitSeq(list, ",") {
			if mask == nil {
				mask = payloadMask{}
			}
			if err := mask.add(strings.TrimSpace(path)); err != nil {
				return nil, err
			}
		}
	}
	return mask, nil
}

func (m payloadMask) add(path string) error {
	if path == "" || len(path) > 1000 {
		return belay.Invalid("payloadMask", "FORMAT", "must be paths of the payload such as customer.email")
	}
	names := strings.Split(path, ".")
	for i, name := range names {
		if name == "" {
			return belay.Invalid("payloadMask", "FORMAT", "must be paths of the payload such as customer.email")
		}
		below, there := m[name]
		switch {
		case there && below == nil: // all of it is shown already
			return nil
		case i == len(names)-1:
			m[name] = nil
			return nil
		case !there:
			below = payloadMask{}
			m[name] = below
		}
		m = below
	}
	return nil
}

// show returns what the mask lets through of a value, which is JSON; nothing of one
// that has no members.
func (m payloadMask) show(value jsontext.Value) jsontext.Value {
	if m == nil || len(value) == 0 {
		return value
	}
	switch value.Kind() {
	case '{':
		var members map[string]jsontext.Value
		if json.Unmarshal(value, &members) != nil {
			return nil
		}
		for name, v := range members {
			below, shown := m[name]
			if shown {
				v = below.show(v)
			}
			if !shown || v == nil {
				delete(members, name)
			} else {
				members[name] = v
			}
		}
		return written(members)
	case '[':
		var items []jsontext.Value
		if json.Unmarshal(value, &items) != nil {
			return nil
		}
		kept := items[:0]
		for _, v := range items {
			if v = m.show(v); v != nil {
				kept = append(kept, v)
			}
		}
		return written(kept)
	}
	return nil
}

func written(v any) jsontext.Value {
	text, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		return nil
	}
	return text
}

// masked leaves in the payloads of a log what the mask shows.
func (m payloadMask) masked(told *api.ActivationLog) {
	if m == nil {
		return
	}
	if i := told.InitiatedInfo; i != nil {
		i.Payload = []byte(m.show(jsontext.Value(i.Payload)))
	}
	if i := told.StartedInfo; i != nil {
		i.Payload = []byte(m.show(jsontext.Value(i.Payload)))
	}
	if i := told.SkippedInfo; i != nil {
		i.Payload = []byte(m.show(jsontext.Value(i.Payload)))
	}
}
