package belaytest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Behaviour is one way of answering a request whose body has been read.
type Behaviour func(w http.ResponseWriter, r *http.Request)

// Status answers with a status and no body.
func Status(status int) Behaviour {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
}

// Body answers with a status, a media type and a body.
func Body(status int, mediaType, body string) Behaviour {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", mediaType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// RetryAfter answers with a status and the header Retry-After, as given.
func RetryAfter(status int, value string) Behaviour {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", value)
		w.WriteHeader(status)
	}
}

// Redirect answers with a status and the header Location, as given.
func Redirect(status int, location string) Behaviour {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", location)
		w.WriteHeader(status)
	}
}

// After waits, or until the sender hangs up, before it behaves.
func After(wait time.Duration, then Behaviour) Behaviour {
	return func(w http.ResponseWriter, r *http.Request) {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
			then(w, r)
		case <-r.Context().Done():
		}
	}
}

// Hang never answers: it waits until the sender hangs up or the receiver stops.
func Hang() Behaviour {
	return func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
}

// HangInBody answers 200 and the first words of a body, then nothing more until the
// sender hangs up or the receiver stops.
func HangInBody() Behaviour {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "the first words")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}
}

// Endless answers with a status and a body that goes on for as long as the sender
// reads. Each piece that was taken off its hands is reported to wrote, if not nil.
func Endless(status int, wrote func(bytes int)) Behaviour {
	piece := bytes.Repeat([]byte("belay "), 1<<10)
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		for {
			n, err := w.Write(piece)
			if err != nil {
				return
			}
			if wrote != nil {
				wrote(n)
			}
		}
	}
}

// HeaderOf answers 200 with a header of n bytes.
func HeaderOf(n int) Behaviour {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Long", string(bytes.Repeat([]byte("a"), n)))
	}
}

// HangUp closes the connection without an answer.
func HangUp() Behaviour { return raw("") }

// HangUpMidway promises a hundred bytes with a status, sends four and closes the
// connection. It needs HTTP/1.
func HangUpMidway(status int) Behaviour {
	return raw(fmt.Sprintf("HTTP/1.1 %d %s\r\nContent-Length: 100\r\n\r\nhalf", status, http.StatusText(status)))
}

// Garbage answers with what is no HTTP at all. It needs HTTP/1.
func Garbage() Behaviour { return raw("220 receiver.test ESMTP\r\n") }

// FailThen returns a script: k times the status, then 200.
func FailThen(k, status int) []Behaviour {
	return append(slices.Repeat([]Behaviour{Status(status)}, k), Status(http.StatusOK))
}

// Echo answers 200 with the request's own body and media type.
func Echo() Behaviour {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", r.Header.Get("Content-Type"))
		if r.ContentLength >= 0 {
			w.Header().Set("Content-Length", strconv.FormatInt(r.ContentLength, 10))
		}
		_, _ = io.Copy(w, r.Body)
	}
}

func raw(answer string) Behaviour {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(http.ErrAbortHandler) // HTTP/2 has no raw connection: cut the stream
		}
		_, _ = io.WriteString(conn, answer)
		_ = conn.Close()
	}
}
