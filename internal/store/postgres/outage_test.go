package postgres_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/belaytest/pgtest"
	"github.com/belay-events/belay/internal/store"
	"github.com/belay-events/belay/internal/store/postgres"
)

var site = belay.ID{1, 15: 1}

func numbered(kind byte, n int) belay.ID {
	id := belay.ID{kind}
	binary.BigEndian.PutUint64(id[8:], uint64(n))
	return id
}

// reportOf is the n-th report on a site: an event with one activation.
func reportOf(site belay.ID, n int) store.Report {
	e := belay.Event{
		ID: numbered(1, n), SiteID: site, AppID: belay.ID{2}, TriggerKey: "t", EntityID: numbered(3, n),
		ReportedAt: belay.Instant(n + 1), Payload: []byte(`{}`), Activations: []belay.ID{numbered(4, n)},
	}
	a := belay.Activation{
		ID: numbered(4, n), SiteID: site, EventID: e.ID, AutomationID: belay.ID{5}, AppID: e.AppID, TriggerKey: "t",
		EntityID: e.EntityID, Status: belay.Scheduled, Version: 1, Due: belay.Instant(n + 1000), InitiatedAt: e.ReportedAt,
	}
	return store.Report{Event: e, Activations: []belay.Activation{a}, KeyUntil: 1 << 40, Now: e.ReportedAt}
}

func commit(s store.Store, b *store.Batch) (*store.Result, error) {
	return s.Commit(context.Background(), b)
}

