package apply

import (
	"fmt"
	"slices"
	"strings"

	"github.com/belay-events/belay/api"
)

// The calls that an app's server may answer, by the names that files give them.
const (
	validates = "validateConfiguration"
	schemas   = "getDynamicSchema"
	refreshes = "refreshPayload"
	quotas    = "quotaInfo"
)

func (t *Trigger) methods() api.TriggerMethods {
	return api.TriggerMethods{
		ValidateConfiguration: slices.Contains(t.Implements, validates),
		GetDynamicSchema:      slices.Contains(t.Implements, schemas),
		RefreshPayload:        slices.Contains(t.Implements, refreshes),
	}
}

func (a *Action) methods() api.ActionMethods {
	return api.ActionMethods{
		ValidateConfiguration: slices.Contains(a.Implements, validates),
		QuotaInfo:             slices.Contains(a.Implements, quotas),
	}
}

// named returns the names whose marks are set.
func named(marks map[string]bool) (names []string) {
	for _, name := range []string{validates, schemas, refreshes, quotas} {
		if marks[name] {
			names = append(names, name)
		}
	}
	return names
}

func triggerMethods(m api.TriggerMethods) []string {
	return named(map[string]bool{validates: m.ValidateConfiguration, schemas: m.GetDynamicSchema, refreshes: m.RefreshPayload})
}

func actionMethods(m api.ActionMethods) []string {
	return named(map[string]bool{validates: m.ValidateConfiguration, quotas: m.QuotaInfo})
}

// implements checks that each name is one of those known, and comes once.
func (f *faults) implements(names []string, known ...string) {
	for i, name := range names {
		switch {
		case !slices.Contains(known, name):
			f.add(fmt.Sprintf("implements[%d]", i), "must be one of %s", strings.Join(known, ", "))
		case slices.Contains(names[:i], name):
			f.add(fmt.Sprintf("implements[%d]", i), "is there twice")
		}
	}
}
