package httpapi

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"reflect"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/belay-events/belay/internal/belay"
)

// access says who may come through a route; what they may do there is decided
// behind it.
type access uint8

const (
	anyone        access = iota
	known                // a caller with a credential
	onSite               // a caller with a credential, on a site
	perhapsOnSite        // a caller with a credential, on a site or on all that they may see
	operators            // a caller who is an operator
	people               // a person who has signed in
)

// The longest bodies that are taken.
const (
	maxBody     = 256 << 10
	maxBulkBody = 8 << 20
)

// route is one row of the table.
type route struct {
	method string
	// patterns are where it is served, the first the one to use. Each is a path
	// of http.ServeMux, and of OpenAPI.
	patterns    []string
	id          string // the OpenAPI operation
	group       string // the chapter of the document
	summary     string
	access      access
	maxBody     int64
	compares    bool // its commit compares the configuration that the call was let in by
	quiet       bool // not logged: probes and scrapes
	secret      bool // its path is a credential, and is not logged
	form        bool // the body may be a form too
	operation   operation
	plain       http.HandlerFunc // instead of operation, for what answers no JSON
	contentType string           // of the answer, where it is not JSON
}

// operation is what a route does, with the types that it takes and gives.
type operation struct {
	in, out reflect.Type
	shape   *shape
	do      func(ctx context.Context, c *call, w http.ResponseWriter, r *http.Request, rt *route) (any, error)
}

// does makes an operation of a function. In is a struct of package api; In's
// fields are filled from the path, the query and the body, and checked, before f
// sees it.
func does[In, Out any](f func(ctx context.Context, c *call, in *In) (Out, error)) operation {
	op := operation{in: reflect.TypeFor[In](), out: reflect.TypeFor[Out]()}
	shape := shapeOf(op.in)
	op.shape = shape
	op.do = func(ctx context.Context, c *call, w http.ResponseWriter, r *http.Request, rt *route) (any, error) {
		var in In
		if err := shape.read(w, r, rt, &in); err != nil {
			return nil, err
		}
		return f(ctx, c, &in)
	}
	return op
}

// as documents an operation by a type of package api that its own request type
// holds.
func as[In any](op operation) operation {
	op.in = reflect.TypeFor[In]()
	return op
}

// call is one request under way.
type call struct {
	request   *http.Request
	by        belay.Caller
	user      belay.User    // where a person has signed in
	session   belay.Session // of the person
	cookie    *http.Cookie  // that the answer sets; nil for none
	site      belay.ID
	requestID string
	event     belay.ID // for the log
	unlogged  bool     // the path
}

// handler serves a route.
func (d *door) handler(rt *route) http.Handler {
	count, log := d.metrics.of(rt.id), d.log.With("operation", rt.id)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		c := call{request: r, requestID: w.Header()[requestIDHeader][0], unlogged: rt.secret}
		status := d.serve(rt, &c, w, r)
		took := time.Since(began)
		count.observe(status, took)
		if !rt.quiet && log.Enabled(r.Context(), slog.LevelInfo) {
			logged(log, &c, r, status, began, took)
		}
	})
}

func (d *door) serve(rt *route, c *call, w http.ResponseWriter, r *http.Request) (status int) {
	answered := false
	defer func() {
		broken := recover()
		if broken == nil {
			return
		}
		if broken == http.ErrAbortHandler {
			panic(broken)
		}
		d.log.ErrorContext(r.Context(), "a request met a defect", "request", c.requestID, "operation", rt.id,
			"panic", broken, "stack", string(debug.Stack()))
		status = http.StatusInternalServerError
		if !answered {
			d.refuse(w, r, c, errDefect)
		}
	}()
	if rt.plain != nil {
		seen := &statusSeen{ResponseWriter: w, status: http.StatusOK}
		rt.plain(seen, r)
		return seen.status
	}
	answer, err := d.answer(rt, c, w, r)
	answered = true
	if err != nil {
		return d.refuse(w, r, c, err)
	}
	if _, done := answer.(streamed); done {
		return http.StatusOK
	}
	return d.write(w, r, c, http.StatusOK, answer)
}

var errDefect = errors.New("a defect, logged above")

func (d *door) answer(rt *route, c *call, w http.ResponseWriter, r *http.Request) (any, error) {
	if rt.access != anyone {
		if err := d.admit(r.Context(), rt, c); err != nil {
			return nil, err
		}
	}
	return rt.operation.do(r.Context(), c, w, r, rt)
}

// buffers are the scratch of answers and requests that are done.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// maxKept is the largest buffer that is kept for the next request.
const maxKept = 1 << 20

func release(b *bytes.Buffer) {
	if b.Cap() <= maxKept {
		b.Reset()
		buffers.Put(b)
	}
}

// measured is from which length on net/http no longer states the length of an
// answer by itself.
const measured = 2048

// Header values that all answers share. They are replaced, never written into.
var (
	contentJSON = []string{"application/json"}
	noStore     = []string{"no-store"}
)

// write sends an answer as JSON and returns the status.
func (d *door) write(w http.ResponseWriter, r *http.Request, c *call, status int, answer any) int {
	b := buffers.Get().(*bytes.Buffer)
	defer release(b)
	if err := json.MarshalWrite(b, answer, json.Deterministic(true)); err != nil {
		if status == http.StatusOK {
			return d.refuse(w, r, c, err)
		}
		d.log.ErrorContext(r.Context(), "a refusal could not be written", "request", c.requestID, "error", err)
		b.Reset()
	}
	header := w.Header()
	if c.cookie != nil {
		http.SetCookie(w, c.cookie)
	}
	header["Content-Type"] = contentJSON
	if r.Method != http.MethodPost || c.site.IsZero() {
		// No cache keeps answers to a POST (RFC 9111, section 3), but those that
		// hold a token must say so all the same (RFC 6749, section 5.1).
		header["Cache-Control"] = noStore
	}
	if b.Len() >= measured {
		header["Content-Length"] = []string{strconv.Itoa(b.Len())}
	}
	w.WriteHeader(status)
	// The caller has gone where this fails; the act is done and stays done.
	_, _ = w.Write(b.Bytes())
	return status
}

// logged writes a line about a request. The path says more than the operation
// where it names something. The record is made by hand, as looking up the line of
// code that logs would cost as much as the rest.
func logged(log *slog.Logger, c *call, r *http.Request, status int, began time.Time, took time.Duration) {
	record := slog.NewRecord(began.Add(took), slog.LevelInfo, "request answered", 0)
	record.AddAttrs(slog.String("request", c.requestID), slog.Int("status", status), slog.Duration("took", took))
	if !c.site.IsZero() {
		record.AddAttrs(slog.String("site", c.site.String()))
	}
	if !c.event.IsZero() {
		record.AddAttrs(slog.String("event", c.event.String()))
	}
	if !c.unlogged && (r.Pattern == "/" || strings.Contains(r.Pattern, "{")) {
		record.AddAttrs(slog.String("path", r.Method+" "+r.URL.Path))
	}
	// A log that cannot be written has no place to say so.
	_ = log.Handler().Handle(r.Context(), record)
}

// statusSeen remembers the status of an answer that passes through it.
type statusSeen struct {
	http.ResponseWriter
	status int
}

func (s *statusSeen) WriteHeader(status int) {
	s.status = status
	s.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (s *statusSeen) Unwrap() http.ResponseWriter { return s.ResponseWriter }
