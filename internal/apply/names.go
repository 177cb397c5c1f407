package apply

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
)

// builtIn is the app whose actions Belay carries out itself.
const builtIn = "belay"

// names finds the IDs of what is called by its name.
type names struct {
	kind string
	ids  map[string][]string // by name
	text map[string]string   // names by ID
}

func newNames(kind string) *names {
	return &names{kind: kind, ids: make(map[string][]string), text: make(map[string]string)}
}

// add makes a name known. The first of two names of one ID counts.
func (n *names) add(id, name string) {
	if _, known := n.text[id]; known {
		return
	}
	n.text[id] = name
	n.ids[name] = append(n.ids[name], id)
}

// id returns the ID of what is meant, which is one already or a name.
func (n *names) id(meant string) (string, error) {
	if isID(meant) {
		return strings.ToLower(meant), nil
	}
	switch ids := n.ids[meant]; len(ids) {
	case 0:
		return "", fmt.Errorf("there is no %s named %q", n.kind, meant)
	case 1:
		return ids[0], nil
	}
	return "", fmt.Errorf("there is more than one %s named %q; name it by its ID", n.kind, meant)
}

// name returns how a file names an ID: by its name where that is plain.
func (n *names) name(id string) string {
	if name, known := n.text[id]; known && len(n.ids[name]) == 1 && name != builtIn && !isID(name) {
		return name
	}
	return id
}

var guid = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

func isID(s string) bool { return guid.MatchString(s) }

// derived returns the GUID that stands for parts: always the same for the same.
//
// Source: RFC 9562, section 5.8; the hash is SHA-256, cut.
func derived(parts ...string) string {
	h := sha256.Sum256([]byte("belay\x00" + strings.Join(parts, "\x00")))
	h[6] = h[6]&0x0f | 0x80
	h[8] = h[8]&0x3f | 0x80
	s := hex.EncodeToString(h[:16])
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}
