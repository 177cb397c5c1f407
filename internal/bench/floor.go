package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// floor is the least that keeping a request safe costs here: a bare net/http
// handler that appends the body to a file and answers after a group fsync.
type floor struct {
	*appender
	listener net.Listener
	server   *http.Server
	served   chan error
}

func openFloor(ctx context.Context, dir string) (*floor, error) {
	a, err := openAppender(filepath.Join(dir, "floor"))
	if err != nil {
		return nil, err
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("bench: listen: %w", err), a.close())
	}
	f := &floor{appender: a, listener: l, served: make(chan error, 1)}
	f.server = &http.Server{Handler: f, ReadHeaderTimeout: time.Minute}
	go func() { f.served <- f.server.Serve(l) }()
	return f, nil
}

func (f *floor) address() string { return f.listener.Addr().String() }

func (f *floor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = f.keep(body)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header()["Content-Type"] = []string{"application/json"}
	_, _ = io.WriteString(w, `{"kept":true}`) // a client that has gone is counted nowhere
}

func (f *floor) close() error {
	err := f.server.Close()
	<-f.served
	return errors.Join(err, f.appender.close())
}

// appender is a group commit: one goroutine collects what waits, writes it,
// makes it durable and tells all of them.
type appender struct {
	file *os.File
	in   chan *appending
	done chan struct{}
}

type appending struct {
	body []byte
	kept chan error
}

func openAppender(name string) (*appender, error) {
	file, err := os.Create(name)
	if err != nil {
		return nil, fmt.Errorf("bench: make the floor's file: %w", err)
	}
	a := &appender{file: file, in: make(chan *appending, 8192), done: make(chan struct{})}
	go a.run()
	return a, nil
}

// keep returns when body is durable.
func (a *appender) keep(body []byte) error {
	one := &appending{body, make(chan error, 1)}
	a.in <- one
	return <-one.kept
}

func (a *appender) run() {
	defer close(a.done)
	var text []byte
	var group []*appending
	for first := range a.in {
		group = append(group[:0], first)
		for more := true; more; {
			select {
			case one, open := <-a.in:
				if more = open; open {
					group = append(group, one)
				}
			default:
				more = false
			}
		}
		text = text[:0]
		for _, one := range group {
			text = append(text, one.body...)
		}
		_, err := a.file.Write(text)
		if err == nil {
			err = a.file.Sync()
		}
		for _, one := range group {
			one.kept <- err
		}
	}
}

// close ends the appender and removes its file. Nobody may call keep any more.
func (a *appender) close() error {
	close(a.in)
	<-a.done
	return errors.Join(a.file.Close(), os.Remove(a.file.Name()))
}

// lateFloor returns how late, ascending, the floor is done with what is due: at
// each due time a goroutine appends 300 bytes and waits until they are durable.
func lateFloor(ctx context.Context, dir string, due []time.Time) (late []time.Duration, err error) {
	a, err := openAppender(filepath.Join(dir, "floor"))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, a.close()) }()
	late = make([]time.Duration, len(due))
	errs := make([]error, len(due))
	body := make([]byte, 300)
	var out sync.WaitGroup
	defer out.Wait()
	for i, d := range due {
		if wait := time.Until(d); wait > 0 {
			if err := pause(ctx, wait); err != nil {
				return nil, err
			}
		}
		out.Go(func() {
			errs[i] = a.keep(body)
			late[i] = time.Since(d)
		})
	}
	out.Wait()
	slices.Sort(late)
	return late, errors.Join(errs...)
}
