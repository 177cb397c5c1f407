package pgtest_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/belay-events/belay/internal/belaytest/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// prepare fills a template with a table t that holds 1.
func prepare(url string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, "CREATE TABLE t (n int PRIMARY KEY); INSERT INTO t VALUES (1)")
	return errors.Join(err, conn.Close(ctx))
}

func connect(t testing.TB, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		_ = conn.Close(ctx)
	})
	return conn
}

// wants fails the test unless the query returns want.
func wants(t *testing.T, conn *pgx.Conn, query string, want int) {
	t.Helper()
	var got int
	if err := conn.QueryRow(t.Context(), query).Scan(&got); err != nil || got != want {
		t.Errorf("%s = %d, %v, want %d", query, got, err, want)
	}
}

func TestDatabaseIsEmptyAndEndsWithItsTest(t *testing.T) {
	s := pgtest.Shared(t)
	var name string
	t.Run("inner", func(t *testing.T) {
		url := s.Database(t)
		name = pgtest.NameOf(url)
		// Stays connected to the end.
		wants(t, connect(t, url), "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", 0)
		if url != s.URL(name) {
			t.Errorf("URL(%q) = %s, want %s", name, s.URL(name), url)
		}
	})
	if got := s.Exec(t, "postgres", "SELECT datname FROM pg_database WHERE datname = '"+name+"'"); got != "" {
		t.Errorf("database %s outlived its test", got)
	}
}

func TestServerSortsTextUnlikeBytes(t *testing.T) {
	s := pgtest.Shared(t)
	db := pgtest.NameOf(s.Database(t))
	got := s.Exec(t, db, "SELECT 1; SELECT w, w COLLATE \"C\" > 'a' FROM unnest('{b,B,a}'::text[]) w ORDER BY w")
	if want := "a|f\nb|t\nB|f"; got != want {
		t.Errorf("sorted %q, want %q", got, want)
	}
}

func TestTemplateIsMadeOnceAndCopiedByMany(t *testing.T) {
	s := pgtest.Shared(t)
	var made atomic.Int32
	t.Run("all", func(t *testing.T) {
		for i := range 8 {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				s.Template(t, "one row", func(url string) error {
					made.Add(1)
					return prepare(url)
				})
				conn := connect(t, s.Copy(t, "one row"))
				if _, err := conn.Exec(t.Context(), "UPDATE t SET n = n + 1"); err != nil {
					t.Fatal(err)
				}
				wants(t, conn, "SELECT n FROM t", 2)
			})
		}
	})
	if made.Load() != 1 {
		t.Errorf("prepared %d times", made.Load())
	}
}

func TestTemplateEndsConnectionsThatItsMakerLeft(t *testing.T) {
	s := pgtest.Shared(t)
	s.Template(t, "left open", func(url string) error {
		_, err := connect(t, url).Exec(t.Context(), "CREATE TABLE t AS SELECT 7 AS n")
		return err
	})
	wants(t, connect(t, s.Copy(t, "left open")), "SELECT n FROM t", 7)
}

func TestDurableServerKeepsCommittedRowsWhenKilled(t *testing.T) {
	t.Parallel()
	s := pgtest.Start(t, pgtest.Options{Durable: true, Settings: map[string]string{"work_mem": "3MB"}})
	url := s.Database(t)
	conn := connect(t, url)
	if _, err := conn.Exec(t.Context(), "CREATE TABLE t AS SELECT 5 AS n"); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), "BEGIN; UPDATE t SET n = 6"); err != nil {
		t.Fatal(err)
	}
	s.Kill()
	if _, err := pgx.Connect(t.Context(), url); err == nil {
		t.Error("a killed server took a connection")
	}
	if err := conn.Ping(t.Context()); err == nil {
		t.Error("a killed server answered")
	}
	s.Restart(t)
	wants(t, connect(t, url), "SELECT n FROM t", 5)
	for name, want := range map[string]string{"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "work_mem": "3MB"} {
		if got := s.Exec(t, "postgres", "SHOW "+name); got != want {
			t.Errorf("%s = %s, want %s", name, got, want)
		}
	}
	s.Stop(t)
	s.Restart(t)
	s.Restart(t)
	wants(t, connect(t, url), "SELECT n FROM t", 5)
	wants(t, connect(t, s.Database(t)), "SELECT 1", 1)
}

