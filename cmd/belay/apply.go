package main

import (
	"fmt"

	"github.com/belay-events/belay/internal/apply"
)

type applyVerb struct {
	server
	File   string `short:"f" required:"" placeholder:"DIR|FILE" help:"A file, or a folder whose .yaml and .yml files are read."`
	Prune  bool   `help:"Delete what the files do not name, of the kinds, apps and sites that they do name; sites and apps themselves stay."`
	Whole  bool   `name:"prune-sites-and-apps" help:"Delete the sites and apps that the files do not speak of, with everything on them. See what goes with --dry-run first."`
	DryRun bool   `help:"Change nothing; print what would change."`
}

// Run makes the server's configuration be what the files say.
func (v *applyVerb) Run(p *process) error {
	c, err := v.client()
	if err != nil {
		return err
	}
	wish, err := apply.Load(v.File, p.getenv)
	if err != nil {
		return err
	}
	n, err := apply.Apply(p.ctx, c, wish, apply.Options{Prune: v.Prune, PruneSitesAndApps: v.Whole, DryRun: v.DryRun}, p.out)
	if err != nil {
		return v.hinted(err)
	}
	switch {
	case n == 0:
		_, err = fmt.Fprintln(p.out, "nothing to change")
	case v.DryRun:
		_, err = fmt.Fprintf(p.out, "%d to change; nothing was changed\n", n)
	default:
		_, err = fmt.Fprintf(p.out, "%d changed\n", n)
	}
	return err
}

type exportVerb struct{ server }

// Run writes all that is set up as YAML.
func (v *exportVerb) Run(p *process) error {
	c, err := v.client()
	if err != nil {
		return err
	}
	return v.hinted(apply.Export(p.ctx, c, p.out))
}
