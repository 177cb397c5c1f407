package belay

// Event is one thing that took place, or will, as an app reported it. It never
// changes once it is accepted.
type Event struct {
	ID         ID     `cbor:"1,keyasint,omitzero"`
	SiteID     ID     `cbor:"2,keyasint,omitzero"`
	AppID      ID     `cbor:"3,keyasint,omitzero"`
	TriggerKey string `cbor:"4,keyasint"`
	// EntityID names the external entity; zero for an event that cannot be canceled.
	EntityID       ID     `cbor:"5,keyasint,omitzero"`
	IdempotencyKey string `cbor:"6,keyasint,omitempty"`
	// RequestID is the request that reported the event.
	RequestID  string  `cbor:"7,keyasint,omitempty"`
	ReportedAt Instant `cbor:"8,keyasint"`
	// TakesPlaceAt is a scheduled event's time; zero for a real-time event.
	TakesPlaceAt Instant `cbor:"9,keyasint,omitempty"`
	// Payload is the JSON object as it was sent.
	Payload []byte `cbor:"10,keyasint"`
	// Activations are all that the event made, skipped ones included.
	Activations []ID `cbor:"11,keyasint,omitempty"`
	// Cause is what made it where nobody reported it; empty for a reported event.
	Cause Cause `cbor:"20,keyasint,omitempty"`
}
