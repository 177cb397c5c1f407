package app_test

import (
	"context"
	"errors"
	"io"
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/belay-events/belay/client"
	"github.com/belay-events/belay/internal/app"
	"github.com/belay-events/belay/internal/store"
)

// open opens a server over a folder.
func open(t *testing.T, c app.Config) *app.App {
	t.Helper()
	c.Listen, c.LogWriter = "127.0.0.1:0", io.Discard
	a, err := app.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

// run runs a server; stop stops it and returns how Run ended.
func run(t *testing.T, a *app.App) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	return func() error {
		cancel()
		return <-done
	}
}

func TestAServerAnswersFromRunUntilItsContextEnds(t *testing.T) {
	a := open(t, app.Config{Data: t.TempDir()})
	stop := run(t, a)
	c := client.New(a.URL(), client.Credentials{Key: a.FirstKey()})
	if err := c.Ready(t.Context()); err != nil {
		t.Errorf("not ready: %v", err)
	}
	if _, err := c.Sites(t.Context()); err != nil {
		t.Errorf("the first key is good for nothing: %v", err)
	}
	if err := stop(); err != nil {
		t.Errorf("Run ended with %v", err)
	}
	if err := c.Ready(t.Context()); err == nil {
		t.Error("it answers after Run has returned")
	}
}

func TestAStopWaitsNoLongerThanItsBound(t *testing.T) {
	const drain = 200 * time.Millisecond
	a := open(t, app.Config{Data: t.TempDir(), Drain: drain})
	stop := run(t, a)
	// A caller that never finishes its request.
	conn, err := net.Dial("tcp", a.URL()[len("http://"):])
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, "POST /oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{"); err != nil {
		t.Fatal(err)
	}
	if err := client.New(a.URL(), client.Credentials{}).Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := stop(); err != nil {
		t.Errorf("Run ended with %v", err)
	}
	if took := time.Since(began); took > 3*drain+5*time.Second {
		t.Errorf("the stop took %v", took)
	}
}

func TestTheFirstKeyIsMadeOnce(t *testing.T) {
	dir := t.TempDir()
	first := open(t, app.Config{Data: dir})
	if first.FirstKey() == "" {
		t.Error("the first start made no key")
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if key := open(t, app.Config{Data: dir}).FirstKey(); key != "" {
		t.Errorf("the second start made the key %q", key)
	}
}

func TestAGivenKeyStaysGood(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		a := open(t, app.Config{Data: dir, OperatorKey: "the-operators-own-key"})
		if a.FirstKey() != "" {
			t.Error("a key was made beside the one that was given")
		}
		stop := run(t, a)
		keys, err := client.New(a.URL(), client.Credentials{Key: "the-operators-own-key"}).Keys(t.Context())
		if err != nil || len(keys) != 1 {
			t.Errorf("keys = %v, %v; want the one", keys, err)
		}
		if err := stop(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAFolderIsNotSharedByTwoServers(t *testing.T) {
	dir := t.TempDir()
	open(t, app.Config{Data: dir})
	_, err := app.Open(t.Context(), app.Config{Data: dir, Listen: "127.0.0.1:0", LogWriter: io.Discard})
	if !errors.Is(err, store.ErrInUse) {
		t.Errorf("err = %v, want ErrInUse", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	taken := open(t, app.Config{Data: t.TempDir()})
	for name, c := range map[string]app.Config{
		"a taken address":  {Listen: taken.URL()[len("http://"):]},
		"no address":       {Listen: "nowhere"},
		"a log's format":   {LogFormat: "xml"},
		"a file as folder": {Data: filepath.Join("testdata", "..", "app.go")},
		"a short key":      {OperatorKey: "short"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.Data == "" {
				c.Data = t.TempDir()
			}
			if c.Listen == "" {
				c.Listen = "127.0.0.1:0"
			}
			c.LogWriter = io.Discard
			if a, err := app.Open(t.Context(), c); err == nil {
				_ = a.Close()
				t.Error("it opened")
			}
		})
	}
}
