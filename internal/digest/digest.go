// Package digest tells an automation in the parts that a sentence is made of: the
// names that people know, spans of time, and conditions as a field held against
// values. What it says is the wire's; whoever shows it chooses the language. It is
// pure, and takes automations as they are: half a draft, or one whose app is gone.
//
// Start at Maker.Of; conditions.go reads expressions.
package digest

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/formula"
	"github.com/belay-events/belay/internal/schema"
)

// maxSteps is how many steps a digest tells of: more than anybody reads.
const maxSteps = 20

// Trigger is what a maker must know of a trigger.
type Trigger struct {
	Name      string
	Scheduled bool
	Filters   json.RawMessage // as they are declared
	Payload   []schema.Property
}

// Maker knows what things are called on a site. Its functions return false, or an
// empty name, for what nobody declared; apps are named as automations name them.
type Maker struct {
	Trigger func(app belay.ID, key string) (Trigger, bool)
	App     func(app belay.ID) string
	Action  func(app belay.ID, key string) string
}

// Of returns the digest of an automation.
func (m *Maker) Of(spec *belay.AutomationSpec) api.AutomationDigest {
	w := &writer{m: m, actions: spec.Configuration.Actions}
	d := api.AutomationDigest{Roots: []string{}, Steps: []api.StepDigest{}}
	d.Trigger = w.trigger(&spec.Configuration.Trigger)
	ids := w.reached(spec.Configuration.RootActionIDs)
	for _, id := range spec.Configuration.RootActionIDs {
		if slices.Contains(ids, id) {
			d.Roots = append(d.Roots, id)
		}
	}
	if len(ids) > maxSteps {
		ids, d.More = ids[:maxSteps], len(ids)-maxSteps
	}
	for _, id := range ids {
		d.Steps = append(d.Steps, w.step(id))
	}
	return d
}

// Words returns the names that an automation's trigger and steps are known by, for
// whoever looks for one.
func (m *Maker) Words(spec *belay.AutomationSpec) []string {
	var words []string
	use := &spec.Configuration.Trigger
	app, _ := belay.ParseID(use.AppID)
	if t, ok := m.Trigger(app, use.TriggerKey); ok {
		words = append(words, t.Name, m.App(app))
	}
	for _, id := range slices.Sorted(maps.Keys(spec.Configuration.Actions)) {
		a := spec.Configuration.Actions[id]
		words = append(words, a.DisplayName)
		if info := a.AppDefined; info != nil {
			app := appOf(info.AppID)
			words = append(words, m.Action(app, info.ActionKey), m.App(app))
		}
	}
	return words
}

// appOf reads an app as an action names it: a GUID, or the built-in app's own word.
func appOf(text string) belay.ID {
	if text == builtInApp {
		return belay.BuiltIn
	}
	id, _ := belay.ParseID(text) // the zero ID is no app's
	return id
}

// builtInApp is how automations name the app of the built-in actions.
const builtInApp = "belay"

// writer writes one digest.
type writer struct {
	m        *Maker
	actions  map[string]belay.Action
	declared Trigger // of the automation
}

// reached returns the actions that the roots lead to, first reached first.
func (w *writer) reached(roots []string) []string {
	var ids []string
	seen := map[string]bool{}
	for queue := slices.Clone(roots); len(queue) > 0; {
		id := queue[0]
		queue = queue[1:]
		a, ok := w.actions[id]
		if !ok || seen[id] {
			continue
		}
		seen[id], ids = true, append(ids, id)
		// What follows a step is told before what stands beside it.
		queue = append(follow(&a), queue...)
	}
	return ids
}

// follow returns the actions that an action leads to.
func follow(a *belay.Action) (ids []string) {
	switch {
	case a.AppDefined != nil:
		ids = a.AppDefined.Post
	case a.Condition != nil:
		ids = slices.Concat(a.Condition.True, a.Condition.False)
	case a.CodeCondition != nil:
		ids = slices.Concat(a.CodeCondition.True, a.CodeCondition.False)
	case a.Delay != nil:
		ids = a.Delay.Post
	case a.RateLimit != nil:
		ids = a.RateLimit.Post
	case a.SetVariables != nil:
		ids = a.SetVariables.Post
	case a.Split != nil:
		for _, p := range a.Split.Paths {
			ids = append(ids, p.Post)
		}
	case a.Merge != nil:
		ids = a.Merge.Post
	}
	return slices.Clone(ids)
}