func mustCommit(t testing.TB, s store.Store, b *store.Batch) *store.Result {
	t.Helper()
	r, err := commit(s, b)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func openPatient(t testing.TB, url string, o postgres.Options) *postgres.Store {
	t.Helper()
	s, err := postgres.Open(t.Context(), url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func migrated(t testing.TB, url string) string {
	t.Helper()
	if _, _, err := postgres.Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	return url
}

// eventually fails the test unless the answer becomes yes within half a minute.
func eventually(t testing.TB, yes func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for !yes() {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			t.Fatal("not within half a minute")
		}
	}
}

// writers report on sites of their own through one store until they are told to
// stop, and send what failed again, as the engine does.
type writers struct {
	s        store.Store
	outage   sync.RWMutex // held for writing while the database is away on purpose
	stop     atomic.Bool
	accepted [4]atomic.Int64
	lost     atomic.Int64 // commits whose answer was lost
	refused  atomic.Int64
	done     sync.WaitGroup
	failed   atomic.Value
}

func startWriters(t testing.TB, s store.Store) *writers {
	w := &writers{s: s}
	for i := range w.accepted {
		w.done.Go(func() {
			for n := 0; !w.stop.Load(); n++ {
				if err := w.report(belay.ID{7, 15: byte(i)}, n); err != nil {
					w.failed.Store(err)
					return
				}
				w.accepted[i].Add(1)
			}
		})
	}
	t.Cleanup(func() { w.stop.Store(true); w.done.Wait() })
	return w
}

// report commits one report, as often as it takes.
func (w *writers) report(site belay.ID, n int) error {
	r := reportOf(site, n)
	for {
		result, err := commit(w.s, &store.Batch{Reports: []store.Report{r}})
		switch {
		case err == nil && (result.Reports[0].Outcome == store.Accepted || r.Again && result.Reports[0].EventID == r.Event.ID):
			return nil
		case err == nil:
			return fmt.Errorf("report %d: %+v", n, result.Reports[0])
		case errors.Is(err, store.ErrUncertain):
			r.Again = true
			w.lost.Add(1)
		case errors.Is(err, store.ErrUnreachable):
			w.refused.Add(1)
		default:
			return err
		}
		w.wait()
	}
}

// wait returns when an outage on purpose is over.
func (w *writers) wait() {
	w.outage.RLock()
	defer w.outage.RUnlock()
}

func (w *writers) count() (n int64) {
	for i := range w.accepted {
		n += w.accepted[i].Load()
	}
	return n
}

// more waits until so many more reports were accepted.
func (w *writers) more(t testing.TB, n int64) {
	t.Helper()
	n += w.count()
	eventually(t, func() bool { return w.count() >= n || w.failed.Load() != nil })
}

// audit ends the writers and checks that what was accepted is there, and once.
func (w *writers) audit(t testing.TB) {
	t.Helper()
	w.stop.Store(true)
	w.done.Wait()
	if err := w.failed.Load(); err != nil {
		t.Fatal(err)
	}
	for i := range w.accepted {
		site, n := belay.ID{7, 15: byte(i)}, 0
		var after belay.ID
		for {
			page, err := w.s.Activations(t.Context(), store.ActivationQuery{SiteID: site, Page: store.Page{After: after, Limit: 1000}})
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range page {
				if a.ID != numbered(4, n) {
					t.Fatalf("activation %d of writer %d is %s", n, i, a.ID)
				}
				n, after = n+1, a.ID
			}
			if len(page) == 0 {
				break
			}
		}
		if want := int(w.accepted[i].Load()); n != want {
			t.Errorf("writer %d: %d activations; want the %d that were accepted", i, n, want)
		}
	}
	t.Logf("%d accepted, %d answers lost, %d refused", w.count(), w.lost.Load(), w.refused.Load())
}

func TestNothingAcceptedIsLostWhenTheServerIsKilled(t *testing.T) {
	t.Parallel()
	server := pgtest.Start(t, pgtest.Options{Durable: true})
	s := openPatient(t, migrated(t, server.Database(t)), postgres.Options{Connections: 4})
	w := startWriters(t, s)
	for range 3 {
		w.more(t, 100)
		server.Kill()
		w.outage.Lock()
		server.Restart(t)
		w.outage.Unlock()
	}
	w.more(t, 100)
	w.audit(t)
}

func TestNothingAcceptedIsLostWhenTheStandbyTakesOver(t *testing.T) {
	t.Parallel()
	primary := pgtest.Start(t, pgtest.Options{Settings: map[string]string{"synchronous_standby_names": "standby"}})
	standby := pgtest.Start(t, pgtest.Options{StandbyOf: primary})
	name := pgtest.NameOf(primary.Database(t))
	migrated(t, primary.URL(name))
	s := openPatient(t, "postgres://postgres@"+primary.Addr()+","+standby.Addr()+"/"+name+"?sslmode=disable&target_session_attrs=read-write",
		postgres.Options{Connections: 4})
	w := startWriters(t, s)
	w.more(t, 200)
	primary.Kill()
	w.outage.Lock()
	standby.Promote(t)
	w.outage.Unlock()
	w.more(t, 200)
	w.audit(t)
}

func TestNothingAcceptedIsLostWhenTheNetworkFails(t *testing.T) {
	t.Parallel()
	server := pgtest.Shared(t)
	proxy := pgtest.NewProxy(t, server.Addr())
	s := openPatient(t, proxy.URL(database(t)), postgres.Options{Connections: 4, Patience: 300 * time.Millisecond})
	w := startWriters(t, s)
	for i := range 4 {
		w.more(t, 50)
		if i%2 == 0 {
			proxy.Reset()
			continue
		}
		// Long enough that calls give up.
		before := w.lost.Load() + w.refused.Load()
		proxy.Cut()
		eventually(t, func() bool { return w.lost.Load()+w.refused.Load() > before })
		proxy.Heal()
	}
	w.more(t, 50)
	w.audit(t)
}

func TestCommitThatWasCutOffMidwayCountsOnce(t *testing.T) {
	t.Parallel()
	server := pgtest.Shared(t)
	url := database(t)
	proxy := pgtest.NewProxy(t, server.Addr())
	s := openPatient(t, proxy.URL(url), postgres.Options{Patience: 500 * time.Millisecond})
	release := lockBucket(t, url, site)
	// The whole commit is with the database, which waits for the lock.
	lost := make(chan error, 1)
	r := reportOf(site, 1)
	go func() {
		_, err := commit(s, &store.Batch{Reports: []store.Report{r}})
		lost <- err
	}()
	waitsForLock(t, server, url)
	proxy.Cut()
	if err := <-lost; !errors.Is(err, store.ErrUncertain) {
		t.Fatalf("Commit() = %v; want %v", err, store.ErrUncertain)
	}
	proxy.Heal()
	again := make(chan error, 1)
	r.Again = true
	var answer store.Reported
	go func() {
		for {
			result, err := commit(s, &store.Batch{Reports: []store.Report{r}})
			if err == nil {
				answer = result.Reports[0]
			}
			if err == nil || !errors.Is(err, store.ErrUnreachable) && !errors.Is(err, store.ErrUncertain) {
				again <- err
				return
			}
		}
	}()
	release()
	if err := <-again; err != nil {
		t.Fatal(err)
	}
	want := []belay.ID{numbered(4, 1)}
	if answer.Outcome == store.Repeated && (answer.EventID != r.Event.ID || len(answer.Activations) != 1 || answer.Activations[0] != want[0]) {
		t.Errorf("answer = %+v; want the report's own event", answer)
	}
	if got := server.Exec(t, pgtest.NameOf(url), `select (select count(*) from event), (select count(*) from activation)`); got != "1|1" {
		t.Errorf("events and activations: %s; want one each", got)
	}
}

// A backend that is halted stands for a network that holds a commit back.
func TestCommitThatArrivesLateDoesNothing(t *testing.T) {
	t.Parallel()
	server := pgtest.Start(t, pgtest.Options{})
	url := migrated(t, server.Database(t))
	s := openPatient(t, url, postgres.Options{Connections: 1, Patience: time.Second})
	name := pgtest.NameOf(url)
	r := reportOf(site, 1)
	var pid int
	// The pool may look after an idle connection first, and find it dead.
	for n := 100; ; n++ {
		// Has the statements prepared, so that the next commit is sent in one go.
		mustCommit(t, s, &store.Batch{Reports: []store.Report{reportOf(site, n)}})
		if _, err := fmt.Sscan(server.Exec(t, name, `select pid from pg_stat_activity where application_name = 'belay'`), &pid); err != nil {
			t.Fatal(err)
		}
		halt(t, pid)
		_, err := commit(s, &store.Batch{Reports: []store.Report{r}})
		if errors.Is(err, store.ErrUncertain) {
			break
		}
		if !errors.Is(err, store.ErrUnreachable) {
			t.Fatalf("Commit() = %v; want %v", err, store.ErrUncertain)
		}
		wake(t, pid)
		gone(t, server, name, pid)
	}
	r.Again = true
	if got := mustCommit(t, s, &store.Batch{Reports: []store.Report{r}}).Reports[0]; got.Outcome != store.Accepted {
		t.Errorf("the report sent again = %+v; want it accepted", got)
	}
	// Without the fence, the late commit would bring back what is forgotten.
	a := r.Activations[0]
	a.Status, a.Due, a.EndedAt, a.Version = belay.Ended, 0, 5, 2
	mustCommit(t, s, &store.Batch{
		Saves:  []store.Save{{Activation: a, Version: 1}},
		Purges: []store.Purge{{SiteID: site, Events: []belay.ID{r.Event.ID}, EndedBefore: 6}},
	})
	wake(t, pid)
	gone(t, server, name, pid)
	for _, table := range []string{"event", "activation"} {
		of := map[string]belay.ID{"event": r.Event.ID, "activation": a.ID}[table]
		if got := server.Exec(t, name, `select count(*) from `+table+` where id = '`+of.String()+`'`); got != "0" {
			t.Errorf("%s: %s rows of what was forgotten", table, got)
		}
	}
	if got := server.Exec(t, name, `select pg_read_file(current_setting('data_directory') || '/../log')`); !strings.Contains(got, "division by zero") {
		t.Errorf("the late commit has not met the fence:\n%s", got)
	}
	mustCommit(t, s, &store.Batch{Reports: []store.Report{reportOf(site, 2)}})
}

func halt(t testing.TB, pid int) {
	t.Helper()
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGCONT) })
}

