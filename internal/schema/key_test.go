package schema_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belay-events/belay/internal/schema"
)

func TestCheckKeyNamesTheRuleBroken(t *testing.T) {
	for name, tt := range map[string]struct {
		key  string
		want []string
	}{
		"one letter":           {"a", nil},
		"one digit":            {"7", nil},
		"suggested form":       {"my_app-invoice_paid", nil},
		"longest":              {strings.Repeat("a", 100), nil},
		"empty":                {"", []string{"triggerKey REQUIRED"}},
		"too long":             {strings.Repeat("a", 101), []string{"triggerKey MAX_LENGTH"}},
		"capital":              {"invoicePaid", []string{"triggerKey PATTERN"}},
		"begins with -":        {"-a", []string{"triggerKey PATTERN"}},
		"begins with _":        {"_a", []string{"triggerKey PATTERN"}},
		"space":                {"a b", []string{"triggerKey PATTERN"}},
		"dot":                  {"a.b", []string{"triggerKey PATTERN"}},
		"other letters":        {"é", []string{"triggerKey PATTERN"}},
		"too long and capital": {strings.Repeat("A", 101), []string{"triggerKey MAX_LENGTH", "triggerKey PATTERN"}},
		"invalid utf-8":        {"a\xff", []string{"triggerKey PATTERN"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, lines(schema.CheckKey("triggerKey", tt.key))); diff != "" {
				t.Errorf("violations (-want +got):\n%s", diff)
			}
		})
	}
}
