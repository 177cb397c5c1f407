package main

import (
	"errors"
	"fmt"
)

type inspectVerb struct {
	folder
	Name string `arg:"" help:"ID of an event, an activation or a message, or the key of a document of configuration."`
}

// Run shows the records of that name.
func (v *inspectVerb) Run(p *process) error {
	s, err := v.open(p)
	if err != nil {
		return err
	}
	records, err := s.Inspect(p.ctx, v.Name)
	if err := errors.Join(err, s.Close()); err != nil {
		return err
	}
	if len(records) == 0 {
		return fmt.Errorf("%s holds nothing named %s", v.Data, v.Name)
	}
	return p.printJSON(records)
}
