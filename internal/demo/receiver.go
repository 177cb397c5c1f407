package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// receiver is a server of the site's own, which takes what its automations send.
type receiver struct {
	listener net.Listener
	taken    chan string
}

// maxTaken is how many requests wait to be told of; more are taken and not told.
const maxTaken = 64

// listen takes the address, or a free one where somebody else has it.
func listen(ctx context.Context, address string) (*receiver, error) {
	var l net.ListenConfig
	listener, err := l.Listen(ctx, "tcp", address)
	if err != nil {
		listener, err = l.Listen(ctx, "tcp", "127.0.0.1:0")
	}
	if err != nil {
		return nil, err
	}
	return &receiver{listener: listener, taken: make(chan string, maxTaken)}, nil
}

func (r *receiver) address() string { return r.listener.Addr().String() }

// run answers until ctx ends.
func (r *receiver) run(ctx context.Context) error {
	server := &http.Server{Handler: r, ReadTimeout: 10 * time.Second}
	done := make(chan error, 1)
	go func() { done <- server.Serve(r.listener) }()
	select {
	case err := <-done:
		return fmt.Errorf("demo: the site's own server: %w", err)
	case <-ctx.Done():
	}
	err := server.Close()
	if ended := <-done; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	return err
}

// ServeHTTP takes everything.
func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(io.LimitReader(req.Body, 64<<10))
	if err != nil {
		http.Error(w, "the body broke off", http.StatusBadRequest)
		return
	}
	select {
	case r.taken <- fmt.Sprintf("%s %s %s", req.Method, req.URL.Path, body):
	default:
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"ok":true}`) // the server has gone where this fails
}
