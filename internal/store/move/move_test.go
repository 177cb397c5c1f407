package move_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/belaytest/pgtest"
	"github.com/belay-events/belay/internal/store"
	"github.com/belay-events/belay/internal/store/move"
	"github.com/belay-events/belay/internal/store/pebble"
	"github.com/belay-events/belay/internal/store/postgres"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// database returns the URL of a database of the test's own, with the schema.
func database(t testing.TB) string {
	t.Helper()
	s := pgtest.Shared(t)
	s.Template(t, "belay", func(url string) error {
		_, _, err := postgres.Migrate(t.Context(), url)
		return err
	})
	return s.Copy(t, "belay")
}

func folder(t testing.TB) *pebble.Store {
	t.Helper()
	s, err := pebble.Open(t.TempDir(), pebble.Options{ReserveBytes: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func loader(t testing.TB, url string) *postgres.Loader {
	t.Helper()
	l, err := postgres.OpenLoader(t.Context(), url, postgres.Options{Connections: move.Connections})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

func opened(t testing.TB, url string) *postgres.Store {
	t.Helper()
	s, err := postgres.Open(t.Context(), url, postgres.Options{Connections: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func view(t testing.TB, s *pebble.Store) *pebble.View {
	t.Helper()
	v, err := s.View(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// bring copies all of s and returns what that changed.
func bring(t testing.TB, s *pebble.Store, to *postgres.Loader, exact bool) move.Done {
	t.Helper()
	v := view(t, s)
	defer v.Close()
	done, err := move.Copy(t.Context(), v, to, exact, nil)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// verified returns what Verify finds.
func verified(t testing.TB, s *pebble.Store, to *postgres.Loader) (source, target move.Sums) {
	t.Helper()
	v := view(t, s)
	defer v.Close()
	source, target, err := move.Verify(t.Context(), v, to, nil)
	if err != nil {
		t.Fatal(err)
	}
	return source, target
}

func same(t testing.TB, what string, got, want any) {
	t.Helper()
	if reflect.DeepEqual(got, want) {
		return // which is found out a hundred times as fast
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("%s differ (-folder +database):\n%s", what, diff)
	}
}

// sameReads holds every read of the contract that there is against the other's.
func sameReads(t testing.TB, from, to store.Store) {
	t.Helper()
	ctx := t.Context()
	both := func(what string, read func(store.Store) (any, error)) {
		t.Helper()
		want, err := read(from)
		if err != nil {
			t.Fatalf("%s of the folder: %v", what, err)
		}
		got, err := read(to)
		if err != nil {
			t.Fatalf("%s of the database: %v", what, err)
		}
		same(t, what, got, want)
	}
	both("stats", func(s store.Store) (any, error) {
		st, err := s.Stats(ctx)
		st.DiskBytes = 0
		return st, err
	})
	both("due", func(s store.Store) (any, error) { return s.Due(ctx, store.DueQuery{Until: 1 << 60, Limit: 1e6}) })
	for n := range sites {
		on := site(n)
		page := store.Page{Limit: 1000}
		for end := false; !end; {
			var last []belay.Event
			both("events", func(s store.Store) (list any, err error) {
				last, err = s.Events(ctx, store.EventQuery{SiteID: on, Page: page})
				return last, err
			})
			if end = len(last) < page.Limit; !end {
				page.After = last[len(last)-1].ID
			}
		}
		for _, newest := range []bool{false, true} {
			page := store.Page{Limit: 300, Newest: newest}
			for status := range belay.Status(8) {
				both("activations", func(s store.Store) (any, error) {
					return s.Activations(ctx, store.ActivationQuery{SiteID: on, Page: page, Status: status})
				})
			}
			for e := range byte(4) {
				entity := belay.ID{0xe1, 15: e + 1}
				both("activations of an entity", func(s store.Store) (any, error) {
					return s.Activations(ctx, store.ActivationQuery{SiteID: on, Page: page, EntityID: entity})
				})
				both("events of an entity", func(s store.Store) (any, error) {
					return s.Events(ctx, store.EventQuery{SiteID: on, Page: page, AppID: belay.ID{0xa9, 15: 1}, TriggerKey: "booked", EntityID: entity})
				})
			}
			both("deliveries", func(s store.Store) (any, error) {
				return s.Deliveries(ctx, store.DeliveryQuery{SiteID: on, Page: page})
			})
			for _, stream := range []string{"outbox", "inbox", "in"} {
				both(stream, func(s store.Store) (any, error) {
					return s.Entries(ctx, store.EntryQuery{SiteID: on, Stream: stream, Page: page})
				})
			}
		}
		both("places", func(s store.Store) (any, error) {
			return s.Places(ctx, store.PlaceQuery{SiteID: on, Limit: 1000})
		})
		for _, scope := range []belay.ID{{}, on} {
			for _, kind := range []string{"automation", "key", "ab", "none"} {
				both("documents", func(s store.Store) (any, error) {
					docs, version, err := s.Docs(ctx, scope, kind, "", 0)
					return []any{docs, version}, err
				})
			}
		}
	}
}

// sameActs holds what both answer to acts that depend on what they keep.
func sameActs(t testing.TB, w *world, from, to store.Store) {
	t.Helper()
	commit := func(what string, b store.Batch) *store.Result {
		t.Helper()
		want, err := from.Commit(t.Context(), &b)
		if err != nil {
			t.Fatal(err)
		}
		got, err := to.Commit(t.Context(), &b)
		if err != nil {
			t.Fatal(err)
		}
		same(t, what, got, want)
		return got
	}
	known, canceled := 0, 0
	for n := range sites {
		on := site(n)
		var repeated store.Batch
		for _, e := range w.made[on] {
			if e.IdempotencyKey == "" {
				continue
			}
			e.ID, e.Activations = w.id(), nil
			r := store.Report{Event: e, Now: w.now, KeyUntil: w.now + 1}
			_, r.SiteVersion, _ = from.Docs(t.Context(), on, "none", "", 1)
			_, r.GlobalVersion, _ = from.Docs(t.Context(), belay.ID{}, "none", "", 1)
			repeated.Reports = append(repeated.Reports, r)
		}
		for _, r := range commit("answers to repeated reports", repeated).Reports {
			if r.Outcome == store.Repeated {
				known++
			}
		}
		var cancels store.Batch
		for range 20 {
			cancels.Cancels = append(cancels.Cancels, w.cancel(on))
		}
		for _, c := range commit("answers to cancels", cancels).Cancels {
			canceled += c.Count
		}
	}
	// The keys of both are hashes, which must be the same ones.
	if known == 0 || canceled == 0 {
		t.Errorf("%d reports were known, %d activations called off; want some of both", known, canceled)
	}
}

func TestAMovedStoreReadsAndActsAsBefore(t *testing.T) {
	w := newWorld(t, rand.Uint64())
	from, url := folder(t), database(t)
	w.live(from, 150)
	to := loader(t, url)
	done := bring(t, from, to, false)
	source, target := verified(t, from, to)
	same(t, "sums", target, source)
	var rows int64
	for _, table := range store.Tables() {
		if source[table].Rows == 0 {
			t.Errorf("there were no %s to move", table)
		}
		rows += source[table].Rows
	}
	same(t, "what was done", done, move.Done{Written: rows})
	for _, exact := range []bool{false, true} {
		same(t, "what a second copy does", bring(t, from, to, exact), move.Done{})
	}
	database := opened(t, url)
	sameReads(t, from, database)
	sameActs(t, w, from, database)
	sameReads(t, from, database)
}

func TestAMoveThatIsInterruptedGoesOn(t *testing.T) {
	w := newWorld(t, rand.Uint64())
	from, url := folder(t), database(t)
	w.live(from, 100)
	to := loader(t, url)
	v := view(t, from)
	defer v.Close()
	broken := 0
	for tells := 1; ; tells += 1 + w.r.IntN(12) {
		ctx, stop := context.WithCancel(t.Context())
		left := tells
		_, err := move.Copy(ctx, v, to, false, func(move.Progress) {
			if left--; left == 0 {
				stop()
			}
		})
		stop()
		if err == nil {
			break
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		broken++
	}
	if broken == 0 {
		t.Error("it was never interrupted")
	}
	source, target := verified(t, from, to)
	same(t, "sums", target, source)
	sameReads(t, from, opened(t, url))
}

func TestWhatHappenedSinceTheFirstCopyIsBroughtUpToDate(t *testing.T) {
	w := newWorld(t, rand.Uint64())
	from, url := folder(t), database(t)
	w.live(from, 80)
	to := loader(t, url)
	copied := filepath.Join(t.TempDir(), "snapshot")
	if err := from.Checkpoint(copied); err != nil {
		t.Fatal(err)
	}
	w.live(from, 80) // goes on meanwhile
	snapshot, err := pebble.Open(copied, pebble.Options{ReserveBytes: -1})
	if err != nil {
		t.Fatal(err)
	}
	bring(t, snapshot, to, false)
	if err := snapshot.Close(); err != nil {
		t.Fatal(err)
	}
	// A document that is deleted and written anew has its first revision again, and
	// says something else.
	for _, value := range []string{"one", "", "two"} {
		put := store.Put{Kind: "automation", Key: "again", Value: []byte(value), Expect: store.AnyRevision}
		if value == "" {
			put.Value = nil
		}
		if _, err := from.Commit(t.Context(), &store.Batch{Changes: []store.Change{{Scope: site(0), Puts: []store.Put{put}}}}); err != nil {
			t.Fatal(err)
		}
		if value == "one" {
			bring(t, from, to, false)
			w.live(from, 100)
		}
	}
	if done := bring(t, from, to, false); done.Written == 0 || done.Dropped == 0 {
		t.Errorf("%+v; want both", done)
	}
	source, target := verified(t, from, to)
	same(t, "sums", target, source)
	sameReads(t, from, opened(t, url))
}

func TestRowsThatWereTamperedWithAreFoundAndMended(t *testing.T) {
	w := newWorld(t, rand.Uint64())
	from, url := folder(t), database(t)
	w.live(from, 100)
	to := loader(t, url)
	bring(t, from, to, false)
	pgtest.Shared(t).Exec(t, pgtest.NameOf(url), `
		update event set body = (select body from event order by id limit 1) where id = (select max(id::text)::uuid from event);
		update activation set entity = app where id = (select max(id::text)::uuid from activation)`)
	same(t, "what a copy by marks does", bring(t, from, to, false), move.Done{})
	source, target := verified(t, from, to)
	for _, table := range store.Tables() {
		differs := table == store.Events || table == store.Activations
		if (source[table] != target[table]) != differs {
			t.Errorf("%s: %v in the folder, %v in the database", table, source[table], target[table])
		}
	}
	same(t, "what a copy of whole rows does", bring(t, from, to, true), move.Done{Written: 2})
	source, target = verified(t, from, to)
	same(t, "sums", target, source)
}

func TestOnlyAnEmptyDatabaseThatNobodyServesIsTaken(t *testing.T) {
	ctx := t.Context()
	mine := postgres.Moving{ID: "mine", From: "belay-data"}
	begin := func(url string, m postgres.Moving) (bool, error) { return loader(t, url).Begin(ctx, m) }

	url := database(t)
	if again, err := begin(url, mine); err != nil || again {
		t.Fatalf("Begin = %v, %v of an empty database", again, err)
	}
	if again, err := begin(url, mine); err != nil || !again {
		t.Errorf("Begin = %v, %v, again", again, err)
	}
	if _, err := begin(url, postgres.Moving{ID: "another"}); !errors.Is(err, postgres.ErrOtherMove) {
		t.Errorf("Begin = %v of another move", err)
	}
	_, err := postgres.Open(ctx, url, postgres.Options{})
	if moving, ok := errors.AsType[*store.MovingError](err); !ok || moving.From != mine.From {
		t.Errorf("Open = %v while a move is under way", err)
	}
	for _, id := range []string{"another", mine.ID, mine.ID} {
		if err := loader(t, url).Finish(ctx, id); err != nil {
			t.Error(err)
		}
		m, err := loader(t, url).Moving(ctx)
		if ended := m == (postgres.Moving{}); err != nil || ended != (id == mine.ID) {
			t.Errorf("Moving = %v, %v after Finish(%q)", m, err, id)
		}
	}
	database2 := opened(t, url)
	node := store.Node{ID: "n-1", Name: "north", Version: "1"}
	if _, err := database2.Heartbeat(ctx, node, time.Minute); err != nil {
		t.Fatal(err)
	}
	if _, err := begin(url, mine); !errors.Is(err, postgres.ErrServed) || !strings.Contains(err.Error(), "north") {
		t.Errorf("Begin = %v of a database that is served", err)
	}
	if m, err := loader(t, url).Moving(ctx); err != nil || m != (postgres.Moving{}) {
		t.Errorf("Moving = %v, %v after a refusal", m, err)
	}
	if err := database2.Leave(ctx, node.ID); err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string]store.Batch{
		"a site":  {Changes: []store.Change{{Scope: site(1)}}},
		"a key":   {Changes: []store.Change{{Puts: []store.Put{{Kind: "key", Key: "k", Value: []byte("{}"), Expect: 0}}}}},
		"entries": {Entries: []store.Entry{{SiteID: site(1), Stream: "s", ID: site(2)}}},
	} {
		url := database(t)
		if _, err := opened(t, url).Commit(ctx, &b); err != nil {
			t.Fatal(err)
		}
		if _, err := begin(url, mine); !errors.Is(err, postgres.ErrOccupied) {
			t.Errorf("Begin = %v of a database with %s", err, name)
		}
	}
}

func TestAFolderThatWasMovedIsRefusedUntilThatIsForgotten(t *testing.T) {
	dir := t.TempDir()
	if _, err := pebble.ReadMove(dir); !errors.Is(err, pebble.ErrNoStore) {
		t.Errorf("ReadMove = %v of an empty folder", err)
	}
	open := func(o pebble.Options) error {
		s, err := pebble.Open(dir, o)
		if err == nil {
			err = s.Close()
		}
		return err
	}
	if err := open(pebble.Options{}); err != nil {
		t.Fatal(err)
	}
	m := pebble.Move{ID: "mine", To: "postgres://db/belay"}
	if err := pebble.WriteMove(dir, m); err != nil {
		t.Fatal(err)
	}
	if got, err := pebble.ReadMove(dir); err != nil || got != m {
		t.Errorf("ReadMove = %v, %v; want %v", got, err, m)
	}
	if err := open(pebble.Options{}); err != nil {
		t.Errorf("Open = %v while the move is under way", err)
	}
	m.MovedAt = 1_800_000_000_000
	if err := pebble.WriteMove(dir, m); err != nil {
		t.Fatal(err)
	}
	err := open(pebble.Options{})
	if moved, ok := errors.AsType[*store.MovedError](err); !ok || *moved != (store.MovedError{To: m.To, At: m.MovedAt}) {
		t.Errorf("Open = %v of a folder that was moved", err)
	}
	if err := open(pebble.Options{Moved: true}); err != nil {
		t.Errorf("Open = %v to look at it", err)
	}
	for range 2 {
		if err := pebble.ForgetMove(dir); err != nil {
			t.Error(err)
		}
	}
	if err := open(pebble.Options{}); err != nil {
		t.Errorf("Open = %v once that is forgotten", err)
	}
}

// How many rows go from one store to the other in a second, and how many are
// compared.
func BenchmarkMove(b *testing.B) {
	w := newWorld(b, 1)
	from := folder(b)
	w.live(from, 4000)
	to := loader(b, database(b))
	v := view(b, from)
	defer v.Close()
	var rows int64
	for _, t := range store.Tables() {
		rows += v.Count(t)
	}
	run := func(name string, do func() error) {
		began := time.Now()
		if err := do(); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(rows)/time.Since(began).Seconds(), fmt.Sprintf("%s/s", name))
	}
	copied := func() error { _, err := move.Copy(b.Context(), v, to, false, nil); return err }
	run("copied", copied)
	run("compared", copied)
	run("verified", func() error { _, _, err := move.Verify(b.Context(), v, to, nil); return err })
}
