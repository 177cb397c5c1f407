package main

import (
	"errors"
	"fmt"
)

type backupVerb struct {
	folder
	To string `arg:"" type:"path" help:"Folder of the copy, which must not exist."`
}

// Run copies the store.
func (v *backupVerb) Run(p *process) error {
	s, err := v.open(p)
	if err != nil {
		return err
	}
	if err := errors.Join(s.Checkpoint(v.To), s.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "%s is a copy of %s; belay serve --data %s runs on it\n", v.To, v.Data, v.To)
	return err
}
