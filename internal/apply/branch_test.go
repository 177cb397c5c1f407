package apply

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"
)

const branching = `kind: automation
site: Shop
name: Branch
trigger:
  app: Books
  key: invoice_due
actions:
  ask:
    code: |
      export default function (payload) {
        return payload.lines.some(line => line.n > 3)
      }
    variables:
      - lines
      - contact.email
      - '{{ var("odd") }}'
    then:
      - both
    else:
      - give
    continueOnFailure: true
  both:
    split:
      - name: Mail
        displayName: By mail
        then: mail
      - name: Nowhere
        id: a5c3a1f0-0000-4000-8000-00000000000a
      - name: Note
        then: note
  mail:
    do: send_email
    with:
      to: '{{var("email")}}'
    then:
      - meet
    skip: '{{isEmpty(var("email"))}}'
    skipIf:
      groups:
        - all:
            - '{{var("paid")}}'
            - '{{var("closed")}}'
        - any:
            - '{{var("test")}}'
  meet:
    merge: true
    then:
      - end
  end:
    output:
      total: '{{var("setVariable.total")}}'
      deep:
        b: 1
        a:
          - true
          - null
  note:
    set:
      total: '{{sum(var("amount");1)}}'
    schema:
      type: object
    then:
      - meet
  give:
    set: {}
`

const branchingAsJSON = `{"name":"Branch","origin":"USER","configuration":{"status":"ACTIVE",
	"trigger":{"appId":"` + appID + `","triggerKey":"invoice_due"},"rootActionIds":["ask"],"actions":{
	"ask":{"id":"ask","type":"CODE_CONDITION","continueOnFailure":true,"codeConditionInfo":{
		"snippet":{"language":"JAVASCRIPT","code":"export default function (payload) {\n  return payload.lines.some(line => line.n > 3)\n}\n"},
		"dynamicVariableExpressions":["{{var(\"lines\")}}","{{var(\"contact.email\")}}","{{ var(\"odd\") }}"],
		"truePostActionIds":["both"],"falsePostActionIds":["give"]}},
	"both":{"id":"both","type":"SPLIT","splitInfo":{"paths":[{"name":"Mail","displayName":"By mail","postActionId":"mail"},
		{"id":"a5c3a1f0-0000-4000-8000-00000000000a","name":"Nowhere"},{"name":"Note","postActionId":"note"}]}},
	"mail":{"id":"mail","type":"APP_DEFINED","skipActionExpression":"{{isEmpty(var(\"email\"))}}","appDefinedInfo":{"appId":"belay","actionKey":"send_email",
		"inputMapping":{"to":"{{var(\"email\")}}"},"skipConditionOrExpressionGroups":[
			{"operator":"AND","booleanExpressions":["{{var(\"paid\")}}","{{var(\"closed\")}}"]},
			{"operator":"OR","booleanExpressions":["{{var(\"test\")}}"]}],"postActionIds":["meet"]}},
	"meet":{"id":"meet","type":"MERGE","mergeInfo":{"postActionIds":["end"]}},
	"end":{"id":"end","type":"OUTPUT","outputInfo":{"outputMapping":{"total":"{{var(\"setVariable.total\")}}","deep":{"b":1,"a":[true,null]}}}},
	"note":{"id":"note","type":"SET_VARIABLES","setVariablesInfo":{"outputMapping":{"total":"{{sum(var(\"amount\");1)}}"},"outputSchema":{"type":"object"},"postActionIds":["meet"]}},
	"give":{"id":"give","type":"SET_VARIABLES","setVariablesInfo":{"outputMapping":{}}}}}}`

