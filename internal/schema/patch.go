package schema

import (
	"errors"
	"slices"
	"strconv"
	"strings"
)

// errNoPlace is why a patch does not apply.
var errNoPlace = errors.New("the place is not there")

// patch changes n in place, as a JSON Patch does; an act that does not apply ends
// it, with those before it done.
func (n *node) patch(acts []Act) error {
	for _, act := range acts {
		if err := n.act(act); err != nil {
			return err
		}
	}
	return nil
}

func (n *node) act(a Act) error {
	var value *node
	var err error
	switch a.Op {
	case "move":
		if renamed := n.rename(a); renamed {
			return nil
		}
		if value, err = n.take(a.From); err != nil {
			return err
		}
	case "add", "replace":
		if value, err = readDocument("value", a.Value); err != nil {
			return err
		}
	case "remove":
		_, err = n.take(a.Path)
		return err
	}
	return n.put(a.Path, value, a.Op == "replace")
}

// rename carries out a move within one object, where the member keeps its place.
func (n *node) rename(a Act) bool {
	from, old, err := n.holder(a.From)
	if err != nil || from.kind != '{' {
		return false
	}
	to, key, err := n.holder(a.Path)
	if err != nil || to != from || from.get(key) != nil {
		return false
	}
	for i := range from.members {
		if from.members[i].key == old {
			from.members[i].key = key
			return true
		}
	}
	return false
}

// holder returns what holds the last step of a pointer, and that step.
func (n *node) holder(pointer string) (*node, string, error) {
	if pointer == "" {
		return nil, "", errNoPlace
	}
	parts := strings.Split(pointer[1:], "/")
	for i := range parts {
		parts[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(parts[i])
	}
	last := len(parts) - 1
	at := n.below(parts[:last])
	if at == nil {
		return nil, "", errNoPlace
	}
	return at, parts[last], nil
}

// below returns what stands at the end of a way, nil where it leads nowhere.
func (n *node) below(way []string) *node {
	for _, step := range way {
		switch {
		case n == nil:
			return nil
		case n.kind == '{':
			n = n.get(step)
		default:
			i, err := strconv.Atoi(step)
			if n.kind != '[' || err != nil || i < 0 || i >= len(n.elements) {
				return nil
			}
			n = n.elements[i]
		}
	}
	return n
}

// take removes what a pointer names, and returns it.
func (n *node) take(pointer string) (*node, error) {
	at, step, err := n.holder(pointer)
	if err != nil {
		return nil, err
	}
	if at.kind == '{' {
		for i, m := range at.members {
			if m.key == step {
				at.members = slices.Delete(at.members, i, i+1)
				return m.value, nil
			}
		}
		return nil, errNoPlace
	}
	i, err := strconv.Atoi(step)
	if at.kind != '[' || err != nil || i < 0 || i >= len(at.elements) {
		return nil, errNoPlace
	}
	value := at.elements[i]
	at.elements = slices.Delete(at.elements, i, i+1)
	return value, nil
}

// put sets what a pointer names; replacing takes only what is there already.
func (n *node) put(pointer string, value *node, replacing bool) error {
	if pointer == "" {
		*n = *value
		return nil
	}
	at, step, err := n.holder(pointer)
	if err != nil {
		return err
	}
	if at.kind == '{' {
		for i := range at.members {
			if at.members[i].key == step {
				at.members[i].value = value
				return nil
			}
		}
		if replacing {
			return errNoPlace
		}
		at.members = append(at.members, member{step, value})
		return nil
	}
	i, err := strconv.Atoi(step)
	switch {
	case at.kind != '[' || step != "-" && (err != nil || i < 0 || i > len(at.elements)):
		return errNoPlace
	case step == "-":
		at.elements = append(at.elements, value)
	case replacing && i < len(at.elements):
		at.elements[i] = value
	case replacing:
		return errNoPlace
	default:
		at.elements = slices.Insert(at.elements, i, value)
	}
	return nil
}
