package httpapi_test

import (
	"strings"
	"testing"
)

func TestWhatCannotBeLookedAtIsRefused(t *testing.T) {
	s := start(t, nil)
	s.furnish()
	made := s.must("POST", "/v2/automations", siteKey, map[string]any{"automation": reminder("Reminder", "bookings-booked")})
	kept := "/v2/automations/" + made["automation"].(map[string]any)["id"].(string)
	for name, tt := range map[string]struct {
		path, body string
		want       refused
	}{
		"an action too many":        {kept + "/validate", `{"validationSettings":{"actionIds":["a"` + strings.Repeat(`,"a"`, 30) + `]}}`, refused{400, "", "validationSettings.actionIds", "MAX_ITEMS"}},
		"an action of another":      {kept + "/validate", `{"validationSettings":{"actionIds":["a"]}}`, refused{400, "", "validationSettings.actionIds[0]", "NOT_FOUND"}},
		"an ID that is none":        {"/v2/automations/x/validate", `{}`, refused{400, "", "automationId", "GUID"}},
		"an automation that is not": {"/v2/automations/validate", `{"automation":[]}`, refused{400, "", "automation", "TYPE"}},
		"keys given twice":          {"/v2/automations/validate", `{"automation":{"name":"a","name":"b"}}`, refused{400, "", "automation.name", "DUPLICATE_KEY"}},
		"one that is too large":     {"/v2/automations/validate", `{"automation":{"x":"` + strings.Repeat("x", 513<<10) + `"}}`, refused{400, "", "automation", "MAX_BYTES"}},
	} {
		t.Run(name, func(t *testing.T) {
			a := s.call("POST", tt.path, siteKey, tt.body)
			if got := a.refused(t); got != tt.want {
				t.Errorf("answer = %+v, want %+v: %s", got, tt.want, a.body)
			}
		})
	}
}
