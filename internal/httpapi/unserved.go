package httpapi

import (
	"net/http"
)

// unserved are the paths of the compatible wire that are known and not served
// yet. They answer 501, so that a client can tell "comes later" from a path that
// is written wrong. They are no part of the OpenAPI document.
//
// Source: the compatible wire, the methods of Triggered Events.
func unserved() []string {
	var all []string
	for _, list := range [][]string{
		{"POST /oauth/access"},
	} {
		all = append(all, list...)
	}
	return all
}

func (d *door) notYet(w http.ResponseWriter, r *http.Request) {
	c := call{requestID: w.Header()[requestIDHeader][0]}
	d.refuse(w, r, &c, &refusal{
		http.StatusNotImplemented, "NOT_IMPLEMENTED", "this part of the compatible API is not there yet; docs/reference/compatibility.md lists what is",
	})
}
