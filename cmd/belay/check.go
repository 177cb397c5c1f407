package main

import (
	"errors"
	"fmt"
)

type checkVerb struct{ folder }

// Run looks for what does not fit together.
func (v *checkVerb) Run(p *process) error {
	s, err := v.open(p)
	if err != nil {
		return err
	}
	findings, err := s.Check(p.ctx)
	if err := errors.Join(err, s.Close()); err != nil {
		return err
	}
	for _, f := range findings {
		fmt.Fprintln(p.out, f)
	}
	if len(findings) > 0 {
		return fmt.Errorf("%s: %s", v.Data, counted(len(findings), "fault"))
	}
	_, err = fmt.Fprintf(p.out, "%s: all fits together\n", v.Data)
	return err
}