func TestPromotedStandbyHasWhatItsDeadPrimaryCommitted(t *testing.T) {
	for name, o := range map[string]pgtest.Options{
		"without a slot": {},
		"with a slot":    {Name: "other_standby", Slot: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			primary := pgtest.Start(t, pgtest.Options{Durable: true})
			o.Durable, o.StandbyOf = true, primary
			standby := pgtest.Start(t, o)
			primary.Exec(t, "postgres", "ALTER SYSTEM SET synchronous_standby_names = 'standby, other_standby'")
			primary.Exec(t, "postgres", "SELECT pg_reload_conf()")
			db := pgtest.NameOf(primary.Database(t))
			primary.Exec(t, db, "CREATE TABLE t (n int)")
			primary.Exec(t, db, "INSERT INTO t VALUES (9)")
			if got := primary.Exec(t, db, "SELECT sync_state, (SELECT count(*) FROM pg_replication_slots) FROM pg_stat_replication"); o.Slot != (got == "sync|1") || o.Slot == (got == "sync|0") {
				t.Errorf("replication = %q", got)
			}
			primary.Kill()
			standby.Promote(t)
			if got := standby.Exec(t, db, "INSERT INTO t VALUES (10); SELECT * FROM t"); got != "9\n10" {
				t.Errorf("after the promotion: %q", got)
			}
			wants(t, connect(t, standby.Database(t)), "SELECT 1", 1)
		})
	}
}

func TestServerDoesNotOutliveATestBinaryThatIsKilled(t *testing.T) {
	t.Parallel()
	const child = "PGTEST_CHILD"
	if os.Getenv(child) != "" {
		s := pgtest.Shared(t)
		fmt.Println(s.Exec(t, "postgres", "SHOW data_directory"))
		_, _ = io.Copy(io.Discard, os.Stdin)
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), child+"=1")
	// Never closed: the child ends by the kill alone.
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	data := strings.TrimSpace(line)
	if err != nil || !filepath.IsAbs(data) {
		t.Fatalf("the child said %q, %v", line, err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(filepath.Dir(data)) })
	// The postmaster removes the file as its last act.
	eventually(t, func() bool {
		_, err := os.Stat(filepath.Join(data, "postmaster.pid"))
		return errors.Is(err, os.ErrNotExist)
	})
}

func TestPortAndSettingsAreAsGiven(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	_ = l.Close()
	s := pgtest.Start(t, pgtest.Options{Port: port, Settings: map[string]string{"application_name": "it's", "max_connections": "20"}})
	if got, want := s.Addr(), fmt.Sprintf("127.0.0.1:%d", port); got != want {
		t.Errorf("Addr() = %s, want %s", got, want)
	}
	got := s.Exec(t, "postgres", "SELECT current_setting('application_name'), current_setting('max_connections'), current_setting('fsync')")
	if got != "it's|20|off" {
		t.Errorf("settings = %s", got)
	}
}

func TestProxyStallsWhenCutAndServesWhenHealed(t *testing.T) {
	t.Parallel()
	s := pgtest.Shared(t)
	p := pgtest.NewProxy(t, s.Addr())
	url := s.Database(t)
	conn := connect(t, p.URL(url))
	wants(t, conn, "SELECT 1", 1)
	p.Cut()

	// Old and new connections wait, with no word of what happened.
	brief, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := conn.Exec(brief, "CREATE TABLE never (n int)"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("statement through the cut: %v", err)
	}
	raw, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	_ = raw.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
	if _, err := raw.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("new connection: %v", err)
	}

	p.Heal()
	_ = raw.SetReadDeadline(time.Now().Add(time.Minute))
	if _, err := raw.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("stalled connection when healed: %v", err)
	}
	wants(t, connect(t, p.URL(url)), "SELECT count(*) FROM pg_tables WHERE tablename = 'never'", 0)
}

