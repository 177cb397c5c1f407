package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/belay-events/belay/internal/app"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
	"github.com/belay-events/belay/internal/store/move"
	"github.com/belay-events/belay/internal/store/pebble"
	"github.com/belay-events/belay/internal/store/postgres"
)

type moveVerb struct {
	From string `required:"" type:"path" placeholder:"DIR" help:"Folder of the store."`
	To   string `required:"" placeholder:"URL" help:"The PostgreSQL database, empty; such as postgres://belay@db/belay."`
	URL  string `env:"BELAY_URL" default:"http://127.0.0.1:7300" help:"Where the server answers, if one runs on the folder." group:"server"`
	Key  string `env:"BELAY_KEY" help:"An operator's key, if a server runs on the folder." group:"server"`
}

// Run moves what the folder holds: all of it where no server runs on the folder,
// else as much as can be copied meanwhile.
func (v *moveVerb) Run(p *process) error {
	err := v.run(p)
	if err != nil && p.ctx.Err() != nil {
		return errors.New("interrupted; the same command goes on from here")
	}
	return err
}

func (v *moveVerb) run(p *process) error {
	m, err := pebble.ReadMove(v.From)
	if errors.Is(err, pebble.ErrNoStore) {
		return usageError{fmt.Errorf("--from: %s holds no store of Belay", v.From)}
	}
	if err != nil {
		return explain(err, v.From)
	}
	if m.To != "" && m.To != redacted(v.To) {
		return fmt.Errorf("a move from %s to %s was begun; end that one, or delete the file MOVE in the folder to forget it", v.From, m.To)
	}
	if _, _, err := app.Migrate(p.ctx, v.To, false); err != nil {
		return err
	}
	to, err := postgres.OpenLoader(p.ctx, v.To, postgres.Options{Connections: move.Connections})
	if err != nil {
		return err
	}
	defer to.Close()
	t := &transfer{process: p, moveVerb: v, to: to, move: m}
	if m.MovedAt != 0 {
		return t.again()
	}
	log := slog.New(slog.NewTextHandler(p.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	began := time.Now()
	from, err := pebble.Open(v.From, pebble.Options{Logger: log})
	switch {
	case errors.Is(err, store.ErrInUse):
		return t.ahead(log)
	case err != nil:
		return explain(err, v.From)
	}
	if err := errors.Join(t.whole(from), from.Close()); err != nil {
		return err
	}
	fmt.Fprintf(p.out, "%s was moved to %s. It was held for %s.\nFrom now on: belay serve --store %s\n",
		v.From, t.move.To, span(time.Since(began)), t.move.To)
	return nil
}

// transfer is one run of the verb.
type transfer struct {
	*process
	*moveVerb
	to   *postgres.Loader
	move pebble.Move
}

// again ends a move that had only to be ended, and else says that it has.
func (t *transfer) again() error {
	if err := t.to.Finish(t.ctx, t.move.ID); err != nil {
		return err
	}
	fmt.Fprintf(t.out, "%s was moved to %s already; nothing is left to do\n", t.From, t.move.To)
	return nil
}

// begin takes the database, and keeps in the folder that it did.
func (t *transfer) begin() error {
	fresh := t.move.ID == ""
	if fresh {
		t.move = pebble.Move{ID: rand.Text(), To: redacted(t.To)}
		if err := pebble.WriteMove(t.From, t.move); err != nil {
			return err
		}
	}
	again, err := t.to.Begin(t.ctx, postgres.Moving{ID: t.move.ID, From: t.From})
	switch {
	case errors.Is(err, postgres.ErrOccupied):
		err = fmt.Errorf("--to: %s holds an installation of its own; a move needs an empty database", t.move.To)
	case errors.Is(err, postgres.ErrServed):
		err = fmt.Errorf("--to: %w; stop them, and wait a minute if they ended in disorder", err)
	case errors.Is(err, postgres.ErrOtherMove):
		err = fmt.Errorf("--to: %w; to give that up, drop the database and make it anew", err)
	}
	if err != nil {
		if fresh {
			err = errors.Join(err, pebble.ForgetMove(t.From))
		}
		return err
	}
	if again {
		fmt.Fprintln(t.out, "Going on with the move that was begun: what is there already is compared, not copied anew.")
	}
	return nil
}

// ahead copies while a server runs on the folder.
func (t *transfer) ahead(log *slog.Logger) error {
	s := server{URL: t.URL, Key: t.Key}
	if t.Key == "" {
		return usageError{fmt.Errorf("another process is using %s: stop it, or set BELAY_KEY (or --key) and BELAY_URL, so that most can be copied while it runs", t.From)}
	}
	c, err := s.client()
	if err != nil {
		return err
	}
	if err := t.begin(); err != nil {
		return err
	}
	made, err := c.Backup(t.ctx)
	if err != nil {
		return s.hinted(err)
	}
	// The server may see its folder by another path.
	folder := filepath.Join(t.From, app.Snapshots, filepath.Base(made.Folder))
	if _, err := os.Stat(folder); err != nil {
		return fmt.Errorf("the server at %s keeps its data elsewhere than in %s: its copy went to %s", s.URL, t.From, made.Folder)
	}
	err = t.rehearse(folder, log)
	return errors.Join(err, os.RemoveAll(folder))
}

// rehearse does with a copy of the folder what will be done with itself.
func (t *transfer) rehearse(folder string, log *slog.Logger) (err error) {
	from, err := pebble.Open(folder, pebble.Options{Logger: log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	view, err := from.View(t.ctx)
	if err != nil {
		return err
	}
	if _, err := t.copy(view, "Copying while the server runs"); err != nil {
		return errors.Join(err, view.Close())
	}
	if err := errors.Join(t.to.Analyze(t.ctx), view.Close()); err != nil {
		return err
	}
	fmt.Fprintln(t.out, "Now the same as after the stop, to see how long it takes:")
	began := time.Now()
	if err := t.compare(from); err != nil {
		return err
	}
	fmt.Fprintf(t.out, "\nMost is copied; the server goes on. What it does from now on is copied in a stop of about %s:\n"+
		"stop the server, then run the same command again.\n", span(time.Since(began)))
	return nil
}

// whole moves everything from a folder that nobody else uses.
func (t *transfer) whole(from *pebble.Store) error {
	if err := t.begin(); err != nil {
		return err
	}
	if err := t.compare(from); err != nil {
		return err
	}
	t.move.MovedAt = belay.At(time.Now())
	if err := pebble.WriteMove(t.From, t.move); err != nil {
		return err
	}
	return t.to.Finish(t.ctx, t.move.ID)
}

// compare copies what the database lacks, and returns nil when both hold the same.
func (t *transfer) compare(from *pebble.Store) (err error) {
	view, err := from.View(t.ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, view.Close()) }()
	done, err := t.copy(view, "Copying")
	if err != nil {
		return err
	}
	if done.Written > 10_000 {
		if err := t.to.Analyze(t.ctx); err != nil {
			return err
		}
	}
	same, err := t.verify(view)
	if err != nil || same {
		return err
	}
	fmt.Fprintln(t.out, "They differ; every row is compared whole, and written anew where it is another.")
	p := t.progress("Comparing")
	if done, err = move.Copy(t.ctx, view, t.to, true, p.tell); err != nil {
		return err
	}
	p.end(done)
	if same, err = t.verify(view); err == nil && !same {
		err = fmt.Errorf("%s and %s still do not hold the same; %s was not marked as moved. Does something else write into the database?", t.From, t.move.To, t.From)
	}
	return err
}

func (t *transfer) copy(view *pebble.View, what string) (move.Done, error) {
	p := t.progress(what)
	done, err := move.Copy(t.ctx, view, t.to, false, p.tell)
	if err == nil {
		p.end(done)
	}
	return done, err
}

// verify reads both, prints what they hold, and reports whether it is the same.
func (t *transfer) verify(view *pebble.View) (same bool, err error) {
	p := t.progress("Checking")
	source, target, err := move.Verify(t.ctx, view, t.to, p.tell)
	if err != nil {
		return false, err
	}
	p.end(move.Done{})
	out := newTable("", "ROWS", "CHECKSUM", "IN THE DATABASE", "CHECKSUM", "")
	same = true
	for _, table := range store.Tables() {
		s, d := source[table], target[table]
		word := "the same"
		if s != d {
			word, same = "DIFFERENT", false
		}
		out.row(table.String(), number(s.Rows), s.String(), number(d.Rows), d.String(), word)
	}
	return same, t.print(out, len(source), "")
}

// progress writes how far a stage is, every other second.
type progress struct {
	out         io.Writer
	what        string
	began, next time.Time
	last        move.Progress
}

func (t *transfer) progress(what string) *progress {
	now := time.Now()
	return &progress{out: t.err, what: what, began: now, next: now.Add(2 * time.Second)}
}

func (p *progress) tell(now move.Progress) {
	p.last = now
	if time.Now().Before(p.next) {
		return
	}
	p.next = time.Now().Add(2 * time.Second)
	took := time.Since(p.began)
	rate := float64(now.Rows) / took.Seconds()
	left := time.Duration(float64(now.Total-now.Rows) / max(rate, 1) * float64(time.Second))
	fmt.Fprintf(p.out, "%s: %s of %s rows, %s rows/s, about %s to go\n", p.what, number(now.Rows), number(now.Total), number(int64(rate)), span(left))
}

func (p *progress) end(done move.Done) {
	took := time.Since(p.began)
	changed := ""
	if done != (move.Done{}) {
		changed = fmt.Sprintf(", %s written, %s deleted", number(done.Written), number(done.Dropped))
	}
	fmt.Fprintf(p.out, "%s: %s rows%s in %s, %s rows/s\n", p.what, number(p.last.Rows), changed, span(took),
		number(int64(float64(p.last.Rows)/max(took.Seconds(), 0.001))))
}

// number writes 1234567 as 1,234,567.
func number(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// span writes a duration with no more digits than it deserves.
func span(d time.Duration) string {
	if d < 10*time.Second {
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}
