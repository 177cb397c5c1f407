package apply

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/fstest"
)

const (
	siteID = "51e7e000-0000-4000-8000-000000000001"
	appID  = "a5c3a1f0-0000-4000-8000-000000000001"
)

func testNames() (apps, sites *names) {
	apps, sites = newNames("app"), newNames("site")
	apps.add(builtIn, builtIn)
	apps.add(appID, "Books")
	sites.add(siteID, "Shop")
	return apps, sites
}

// written returns the one automation of a file as a document.
func written(t *testing.T, text string) (object, error) {
	t.Helper()
	w, err := LoadFS(fstest.MapFS{"it.yaml": {Data: []byte(text)}}, noEnv)
	if err != nil {
		t.Fatal(err)
	}
	apps, _ := testNames()
	return w.Automations[0].write(siteID, apps)
}

const friendly = `kind: automation
site: Shop
name: Remind
description: Of an invoice.
status: INACTIVE
trigger:
  app: Books
  key: invoice_due
  filters:
    - field: amount
      when: '{{gt(var("amount");10)}}'
  before: 2 days
  skipWhenLater: 1 hour
  limit:
    max: 1
    per: 24 hours
    by: '{{var("customer")}}'
first:
  - check
actions:
  check:
    if:
      any:
        - '{{gt(var("amount");10)}}'
        - '{{isEmpty(var("paid"))}}'
    then:
      - mail
    else:
      - pause
  mail:
    do: send_email
    with:
      to: '{{var("email")}}'
      cc:
        - a@example.com
        - b@example.com
      subject: Hello
    then:
      - until
  until:
    wait: 1 day
    until: '{{var("date")}}'
  pause:
    wait: 30 minutes
    then:
      - seldom
  seldom:
    limit:
      max: '{{var("most")}}'
    then:
      - own
  own:
    do: Books/strike
    namespace: struck
    displayName: Strike it out
`

