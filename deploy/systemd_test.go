package deploy_test

import (
	"strings"
	"testing"
	"time"
)

// unit returns the settings of belay.service by section and name.
func unit(t *testing.T) map[string][]string {
	t.Helper()
	settings, section := map[string][]string{}, ""
	for line := range strings.Lines(read(t, "belay.service")) {
		line = strings.TrimSpace(line)
		name, value, ok := strings.Cut(line, "=")
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '[':
			section = strings.Trim(line, "[]") + "."
		case !ok:
			t.Errorf("%q is no setting", line)
		default:
			settings[section+name] = append(settings[section+name], value)
		}
	}
	return settings
}

func TestTheUnitStartsAndStopsTheServer(t *testing.T) {
	u := unit(t)
	for name, want := range map[string]string{
		"Service.ExecStart": "/usr/local/bin/belay " + strings.Join(readImage(t).command, " "),
		// Where the state is and where the server looks for it.
		"Service.StateDirectory":  "belay",
		"Service.Environment":     "BELAY_DATA=%S/belay",
		"Service.EnvironmentFile": "-/etc/belay/belay.env",
		"Service.Restart":         "always",
		"Service.DynamicUser":     "yes",
		"Service.ProtectSystem":   "strict",
		"Service.NoNewPrivileges": "yes",
	} {
		if got := strings.Join(u[name], ","); got != want {
			t.Errorf("%s=%s; want %s", name, got, want)
		}
	}
	grace, err := time.ParseDuration(strings.Join(u["Service.TimeoutStopSec"], "") + "s")
	if err != nil || grace < longestStop(t) {
		t.Errorf("the server has %v to stop, and may need %v: %v", grace, longestStop(t), err)
	}
	if !strings.Contains(read(t, "../docs/how-to/deploy.md"), "/etc/belay/belay.env") {
		t.Error("the page does not speak of the file of settings")
	}
}
