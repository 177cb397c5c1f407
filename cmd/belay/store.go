package main

import (
	"fmt"
	"log/slog"
	"os"

	"github.com/belay-events/belay/internal/store/pebble"
)

// folder is a stopped server's store.
type folder struct {
	Data string `env:"BELAY_DATA" default:"belay-data" type:"path" help:"Folder of the store. Its server must be stopped."`
}

// open opens the store, which must be there.
func (f *folder) open(p *process) (*pebble.Store, error) {
	if _, err := os.Stat(f.Data); err != nil {
		return nil, usageError{fmt.Errorf("--data: %w", err)}
	}
	log := slog.New(slog.NewTextHandler(p.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	s, err := pebble.Open(f.Data, pebble.Options{Logger: log, Moved: true})
	if err != nil {
		return nil, explain(err, f.Data)
	}
	return s, nil
}