func TestAFriendlyAutomationIsTheApisDocument(t *testing.T) {
	doc, err := written(t, friendly)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"name":"Remind","description":"Of an invoice.","origin":"USER","configuration":{"status":"INACTIVE",
		"trigger":{"appId":"` + appID + `","triggerKey":"invoice_due",
			"filters":[{"id":"` + derived("filter", siteID, "Remind", "amount") + `","fieldKey":"amount","filterExpression":"{{gt(var(\"amount\");10)}}"}],
			"scheduledEventOffset":{"preScheduledEventOffsetExpression":"{{2}}","scheduledEventOffsetTimeUnit":"DAYS"},
			"skipWhenLater":{"durationExpression":"{{1}}","durationTimeUnit":"HOURS"},
			"rateLimit":{"maxActivationsExpression":"{{1}}","durationExpression":"{{24}}","durationTimeUnit":"HOURS",
				"uniqueIdentifierExpression":"{{var(\"customer\")}}"}},
		"rootActionIds":["check"],
		"actions":{
			"check":{"id":"check","type":"CONDITION","conditionInfo":{"orExpressionGroups":[{"operator":"OR",
				"booleanExpressions":["{{gt(var(\"amount\");10)}}","{{isEmpty(var(\"paid\"))}}"]}],"truePostActionIds":["mail"],"falsePostActionIds":["pause"]}},
			"mail":{"id":"mail","type":"APP_DEFINED","appDefinedInfo":{"appId":"belay","actionKey":"send_email",
				"inputMapping":{"to":"{{var(\"email\")}}","cc":["a@example.com","b@example.com"],"subject":"Hello"},"postActionIds":["until"]}},
			"until":{"id":"until","type":"DELAY","delayInfo":{"offsetExpression":"{{1}}","offsetTimeUnit":"DAYS","dueDateExpression":"{{var(\"date\")}}"}},
			"pause":{"id":"pause","type":"DELAY","delayInfo":{"offsetExpression":"{{30}}","offsetTimeUnit":"MINUTES","postActionIds":["seldom"]}},
			"seldom":{"id":"seldom","type":"RATE_LIMIT","rateLimitInfo":{"maxActivationsExpression":"{{var(\"most\")}}","postActionIds":["own"]}},
			"own":{"id":"own","type":"APP_DEFINED","namespace":"struck","displayName":"Strike it out","appDefinedInfo":{"appId":"` + appID + `","actionKey":"strike"}}}}}`
	if !sameJSON(doc, json.RawMessage(want)) {
		got, _ := canonical(doc)
		t.Errorf("document = %s\nwant %s", got, want)
	}
}

func TestAnAutomationIsWrittenBackAsItWasRead(t *testing.T) {
	doc, err := written(t, friendly)
	if err != nil {
		t.Fatal(err)
	}
	apps, sites := testNames()
	a, err := describe(doc, derivedAutomation(siteID, "Remind"), siteID, apps, sites)
	if err != nil {
		t.Fatal(err)
	}
	got, err := text(a)
	if err != nil {
		t.Fatal(err)
	}
	// That check comes first follows from what leads where.
	if want := strings.Replace(friendly, "first:\n  - check\n", "", 1); got != want {
		t.Errorf("written back:\n%s\nwant\n%s\ndifference %q", got, want, difference(want, got))
	}
}

// one is a configuration of one action.
func one(action string) string {
	return `"configuration":{"status":"ACTIVE","trigger":{"appId":"` + appID + `","triggerKey":"k"},"rootActionIds":["a"],"actions":{"a":{"id":"a",` + action + `}}}`
}

func TestWhatTheFriendlyFormCannotSayIsKept(t *testing.T) {
	for name, part := range map[string]string{
		"settings":        `"settings":{"readonly":true}`,
		"no path":         one(`"type":"SPLIT","splitInfo":{"paths":[]}`),
		"a merge's own":   one(`"type":"MERGE"`),
		"nothing set":     one(`"type":"SET_VARIABLES","setVariablesInfo":{"outputMapping":null}`),
		"no code":         one(`"type":"CODE_CONDITION","codeConditionInfo":{"snippet":{"language":"JAVASCRIPT","code":""}}`),
		"another tongue":  one(`"type":"CODE_CONDITION","codeConditionInfo":{"snippet":{"language":"BASIC","code":"1"}}`),
		"a field of ours": one(`"type":"OUTPUT","continueOnFailure":false,"outputInfo":{"outputMapping":{}}`),
		"numbers as code": one(`"type":"CODE_CONDITION","codeConditionInfo":{"snippet":{"language":"JAVASCRIPT","code":"1"},"dynamicVariableExpressions":[1]}`),
		"a limit's unit":  `"configuration":{"status":"ACTIVE","trigger":{"appId":"` + appID + `","triggerKey":"k","rateLimit":{"maxActivationsExpression":"{{1}}","durationTimeUnit":"DAYS"}},"rootActionIds":[],"actions":{}}`,
		"unknown members": `"surprise":[1,2.50,null]`,
		"an odd list":     `"configuration":{"status":"ACTIVE","trigger":{"appId":"` + appID + `","triggerKey":"k","filters":[]},"rootActionIds":[],"actions":{}}`,
	} {
		t.Run(name, func(t *testing.T) {
			v, err := readJSON([]byte(`{"id":"x","revision":"7","name":"N","origin":"USER",` + part + `}`))
			if err != nil {
				t.Fatal(err)
			}
			apps, sites := testNames()
			a, err := describe(v.(object), derived("x"), siteID, apps, sites)
			if err != nil {
				t.Fatal(err)
			}
			if a.Document == nil {
				t.Error("the friendly form was written")
			}
			page, err := text(a)
			if err != nil {
				t.Fatal(err)
			}
			again, err := written(t, page)
			if err != nil {
				t.Fatal(err)
			}
			if !sameJSON(again, v.(object).without(serverFields...)) {
				got, _ := canonical(again)
				t.Errorf("after\n%s\nit is %s", page, got)
			}
		})
	}
}

func TestAnAutomationIsRefusedWithTheAction(t *testing.T) {
	for name, tt := range map[string]struct{ actions, want string }{
		"nothing to do":        {"a: {then: [b]}", "action a: must have exactly one of do, if, code, limit, wait"},
		"two at once":          {"a: {do: x, wait: 1 day}", "action a: must have exactly one of do, if, code, limit, wait"},
		"a merge and more":     {"a: {merge: true, set: {}}", "action a: must have exactly one of do"},
		"no merge":             {"a: {merge: false}", "action a: must have exactly one of do"},
		"else without if":      {"a: {do: x, else: [b]}", "action a: else needs an if or a code"},
		"skipIf without do":    {"a: {wait: 1 day, skipIf: [x]}", "action a: skipIf needs a do"},
		"a skip of nothing":    {"a: {do: x, skipIf: {any: []}}", "action a: skipIf: each group needs either all or any"},
		"variables of nothing": {"a: {do: x, variables: [b]}", "action a: variables need a code"},
		"a schema of nothing":  {"a: {do: x, schema: {}}", "action a: schema needs a set"},
		"behind a split":       {"a: {split: [{name: b}], then: [c]}", "action a: the paths of a split have a then each"},
		"behind an output":     {"a: {output: {}, then: [c]}", "action a: nothing follows an output"},
		"two with a limit":     {"a: {limit: {max: 1}, wait: 1 day}", "action a: must have exactly one of do"},
		"a limit of nothing":   {"a: {limit: {per: 1 day}}", "action a: limit: max is missing"},
		"a limit without unit": {"a: {limit: {max: 1, per: 3}}", `action a: limit: per: "3" must be a number`},
		"with without do":      {"a: {wait: 1 day, with: {b: c}}", "action a: with needs a do"},
		"an unknown app":       {"a: {do: Nobody/x}", `action a: there is no app named "Nobody"`},
		"a wait without unit":  {"a: {wait: 3}", `action a: wait: "3" must be a number`},
		"an empty group":       {"a: {if: {groups: [{}]}}", "action a: if: each group needs either all or any"},
		"all and any together": {"a: {if: {all: [x], any: [y]}}", "action a: if: each group needs either all or any"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := written(t, "kind: automation\nsite: Shop\nname: N\ntrigger: {app: Books, key: k}\nactions: {"+tt.actions+"}\n")
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("err = %v, want %s", err, tt.want)
			}
		})
	}
}

func TestADocumentStandsAlone(t *testing.T) {
	_, err := written(t, "kind: automation\nsite: Shop\nname: N\nstatus: ACTIVE\ndocument: {origin: USER}\n")
	if err == nil || !strings.Contains(err.Error(), "document stands for the whole") {
		t.Errorf("err = %v", err)
	}
}

func TestATriggerThatNeedsNoAppIsWrittenAndReadBack(t *testing.T) {
	const rest = "actions:\n  tell:\n    do: notify\n    with:\n      message: Hello\n"
	for name, tt := range map[string]struct{ trigger, want string }{
		"once": {"trigger:\n  schedule:\n    start: '2026-11-23T09:00'\n", `"schedule","automationConfigMapping":{"startDate":"2026-11-23T09:00"}`},
		"cron": {
			"trigger:\n  schedule:\n    start: '2026-11-23'\n    cron: '0 9 * * 1-5'\n    every: 2 weeks\n    until: '2027-01-01'\n",
			`"schedule","automationConfigMapping":{"startDate":"2026-11-23","repetitions":{"cronExpression":"0 9 * * 1-5","everyNthWeek":2,"endDate":"2027-01-01"}}`,
		},
		"webhook": {
			"trigger:\n  webhook: 9b2f4e60-1f0a-4c55-8d1c-3a7f0e6b2d41\n  schema:\n    type: object\n    required:\n      - name\n",
			`"webhook","automationConfigMapping":{"webhookId":"9b2f4e60-1f0a-4c55-8d1c-3a7f0e6b2d41"},"overrideSchema":{"type":"object","required":["name"]}`,
		},
		"custom": {"trigger:\n  custom: new-lead\n", `"custom","automationConfigMapping":{"hookId":"new-lead"}`},
	} {
		t.Run(name, func(t *testing.T) {
			page := "kind: automation\nsite: Shop\nname: Own\n" + tt.trigger + rest
			doc, err := written(t, page)
			if err != nil {
				t.Fatal(err)
			}
			raw, err := json.Marshal(doc.at("configuration", "trigger"))
			if err != nil {
				t.Fatal(err)
			}
			if want := `{"appId":"belay","triggerKey":` + tt.want + `}`; string(raw) != want {
				t.Errorf("the trigger is\n%s\nwant\n%s", raw, want)
			}
			apps, sites := testNames()
			again, err := describe(doc, derivedAutomation(siteID, "Own"), siteID, apps, sites)
			if err != nil {
				t.Fatal(err)
			}
			back, err := text(again)
			if err != nil || back != page {
				t.Errorf("written back (%v):\n%s\nwant\n%s", err, back, page)
			}
		})
	}
}

func TestATriggerThatNeedsNoAppIsOneAlone(t *testing.T) {
	for name, trigger := range map[string]string{
		"two":                "trigger: {webhook: 9b2f4e60-1f0a-4c55-8d1c-3a7f0e6b2d41, custom: x}",
		"beside an app":      "trigger: {app: Books, key: invoice_due, custom: x}",
		"until, and once":    `trigger: {schedule: {start: "2026-11-23", until: "2027-01-01"}}`,
		"every half a day":   `trigger: {schedule: {start: "2026-11-23", every: 0.5 days}}`,
		"every three hours":  `trigger: {schedule: {start: "2026-11-23", every: 3 hours}}`,
		"every so many days": `trigger: {schedule: {start: "2026-11-23", every: "{{var(\"n\")}} days"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			if doc, err := written(t, "kind: automation\nsite: Shop\nname: Own\n"+trigger+"\nactions: {}\n"); err == nil {
				t.Errorf("written as %v", doc)
			}
		})
	}
}

