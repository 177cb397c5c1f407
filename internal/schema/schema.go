// Package schema reads what apps declare and report: it parses JSON strictly,
// holds the rules for trigger keys and payload schemas, and says whether a
// payload obeys a schema.
//
// Everything here is pure: nothing reads a clock, a file or the network, and a
// schema that refers to another document is refused. Each refusal is a
// *belay.Error whose violations name the place in the caller's own words
// (payload.lines[3].quantity) and the rule by a stable word (REQUIRED, TYPE …).
//
// Start reading at Declare, which turns a schema into a Payload, and at
// ParsePayload and Payload.Validate, the two that every report passes.
package schema

// Limits on what strangers send.
const (
	// MaxPayloadBytes is the size of a payload as sent: 64 KiB.
	MaxPayloadBytes = 64 << 10
	// MaxDepth is how deep a payload nests; the root object is level 1.
	MaxDepth = 32
	// MaxSchemaBytes is the size of a schema document as sent: 256 KiB.
	MaxSchemaBytes = 256 << 10
	// MaxViolations is how many breaches of a schema one answer names.
	MaxViolations = 20
)

// maxSchemaDepth leaves room for an example of full depth inside a schema.
const maxSchemaDepth = 2 * MaxDepth
