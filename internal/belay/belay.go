// Package belay holds the words of the product and the rules that need nothing
// but values: what an app, a site, a trigger, an event, an automation and an
// activation are, which states they pass through, and how a refusal is told.
//
// It imports the standard library only, reads no clock and knows no door and no
// store. Start with Event and Activation. The cbor tags number the fields of
// what is stored for ever: a number is never given to another field.
package belay

// BuiltIn is the app whose actions every site has without installing anything.
// Its identifier is fixed: it stands in automations.
var BuiltIn = ID{0xbe, 0x1a, 0x70, 0x00, 0x00, 0x00, 0x40, 0x00, 0x80, 0x00, 0, 0, 0, 0, 0, 1}

// BuiltInName is accepted wherever an automation names BuiltIn by its GUID.
const BuiltInName = "belay"
