package httpapi

import (
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/belay-events/belay/internal/belay"
)

// requestIDHeader carries the ID of a request, in http.Header's spelling.
const requestIDHeader = "X-Wix-Request-Id"

// maxRequestID is the longest ID that is taken from a caller.
//
// Source: the compatible wire, requestId of an activation.
const maxRequestID = 100

// requestID returns the caller's own ID of the request, where it is of 1 to 100
// visible ASCII characters, else a new one.
func requestID(r *http.Request, now time.Time) string {
	for _, name := range [...]string{requestIDHeader, "X-Request-Id"} {
		if given := r.Header[name]; len(given) > 0 && sane(given[0]) {
			return given[0]
		}
	}
	var chance [10]byte
	a, b := rand.Uint64(), rand.Uint64()
	for i := range 8 {
		chance[i] = byte(a >> (8 * i))
	}
	chance[8], chance[9] = byte(b), byte(b>>8)
	return belay.NewID(now, chance).String()
}

func sane(id string) bool {
	if id == "" || len(id) > maxRequestID {
		return false
	}
	for i := range len(id) {
		if id[i] <= ' ' || id[i] > '~' {
			return false
		}
	}
	return true
}