func (w *writer) trigger(use *belay.TriggerUse) *api.TriggerDigest {
	if use.AppID == "" && use.TriggerKey == "" {
		return nil
	}
	app := appOf(use.AppID)
	d := &api.TriggerDigest{AppID: use.AppID, TriggerKey: use.TriggerKey, Kind: "REAL_TIME"}
	if t, ok := w.m.Trigger(app, use.TriggerKey); ok {
		w.declared = t
		d.Name, d.AppName = t.Name, w.m.App(app)
		if t.Scheduled {
			d.Kind = "SCHEDULED"
		}
	}
	switch belay.BuiltInTrigger(app, use.TriggerKey) {
	case belay.TriggerSchedule:
		d.Kind, d.Calendar = "CALENDAR", calendarOf(use.ConfigMapping)
	case belay.TriggerWebhook:
		d.Kind = "WEBHOOK"
	case belay.TriggerCustom:
		d.Kind = "CUSTOM"
	}
	if o := use.ScheduledOffset; o != nil && d.Kind == "SCHEDULED" {
		if d.Before = spanOf(o.Expression, o.Unit); d.Before.Amount < 0 { // the sign counts for nothing
			d.Before.Amount = -d.Before.Amount
		}
		if d.Before.Amount == 0 && d.Before.Expression == "" {
			d.Before = nil
		}
	}
	labels := labelsOf(w.declared.Filters)
	for _, f := range use.Filters {
		c := w.condition(f.Expression)
		if c.Field == nil && f.FieldKey != "" {
			c.Field = w.field(f.FieldKey)
		}
		labels.name(&c, f.ID)
		d.Filters = append(d.Filters, c)
	}
	return d
}

func (w *writer) step(id string) api.StepDigest {
	a := w.actions[id]
	d := api.StepDigest{ID: id, Kind: string(a.Type), Label: a.DisplayName}
	switch {
	case a.AppDefined != nil:
		w.appDefined(&d, a.AppDefined)
	case a.Condition != nil:
		d.Conditions, d.Next, d.Otherwise = w.groups(a.Condition.Groups), a.Condition.True, a.Condition.False
	case a.CodeCondition != nil:
		d.Next, d.Otherwise = a.CodeCondition.True, a.CodeCondition.False
	case a.Delay != nil:
		w.delay(&d, a.Delay)
	case a.RateLimit != nil:
		d.Max, d.Next = spanOf(a.RateLimit.Max, ""), a.RateLimit.Post
		if a.RateLimit.Duration != "" {
			d.Within = spanOf(a.RateLimit.Duration, a.RateLimit.Unit)
		}
	case a.SetVariables != nil:
		d.Next = a.SetVariables.Post
	case a.Split != nil:
		for _, p := range a.Split.Paths {
			d.Paths = append(d.Paths, api.PathDigest{Name: p.Name, Next: p.Post})
		}
	case a.Merge != nil:
		d.Next = a.Merge.Post
	}
	return d
}

func (w *writer) appDefined(d *api.StepDigest, info *belay.AppDefinedInfo) {
	app := appOf(info.AppID)
	d.AppID, d.ActionKey, d.Next = info.AppID, info.ActionKey, info.Post
	if app == belay.BuiltIn {
		d.AppID = builtInApp // by whichever of its names the automation has it
	}
	if d.ActionName = w.m.Action(app, info.ActionKey); d.ActionName != "" {
		d.AppName = w.m.App(app)
	}
	var input map[string]any
	if json.Unmarshal(info.InputMapping, &input) != nil {
		return
	}
	// What names somebody, in our actions and in most of apps'.
	for _, key := range []string{"to", "recipient", "email", "phone", "url"} {
		if to := textsIn(input[key]); to != "" {
			d.Recipient = w.value(to)
			return
		}
	}
}

// textsIn returns a text, or the texts of a list.
func textsIn(v any) string {
	list, ok := v.([]any)
	if !ok {
		text, _ := v.(string)
		return text
	}
	var texts []string
	for _, one := range list {
		if text, ok := one.(string); ok && text != "" {
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, ", ")
}

func (w *writer) delay(d *api.StepDigest, info *belay.DelayInfo) {
	d.Next = info.Post
	if info.Offset != "" {
		d.Delay = spanOf(info.Offset, info.Unit)
	}
	for _, until := range []string{info.DueDate, info.DueEpoch} {
		if until != "" && d.Until == nil {
			d.Until = w.value(until)
		}
	}
}

// spanOf reads a length of time, which an expression may work out.
func spanOf(expression string, unit belay.Unit) *api.SpanDigest {
	s := &api.SpanDigest{Unit: string(unit)}
	e, err := formula.Compile(expression)
	if err == nil && e.Constant() {
		if n, err := e.Number(formula.Scope{}); err == nil {
			s.Amount = n
			return s
		}
	}
	s.Expression = expression
	return s
}

// calendarOf reads a schedule as an automation's mapping has it.
func calendarOf(mapping json.RawMessage) *api.CalendarDigest {
	var given struct {
		Start       string `json:"startDate"`
		Repetitions struct {
			Cron  string `json:"cronExpression"`
			Day   int    `json:"everyNthDay"`
			Week  int    `json:"everyNthWeek"`
			Month int    `json:"everyNthMonth"`
			End   string `json:"endDate"`
		} `json:"repetitions"`
	}
	if json.Unmarshal(mapping, &given) != nil {
		return nil
	}
	r := given.Repetitions
	c := &api.CalendarDigest{Start: wall(given.Start), Cron: r.Cron, End: wall(r.End)}
	switch {
	case r.Day > 0:
		c.Every, c.Unit = r.Day, "DAYS"
	case r.Week > 0:
		c.Every, c.Unit = r.Week, "WEEKS"
	case r.Month > 0:
		c.Every, c.Unit = r.Month, "MONTHS"
	}
	return c
}

// wall returns the date and the minute of a date-time: its offset counts for nothing.
func wall(text string) string {
	const minutes = len("2030-05-12T09:00")
	return text[:min(len(text), minutes)]
}
