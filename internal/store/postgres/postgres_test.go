package postgres_test

import (
	"flag"
	"strconv"
	"testing"

	"github.com/belay-events/belay/internal/belaytest/pgtest"
	"github.com/belay-events/belay/internal/store"
	"github.com/belay-events/belay/internal/store/postgres"
	"github.com/belay-events/belay/internal/store/storetest"
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

func open(t testing.TB, url string) *postgres.Store {
	t.Helper()
	s, err := postgres.Open(t.Context(), url, postgres.Options{Connections: 4})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// lent is a store whose database serves the next one when it is closed.
type lent struct {
	*postgres.Store
	url  string
	free *[]string
}

func (l lent) Close() error {
	err := l.Store.Close()
	if err == nil {
		*l.free = append(*l.free, l.url)
	}
	return err
}

// empty wipes a database, which takes a tenth of the time that making one takes.
func empty(t testing.TB, url string) {
	t.Helper()
	pgtest.Shared(t).Exec(t, pgtest.NameOf(url), `
		delete from scope; delete from doc; delete from event; delete from activation;
		delete from idempotency; delete from entry; delete from delivery; delete from place; delete from global_doc;
		update global_scope set version = 0`)
}

func TestExam(t *testing.T) {
	whole := t
	exam(t, 40, func() string { return database(whole) })
}

// TestExamThroughAPooler has PgBouncer hand each transaction to another
// connection, as the driver's mode for that allows.
func TestExamThroughAPooler(t *testing.T) {
	server := pgtest.Shared(t)
	bouncer := pgtest.StartBouncer(t, server)
	whole := t
	exam(t, 10, func() string {
		url := bouncer.URL(pgtest.NameOf(server.Database(whole))) + "&default_query_exec_mode=cache_describe"
		if from, to, err := postgres.Migrate(whole.Context(), url); err != nil || from != 0 || to == 0 {
			whole.Fatalf("Migrate() = %d, %d, %v; want that it makes the schema", from, to, err)
		}
		return url
	})
}

// exam sits it with so many random histories, where the command line does not say.
func exam(t *testing.T, histories int, database func() string) {
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		before := f.Value.String()
		if err := f.Value.Set(strconv.Itoa(histories)); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Value.Set(before) })
	}
	var free []string
	storetest.Run(t, storetest.Fixture{
		Open: func(t testing.TB) store.Store {
			if n := len(free); n > 0 {
				url := free[n-1]
				free = free[:n-1]
				empty(t, url)
				return lent{open(t, url), url, &free}
			}
			url := database()
			return lent{open(t, url), url, &free}
		},
		Reopen: func(t testing.TB, s store.Store) store.Store {
			l := s.(lent)
			if err := l.Store.Close(); err != nil {
				t.Fatal(err)
			}
			return lent{open(t, l.url), l.url, &free}
		},
		Second: func(t testing.TB, s store.Store) store.Store {
			second := open(t, s.(lent).url)
			t.Cleanup(func() { _ = second.Close() })
			return second
		},
	})
}
