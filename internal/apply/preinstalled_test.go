package apply_test

import (
	"strings"
	"testing"

	"github.com/belay-events/belay/internal/apply"
)

const bookings = `kind: app
name: Bookings
---
kind: trigger
app: Bookings
key: booked
name: Something was booked
schema: {type: object, properties: {customer: {type: string, title: Customer, examples: [Ada]}}}
---
kind: site
name: Salon
timeZone: Europe/Berlin
---
kind: installation
site: Salon
app: Bookings
---
kind: automation
site: Salon
name: The site's own
trigger: {app: Bookings, key: booked}
actions:
  tell: {do: notify, with: {message: hello}}
`

const thanks = `---
kind: preinstalled
app: Bookings
name: Thank whoever books
version: 3
trigger:
  app: Bookings
  key: booked
  filters: [{field: customer, when: '{{contains(["Ada"];var("customer"))}}'}]
actions:
  wait: {wait: 1 hour, then: [tell]}
  tell: {do: notify, with: {message: 'Thank {{var("customer")}}'}}
---
kind: preinstalled
app: Bookings
name: As it is
id: c0000000-0000-4000-8000-000000000009
document:
  somethingUnknown: true
  configuration:
    status: INACTIVE
    trigger: {appId: a0000000-0000-4000-8000-000000000001, triggerKey: booked}
    rootActionIds: []
    actions: {}
`

func TestWhatAnAppBringsIsAppliedExportedAndPruned(t *testing.T) {
	c := serve(t)
	file := map[string]string{"belay.yaml": bookings + thanks}
	applied(t, c, wish(t, file), apply.Options{})
	page := exported(t, c)
	for _, part := range []string{"kind: preinstalled\napp: Bookings\nversion: 3\nname: Thank whoever books\n", "id: c0000000-0000-4000-8000-000000000009\nname: As it is\n"} {
		if !strings.Contains(page, part) {
			t.Errorf("the export lacks %q:\n%s", part, page)
		}
	}
	if n := strings.Count(page, "kind: automation"); n != 1 {
		t.Errorf("the export has %d automations of sites; want the site's own alone:\n%s", n, page)
	}
	for name, text := range map[string]string{"the file": bookings + thanks, "the export": page} {
		if n, out := applied(t, c, wish(t, map[string]string{"it.yaml": text}), apply.Options{Prune: true}); n != 0 {
			t.Errorf("%s applied again changed %d:\n%s", name, n, out)
		}
	}
	n, out := applied(t, c, wish(t, map[string]string{"it.yaml": strings.Replace(bookings+thanks, "version: 3", "version: 4", 1)}), apply.Options{})
	if n != 1 || !strings.Contains(out, "preinstalled Bookings/Thank whoever books") {
		t.Errorf("another version changed %d:\n%s", n, out)
	}
	first, _, _ := strings.Cut(thanks, "---\nkind: preinstalled\napp: Bookings\nname: As it is")
	n, out = applied(t, c, wish(t, map[string]string{"it.yaml": bookings + first}), apply.Options{Prune: true})
	if n != 2 || !strings.Contains(out, "- preinstalled Bookings/As it is") {
		t.Errorf("without one of them %d changed:\n%s\nwant its deletion and the version", n, out)
	}
}
