package config

import (
	"encoding/json"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"
)

// Bounds on what a trigger offers to filter by.
// Source: the compatible API's trigger catalog.
const (
	maxFilters      = 5
	maxFollowUps    = 5
	maxFollowUpDeep = 3
	maxFieldKey     = 110
	maxLabel        = 200
)

// filterOffer is the part of an offered filter that has rules.
type filterOffer struct {
	ID              string        `json:"id"`
	FieldKeyType    string        `json:"fieldKeyType"`
	StaticFieldKey  string        `json:"staticFieldKey"`
	DynamicFieldKey *dynamicField `json:"dynamicFieldKey"`
	ValueInput      *valueInput   `json:"valueInput"`
	FollowUps       []filterOffer `json:"followUpFilters"`
}

type dynamicField struct {
	Label string `json:"label"`
}

type valueInput struct {
	Type      string `json:"type"`
	Label     string `json:"label"`
	UserInput *struct {
		Type string `json:"type"`
	} `json:"userInput"`
	StaticItems *struct {
		Values []struct {
			ID string `json:"id"`
		} `json:"staticValues"`
	} `json:"staticItems"`
	EntitySelector *struct {
		ID string `json:"id"`
	} `json:"entitySelector"`
}

// filters checks the filters that a trigger offers and returns them compact, nil
// for none.
func (f *faults) filters(field string, raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	value := jsontext.Value(raw).Clone()
	if err := value.Compact(); err != nil || !value.IsValid() {
		f.add(field, "JSON", "must be JSON without keys given twice")
		return nil
	}
	var offers []filterOffer
	if err := json.Unmarshal(value, &offers); err != nil {
		f.typed(field, err)
		return nil
	}
	if len(offers) == 0 {
		return nil
	}
	seen := make(map[string]bool)
	f.items(field, len(offers), 0, maxFilters)
	for i := range offers {
		f.filter(fmt.Sprintf("%s[%d]", field, i), &offers[i], seen, 1)
	}
	return json.RawMessage(value)
}

func (f *faults) filter(field string, o *filterOffer, seen map[string]bool, level int) {
	f.guid(field+".id", o.ID)
	if seen[o.ID] && o.ID != "" {
		f.add(field+".id", "UNIQUE", "is that of another filter")
	}
	seen[o.ID] = true
	switch f.oneOf(field+".fieldKeyType", o.FieldKeyType, "STATIC_FIELD_KEY", "DYNAMIC_FIELD_KEY"); o.FieldKeyType {
	case "STATIC_FIELD_KEY":
		f.length(field+".staticFieldKey", o.StaticFieldKey, 1, maxFieldKey)
	case "DYNAMIC_FIELD_KEY":
		if o.DynamicFieldKey == nil {
			f.add(field+".dynamicFieldKey", "REQUIRED", "is required for a DYNAMIC_FIELD_KEY")
		}
	}
	if o.ValueInput == nil {
		f.add(field+".valueInput", "REQUIRED", "is missing")
	} else {
		f.valueInput(field+".valueInput", o.ValueInput)
	}
	f.items(field+".followUpFilters", len(o.FollowUps), 0, maxFollowUps)
	if level == maxFollowUpDeep && len(o.FollowUps) > 0 {
		f.add(field+".followUpFilters", "MAX_DEPTH", "must not nest deeper than %d levels", maxFollowUpDeep)
		return
	}
	for i := range o.FollowUps {
		f.filter(fmt.Sprintf("%s.followUpFilters[%d]", field, i), &o.FollowUps[i], seen, level+1)
	}
}

func (f *faults) valueInput(field string, v *valueInput) {
	f.length(field+".label", v.Label, 0, maxLabel)
	f.oneOf(field+".type", v.Type, "ENTITY_SELECTOR", "USER_INPUT", "STATIC_ITEMS")
	switch v.Type {
	case "ENTITY_SELECTOR":
		if v.EntitySelector == nil {
			f.add(field+".entitySelector", "REQUIRED", "is required for an ENTITY_SELECTOR")
		}
	case "USER_INPUT":
		if v.UserInput == nil {
			f.add(field+".userInput", "REQUIRED", "is required for a USER_INPUT")
		} else {
			f.oneOf(field+".userInput.type", v.UserInput.Type, "NUMBER", "BOOLEAN")
		}
	case "STATIC_ITEMS":
		if v.StaticItems == nil || len(v.StaticItems.Values) == 0 {
			f.add(field+".staticItems.staticValues", "REQUIRED", "needs at least one value for STATIC_ITEMS")
			return
		}
		for i, item := range v.StaticItems.Values {
			f.guid(fmt.Sprintf("%s.staticItems.staticValues[%d].id", field, i), item.ID)
		}
	}
}
