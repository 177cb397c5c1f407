package main

import (
	"errors"
	"fmt"

	"github.com/belay-events/belay/internal/app"
	"github.com/belay-events/belay/internal/store"
	"github.com/belay-events/belay/internal/store/postgres"
)

type migrateVerb struct {
	Store string `env:"BELAY_STORE" required:"" placeholder:"URL" help:"The PostgreSQL database."`
	Citus bool   `help:"Also spread the tables over the shards of a Citus database, once."`
}

// Run brings the database's schema to this version's.
func (v *migrateVerb) Run(p *process) error {
	from, to, err := app.Migrate(p.ctx, v.Store, v.Citus)
	switch {
	case errors.Is(err, store.ErrNewer):
		return fmt.Errorf("%s was written by a newer Belay than this one (%s); nothing was changed in it", redacted(v.Store), version())
	case err != nil:
		return err
	case from == to:
		fmt.Fprintf(p.out, "The schema of %s is at version %d, which is this Belay's.\n", redacted(v.Store), to)
	default:
		fmt.Fprintf(p.out, "The schema of %s was brought from version %d to %d.\n", redacted(v.Store), from, to)
	}
	if v.Citus {
		fmt.Fprintln(p.out, "Its tables are spread over the shards by bucket.")
	}
	return nil
}

func redacted(url string) string { return postgres.Redacted(url) }
