package pgtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	neturl "net/url"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

// template is a database that is made once and copied often.
type template struct {
	once sync.Once
	err  error
}

// Database returns the URL of a new, empty database. It is dropped when the test
// ends, whoever is still connected.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	return s.Copy(t, "template0")
}

// Copy is Database, but the database is a copy of one that Template made, or of any
// to which nobody is connected.
func (s *Server) Copy(t testing.TB, template string) string {
	t.Helper()
	ctx, cancel := bounded(t)
	defer cancel()
	name := "db_" + strings.ToLower(rand.Text())
	if err := s.clone(ctx, name, template); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if !s.running() {
			return
		}
		ctx, cancel := bounded(t)
		defer cancel()
		if err := s.admin(ctx, "DROP DATABASE IF EXISTS "+quoted(name)+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return s.URL(name)
}

// Template makes a database of this name for Copy, once in the server's life:
// prepare gets the URL of an empty one and fills it. Whoever calls meanwhile waits.
// Where prepare fails, so does every test that asks for the template. Nobody can
// connect to it afterwards, and connections that prepare left are ended.
func (s *Server) Template(t testing.TB, name string, prepare func(url string) error) {
	t.Helper()
	s.mu.Lock()
	made := s.templates[name]
	if made == nil {
		made = &template{err: errors.New("its making was given up")}
		s.templates[name] = made
	}
	s.mu.Unlock()
	made.once.Do(func() {
		ctx, cancel := bounded(t)
		defer cancel()
		made.err = s.makeTemplate(ctx, name, prepare)
	})
	if made.err != nil {
		t.Fatalf("template %s: %v", name, made.err)
	}
}

func (s *Server) makeTemplate(ctx context.Context, name string, prepare func(url string) error) error {
	if err := s.clone(ctx, name, "template0"); err != nil {
		return err
	}
	if err := prepare(s.URL(name)); err != nil {
		return err
	}
	return s.admin(ctx,
		"ALTER DATABASE "+quoted(name)+" ALLOW_CONNECTIONS false",
		"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '"+strings.ReplaceAll(name, "'", "''")+"'")
}

// clone copies files rather than pages through the log: with fsync off that is the
// faster way, to make and to drop.
func (s *Server) clone(ctx context.Context, name, template string) error {
	return s.admin(ctx, "CREATE DATABASE "+quoted(name)+" TEMPLATE "+quoted(template)+" STRATEGY file_copy")
}

// Exec runs statements, in one transaction if there are several, and returns the
// last one's rows as psql -At prints them: a line for each, "|" between columns.
func (s *Server) Exec(t testing.TB, database, sql string) string {
	t.Helper()
	ctx, cancel := bounded(t)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.URL(database))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	results, err := conn.PgConn().Exec(ctx, sql).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	if len(results) == 0 {
		return ""
	}
	var lines []string
	for _, row := range results[len(results)-1].Rows {
		lines = append(lines, string(bytes.Join(row, []byte("|"))))
	}
	return strings.Join(lines, "\n")
}

// NameOf returns the database's name in a URL.
func NameOf(url string) string {
	u, err := neturl.Parse(url)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(u.Path, "/")
}

// admin runs statements, each by itself, in the database postgres. It waits for no
// standby: there may be none left.
func (s *Server) admin(ctx context.Context, statements ...string) error {
	conn, err := s.connection(ctx)
	if err != nil {
		return err
	}
	for _, sql := range statements {
		if _, err := conn.Exec(ctx, sql); err != nil {
			_ = conn.Close(ctx)
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.idle = append(s.idle, conn)
	return nil
}

// connection returns one that is idle or new; connecting costs as much as copying a
// third of a database.
func (s *Server) connection(ctx context.Context) (*pgx.Conn, error) {
	s.mu.Lock()
	if last := len(s.idle) - 1; last >= 0 {
		conn := s.idle[last]
		s.idle = s.idle[:last]
		s.mu.Unlock()
		return conn, nil
	}
	s.mu.Unlock()
	config, err := pgx.ParseConfig(s.URL("postgres"))
	if err != nil {
		return nil, err
	}
	config.RuntimeParams["synchronous_commit"] = "local"
	return pgx.ConnectConfig(ctx, config)
}

func quoted(name string) string { return pgx.Identifier{name}.Sanitize() }
