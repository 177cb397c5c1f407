package httpapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/httpapi"
)

func TestQuotasAreThoseThatTheAppsOfTheSiteTell(t *testing.T) {
	s := start(t, nil)
	s.furnish()
	for app, keys := range map[string][]string{appID: {"call", "text", "write"}, otherApp: {"fax"}} {
		for _, key := range keys {
			s.must("PUT", "/belay/v1/apps/"+app+"/actions/"+key, s.operator, map[string]any{"displayName": "To " + key, "inputSchema": map[string]any{"type": "object"}})
		}
	}
	const path = "/automations-service/v2/automations/actions/quota"
	got := s.must("GET", path, viewerKey, nil)
	if diff := cmp.Diff(map[string]any{"actionProviderQuotaInfo": []any{}}, got); diff != "" {
		t.Errorf("where no app is asked (-want +got):\n%s", diff)
	}

	h, err := httpapi.New(httpapi.Options{Engine: s.engine, Version: "0.0.0", Quota: func(_ context.Context, site belay.ID, a belay.ActionDeclaration) (json.RawMessage, bool, error) {
		switch {
		case site.String() != siteID:
			t.Errorf("asked for site %s", site)
			return nil, false, nil
		case a.Key == "call":
			return nil, false, errors.New("nobody answers")
		case a.Key == "text":
			return nil, false, nil
		}
		return json.RawMessage(`{"enforced":true,"quotaInfo":[]}`), true, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	s.handler = h
	got = s.must("GET", path, siteKey, nil)
	want := map[string]any{"actionProviderQuotaInfo": []any{map[string]any{
		"appId": appID, "actionKey": "write", "actionQuotaInfo": map[string]any{"enforced": true, "quotaInfo": []any{}},
	}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("quotas (-want +got):\n%s", diff)
	}
	if a := s.call("GET", path, otherKey, nil, "belay-site-id", siteID); string(a.body) != `{"actionProviderQuotaInfo":[]}` {
		t.Errorf("an app that is not on the site is told %d %s; want nothing", a.status, a.body)
	}
}
