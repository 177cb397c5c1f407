package main

import (
	"errors"
	"fmt"
)

type backupVerb struct {
	folder
	Online bool   `help:"Have a server that runs copy its store, into the folder snapshots beside it."`
	URL    string `env:"BELAY_URL" default:"http://127.0.0.1:7300" help:"With --online: where the server answers." group:"server"`
	Key    string `env:"BELAY_KEY" help:"With --online: an operator's key." group:"server"`
	To     string `arg:"" optional:"" type:"path" help:"Folder of the copy, which must not exist; not with --online."`
}

// Run copies the store.
func (v *backupVerb) Run(p *process) error {
	switch {
	case v.Online && v.To != "":
		return usageError{errors.New("with --online the server names the folder of the copy")}
	case v.Online:
		return v.online(p)
	case v.To == "":
		return usageError{errors.New("the folder of the copy is missing")}
	}
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

func (v *backupVerb) online(p *process) error {
	s := server{URL: v.URL, Key: v.Key}
	c, err := s.client()
	if err != nil {
		return err
	}
	made, err := c.Backup(p.ctx)
	if err != nil {
		return s.hinted(err)
	}
	_, err = fmt.Fprintf(p.out, "%s, on the machine of the server, is a copy of its store; take it elsewhere, and delete it there\n", made.Folder)
	return err
}
