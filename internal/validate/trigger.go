package validate

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/flow"
	"github.com/belay-events/belay/internal/formula"
	"github.com/belay-events/belay/internal/schema"
)

func appOf(s string) (belay.ID, error) { return flow.ActionApp(s) }

// trigger looks at the trigger and at what its filters and timing say.
func (l *look) trigger() {
	if !l.c.BuiltIn {
		l.triggerItself()
		l.configuration()
	}
	data := formula.TypeOf(l.payload())
	for i, f := range l.use.Filters {
		at := Finding{
			Part: Trigger, Type: "INVALID_FILTER_EXPRESSION", FieldKey: f.FieldKey,
			Field: fmt.Sprintf("%sfilters[%d].filterExpression", atTrigger, i),
		}
		l.expression(at, f.Expression, data, formula.AsBool)
	}
	l.filterKeys(data)
	at := func(place string) Finding { return Finding{Part: Trigger, Field: atTrigger + place} }
	if o := l.use.ScheduledOffset; o != nil {
		l.expression(at("scheduledEventOffset.preScheduledEventOffsetExpression"), o.Expression, data, formula.AsNumber)
	}
	if s := l.use.SkipWhenLater; s != nil {
		l.expression(at("skipWhenLater.durationExpression"), s.Expression, data, formula.AsNumber)
	}
	if r := l.use.RateLimit; r != nil {
		l.expression(at("rateLimit.maxActivationsExpression"), r.Max, data, formula.AsNumber)
		l.expression(at("rateLimit.durationExpression"), r.Duration, data, formula.AsNumber)
		l.expression(at("rateLimit.uniqueIdentifierExpression"), said(r.Identifier), data, formula.AsAnything)
	}
}

// triggerItself looks at whether the site has the trigger.
func (l *look) triggerItself() {
	f := Finding{Part: Trigger, Severity: Error, Field: atTrigger + "triggerKey"}
	app, err := appOf(l.use.AppID)
	if err != nil {
		return // a bound that is broken
	}
	if !l.snap.Installed(app) {
		f.Field, f.Type, f.Reason = atTrigger+"appId", "APP_NOT_INSTALLED", "APP_NOT_INSTALLED"
		f.Message = "names an app that is not installed on the site"
		l.add(f)
	}
	switch wrong := schema.CheckKey(f.Field, l.use.TriggerKey); {
	case len(wrong) > 0 && wrong[0].Rule == "PATTERN":
		f.Type, f.Reason, f.Message = "INVALID_TRIGGER_KEY", "PATTERN", wrong[0].Description
	case len(wrong) > 0:
		return // a bound that is broken
	case l.declared == nil:
		f.Type, f.Reason, f.Message = "NOT_FOUND", "NOT_FOUND", "names a trigger that the app has not declared"
	case l.use.ScheduledOffset != nil && !l.declared.Scheduled:
		f.Field, f.Reason = atTrigger+"scheduledEventOffset", "REAL_TIME_TRIGGER"
		f.Message = fmt.Sprintf("may be given for a scheduled trigger only, and %s is real-time", l.use.TriggerKey)
	case l.declared.Hidden:
		f.Type, f.Reason, f.Severity = "DEPRECATED", "HIDDEN", Warning
		f.Message = "names a hidden trigger, which is offered to nobody; events under it still count"
	default:
		return
	}
	l.add(f)
}

// configuration looks at what the automation says of itself to the trigger's app.
func (l *look) configuration() {
	if l.declared == nil {
		return
	}
	const place = atTrigger + "automationConfigMapping"
	for _, v := range l.declared.ConfigFaults(place, l.use.ConfigMapping) {
		l.add(Finding{Part: Trigger, Severity: Error, Field: v.Field, Reason: v.Rule, Message: v.Description})
	}
}

// offer is a filter that a trigger offers.
type offer struct {
	ID         string `json:"id"`
	KeyType    string `json:"fieldKeyType"`
	Key        string `json:"staticFieldKey"`
	ValueInput struct {
		Label    string `json:"label"`
		Required bool   `json:"required"`
	} `json:"valueInput"`
	FollowUps []offer `json:"followUpFilters"`
}

// set returns the filter of the automation that takes up an offer.
func (o *offer) set(filters []belay.TriggerFilter) bool {
	return slices.ContainsFunc(filters, func(f belay.TriggerFilter) bool {
		return o.ID != "" && strings.EqualFold(f.ID, o.ID) || o.Key != "" && f.FieldKey == o.Key
	})
}

// filterKeys looks at whether the trigger offers the filters that are set, and
// whether those are set that it requires.
func (l *look) filterKeys(data formula.Type) {
	var offers []offer
	if l.declared == nil || len(l.declared.Filters) > 0 && json.Unmarshal(l.declared.Filters, &offers) != nil {
		return
	}
	all, dynamic := flat(offers)
	for i, f := range l.use.Filters {
		offered := slices.ContainsFunc(all, func(o offer) bool { return o.set([]belay.TriggerFilter{f}) })
		_, problems := formula.Check(`{{var("`+f.FieldKey+`")}}`, data)
		if offered || dynamic || len(problems) == 0 {
			continue
		}
		l.add(Finding{
			Part: Trigger, Severity: Warning, Type: "INVALID_FILTER_FIELD_KEY", Reason: string(problems[0].Kind),
			FieldKey: f.FieldKey, Field: fmt.Sprintf("%sfilters[%d].fieldKey", atTrigger, i),
			Message: "names neither a filter that the trigger offers nor a property of its payload",
		})
	}
	if !l.c.BuiltIn { // what a built-in trigger is called by stands in its configuration
		l.required(offers)
	}
}

// required looks for filters that must be set; a follow-up must where the one that
// it follows is set.
func (l *look) required(offers []offer) {
	for i := range offers {
		o := &offers[i]
		if o.set(l.use.Filters) {
			l.required(o.FollowUps)
		} else if o.ValueInput.Required {
			l.add(Finding{
				Part: Trigger, Severity: Error, Type: "MISSING_REQUIRED_FILTER", Reason: "REQUIRED",
				FieldKey: o.Key, Field: atTrigger + "filters", Message: fmt.Sprintf("lacks the filter %q, which the trigger requires", o.ValueInput.Label),
			})
		}
	}
}

// flat returns offers with all that follow up, and whether the keys of some are
// known when they are used alone.
func flat(offers []offer) (all []offer, dynamic bool) {
	for _, o := range offers {
		further, more := flat(o.FollowUps)
		all = append(append(all, o), further...)
		dynamic = dynamic || more || o.KeyType == "DYNAMIC_FIELD_KEY"
	}
	return all, dynamic
}
