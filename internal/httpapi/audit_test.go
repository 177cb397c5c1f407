package httpapi

import (
	"reflect"
	"strings"
	"testing"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/audit"
)

func TestTheAuditLogIsDocumentedWithAllItsWords(t *testing.T) {
	var operations, kinds []string
	for _, o := range audit.Operations() {
		operations = append(operations, string(o))
	}
	for _, k := range audit.Kinds() {
		kinds = append(kinds, string(k))
	}
	for _, in := range []reflect.Type{reflect.TypeFor[api.AuditRequest](), reflect.TypeFor[api.AuditEntry]()} {
		for name, words := range map[string][]string{"Operation": operations, "Kind": kinds} {
			f, _ := in.FieldByName(name)
			if got, want := f.Tag.Get("enum"), strings.Join(words, ","); got != want {
				t.Errorf("%s.%s may be %s; want %s", in, name, got, want)
			}
		}
	}
}
