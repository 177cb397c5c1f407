package validate

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/belay-events/belay/internal/belay"
)

// Providers asks the apps that provide triggers and actions. Where an app provides
// no such check, it has nothing against anything. An error says that it could not
// be asked.
type Providers interface {
	// CheckTrigger returns what the trigger's provider has against its use.
	CheckTrigger(ctx context.Context, site belay.ID, use *belay.TriggerUse) ([]Complaint, error)
	// CheckAction returns what the action's provider has against its input mapping.
	CheckAction(ctx context.Context, site belay.ID, use *belay.AppDefinedInfo) ([]Complaint, error)
	// PayloadSchema returns a JSON Schema whose properties are laid over those that the
	// trigger declares, as its filters are set; nil for none.
	PayloadSchema(ctx context.Context, site belay.ID, use *belay.TriggerUse) (json.RawMessage, error)
}

// Complaint is what a provider has against how it is used, in its own words.
type Complaint struct {
	FieldKey, Title, Message string
	// Label and URL are of what may be done about it; both may be empty.
	Label, URL string
}

// askForSchema learns the schema that the trigger's provider has for how the
// trigger is used; a provider that cannot be asked leaves the declared one.
func (l *look) askForSchema(ctx context.Context) {
	if l.v.Providers == nil || l.declared == nil || l.c.BuiltIn || !l.snap.Installed(l.declared.AppID) {
		return
	}
	raw, err := l.v.Providers.PayloadSchema(ctx, l.snap.Site.ID, l.use)
	if err == nil && len(raw) > 0 {
		err = json.Unmarshal(raw, &l.dynamic)
	}
	if err != nil {
		l.unasked(Finding{Part: Trigger}, "the app could not be asked for the schema of the trigger's payload")
	}
}

// askProviders asks the providers of the trigger and of the actions, or of some
// actions alone. What is not declared or not
// installed has nobody to ask.
func (l *look) askProviders(ctx context.Context, only []string) {
	if l.v.Providers == nil {
		return
	}
	site := l.snap.Site.ID
	if l.declared != nil && !l.c.BuiltIn && l.snap.Installed(l.declared.AppID) && len(only) == 0 {
		complaints, err := l.v.Providers.CheckTrigger(ctx, site, l.use)
		l.heard(Finding{Part: Trigger}, complaints, err)
	}
	for _, id := range slices.Sorted(maps.Keys(l.actions)) {
		info := l.actions[id].AppDefined
		if info == nil || len(only) > 0 && !slices.Contains(only, id) {
			continue
		}
		app, err := appOf(info.AppID)
		if _, declared := l.snap.Action(app, info.ActionKey); err != nil || !declared || !l.snap.Installed(app) {
			continue
		}
		complaints, err := l.v.Providers.CheckAction(ctx, site, info)
		l.heard(Finding{ActionID: id}, complaints, err)
	}
}

func (l *look) heard(f Finding, complaints []Complaint, err error) {
	if err != nil {
		l.unasked(f, "the app could not be asked")
		return
	}
	for i := range complaints {
		f.Severity, f.Complaint = Error, &complaints[i]
		l.add(f)
	}
}

func (l *look) unasked(f Finding, message string) {
	f.Severity = Warning
	f.Complaint = &Complaint{Title: "Not checked", Message: message}
	l.add(f)
}
