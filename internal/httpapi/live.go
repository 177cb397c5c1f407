package httpapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/engine"
)

const (
	// alive is how often a stream says that it still is one, and looks whether its
	// caller may still listen.
	alive = 15 * time.Second
	// patience is how long a write may wait for its reader.
	patience = 30 * time.Second
	// eventStream is the type of an answer that goes on.
	eventStream = "text/event-stream"
)

// streamed is the answer of an operation that has written it by itself.
type streamed struct{}

// follow is the one operation that goes on answering: what happens, as it does,
// until the caller has gone, may listen no more, or the server stops.
func (d *door) follow() operation {
	shape := shapeOf(reflect.TypeFor[api.LiveRequest]())
	return operation{
		in: reflect.TypeFor[api.LiveRequest](), out: reflect.TypeFor[*api.LiveMessage](), shape: shape,
		do: func(ctx context.Context, c *call, w http.ResponseWriter, r *http.Request, rt *route) (any, error) {
			var in api.LiveRequest
			if err := shape.read(w, r, rt, &in); err != nil {
				return nil, err
			}
			watching := engine.Watching{SiteID: c.site, AppID: optionalID(in.AppID), Since: engine.ParseCursor(r.Header.Get("Last-Event-ID"))}
			for i, word := range in.Kinds {
				kind, ok := engine.ParseNewsKind(word)
				if !ok {
					return nil, belay.Invalid(fmt.Sprintf("kinds[%d]", i), "ENUM", "must be event, activation, automation, notification or mail")
				}
				watching.Kinds = append(watching.Kinds, kind)
			}
			watcher, err := d.engine.Watch(ctx, c.by, watching)
			if err != nil {
				return nil, err
			}
			defer watcher.Close()
			s := &stream{w: w, control: http.NewResponseController(w)}
			if err := s.begin(); err != nil {
				return streamed{}, nil
			}
			d.tell(ctx, rt, c, watcher, s)
			return streamed{}, nil
		},
	}
}

// tell writes what a watcher hears. It returns without a word where that ends: the
// caller asks again, and is told why not.
func (d *door) tell(ctx context.Context, rt *route, c *call, watcher *engine.Watcher, s *stream) {
	by, checked := c.by, time.Now()
	for {
		quiet, done := context.WithTimeout(ctx, alive)
		told, err := watcher.Next(quiet)
		done()
		if err != nil && (ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded)) {
			return
		}
		if time.Since(checked) >= alive {
			if d.admit(ctx, rt, c) != nil || c.by != by || watcher.Allowed(ctx) != nil {
				return
			}
			checked = time.Now()
		}
		if s.write(told) != nil {
			return
		}
	}
}

// stream writes server-sent events.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
	buffer  bytes.Buffer
}

func (s *stream) begin() error {
	header := s.w.Header()
	header.Set("Content-Type", eventStream)
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no") // has a proxy pass each message on at once
	// The server's bound on reading a request would end this one after a minute.
	if err := s.control.SetReadDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	s.w.WriteHeader(http.StatusOK)
	s.buffer.WriteString("retry: 2000\n\n")
	return nil
}

// write sends messages, or a comment where there are none.
func (s *stream) write(told []engine.News) error {
	if len(told) == 0 {
		s.buffer.WriteString(": alive\n\n")
	}
	for i := range told {
		fmt.Fprintf(&s.buffer, "id: %s\nevent: %s\ndata: ", told[i].Cursor, told[i].Kind)
		if err := json.MarshalWrite(&s.buffer, liveMessageOf(&told[i]), json.Deterministic(true)); err != nil {
			return err
		}
		s.buffer.WriteString("\n\n")
	}
	if err := s.control.SetWriteDeadline(time.Now().Add(patience)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if _, err := s.w.Write(s.buffer.Bytes()); err != nil {
		return err
	}
	s.buffer.Reset()
	return s.control.Flush()
}

func liveMessageOf(n *engine.News) *api.LiveMessage {
	m := &api.LiveMessage{
		Kind: n.Kind.String(), SiteID: n.SiteID.String(), ID: n.ID.String(), AppID: n.AppID.String(), TriggerKey: n.TriggerKey,
		ExternalEntityID: n.EntityID.String(), EventID: n.EventID.String(), AutomationID: n.AutomationID.String(),
		Status: n.Status.String(), DueDate: when(n.Due), WithFailedActions: n.WithFailedActions,
		Removed: n.Removed, Draft: n.Draft, Resumed: n.Resumed,
	}
	for _, a := range n.Actions {
		m.Actions = append(m.Actions, api.LiveAction{ActionID: a.ActionID, Status: a.Status.String(), InFlight: a.InFlight, Attempts: a.Attempts})
	}
	return m
}
