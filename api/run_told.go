package api

// RunToldResponse is all there is to say of one activation, in one answer.
type RunToldResponse struct {
	Activation Activation `json:"activation" required:"true" description:"With its actions, their attempts, and what these sent and got."`
	// Event is what it was begun by.
	Event *Event `json:"event,omitzero" description:"Absent where it is kept no longer."`
	// Automation is what it carries out, and Digest the same in words.
	Automation AutomationDocument `json:"automation,omitzero" description:"As it was at the activation's revision; absent where that is not kept, and for apps and their developers."`
	Digest     *AutomationDigest  `json:"digest,omitzero" description:"The same in words."`
	// NewerRevision is what the automation has become since.
	NewerRevision Int64       `json:"newerRevision,omitzero" description:"The automation's revision now, where it is another."`
	Deleted       bool        `json:"deleted,omitzero" description:"The site has the automation no longer; never said of a test, which may be of a draft."`
	About         []RunField  `json:"about" required:"true" description:"The first fields of the payload that say something to people, at most 2."`
	Names         RunNames    `json:"names" required:"true"`
	CanceledBy    *Person     `json:"canceledBy,omitzero" description:"Who called it off, by name; absent where nobody in particular did."`
	Reruns        []RunRepeat `json:"reruns" required:"true" description:"Activations that repeat this one, oldest first: the first 20 of them."`
}

// RunNames are the names that people know, of what an activation speaks of.
type RunNames struct {
	Automation string       `json:"automation,omitempty"`
	Trigger    string       `json:"trigger,omitempty" description:"Absent where nobody declares the trigger now."`
	App        string       `json:"app,omitempty" description:"The app of the trigger."`
	Actions    []ActionName `json:"actions" required:"true" description:"Of the actions of apps that the automation has."`
	Fields     []FieldName  `json:"fields" required:"true" description:"Of the fields of the payload that are called something, in the order of the trigger's schema."`
}

// FieldName is what a field of a payload is called.
type FieldName struct {
	Key   string `json:"key" required:"true"`
	Title string `json:"title" required:"true"`
}

// ActionName is what an action of an app is called.
type ActionName struct {
	AppID     string `json:"appId" required:"true" description:"A GUID, or belay for the built-in actions."`
	ActionKey string `json:"actionKey" required:"true"`
	Name      string `json:"name,omitempty"`
	AppName   string `json:"appName,omitempty"`
}

// Person is who did something, by name.
type Person struct {
	Kind string `json:"kind" required:"true" enum:"USER,KEY,APP,UNKNOWN" description:"UNKNOWN for one that is there no longer."`
	ID   string `json:"id" required:"true"`
	Name string `json:"name,omitempty"`
	Self bool   `json:"self,omitzero" description:"Whether it is who asks."`
}

// RunRepeat is an activation that repeats another.
type RunRepeat struct {
	ID            string `json:"id" required:"true" format:"uuid"`
	Status        string `json:"status" required:"true" enum:"INITIATED,SCHEDULED,STARTED,ENDED,CANCELLED,FAILED,SKIPPED"`
	InitiatedDate Time   `json:"initiatedDate" required:"true"`
}
