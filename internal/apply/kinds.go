package apply

import (
	"fmt"

	"github.com/goccy/go-yaml"
)

// Apps and sites are named by their ID or, where that is plain, by their name.

// App is a document of kind app.
type App struct {
	Kind string `yaml:"kind"`
	ID   string `yaml:"id,omitempty"`
	Name string `yaml:"name"`
	// BaseURL is where the app's own server answers, Format what calls of it look
	// like: jwt, also where it is left out, or webhook.
	BaseURL string `yaml:"baseUrl,omitempty"`
	Format  string `yaml:"format,omitempty"`
	// Secret proves the app to the token endpoint. It is never written back.
	Secret Secret `yaml:"secret,omitempty"`
}

// Trigger is a document of kind trigger.
type Trigger struct {
	Kind    string `yaml:"kind"`
	App     string `yaml:"app"`
	Key     string `yaml:"key"`
	Name    string `yaml:"name"`
	Hidden  bool   `yaml:"hidden,omitempty"`
	BaseURL string `yaml:"baseUrl,omitempty"`
	// Implements are the calls that the app's server answers for the trigger.
	Implements []string `yaml:"implements,omitempty"`
	Schema     any      `yaml:"schema"`
	// Config is what an automation says of itself to the app, by JSON Schema.
	Config  any `yaml:"config,omitempty"`
	Filters any `yaml:"filters,omitempty"`
}

// Action is a document of kind action.
type Action struct {
	Kind    string `yaml:"kind"`
	App     string `yaml:"app"`
	Key     string `yaml:"key"`
	Name    string `yaml:"name"`
	BaseURL string `yaml:"baseUrl,omitempty"`
	// Implements are the calls that the app's server answers for the action beside
	// the invocation.
	Implements []string `yaml:"implements,omitempty"`
	Input      any      `yaml:"input"`
	Output     any      `yaml:"output,omitempty"`
}

// Site is a document of kind site.
type Site struct {
	Kind     string `yaml:"kind"`
	ID       string `yaml:"id,omitempty"`
	Name     string `yaml:"name"`
	TimeZone string `yaml:"timeZone"`
	Locale   string `yaml:"locale,omitempty"`
	// RetentionDays is how long what happened is kept after it was over.
	RetentionDays int `yaml:"retentionDays,omitempty"`
	// SigningSecret signs what the site's automations send. It is never written back.
	SigningSecret Secret `yaml:"signingSecret,omitempty"`
}

// Installation is a document of kind installation.
type Installation struct {
	Kind       string `yaml:"kind"`
	Site       string `yaml:"site"`
	App        string `yaml:"app"`
	InstanceID string `yaml:"instanceId,omitempty"`
}

// Key is a document of kind key. A key is told from others by its role, its name
// and what it is for.
type Key struct {
	Kind string `yaml:"kind"`
	Name string `yaml:"name"`
	Role string `yaml:"role"`
	App  string `yaml:"app,omitempty"`
	Site string `yaml:"site,omitempty"`
	// Expires is a date and a time of RFC 3339. Where it is left out, a key that is
	// there ends when it does, and a new one never.
	Expires string `yaml:"expires,omitempty"`
	// Value is the key itself. Where it is left out, a key that is not there yet is
	// made by the server and printed once. It is never written back.
	Value Secret `yaml:"value,omitempty"`
}

// Automation is a document of kind automation. Document, where it is given, is
// the automation as the API has it, and takes the place of what comes after it.
type Automation struct {
	Kind string `yaml:"kind"`
	Site string `yaml:"site"`
	// ID is derived from the site and the name where it is left out.
	ID       string `yaml:"id,omitempty"`
	Name     string `yaml:"name"`
	Document any    `yaml:"document,omitempty"`

	Description string `yaml:"description,omitempty"`
	// Status is ACTIVE where it is left out, Origin USER.
	Status  string `yaml:"status,omitempty"`
	Origin  string `yaml:"origin,omitempty"`
	Trigger *Use   `yaml:"trigger,omitempty"`
	// First are the actions that begin at once; where it is left out, those that
	// no other leads to.
	First   []string `yaml:"first,omitempty"`
	Actions Steps    `yaml:"actions,omitempty"`
}

// Use is the trigger of an automation with its filters and timing: an app's, or one
// that needs none.
type Use struct {
	App      string     `yaml:"app,omitempty"`
	Key      string     `yaml:"key,omitempty"`
	Schedule *Timetable `yaml:"schedule,omitempty"`
	Webhook  string     `yaml:"webhook,omitempty"` // the GUID that it is called by
	Custom   string     `yaml:"custom,omitempty"`  // the ID that the site's code calls it by
	// Config is what the automation says of itself to the trigger's app.
	Config any `yaml:"config,omitempty"`
	// Schema is the payload's, where the automation says it itself.
	Schema any `yaml:"schema,omitempty"`

	Filters []Filter `yaml:"filters,omitempty"`
	// Before starts the automation so long before a scheduled event: "1 day".
	Before Span `yaml:"before,omitempty"`
	// SkipWhenLater skips what would start later than that after its due time.
	SkipWhenLater Span `yaml:"skipWhenLater,omitempty"`
	// Limit skips what is reported too often.
	Limit *Limit `yaml:"limit,omitempty"`
}

// Filter is a condition on the payload.
type Filter struct {
	Field string `yaml:"field"`
	When  string `yaml:"when"`
	ID    string `yaml:"id,omitempty"` // derived where it is left out
}

// Secret is a credential, written as it is or as {env: NAME} for the value of an
// environment variable.
type Secret struct {
	Value string
	Env   string
}

// UnmarshalYAML reads either form.
func (s *Secret) UnmarshalYAML(read func(any) error) error {
	if read(&s.Value) == nil {
		return nil
	}
	var from map[string]string
	if err := read(&from); err != nil || len(from) != 1 || from["env"] == "" {
		return fmt.Errorf("must be a text, or {env: NAME}")
	}
	s.Value, s.Env = "", from["env"]
	return nil
}

// resolve fills in Value from the environment.
func (s *Secret) resolve(getenv func(string) string) error {
	if s.Env == "" {
		return nil
	}
	if s.Value = getenv(s.Env); s.Value == "" {
		return fmt.Errorf("the environment variable %s is not set", s.Env)
	}
	return nil
}

// ordered makes v, as read from YAML, a value whose objects keep their order when
// it is written as JSON.
func ordered(v any) any {
	switch v := v.(type) {
	case yaml.MapSlice:
		o := make(object, len(v))
		for i, item := range v {
			o[i] = member{fmt.Sprint(item.Key), ordered(item.Value)}
		}
		return o
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = ordered(v[i])
		}
		return list
	}
	return v
}
