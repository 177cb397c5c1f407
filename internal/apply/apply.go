// Package apply makes a server's configuration be what files of YAML say, and
// writes a server's configuration as such files. It works through the HTTP API
// alone, so that it can do nothing that its key may not.
//
// Load reads files (load.go, kinds.go; steps.go for the actions of an automation).
// Look reads the server (look.go). Compare says what would have to change
// (compare.go), as lines that a person can read (lines.go), and Carry changes it
// (carry.go). Export writes what Look saw (export.go).
package apply

import (
	"context"
	"fmt"
	"io"

	"github.com/belay-events/belay/client"
)

// Options say how far Apply goes.
type Options struct {
	// Prune deletes what the files do not name: of kinds that they name, and of
	// automations and installations only on sites, of triggers and actions only of
	// apps, that they name; of keys only those of apps and sites that they name keys
	// for. Operators' keys always stay, and so do sites and apps.
	Prune bool
	// PruneSitesAndApps deletes the sites, where the files name one, and the apps,
	// where they name one, that nothing in the files speaks of, with everything on
	// them.
	PruneSitesAndApps bool
	// DryRun changes nothing and prints what would change.
	DryRun bool
}

// Apply makes the server's configuration be what wish says and prints each
// difference to out, in lines that begin with +, ~ or -. A second Apply changes
// nothing. It returns how many things it changed, or would.
func Apply(ctx context.Context, c *client.Client, wish *Wish, o Options, out io.Writer) (int, error) {
	has, err := Look(ctx, c, wish)
	if err != nil {
		return 0, fmt.Errorf("read the server's configuration: %w", err)
	}
	if o.PruneSitesAndApps {
		if has.doomed, err = lookAtDoomed(ctx, c, wish, has); err != nil {
			return 0, fmt.Errorf("read the server's configuration: %w", err)
		}
	}
	changes, err := Compare(wish, has, o)
	if err != nil {
		return 0, err
	}
	for i := range changes {
		if !o.DryRun {
			if err := changes[i].carry(ctx, c); err != nil {
				return i, fmt.Errorf("%s: %w", changes[i].Name, err)
			}
		}
		if err := changes[i].print(out, o.DryRun); err != nil {
			return i, err
		}
	}
	return len(changes), nil
}