func TestWhatAnAutomationSetsForItselfIsWrittenAndReadBack(t *testing.T) {
	const page = "kind: automation\nsite: Shop\nname: Own\ntrigger:\n  app: Books\n  key: reviewed\n  config:\n    board: front\n    atLeast: 4\n" +
		"actions:\n  tell:\n    do: notify\n    with:\n      message: Hello\n"
	doc, err := written(t, page)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(doc.at("configuration", "trigger"))
	if want := `{"appId":"` + appID + `","triggerKey":"reviewed","automationConfigMapping":{"board":"front","atLeast":4}}`; err != nil || string(raw) != want {
		t.Errorf("the trigger is\n%s, %v\nwant\n%s", raw, err, want)
	}
	apps, sites := testNames()
	again, err := describe(doc, derivedAutomation(siteID, "Own"), siteID, apps, sites)
	if err != nil {
		t.Fatal(err)
	}
	if back, err := text(again); err != nil || back != page {
		t.Errorf("written back (%v):\n%s\nwant\n%s", err, back, page)
	}
	if _, err := written(t, "kind: automation\nsite: Shop\nname: Own\ntrigger:\n  custom: new-lead\n  config: {board: front}\nactions:\n  tell:\n    do: notify\n"); err == nil || !strings.Contains(err.Error(), "config belongs to the trigger of an app") {
		t.Errorf("err = %v", err)
	}
}
