package belaytest

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"
)

// Received is one request that a Receiver took in.
type Received struct {
	Method, Path string
	// Query is the raw query, without the question mark.
	Query string
	Host  string
	// Remote is the sender's end of the connection, the same for all requests on it.
	Remote string
	Header http.Header
	Body   []byte
	At     time.Time
}

// Receiver is an HTTP server that records what it is sent and answers by script.
// All its methods may be called by many goroutines at once.
type Receiver struct {
	// URL is the server's address, without a trailing slash.
	URL string

	pipe *Pipe

	mu     sync.Mutex
	script []Behaviour
	got    []Received
	arrive chan struct{} // closed and replaced at each request
}

// NewReceiver returns a receiver on a free port of 127.0.0.1. It stops with the
// test, and answers 200 until told otherwise.
func NewReceiver(t testing.TB) *Receiver {
	ln := listen(t)
	return serve(t, ln, "http://"+ln.Addr().String())
}

// NewTLSReceiver returns a receiver on a free port of 127.0.0.1 that speaks HTTPS,
// and HTTP/2 where the client does, with cert.
func NewTLSReceiver(t testing.TB, cert tls.Certificate) *Receiver {
	ln := listen(t)
	return serve(t, tls.NewListener(ln, &tls.Config{
		Certificates: []tls.Certificate{cert},
		NextProtos:   []string{"h2", "http/1.1"},
	}), "https://"+ln.Addr().String())
}

// NewPipeReceiver returns a receiver that is reached by Dial alone and is named
// receiver.test. It must be made inside the synctest bubble that it serves.
func NewPipeReceiver(t testing.TB) *Receiver {
	pipe := NewPipe()
	r := serve(t, pipe, "http://receiver.test")
	r.pipe = pipe
	return r
}

// Dial connects to a receiver made by NewPipeReceiver, whatever the address.
func (r *Receiver) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	return r.pipe.Dial(ctx, network, address)
}

// Answer sets the script: each request takes the next behaviour, and the last one
// stays for all that follow.
func (r *Receiver) Answer(script ...Behaviour) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.script = script
}

// Requests returns what has come so far, in order.
func (r *Receiver) Requests() []Received {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got)
}

// Await returns the requests as soon as there are n, or what there is when ctx ends.
func (r *Receiver) Await(ctx context.Context, n int) []Received {
	for {
		r.mu.Lock()
		got, arrive := slices.Clone(r.got), r.arrive
		r.mu.Unlock()
		if len(got) >= n {
			return got
		}
		select {
		case <-arrive:
		case <-ctx.Done():
			return got
		}
	}
}

// ServeHTTP records the request, then behaves as the script says.
func (r *Receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return // the sender went away; what came is not a request
	}
	req.Body = io.NopCloser(bytes.NewReader(body))
	r.record(req, body)(w, req)
}

func (r *Receiver) record(req *http.Request, body []byte) Behaviour {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.got = append(r.got, Received{
		Method: req.Method, Path: req.URL.Path, Query: req.URL.RawQuery, Host: req.Host, Remote: req.RemoteAddr,
		Header: req.Header.Clone(), Body: body, At: time.Now(),
	})
	close(r.arrive)
	r.arrive = make(chan struct{})
	if len(r.script) == 0 {
		return Status(http.StatusOK)
	}
	next := r.script[0]
	if len(r.script) > 1 {
		r.script = r.script[1:]
	}
	return next
}

func serve(t testing.TB, ln net.Listener, url string) *Receiver {
	r := &Receiver{URL: url, arrive: make(chan struct{})}
	// Senders that hang up in the middle are what this server is for: its
	// complaints about them would only hide the test's own.
	srv := &http.Server{Handler: r, ErrorLog: log.New(io.Discard, "", 0)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = srv.Serve(ln) // always http.ErrServerClosed
	}()
	t.Cleanup(func() {
		_ = srv.Close() // closes each connection, which ends each request's context
		<-done
	})
	return r
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return ln
}
