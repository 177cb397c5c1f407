package httpapi_test

import (
	"net/http"
	"testing"
)

func TestNodesAreShownToOperators(t *testing.T) {
	s := start(t, nil)
	s.furnish()
	nodes := s.must("GET", "/belay/v1/nodes", s.operator, nil)["nodes"].([]any)
	if len(nodes) != 1 {
		t.Fatalf("a server with a store of its own shows %d nodes", len(nodes))
	}
	if n := nodes[0].(map[string]any); n["buckets"] != 256.0 || n["answering"] != true || n["leaving"] != false {
		t.Errorf("the one node is %v; want it to have all buckets", n)
	}
	if a := s.call("GET", "/belay/v1/nodes", appKey, nil); a.status != http.StatusForbidden {
		t.Errorf("an app that asks for the nodes is answered with %d %s", a.status, a.body)
	}
}

func TestAllowedAddressesAreShownToOperatorsAndApps(t *testing.T) {
	s := start(t, nil)
	s.furnish()
	for _, key := range []string{s.operator, appKey} {
		ranges := s.must("GET", "/belay/v1/allowed-addresses", key, nil)["ranges"].([]any)
		if len(ranges) != 2 || ranges[0] != "10.1.0.0/16" || ranges[1] != "fd00::/8" {
			t.Errorf("the ranges are %v; want those of the set-up", ranges)
		}
	}
	if a := s.call("GET", "/belay/v1/allowed-addresses", siteKey, nil); a.status != http.StatusForbidden {
		t.Errorf("a site that asks is answered with %d %s", a.status, a.body)
	}
}