func wake(t testing.TB, pid int) {
	t.Helper()
	if err := syscall.Kill(pid, syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
}

// gone waits until a backend has done all that it was sent, and ended.
func gone(t testing.TB, server *pgtest.Server, database string, pid int) {
	t.Helper()
	eventually(t, func() bool {
		return server.Exec(t, database, fmt.Sprintf(`select count(*) from pg_stat_activity where pid = %d`, pid)) == "0"
	})
}

func TestClientThatVanishedWithALockIsEnded(t *testing.T) {
	t.Parallel()
	server := pgtest.Shared(t)
	url := database(t)
	proxy := pgtest.NewProxy(t, server.Addr())
	conn, err := pgx.Connect(t.Context(), proxy.URL(url)+"&application_name=belay")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.PgConn().Conn().Close() })
	// A commit of which the network has lost the end.
	p := conn.PgConn().StartPipeline(t.Context())
	p.SendQueryParams(fmt.Sprintf(`update bucket set commits = commits where bucket = %d returning 1`, belay.Bucket(site)), nil, nil, nil, nil)
	p.SendFlushRequest()
	if err := p.Flush(); err != nil {
		t.Fatal(err)
	}
	if _, err := p.GetResults(); err != nil {
		t.Fatal(err)
	}
	proxy.Cut()
	s := openPatient(t, url, postgres.Options{Patience: 30 * time.Second})
	mustCommit(t, s, &store.Batch{Reports: []store.Report{reportOf(site, 1)}})
}

// lockBucket holds the row of a site's bucket as somebody else's commit would.
func lockBucket(t testing.TB, url string, site belay.ID) (release func()) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.PgConn().Conn().Close() })
	for _, sql := range []string{`begin`, fmt.Sprintf(`update bucket set commits = commits where bucket = %d`, belay.Bucket(site))} {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	return func() {
		if _, err := conn.Exec(t.Context(), `rollback`); err != nil {
			t.Error(err)
		}
	}
}

func waitsForLock(t testing.TB, server *pgtest.Server, url string) {
	t.Helper()
	eventually(t, func() bool {
		return server.Exec(t, pgtest.NameOf(url), `select count(*) > 0 from pg_stat_activity
			where application_name = 'belay' and datname = current_database() and wait_event_type = 'Lock'`) == "t"
	})
}

