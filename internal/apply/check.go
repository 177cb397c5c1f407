package apply

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/schema"
)

// What can be known to be wrong before anything is changed. The server has the
// last word: here stand those of its rules that need no more than the files and
// what was read.

// refuse notes that a thing breaks rules; nothing is changed then.
func (c *comparison) refuse(name string, err error) {
	if err != nil {
		c.wrong = append(c.wrong, fmt.Errorf("%s: %w", name, err))
	}
}

// faults collects the rules that one thing breaks.
type faults struct{ lines []string }

func (f *faults) add(field, format string, args ...any) {
	f.lines = append(f.lines, field+" "+fmt.Sprintf(format, args...))
}

// take collects the violations of a check, whose fields stand below one that a
// file calls otherwise.
func (f *faults) take(err error) {
	if err == nil {
		return
	}
	e, ok := errors.AsType[*belay.Error](err)
	if !ok || len(e.Violations) == 0 {
		f.lines = append(f.lines, err.Error())
		return
	}
	f.broken(e.Violations)
}

func (f *faults) broken(list []belay.Violation) {
	for _, v := range list {
		f.add(v.Field, "%s", v.Description)
	}
}

func (f *faults) length(field, s string, least, most int) {
	switch n := utf8.RuneCountInString(s); {
	case n == 0 && least > 0:
		f.add(field, "is missing")
	case n < least || n > most:
		f.add(field, "must be from %d to %d characters long, is %d", least, most, n)
	}
}

func (f *faults) address(field, s string) {
	u, err := url.Parse(s)
	if s != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		f.add(field, "must be an http or https URL, such as https://example.com/belay")
	}
}

// credential checks a key or an app's secret, if there is one.
func (f *faults) credential(field, s string) {
	if s == "" {
		return
	}
	f.length(field, s, 16, 200)
	if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) {
		f.add(field, "must be of printable ASCII characters without spaces")
	}
}

// err returns nil where nothing was collected, one line for one rule, and else a
// line for each.
func (f *faults) err() error {
	switch len(f.lines) {
	case 0:
		return nil
	case 1:
		return errors.New(f.lines[0])
	}
	return errors.New("breaks " + fmt.Sprint(len(f.lines)) + " rules\n  " + strings.Join(f.lines, "\n  "))
}

const maxName = 100

func (a *App) check() error {
	var f faults
	f.length("name", a.Name, 1, maxName)
	f.credential("secret", a.Secret.Value)
	f.address("baseUrl", a.BaseURL)
	if a.Format != "" && a.Format != "jwt" && a.Format != "webhook" {
		f.add("format", "must be jwt or webhook")
	}
	return f.err()
}

func (t *Trigger) check(payload, config []byte) error {
	var f faults
	f.broken(schema.CheckKey("key", t.Key))
	f.length("name", t.Name, 5, 80)
	f.address("baseUrl", t.BaseURL)
	f.implements(t.Implements, validates, schemas, refreshes)
	_, err := schema.Declare("schema", payload)
	f.take(err)
	if config != nil {
		_, err := schema.CheckActionSchema("config", config)
		f.take(err)
	}
	return f.err()
}

func (a *Action) check(input, output []byte) error {
	var f faults
	f.broken(schema.CheckKey("key", a.Key))
	f.length("name", a.Name, 1, 80)
	f.address("baseUrl", a.BaseURL)
	f.implements(a.Implements, validates, quotas)
	_, err := schema.CheckActionSchema("input", input)
	f.take(err)
	if output != nil {
		_, err := schema.CheckActionSchema("output", output)
		f.take(err)
	}
	return f.err()
}

const maxRetentionDays = 36_500

func (s *Site) check() error {
	var f faults
	f.length("name", s.Name, 1, maxName)
	if _, err := time.LoadLocation(s.TimeZone); err != nil || s.TimeZone == "" || s.TimeZone == "Local" {
		f.add("timeZone", "must be a time zone of the IANA database, such as Europe/Berlin")
	}
	if s.RetentionDays < 0 || s.RetentionDays > maxRetentionDays {
		f.add("retentionDays", "must be from 1 to %d days, or left out", maxRetentionDays)
	}
	if v := s.SigningSecret.Value; v != "" && !strings.HasPrefix(v, "whsec_") {
		f.add("signingSecret", `must be "whsec_" and the base64 of 24 to 64 bytes`)
	}
	return f.err()
}

func (k *Key) check() error {
	var f faults
	f.length("name", k.Name, 1, maxName)
	f.credential("value", k.Value.Value)
	ofApp, ofSite := k.Role == "app", k.Role == "site" || k.Role == "viewer"
	if !ofApp && !ofSite && k.Role != "operator" {
		f.add("role", "must be operator, app, site or viewer")
	}
	for _, owner := range []struct {
		field, value string
		wanted       bool
	}{{"app", k.App, ofApp}, {"site", k.Site, ofSite}} {
		switch {
		case owner.wanted && owner.value == "":
			f.add(owner.field, "is missing: a key of this role is for one")
		case !owner.wanted && owner.value != "":
			f.add(owner.field, "cannot be given for a key of this role")
		}
	}
	if _, err := k.expires(); err != nil {
		f.add("expires", "%v", err)
	}
	return f.err()
}

// expires returns when the key ends, zero for never.
func (k *Key) expires() (time.Time, error) {
	if k.Expires == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, k.Expires)
	if err != nil {
		return at, errors.New("must be a date and time with an offset, such as 2030-01-31T00:00:00Z")
	}
	return at.Truncate(time.Millisecond), nil
}
