package apply_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/client"
	"github.com/belay-events/belay/examples"
	"github.com/belay-events/belay/internal/app"
	"github.com/belay-events/belay/internal/apply"
)

const operator = "the-operators-own-key"

// serve runs a server over a new store and returns an operator's client.
func serve(t *testing.T) *client.Client {
	t.Helper()
	a, err := app.Open(t.Context(), app.Config{Listen: "127.0.0.1:0", Data: t.TempDir(), OperatorKey: operator, LogWriter: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return client.New(a.URL(), client.Credentials{Key: operator})
}

func wish(t *testing.T, files map[string]string) *apply.Wish {
	t.Helper()
	folder := fstest.MapFS{}
	for name, text := range files {
		folder[name] = &fstest.MapFile{Data: []byte(text)}
	}
	w, err := apply.LoadFS(folder, os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func example(t *testing.T) *apply.Wish {
	t.Helper()
	w, err := apply.LoadFS(examples.Files, os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// applied applies and returns what was printed.
func applied(t *testing.T, c *client.Client, w *apply.Wish, o apply.Options) (int, string) {
	t.Helper()
	var out bytes.Buffer
	n, err := apply.Apply(t.Context(), c, w, o, &out)
	if err != nil {
		t.Fatalf("%v, after\n%s", err, &out)
	}
	return n, out.String()
}

func exported(t *testing.T, c *client.Client) string {
	t.Helper()
	var out bytes.Buffer
	if err := apply.Export(t.Context(), c, &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestASecondApplyChangesNothing(t *testing.T) {
	c := serve(t)
	if n, _ := applied(t, c, example(t), apply.Options{}); n == 0 {
		t.Fatal("the first changed nothing")
	}
	if n, out := applied(t, c, example(t), apply.Options{Prune: true}); n != 0 {
		t.Errorf("the second changed %d:\n%s", n, out)
	}
}

func TestAnExportAppliedChangesNothing(t *testing.T) {
	c := serve(t)
	applied(t, c, example(t), apply.Options{})
	applied(t, c, wish(t, map[string]string{"more.yaml": oddities, "each.yaml": oneOfEach}), apply.Options{})
	page := exported(t, c)
	if _, own, _ := strings.Cut(page, "name: One of each\n"); !strings.Contains(own, "\n    merge: true\n") {
		t.Errorf("not in the short form:\n%s", page)
	}
	if n, out := applied(t, c, wish(t, map[string]string{"it.yaml": page}), apply.Options{Prune: true}); n != 0 {
		t.Errorf("it changed %d:\n%s\nthe export:\n%s", n, out, page)
	}
	// On another server it makes the same; keys alone get values of their own.
	other := serve(t)
	applied(t, other, wish(t, map[string]string{"it.yaml": page}), apply.Options{})
	if again := exported(t, other); sorted(again) != sorted(page) {
		t.Errorf("on another server it became\n%s\nwas\n%s", again, page)
	}
}

// sorted returns the documents of a file in one order.
func sorted(page string) string {
	docs := strings.Split(page, "---\n")
	slices.Sort(docs)
	return strings.Join(docs, "---\n")
}

// oddities are what the examples have none of.
const oddities = `kind: app
id: 0dd00000-0000-4000-8000-000000000001
name: "Odd: app"
secret: a-secret-of-the-app
---
kind: action
app: "Odd: app"
key: strike
name: Strike it out
baseUrl: https://app.example.com/belay
input:
  type: object
  required: [amount]
  properties: {amount: {type: number, minimum: 1, multipleOf: 0.5}}
output: {type: object}
---
kind: site
name: Dated
timeZone: Pacific/Auckland
signingSecret: whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=
---
kind: key
name: the site's own
role: site
site: Dated
value: {env: APPLY_TEST_KEY}
---
kind: automation
site: Dated
name: "as it is: 2030-01-01"
document:
  origin: APPLICATION
  applicationInfo: {appId: 0dd00000-0000-4000-8000-000000000001, appDefinedExternalId: x}
  settings: {readonly: true, actionSettings: {permanentActionIds: [a]}}
  configuration:
    status: INACTIVE
    trigger: {appId: 0dd00000-0000-4000-8000-000000000001, triggerKey: odd, rateLimit: {maxActivationsExpression: "{{1}}"}}
    rootActionIds: [a]
    actions:
      a: {type: RATE_LIMIT, rateLimitInfo: {maxActivationsExpression: "{{1}}"}}
`

// oneOfEach is an automation of the site of oddities, with every type of action.
const oneOfEach = `kind: trigger
app: "Odd: app"
key: ordered
name: Something was ordered
schema:
  type: object
  properties:
    email: {type: string, title: Email, examples: [a@example.com]}
    lines:
      type: array
      title: Lines
      examples: [[{quantity: 2}]]
      items: {type: object, properties: {quantity: {type: number, title: Quantity}}}
---
kind: installation
app: "Odd: app"
site: Dated
---
kind: automation
site: Dated
name: One of each
trigger:
  app: "Odd: app"
  key: ordered
  limit: {max: 100, per: 1 hour}
actions:
  once:
    limit: {max: 1, per: 1 day, by: '{{var("email")}}'}
    then: [ask]
  ask:
    code: |
      export default function (payload) {
        return payload.lines.some(line => line.quantity > 3)
      }
    variables: [lines]
    then: [both]
    else: [pause]
  both:
    split: [{name: Tell, then: tell}, {name: Add up, then: add}, {name: Nothing}]
  tell:
    do: notify
    with: {title: "Much was ordered", message: '{{var("email")}}'}
    skipIf: ['{{isEmpty(var("email"))}}']
    continueOnFailure: true
    then: [meet]
  add:
    set: {total: '{{arraySum(arrayMap(var("lines");"quantity"))}}'}
    then: [meet]
  meet: {merge: true, then: [end]}
  end: {output: {total: '{{var("setVariable.total")}}'}}
  pause: {wait: 1 day}
`

func TestMain(m *testing.M) {
	if err := os.Setenv("APPLY_TEST_KEY", "the-key-of-the-site"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

func TestADryRunSaysWhatApplyWillDoAndDoesNothing(t *testing.T) {
	c := serve(t)
	files := map[string]string{"a.yaml": "kind: app\nname: Shop\n", "s.yaml": "kind: site\nname: Site\ntimeZone: UTC\n"}
	n, said := applied(t, c, wish(t, files), apply.Options{DryRun: true})
	if n != 2 || !strings.Contains(said, "+ app Shop\n") || !strings.Contains(said, "    + timeZone: UTC\n") {
		t.Errorf("%d:\n%s", n, said)
	}
	if sites, err := c.Sites(t.Context()); err != nil || len(sites) != 0 {
		t.Errorf("sites = %v, %v", sites, err)
	}
	applied(t, c, wish(t, files), apply.Options{})
	files["s.yaml"] = "kind: site\nname: Site\ntimeZone: Europe/Berlin\n"
	_, said = applied(t, c, wish(t, files), apply.Options{DryRun: true})
	if want := "~ site Site\n    - timeZone: UTC\n    + timeZone: Europe/Berlin\n"; said != want {
		t.Errorf("said %q, want %q", said, want)
	}
}

func TestPruneDeletesWhatTheFilesDoNotName(t *testing.T) {
	c := serve(t)
	applied(t, c, example(t), apply.Options{})
	applied(t, c, wish(t, map[string]string{"more.yaml": oddities}), apply.Options{})
	w := example(t)
	w.Automations = slices.DeleteFunc(w.Automations, func(a apply.Automation) bool { return a.Name == "Ask how it was" })
	w.Triggers = slices.DeleteFunc(w.Triggers, func(t apply.Trigger) bool { return t.Key == "class_canceled" })
	w.Actions = nil

	both := apply.Options{Prune: true, PruneSitesAndApps: true}
	_, said := applied(t, c, w, apply.Options{Prune: true, PruneSitesAndApps: true, DryRun: true})
	for _, want := range []string{
		"- automation Harbour House/Ask how it was\n", "- trigger Courses/class_canceled\n",
		"- site Dated\n    with automation as it is: 2030-01-01\n    with key the site's own\n", "- app Odd: app\n    with action strike\n",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("the dry run does not say %q:\n%s", want, said)
		}
	}
	_, said = applied(t, c, w, both)
	if !strings.Contains(said, "hidden instead") {
		t.Errorf("said\n%s", said)
	}
	if n, said := applied(t, c, w, both); n != 0 {
		t.Errorf("a second time it changed\n%s", said)
	}
	keys, err := c.Keys(t.Context())
	if err != nil || !slices.ContainsFunc(keys, func(k api.Key) bool { return k.Role == "operator" }) {
		t.Errorf("keys = %v, %v; the operator's is gone", keys, err)
	}
}

const corner = `kind: app
name: Corner
---
kind: trigger
app: Corner
key: rung
name: The bell was rung
schema: {type: object, properties: {who: {type: string, title: Who, examples: [Ann]}}}
---
kind: site
name: Corner shop
timeZone: UTC
---
kind: installation
site: Corner shop
app: Corner
---
kind: key
name: the corner's own
role: app
app: Corner
value: a-key-of-the-corner
`

func TestPruneLeavesOtherSitesAndAppsAlone(t *testing.T) {
	c := serve(t)
	applied(t, c, example(t), apply.Options{})
	applied(t, c, wish(t, map[string]string{"more.yaml": oddities}), apply.Options{})
	before := exported(t, c)
	applied(t, c, wish(t, map[string]string{"it.yaml": corner}), apply.Options{Prune: true})
	after := exported(t, c)
	for doc := range strings.SplitSeq(before, "---\n") {
		if !strings.Contains(after, doc) {
			t.Errorf("gone is\n%s", doc)
		}
	}
}

func TestEveryDeletionOfASiteOrAppSaysWhatGoesWithIt(t *testing.T) {
	c := serve(t)
	applied(t, c, example(t), apply.Options{})
	applied(t, c, wish(t, map[string]string{"it.yaml": corner}), apply.Options{})
	// The app is installed on a site that stays, too.
	applied(t, c, wish(t, map[string]string{"it.yaml": "kind: installation\nsite: Corner shop\napp: Courses\n"}), apply.Options{})
	site := example(t).Sites[0].ID
	_, err := c.On(site).Report(t.Context(), api.ReportEventRequest{
		AppID: example(t).Apps[0].ID, TriggerKey: "appointment_starting", ExternalEntityID: "0dd00000-0000-4000-8000-00000000000b",
		Payload: json.RawMessage(`{"customer_name":"A","customer_email":"a@example.com","service":"haircut","collaborator":"R","when":"then","starts_at":"2099-01-01T00:00:00Z"}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	_, said := applied(t, c, wish(t, map[string]string{"it.yaml": corner}), apply.Options{PruneSitesAndApps: true})
	for _, want := range []string{
		"- site Harbour House\n    with automation ", "    with installation of Appointments\n", " pending activations\n",
		"- app Appointments\n    with trigger ", "- installation of Courses on Corner shop\n", "    with key ",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not said:\n%s", want, said)
		}
	}
	apps, err := c.Apps(t.Context())
	if err != nil || len(apps) != 1 || apps[0].Name != "Corner" {
		t.Errorf("apps = %+v, %v; want the corner's alone", apps, err)
	}
}

func TestSecretsAreChangedByTheirValue(t *testing.T) {
	c := serve(t)
	files := func(secret, key string) map[string]string {
		return map[string]string{"it.yaml": "kind: app\nid: 0dd00000-0000-4000-8000-000000000001\nname: Shop\nsecret: " + secret +
			"\n---\nkind: key\nname: K\nrole: app\napp: Shop\nvalue: " + key + "\n"}
	}
	applied(t, c, wish(t, files("a-secret-of-sixteen-1", "a-key-of-sixteen-1")), apply.Options{})
	if n, said := applied(t, c, wish(t, files("a-secret-of-sixteen-1", "a-key-of-sixteen-1")), apply.Options{}); n != 0 {
		t.Errorf("the same secrets changed\n%s", said)
	}
	n, said := applied(t, c, wish(t, files("a-secret-of-seventeen", "a-key-of-seventeen")), apply.Options{})
	if n != 2 || strings.Contains(said, "a-secret-of-seventeen") || strings.Contains(said, "a-key-of-seventeen") {
		t.Errorf("%d:\n%s", n, said)
	}
	apps, err := c.Apps(t.Context())
	if err != nil || len(apps[0].Secrets) != 2 {
		t.Errorf("secrets = %+v, %v; want the new one and, for a while, the old", apps, err)
	}
	keys, err := c.Keys(t.Context())
	if err != nil || len(keys) != 2 {
		t.Errorf("keys = %+v, %v; want the operator's and the new one", keys, err)
	}
}

func TestAKeyWithoutAValueIsToldOnce(t *testing.T) {
	c := serve(t)
	files := map[string]string{"it.yaml": "kind: app\nname: Shop\n---\nkind: key\nname: K\nrole: app\napp: Shop\n"}
	_, said := applied(t, c, wish(t, files), apply.Options{})
	if !strings.Contains(said, "+ key K\n    value: belay_a") {
		t.Errorf("said\n%s", said)
	}
	if n, said := applied(t, c, wish(t, files), apply.Options{}); n != 0 {
		t.Errorf("again it changed\n%s", said)
	}
}

func TestAnAutomationIsFoundByItsName(t *testing.T) {
	c := serve(t)
	w := example(t)
	named := func(a apply.Automation) bool { return a.Name == "Ask how it was" }
	w.Automations[slices.IndexFunc(w.Automations, named)].ID = "0dd00000-0000-4000-8000-00000000000a"
	applied(t, c, w, apply.Options{})
	w = example(t)
	own := slices.IndexFunc(w.Automations, named)
	before := maps.Collect(ids(t, c, w.Sites[0].ID))
	w.Automations[own].Description = "changed"
	if n, said := applied(t, c, w, apply.Options{}); n != 1 || !strings.Contains(said, "    + description: changed\n") {
		t.Errorf("%d:\n%s", n, said)
	}
	if after := maps.Collect(ids(t, c, w.Sites[0].ID)); !maps.Equal(before, after) {
		t.Errorf("IDs changed: %v, were %v", after, before)
	}
}

func ids(t *testing.T, c *client.Client, site string) func(yield func(string, string) bool) {
	t.Helper()
	list, err := c.On(site).Automations(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return func(yield func(string, string) bool) {
		for _, doc := range list {
			var a struct{ Name, ID string }
			if err := json.Unmarshal(doc, &a); err != nil || !yield(a.Name, a.ID) {
				return
			}
		}
	}
}

func TestAFileWithAFaultChangesNothing(t *testing.T) {
	const start = corner + "---\n"
	for name, tt := range map[string]struct{ more, want string }{
		"trigger key":       {"kind: trigger\napp: Corner\nkey: Bad Key\nname: Some name\nschema: {type: object, properties: {a: {type: string, title: A, examples: [x]}}}\n", "trigger Corner/Bad Key: key must begin with a lowercase letter"},
		"payload schema":    {"kind: trigger\napp: Corner\nkey: k\nname: Some name\nschema: {type: object, properties: {a: {type: strong}}}\n", "schema.properties.a.type must be one of"},
		"trigger's name":    {"kind: trigger\napp: Corner\nkey: k\nname: No\nschema: {type: object, properties: {a: {type: string, title: A, examples: [x]}}}\n", "name must be from 5 to 80"},
		"action schema":     {"kind: action\napp: Corner\nkey: k\nname: Act\ninput: {type: array}\n", "action Corner/k: input.type"},
		"time zone":         {"kind: site\nname: Far\ntimeZone: Nowhere/Land\n", "site Far: timeZone must be"},
		"key of a role":     {"kind: key\nname: K\nrole: boss\n", "key K: role must be"},
		"key without app":   {"kind: key\nname: K\nrole: app\n", "key K: app is missing"},
		"end of a key":      {"kind: key\nname: K\nrole: app\napp: Corner\nexpires: soon\n", "key K: expires must be a date"},
		"short key":         {"kind: key\nname: K\nrole: app\napp: Corner\nvalue: short\n", "key K: value must be from 16"},
		"unknown app's ID":  {"kind: installation\nsite: Corner shop\napp: 0dd00000-0000-4000-8000-00000000000f\n", "there is no app with the ID"},
		"expression":        {"kind: automation\nsite: Corner shop\nname: N\ntrigger: {app: Corner, key: rung}\nactions: {a: {do: send_email, with: {to: '{{oops(', subject: S, text: T}}}\n", "automation Corner shop/N: configuration.actions.a"},
		"unknown built-in":  {"kind: automation\nsite: Corner shop\nname: N\ntrigger: {app: Corner, key: rung}\nactions: {a: {do: send_emial}}\n", "names no built-in action"},
		"unknown trigger":   {"kind: automation\nsite: Corner shop\nname: N\ntrigger: {app: Corner, key: wrung}\nactions: {a: {wait: 1 hour}}\n", `"wrung" is none that the app has declared`},
		"before real time":  {"kind: automation\nsite: Corner shop\nname: N\ntrigger: {app: Corner, key: rung, before: 1 day}\nactions: {a: {wait: 1 hour}}\n", "is real-time"},
		"app not installed": {"kind: site\nname: Bare\ntimeZone: UTC\n---\nkind: automation\nsite: Bare\nname: N\ntrigger: {app: Corner, key: rung}\nactions: {a: {wait: 1 hour}}\n", "not installed on the site"},
	} {
		t.Run(name, func(t *testing.T) {
			c := serve(t)
			for _, dry := range []bool{true, false} {
				_, err := apply.Apply(t.Context(), c, wish(t, map[string]string{"it.yaml": start + tt.more}), apply.Options{DryRun: dry}, io.Discard)
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("dry %t: err = %v, want %s", dry, err, tt.want)
				}
			}
			if page := exported(t, c); page != "" {
				t.Errorf("it changed\n%s", page)
			}
		})
	}
}

func TestAllFaultsAreNamedAtOnce(t *testing.T) {
	c := serve(t)
	_, err := apply.Apply(t.Context(), c, wish(t, map[string]string{
		"it.yaml": "kind: app\nname: Shop\nsecret: short\n---\nkind: trigger\napp: Shop\nkey: Bad Key\nname: No\nschema: {}\n---\nkind: site\nname: Far\ntimeZone: Far\n",
	}), apply.Options{}, io.Discard)
	for _, want := range []string{"app Shop: secret ", "key must begin", "name must be from", "schema.type is missing", "site Far: timeZone "} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("err = %v, want %s", err, want)
		}
	}
}

func TestTheEndOfAKeyIsKept(t *testing.T) {
	c := serve(t)
	file := func(more string) map[string]string {
		return map[string]string{"it.yaml": "kind: app\nname: Shop\n---\nkind: key\nname: K\nrole: app\napp: Shop\n" + more}
	}
	const value = "value: a-key-of-the-shop\n"
	applied(t, c, wish(t, file(value+"expires: 2098-01-31T12:00:00+02:00\n")), apply.Options{})
	page := exported(t, c)
	if !strings.Contains(page, "expires: '2098-01-31T10:00:00Z'\n") {
		t.Errorf("exported\n%s", page)
	}
	for _, same := range []map[string]string{{"it.yaml": page}, file(""), file(value)} {
		if n, said := applied(t, c, wish(t, same), apply.Options{}); n != 0 {
			t.Errorf("it changed\n%s", said)
		}
	}
	_, said := applied(t, c, wish(t, file(value+"expires: 2099-01-31T12:00:00Z\n")), apply.Options{})
	if !strings.Contains(said, "- expires: 2098-01-31T10:00:00Z\n    + expires: 2099-01-31T12:00:00Z\n") {
		t.Errorf("said\n%s", said)
	}
	if page := exported(t, c); !strings.Contains(page, "expires: '2099-01-31T12:00:00Z'\n") {
		t.Errorf("exported\n%s", page)
	}
}

func TestApplyRefuses(t *testing.T) {
	c := serve(t)
	for name, tt := range map[string]struct{ file, want string }{
		"an unknown app":       {"kind: trigger\napp: Nobody\nkey: k\nname: Some name\nschema: {}\n", `trigger "k": app: there is no app named "Nobody"`},
		"an unknown site":      {"kind: automation\nsite: Nowhere\nname: N\n", `automation "N": site: there is no site named "Nowhere"`},
		"two that differ":      {"kind: site\nname: S\ntimeZone: UTC\n---\nkind: site\nname: S\ntimeZone: Asia/Tokyo\n", `site "S" is there twice`},
		"no trigger":           {"kind: site\nname: S\ntimeZone: UTC\n---\nkind: automation\nsite: S\nname: N\n", "automation S/N: trigger is missing"},
		"what the server does": {"kind: site\nname: S\ntimeZone: Nowhere/Land\n", "timeZone must be a time zone of the IANA database"},
		"an ID that is none":   {"kind: app\nid: one\nname: A\n", `app "A": id "one" is not a GUID`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := apply.Apply(t.Context(), c, wish(t, map[string]string{"it.yaml": tt.file}), apply.Options{}, io.Discard)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("err = %v, want %s", err, tt.want)
			}
		})
	}
}