func TestWhatBranchesIsWrittenAsItWasRead(t *testing.T) {
	doc, err := written(t, branching)
	if err != nil {
		t.Fatal(err)
	}
	if !sameJSON(doc, json.RawMessage(branchingAsJSON)) {
		got, _ := canonical(doc)
		t.Errorf("document = %s\nwant %s", got, branchingAsJSON)
	}
	v, err := readJSON([]byte(branchingAsJSON))
	if err != nil {
		t.Fatal(err)
	}
	apps, sites := testNames()
	a, err := describe(v.(object), derivedAutomation(siteID, "Branch"), siteID, apps, sites)
	if err != nil {
		t.Fatal(err)
	}
	got, err := text(a)
	if err != nil {
		t.Fatal(err)
	}
	if got != branching {
		t.Errorf("written back:\n%s\nwant\n%s\ndifference %q", got, branching, difference(branching, got))
	}
}

// anyInfo draws an action as the API has it, and often one that is odd.
func anyInfo(t *rapid.T) object {
	text := func(label string) any {
		return rapid.OneOf(rapid.Map(anyText(), func(s string) any { return s }), anyJSON(1)).Draw(t, label)
	}
	list := func(label string) any {
		return rapid.OneOf(
			rapid.Just[any](nil), rapid.Just[any]([]any{}), anyJSON(1),
			rapid.Map(rapid.SliceOfN(anyText(), 1, 3), func(s []string) any { return s }),
		).Draw(t, label)
	}
	action := object{}
	maybe := func(o object, key string, value func(string) any) object {
		if rapid.Bool().Draw(t, "has "+key) {
			return append(o, member{key, value(key)})
		}
		return o
	}
	action = maybe(action, "continueOnFailure", func(key string) any { return rapid.Bool().Draw(t, key) })
	switch rapid.IntRange(0, 4).Draw(t, "type") {
	case 0:
		snippet := maybe(maybe(object{}, "code", text), "language", func(string) any { return "JAVASCRIPT" })
		info := maybe(object{{"snippet", snippet}}, "dynamicVariableExpressions", list)
		return append(action, member{"type", "CODE_CONDITION"}, member{"codeConditionInfo", maybe(maybe(info, "truePostActionIds", list), "falsePostActionIds", list)})
	case 1:
		paths := []any{}
		for range rapid.IntRange(0, 3).Draw(t, "paths") {
			paths = append(paths, maybe(maybe(maybe(maybe(object{}, "id", text), "name", text), "displayName", text), "postActionId", text))
		}
		return append(action, member{"type", "SPLIT"}, member{"splitInfo", object{{"paths", paths}}})
	case 2:
		return append(action, member{"type", "MERGE"}, member{"mergeInfo", maybe(object{}, "postActionIds", list)})
	case 3:
		info := maybe(maybe(object{}, "outputMapping", func(key string) any { return anyJSON(2).Draw(t, key) }), "outputSchema", func(key string) any { return anyJSON(1).Draw(t, key) })
		return append(action, member{"type", "SET_VARIABLES"}, member{"setVariablesInfo", maybe(info, "postActionIds", list)})
	}
	return append(action, member{"type", "OUTPUT"}, member{"outputInfo", maybe(object{}, "outputMapping", func(key string) any { return anyObject(2).Draw(t, key) })})
}

func TestAnyActionSurvivesAFile(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		action := object{{"id", "a"}}.join(anyInfo(r))
		raw, err := json.Marshal(object{{"name", "N"}, {"origin", "USER"}, {"configuration", object{
			{"status", "ACTIVE"},
			{"trigger", object{{"appId", appID}, {"triggerKey", "k"}}},
			{"rootActionIds", []string{"a"}},
			{"actions", object{{"a", action}}},
		}}})
		if err != nil {
			r.Fatal(err)
		}
		v, err := readJSON(raw)
		if err != nil {
			r.Fatal(err)
		}
		apps, sites := testNames()
		a, err := describe(v.(object), derived("x"), siteID, apps, sites)
		if err != nil {
			r.Skip(err) // what the API's types refuse
		}
		page, err := text(a)
		if err != nil {
			r.Fatal(err)
		}
		again, err := written(t, page)
		if err != nil {
			r.Fatalf("%v\n%s", err, page)
		}
		if !sameJSON(again, json.RawMessage(raw)) {
			got, _ := canonical(again)
			r.Fatalf("%s\nbecame\n%s\nthrough\n%s", raw, got, page)
		}
	})
}
