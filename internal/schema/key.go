package schema

import (
	"fmt"

	"github.com/belay-events/belay/internal/belay"
)

// maxKey is how many characters a trigger or action key has at most.
const maxKey = 100

// CheckKey returns the rules that the key of a trigger or action breaks, none
// when it is good: REQUIRED when empty, MAX_LENGTH beyond 100 characters, PATTERN
// unless it begins with a lowercase letter or a digit and holds only those, '-'
// and '_'.
//
// Source: the compatible API, "Add a trigger to your app".
func CheckKey(field, key string) []belay.Violation {
	if key == "" {
		return []belay.Violation{{Field: field, Rule: "REQUIRED", Description: "must not be empty"}}
	}
	var broken []belay.Violation
	length, good := 0, true
	for i, c := range key {
		length++
		letter := 'a' <= c && c <= 'z' || '0' <= c && c <= '9'
		if !letter && (i == 0 || c != '-' && c != '_') {
			good = false
		}
	}
	if length > maxKey {
		broken = append(broken, belay.Violation{
			Field: field, Rule: "MAX_LENGTH",
			Description: fmt.Sprintf("must be at most %d characters long, is %d", maxKey, length),
		})
	}
	if !good {
		broken = append(broken, belay.Violation{
			Field: field, Rule: "PATTERN",
			Description: "must begin with a lowercase letter or a digit and hold only lowercase letters, digits, '-' and '_'",
		})
	}
	return broken
}
