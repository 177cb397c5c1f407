// Package demo runs a whole server in this process, with the two businesses of
// the examples set up, days made seconds, and plays what happens in them. Start
// with Run; setup.go readies the server, earlier.go ends an earlier story, story.go is what is played, account.go
// what is told of it, receiver.go the site's own server that requests go to.
package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"

	"github.com/belay-events/belay/internal/app"
)

// Options say what to run.
type Options struct {
	// JSON plays no story: it prints one line when the server is ready, for
	// scripts, and serves.
	JSON   bool
	Listen string
	Data   string // folder of the store; a new one that is removed in the end if empty
	Out    io.Writer
	Log    io.Writer // warnings of the server
	// Version is the server's.
	Version string
}

// Run serves until ctx ends.
func Run(ctx context.Context, o Options) (err error) {
	if o.Data == "" {
		if o.Data, err = os.MkdirTemp("", "belay-demo-"); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(o.Data)) }()
	}
	kept, err := readKeys(o.Data)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	own, err := listen(ctx, kept.Receiver)
	if err != nil {
		return fmt.Errorf("demo: the site's own server: %w", err)
	}
	server, err := app.Open(ctx, app.Config{
		Listen: o.Listen, Data: o.Data, OperatorKey: kept.Operator,
		AllowedRanges: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
		LogLevel:      quiet, LogWriter: o.Log, Version: o.Version,
	})
	if err != nil {
		return errors.Join(err, own.listener.Close())
	}
	kept.Receiver = own.address()
	if err := kept.write(o.Data); err != nil {
		return errors.Join(fmt.Errorf("demo: %w", err), own.listener.Close(), server.Close())
	}
	left := 0
	if !o.JSON {
		if left, err = callOffEarlier(ctx, server); err != nil {
			return errors.Join(fmt.Errorf("demo: what an earlier story left: %w", err), own.listener.Close(), server.Close())
		}
	}
	return serve(ctx, o, server, own, kept, left)
}

// serve runs the server, the site's own server and the play beside one another
// until ctx ends or one of the servers fails.
func serve(ctx context.Context, o Options, server *app.App, own *receiver, kept keys, left int) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan error, 2)
	go func() { done <- own.run(ctx) }()
	go func() { done <- server.Run(ctx) }()
	err := play(ctx, o, server, own, kept, left)
	if err != nil && ctx.Err() == nil {
		stop()
		return errors.Join(err, <-done, <-done)
	}
	first := <-done
	stop()
	return errors.Join(first, <-done)
}

func play(ctx context.Context, o Options, server *app.App, own *receiver, kept keys, left int) error {
	world, err := setUp(ctx, server, own, kept, o.Data)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	if o.JSON {
		ready, err := world.ready()
		if err != nil {
			return fmt.Errorf("demo: %w", err)
		}
		line, err := json.Marshal(ready)
		if err != nil {
			return fmt.Errorf("demo: %w", err)
		}
		_, err = fmt.Fprintf(o.Out, "%s\n", line)
		return err
	}
	return world.tell(ctx, o.Out, left)
}
