package belay

// The triggers of BuiltIn, which every site has.
const (
	TriggerSchedule = "schedule" // takes place by the automation's own calendar
	TriggerWebhook  = "webhook"  // takes place when somebody calls the automation's own address
	TriggerCustom   = "custom"   // takes place when the site's own code says so
)

// compatibleBuiltIn is the app that the compatible wire has such triggers of.
//
// Source: the compatible API's documents about scheduled, webhook and custom triggers.
var compatibleBuiltIn = ID{0x13, 0x9e, 0xf4, 0xfa, 0xc1, 0x08, 0x8f, 0x9a, 0xc7, 0xbe, 0xd5, 0xf4, 0x92, 0xa2, 0xc9, 0x39}

// BuiltInTrigger returns which of BuiltIn's triggers an app and a key name, in our
// words or in the compatible wire's; "" for a trigger that an app declared.
func BuiltInTrigger(app ID, key string) string {
	switch {
	case app == BuiltIn && (key == TriggerSchedule || key == TriggerWebhook || key == TriggerCustom):
		return key
	case app != compatibleBuiltIn:
		return ""
	}
	switch key {
	case "wix_automations-scheduled_trigger":
		return TriggerSchedule
	case "wix_automations-webhook_trigger":
		return TriggerWebhook
	case "wix_automations-custom_trigger":
		return TriggerCustom
	}
	return ""
}