func TestCommitWaitsForALockNoLongerThanItsPatience(t *testing.T) {
	t.Parallel()
	url := database(t)
	s := openPatient(t, url, postgres.Options{Patience: 300 * time.Millisecond})
	release := lockBucket(t, url, site)
	_, err := commit(s, &store.Batch{Reports: []store.Report{reportOf(site, 1)}})
	if !errors.Is(err, store.ErrUncertain) && !errors.Is(err, store.ErrUnreachable) {
		t.Errorf("Commit() = %v; want %v or %v", err, store.ErrUncertain, store.ErrUnreachable)
	}
	release()
	r := reportOf(site, 1)
	r.Again = true
	for {
		if _, err = commit(s, &store.Batch{Reports: []store.Report{r}}); !errors.Is(err, store.ErrUnreachable) && !errors.Is(err, store.ErrUncertain) {
			break
		}
	}
	if err != nil {
		t.Error(err)
	}
}

// The database says so by a trigger here: a disk that is really full ends the
// server where it cannot write its log either.
func TestFullDiskKeepsNothingAndIsGotOver(t *testing.T) {
	t.Parallel()
	server := pgtest.Shared(t)
	url := database(t)
	name := pgtest.NameOf(url)
	s := openPatient(t, url, postgres.Options{Connections: 2})
	server.Exec(t, name, `create function full_disk() returns trigger language plpgsql as
		$$ begin raise exception 'could not extend file' using errcode = 'disk_full'; end $$;
		create trigger full_disk before insert on activation for each statement execute function full_disk()`)
	batch := &store.Batch{
		Changes: []store.Change{{Scope: site, Puts: []store.Put{{Kind: "k", Key: "a", Value: []byte("1")}}}},
		Reports: []store.Report{reportOf(site, 1)},
	}
	batch.Reports[0].SiteVersion = 1
	for range 2 {
		if _, err := commit(s, batch); !errors.Is(err, store.ErrFull) {
			t.Errorf("Commit() = %v; want %v", err, store.ErrFull)
		}
	}
	if got := server.Exec(t, name, `select (select count(*) from event), (select count(*) from doc)`); got != "0|0" {
		t.Errorf("events and documents: %s; want none", got)
	}
	server.Exec(t, name, `drop trigger full_disk on activation`)
	if got := mustCommit(t, s, batch); got.Reports[0].Outcome != store.Accepted {
		t.Errorf("answer = %+v; want it accepted", got.Reports[0])
	}
}

func TestOpenSaysWhatIsWrongAndKeepsThePassword(t *testing.T) {
	t.Parallel()
	server := pgtest.Shared(t)
	with := func(url string) string { return strings.Replace(url, "postgres@", "postgres:s3cr3t@", 1) }
	empty := with(server.Database(t))
	newer := with(database(t))
	server.Exec(t, pgtest.NameOf(newer), `insert into belay_schema (version_id, is_applied) values (999, true)`)
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = nobody.Close()
	address := func(l net.Listener) string {
		return "postgres://postgres:s3cr3t@" + l.Addr().String() + "/belay?sslmode=disable"
	}
	for name, tt := range map[string]struct {
		url, says string
		is        error
		migrates  bool
	}{
		"no address":             {"postgres://postgres:s3cr3t@[::1/belay", "cannot be read", nil, false},
		"another kind":           {"mysql://root:s3cr3t@localhost/belay", "cannot be read", nil, false},
		"a setting that is none": {empty + "&sslmode=perhaps", "sslmode", nil, false},
		"no such database":       {with(server.URL("absent")), "absent", nil, false},
		"no schema":              {empty, "belay migrate", nil, true},
		"a newer schema":         {newer, "schema 999, this version knows", store.ErrNewer, false},
		"nobody there":           {address(nobody), "refused", store.ErrUnreachable, false},
		"no answer":              {address(silent) + "&connect_timeout=1", "", store.ErrUnreachable, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check := func(what string, err error) {
				t.Helper()
				if err == nil {
					t.Fatalf("%s succeeded", what)
				}
				if !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), "s3cr3t") {
					t.Errorf("%s: %v; want that it says %q and no password", what, err, tt.says)
				}
				if tt.is != nil && !errors.Is(err, tt.is) {
					t.Errorf("%s: %v; want %v", what, err, tt.is)
				}
				if tt.is != store.ErrUnreachable && errors.Is(err, store.ErrUnreachable) {
					t.Errorf("%s: %v; it is no use to wait", what, err)
				}
			}
			s, err := postgres.Open(t.Context(), tt.url, postgres.Options{Patience: 3 * time.Second})
			if err == nil {
				_ = s.Close()
			}
			check("Open", err)
			if !tt.migrates {
				_, _, err = postgres.Migrate(t.Context(), tt.url)
				check("Migrate", err)
			}
		})
	}
}