func TestProxyHidesThatAPeerHungUpWhileCut(t *testing.T) {
	t.Parallel()
	s := pgtest.Shared(t)
	p := pgtest.NewProxy(t, s.Addr())
	url := s.Database(t)
	conn := connect(t, p.URL(url))
	pid := conn.PgConn().PID()
	p.Cut()
	_ = conn.PgConn().Conn().Close()
	here := connect(t, url)
	alive := fmt.Sprintf("SELECT count(*) FROM pg_stat_activity WHERE pid = %d", pid)
	wants(t, here, alive, 1)
	p.Heal()
	eventually(t, func() bool {
		var n int
		return here.QueryRow(t.Context(), alive).Scan(&n) == nil && n == 0
	})
}

func TestProxyResetsAndFindsItsNewTarget(t *testing.T) {
	t.Parallel()
	s := pgtest.Shared(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := l.Addr().String()
	_ = l.Close()
	p := pgtest.NewProxy(t, nobody)
	if _, err := pgx.Connect(t.Context(), p.URL(s.URL("postgres"))); err == nil {
		t.Error("connected to nobody")
	}
	p.Target(s.Addr())
	conn := connect(t, p.URL(s.URL("postgres")))
	wants(t, conn, "SELECT 1", 1)
	p.Reset()
	if _, err := conn.Exec(t.Context(), "SELECT 1"); err == nil {
		t.Error("a reset connection answered")
	}
	wants(t, connect(t, p.URL(s.URL("postgres"))), "SELECT 2", 2)
}

func TestProxyDeliversAllThatWasSentBeforeAHangUp(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	const size = 8 << 20
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = io.Copy(io.Discard, conn)
		_, _ = conn.Write(make([]byte, size))
	}()
	conn, err := net.Dial("tcp", pgtest.NewProxy(t, l.Addr().String()).Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.(*net.TCPConn).CloseWrite()
	if n, err := io.Copy(io.Discard, conn); n != size || err != nil {
		t.Errorf("%d bytes arrived, %v", n, err)
	}
}

func TestBouncerSharesFewConnectionsAmongMany(t *testing.T) {
	t.Parallel()
	s := pgtest.Shared(t)
	s.Template(t, "bounced", prepare)
	db := pgtest.NameOf(s.Copy(t, "bounced"))
	b := pgtest.StartBouncer(t, s)
	for range 20 {
		config, err := pgx.ParseConfig(b.URL(db))
		if err != nil {
			t.Fatal(err)
		}
		config.DefaultQueryExecMode = pgx.QueryExecModeExec
		conn, err := pgx.ConnectConfig(t.Context(), config)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(t.Context())
		wants(t, conn, "SELECT n FROM t", 1)
	}
	if got := s.Exec(t, "postgres", "SELECT count(*) BETWEEN 1 AND 8 FROM pg_stat_activity WHERE datname = '"+db+"'"); got != "t" {
		t.Error("20 clients have more than 8 connections, or none")
	}
}

func BenchmarkCopy(b *testing.B) {
	s := pgtest.Shared(b)
	s.Template(b, "bench", prepare)
	var drop time.Duration
	for b.Loop() {
		var dropping time.Time
		// The outer test's clean-up comes too late to be measured.
		inner := &cleanups{TB: b}
		s.Copy(inner, "bench")
		dropping = time.Now()
		inner.run()
		drop += time.Since(dropping)
	}
	b.ReportMetric(float64(drop.Milliseconds())/float64(b.N), "drop-ms/op")
}

// cleanups is a testing.TB whose clean-up runs when it is told to.
type cleanups struct {
	testing.TB
	acts []func()
}

func (c *cleanups) Cleanup(act func()) { c.acts = append(c.acts, act) }

func (c *cleanups) run() {
	for _, act := range c.acts {
		act()
	}
}

// eventually fails the test unless the answer becomes yes within half a minute.
func eventually(t *testing.T, yes func() bool) {
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
