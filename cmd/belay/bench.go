package main

import (
	"fmt"
	"os"
	"time"

	"github.com/belay-events/belay/internal/bench"
)

type benchVerb struct {
	Pending     int      `default:"1000000" help:"How many activations are pending where many are."`
	Seconds     float64  `default:"5" help:"How long each figure is taken at a time, in turns with its floor."`
	Rounds      int      `default:"3" help:"How many such turns a median is made of."`
	Connections int      `default:"64" help:"How many clients report and cancel at once."`
	Dir         string   `default:"." type:"path" help:"Where a folder is made for the run and removed after it; on the disk to be measured."`
	Store       string   `placeholder:"URL" help:"Measure nodes that share a PostgreSQL server instead, such as postgres://belay@db/belay, beside pgbench there. The databases it needs are made next to that one, and dropped."`
	Nodes       []int    `default:"1,2,3" help:"With --store: how many nodes, each number compared with the first."`
	Only        []string `placeholder:"PHASE" help:"Phases to run: space, idle, open, lateness, herd, cancels, single, bulk; with --store single, bulk, acting, lateness, soon, one-site; all otherwise."`
	JSON        bool     `name:"json" help:"Print JSON instead of a table."`
}

// Run measures this machine.
func (v *benchVerb) Run(p *process) error {
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("the program that nodes run: %w", err)
	}
	return bench.Run(p.ctx, bench.Config{
		Store: v.Store, Nodes: v.Nodes, Program: program,
		Pending: v.Pending, Slice: time.Duration(v.Seconds * float64(time.Second)), Rounds: v.Rounds,
		Connections: v.Connections, Dir: v.Dir, Only: v.Only, JSON: v.JSON, Progress: p.err,
	}, p.out)
}
