package httpapi_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/belay-events/belay/internal/httpapi"
)

var parameter = regexp.MustCompile(`\{[^}]*\}`)

func TestAllowNamesEveryMethodThatThePathTakesAndNoOther(t *testing.T) {
	s := start(t, nil)
	s.furnish()
	paths := []string{"/docs", "/docs/", "/nowhere"}
	for _, route := range httpapi.Routes(s.handler) {
		_, path, _ := strings.Cut(route, " ")
		path = strings.ReplaceAll(path, "{appId}", appID) // it has a route that anybody may read
		paths = append(paths, parameter.ReplaceAllString(path, entityID))
	}
	for _, path := range paths {
		refused := s.call("PROPFIND", path, "", "")
		allow := refused.header.Get("Allow")
		if (refused.status == 405) != (allow != "") {
			t.Errorf("PROPFIND %s = %d with Allow %q", path, refused.status, allow)
		}
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} {
			a := s.call(method, path, "", "")
			status := a.status
			named := strings.Contains(", "+allow+",", ", "+method+",")
			nowhere := status == 404 && (method == "HEAD" || strings.Contains(string(a.body), "nothing at this path"))
			if taken := status != 405 && !nowhere; taken != named {
				t.Errorf("%s %s = %d; Allow says %q", method, path, status, allow)
			}
		}
	}
}
