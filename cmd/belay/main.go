// Command belay is the server and what its operator works it with. One file for
// each verb; server.go has what the verbs that call a server share, table.go how
// they print.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"
)

// verbs are the commands, in the order in which help lists them.
type verbs struct {
	Serve serveVerb `cmd:"" help:"Run a server."`
	Demo  demoVerb  `cmd:"" help:"Run a server that plays two businesses, and tell what happens."`

	Apply  applyVerb  `cmd:"" group:"set-up" help:"Make a server's configuration be what YAML files say."`
	Export exportVerb `cmd:"" group:"set-up" help:"Write a server's configuration as YAML."`
	Keys   keysVerb   `cmd:"" group:"set-up" help:"List, make and delete API keys."`
	Link   linkVerb   `cmd:"" group:"set-up" help:"Make a one-time link to sign in, for a user or to invite one."`
	Nodes  nodesVerb  `cmd:"" group:"set-up" help:"List the nodes that serve the store."`

	Report  reportVerb  `cmd:"" group:"events" help:"Report an event, as an app does."`
	Preview previewVerb `cmd:"" group:"events" help:"Say what a report would do; nothing is kept and nothing is sent."`
	Cancel  cancelVerb  `cmd:"" group:"events" help:"Call off the events of an external entity, as an app does."`

	Events      eventsVerb      `cmd:"" group:"what happened" help:"List events, or show one with all that came of it."`
	Activations activationsVerb `cmd:"" group:"what happened" help:"List activations, or show one with its attempts."`
	Webhooks    webhooksVerb    `cmd:"" group:"what happened" help:"List, show and replay what apps are told of changes."`
	Outbox      outboxVerb      `cmd:"" group:"what happened" help:"List mails that were kept instead of sent."`
	Inbox       inboxVerb       `cmd:"" group:"what happened" help:"List a site's notifications."`

	Backup  backupVerb  `cmd:"" group:"the store" help:"Copy the folder of a server, stopped or not."`
	Inspect inspectVerb `cmd:"" group:"the store" help:"Show records in the folder of a stopped server as JSON."`
	Migrate migrateVerb `cmd:"" group:"the store" help:"Bring the schema of a PostgreSQL database up to date; serve does it too."`
	Move    moveVerb    `cmd:"" group:"the store" help:"Move what a folder holds to a PostgreSQL database."`
	Check   checkVerb   `cmd:"" group:"the store" help:"Look for what does not fit together in the folder of a stopped server."`

	Bench benchVerb `cmd:"" group:"the store" help:"Measure this machine, beside what it could do at best."`

	Version versionVerb `cmd:"" help:"Print the version."`
}

// process is what a verb has of the process around it.
type process struct {
	ctx    context.Context // ends at SIGINT and SIGTERM
	out    io.Writer
	err    io.Writer
	getenv func(string) string
}

// usageError is the fault of whoever typed the command.
type usageError struct{ error }

// Exit codes.
const (
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p := &process{ctx: ctx, out: os.Stdout, err: os.Stderr, getenv: os.Getenv}
	os.Exit(p.main(os.Args[1:]))
}

// main runs one command and returns its exit code.
func (p *process) main(args []string) int {
	var v verbs
	exited := -1
	parser, err := kong.New(&v,
		kong.Name("belay"),
		kong.Description("Hold events safely until they are due, and call them off with one call."),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		kong.Writers(p.out, p.err),
		kong.Exit(func(code int) { exited = code }),
		kong.Vars{"version": version()},
	)
	if err != nil {
		fmt.Fprintln(p.err, "belay:", err)
		return exitFailed
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	command, err := parser.Parse(args)
	if exited >= 0 { // help was asked for and given
		return exited
	}
	if err != nil {
		fmt.Fprintf(p.err, "belay: %s\n(belay --help lists the verbs, belay VERB --help what one takes)\n", err)
		return exitUsage
	}
	if err := command.Run(p); err != nil {
		fmt.Fprintln(p.err, "belay:", err)
		if _, ok := errors.AsType[usageError](err); ok {
			return exitUsage
		}
		return exitFailed
	}
	return 0
}

// version returns the version that the binary was built as.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "dev"
	}
	return info.Main.Version
}

type versionVerb struct{}

// Run prints the version.
func (versionVerb) Run(p *process) error {
	_, err := fmt.Fprintln(p.out, "belay", version())
	return err
}
