package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/flow"
)

// maxDocument is how many bytes an automation has at most.
const maxDocument = 512 << 10

// managed are the fields that the server sets; what a caller sends there is
// left out of the stored document.
func managed() []string {
	return []string{"id", "revision", "createdDate", "updatedDate", "createdBy", "updatedBy", "draftInfo"}
}

// appID reads the app of a trigger or an action: a GUID, or the name of BuiltIn.
func appID(s string) (belay.ID, error) { return flow.ActionApp(s) }

// readAutomation returns an automation's document as it is stored, keys sorted,
// and what the engine reads in it: the server's fields are left out, the IDs
// that its actions lack are filled in, everything else is kept.
func readAutomation(raw json.RawMessage) (json.RawMessage, *belay.AutomationSpec, error) {
	if len(raw) > maxDocument {
		return nil, nil, belay.Invalid("automation", "MAX_BYTES", fmt.Sprintf("is %d bytes long, at most %d are taken", len(raw), maxDocument))
	}
	value := jsontext.Value(raw)
	if value.Kind() != '{' {
		return nil, nil, belay.Invalid("automation", "TYPE", "must be a JSON object")
	}
	if !value.IsValid() {
		return nil, nil, belay.Invalid("automation", "JSON", "must be JSON in UTF-8 without keys given twice")
	}
	var top map[string]json.RawMessage
	if err := json.Unmarshal(raw, &top); err != nil {
		return nil, nil, belay.Invalid("automation", "JSON", "is not JSON: "+err.Error())
	}
	for _, field := range managed() {
		delete(top, field)
	}
	if err := fillActionIDs(top); err != nil {
		return nil, nil, err
	}
	document, err := json.Marshal(top)
	if err != nil {
		return nil, nil, fmt.Errorf("config: write automation: %w", err)
	}
	spec, err := readSpec(document)
	return document, spec, err
}

// fillActionIDs gives each action the ID that it is listed under. Parts of
// another type than they should be are left for readSpec to refuse.
func fillActionIDs(top map[string]json.RawMessage) error {
	var configuration, actions map[string]json.RawMessage
	if json.Unmarshal(top["configuration"], &configuration) != nil || json.Unmarshal(configuration["actions"], &actions) != nil {
		return nil
	}
	filled := false
	for id, raw := range actions {
		var action map[string]json.RawMessage
		if json.Unmarshal(raw, &action) != nil || action == nil {
			continue
		}
		if old, there := action["id"]; there && string(old) != `""` && string(old) != "null" {
			continue
		}
		name, err := json.Marshal(id)
		if err != nil {
			return fmt.Errorf("config: write action's ID: %w", err)
		}
		action["id"] = name
		if actions[id], err = json.Marshal(action); err != nil {
			return fmt.Errorf("config: write action: %w", err)
		}
		filled = true
	}
	if !filled {
		return nil
	}
	var err error
	if configuration["actions"], err = json.Marshal(actions); err != nil {
		return fmt.Errorf("config: write actions: %w", err)
	}
	if top["configuration"], err = json.Marshal(configuration); err != nil {
		return fmt.Errorf("config: write configuration: %w", err)
	}
	return nil
}

// readSpec returns what the engine reads in a document. The error is an
// InvalidArgument that names the first place that holds another type.
func readSpec(document json.RawMessage) (*belay.AutomationSpec, error) {
	var spec belay.AutomationSpec
	err := jsonv2.Unmarshal(document, &spec)
	if err == nil {
		return &spec, nil
	}
	return nil, refuseType(err)
}

// refuseType turns what the decoder says of an automation into a refusal.
func refuseType(err error) error { return refuseTypeAt("automation", err) }

// refuseTypeAt does so of a part of one.
func refuseTypeAt(place string, err error) error {
	if e, ok := errors.AsType[*jsonv2.SemanticError](err); ok {
		return belay.Invalid(place+dotted(e.JSONPointer), "TYPE", wanted(e.GoType)+", is "+kindWord(e.JSONKind))
	}
	return belay.Invalid(place, "JSON", "is not JSON: "+err.Error())
}

// wanted says what JSON a Go type is read from.
func wanted(t reflect.Type) string {
	if t == nil {
		return "must be of another type"
	}
	switch t.Kind() {
	case reflect.Pointer:
		return wanted(t.Elem())
	case reflect.Slice:
		return "must be an array"
	case reflect.Struct, reflect.Map:
		return "must be an object"
	case reflect.String:
		return "must be a string"
	case reflect.Bool:
		return "must be true or false"
	default:
		return "must be a whole number"
	}
}

// dotted returns a JSON pointer as a caller would write it: .lines[3].quantity.
func dotted(p jsontext.Pointer) string {
	var b strings.Builder
	for token := range p.Tokens() {
		if _, err := strconv.Atoi(token); err == nil {
			b.WriteString("[" + token + "]")
			continue
		}
		b.WriteString("." + token)
	}
	return b.String()
}

func kindWord(k jsontext.Kind) string {
	switch k {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case '0':
		return "a number"
	case 't', 'f':
		return "true or false"
	}
	return "null"
}
