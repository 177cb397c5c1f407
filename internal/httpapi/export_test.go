package httpapi

import "net/http"

// Routes returns each method and path of a handler's table, as documented.
func Routes(h http.Handler) []string {
	var all []string
	for _, r := range h.(*door).routes {
		for _, pattern := range r.patterns {
			all = append(all, r.method+" "+documented(pattern))
		}
	}
	return all
}
