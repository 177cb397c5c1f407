package config

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/flow"
	"github.com/belay-events/belay/internal/schema"
)

// checkReady returns nil where the automation, of the ID self, can act on the site: its parts
// compile, its trigger is declared by an app of the site, hidden or not, and
// each action is of such an app or built in. Otherwise the error names each
// place and is FailedPrecondition with the reason AUTOMATION_NOT_READY, or
// NOT_SUPPORTED_YET where the only fault of the automation itself is a part that
// does not run yet.
func (b *Book) checkReady(s *Snapshot, spec *belay.AutomationSpec, self belay.ID) error {
	var f faults
	if _, err := flow.Compile(spec, b.carried); err != nil {
		err := placed(err)
		if belay.CodeOf(err) != belay.InvalidArgument {
			return err
		}
		f.take(err)
	}
	b.checkTriggerReady(&f, s, &spec.Configuration.Trigger, self)
	for _, id := range slices.Sorted(maps.Keys(spec.Configuration.Actions)) {
		action := spec.Configuration.Actions[id]
		if action.Type != belay.AppDefined || action.AppDefined == nil {
			continue
		}
		const at = "automation.configuration.actions."
		app, err := appID(action.AppDefined.AppID)
		if err != nil || !s.Installed(app) {
			f.add(at+id+".appDefinedInfo.appId", "APP_NOT_INSTALLED", "names an app that is not installed on the site")
			continue
		}
		b.checkProvided(&f, s, at+id+".appDefinedInfo.actionKey", app, action.AppDefined.ActionKey)
		var mapping map[string]any
		if b.inputs != nil && (len(action.AppDefined.InputMapping) == 0 || json.Unmarshal(action.AppDefined.InputMapping, &mapping) == nil) {
			f.list = append(f.list, b.inputs(app, action.AppDefined.ActionKey, at+id+".appDefinedInfo.inputMapping", mapping)...)
		}
	}
	return f.refusal(belay.FailedPrecondition, "AUTOMATION_NOT_READY", "the automation cannot be active: it")
}

// checkProvided collects why an app cannot be called for an action.
func (b *Book) checkProvided(f *faults, s *Snapshot, at string, app belay.ID, key string) {
	if app == belay.BuiltIn {
		return // flow knows those
	}
	action, ok := s.Action(app, key)
	if !ok {
		f.add(at, "NOT_FOUND", "names an action that the app has not declared")
		return
	}
	if s.BaseURL(app, action.BaseURL) == "" {
		f.add(at, "NO_BASE_URL", "names an action that nobody can be called for: neither it nor its app has a base URL")
	}
}

func (b *Book) checkTriggerReady(f *faults, s *Snapshot, use *belay.TriggerUse, self belay.ID) {
	const at = "automation.configuration.trigger."
	app, err := appID(use.AppID)
	if err == nil && belay.BuiltInTrigger(app, use.TriggerKey) != "" {
		f.checkBuiltInReady(s, use, self)
		return
	}
	if err != nil || !s.Installed(app) {
		f.add(at+"appId", "APP_NOT_INSTALLED", "names an app that is not installed on the site")
		return
	}
	trigger, ok := s.Trigger(app, use.TriggerKey)
	if !ok {
		f.add(at+"triggerKey", "NOT_FOUND", "names a trigger that the app has not declared")
		return
	}
	if use.ScheduledOffset != nil && !trigger.Scheduled {
		f.add(at+"scheduledEventOffset", "REAL_TIME_TRIGGER", "may be given for a scheduled trigger only, and %s is real-time", use.TriggerKey)
	}
	f.list = append(f.list, trigger.ConfigFaults(at+"automationConfigMapping", use.ConfigMapping)...)
	f.checkOverride(use)
}

// checkOverride checks the schema that an automation puts in the place of what an
// app's trigger declares. Expressions are held against it; events are not: one event
// is for many automations, and obeys the declared schema.
func (f *faults) checkOverride(use *belay.TriggerUse) {
	if s := strings.TrimSpace(string(use.OverrideSchema)); s == "" || s == "null" || s == "{}" {
		return
	}
	_, err := schema.CheckActionSchema("automation.configuration.trigger.overrideSchema", use.OverrideSchema)
	f.take(err)
}

// placed returns a refusal of flow with its places named as the caller's call
// has them.
func placed(err error) error {
	e, ok := errors.AsType[*belay.Error](err)
	if !ok {
		return err
	}
	moved := *e
	moved.Violations = below(e.Violations)
	return &moved
}

// below returns what is said of a configuration with its places in an automation.
func below(violations []belay.Violation) []belay.Violation {
	moved := make([]belay.Violation, len(violations))
	for i, v := range violations {
		if strings.HasPrefix(v.Field, "configuration") {
			v.Field = "automation." + v.Field
		}
		moved[i] = v
	}
	return moved
}
