package httpapi

import (
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

func TestAMaskShowsWhatItNamesAlone(t *testing.T) {
	const payload = `{"id":"7","customer":{"email":"a@b.c","name":"Ada"},"lines":[{"price":1,"sku":"x"},{"price":2},5],"n":3}`
	for name, tt := range map[string]struct {
		mask []string
		want string
	}{
		"none":              {nil, payload},
		"a member":          {[]string{"n"}, `{"n":3}`},
		"below":             {[]string{"customer.email"}, `{"customer":{"email":"a@b.c"}}`},
		"of each in a list": {[]string{"lines.price"}, `{"lines":[{"price":1},{"price":2}]}`},
		"by commas":         {[]string{"n, id"}, `{"id":"7","n":3}`},
		"given twice":       {[]string{"id", "n"}, `{"id":"7","n":3}`},
		"all and a part":    {[]string{"customer", "customer.email"}, `{"customer":{"email":"a@b.c","name":"Ada"}}`},
		"a part and all":    {[]string{"customer.email", "customer"}, `{"customer":{"email":"a@b.c","name":"Ada"}}`},
		"not there":         {[]string{"nobody.home"}, `{}`},
		"below a number":    {[]string{"n.x"}, `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := readMask(tt.mask)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(m.show(jsontext.Value(payload))); got != tt.want {
				t.Errorf("show() = %s; want %s", got, tt.want)
			}
		})
	}
	for _, bad := range []string{"", ".", "a..b", "a.", "a,,b"} {
		if _, err := readMask([]string{bad}); err == nil {
			t.Errorf("readMask(%q) = nil; want that it names the field", bad)
		}
	}
}
