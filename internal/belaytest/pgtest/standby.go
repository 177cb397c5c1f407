package pgtest

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Promote returns when the standby has become a primary. It does not see to it that
// the old one is dead.
func (s *Server) Promote(t testing.TB) {
	t.Helper()
	ctx, cancel := bounded(t)
	defer cancel()
	if err := s.do(ctx, "pg_ctl", "promote", "-D", s.data(), "-w", "-t", strconv.Itoa(int(limit.Seconds()))); err != nil {
		t.Fatal(err)
	}
	err := s.await(ctx, "SELECT NOT pg_is_in_recovery()")
	if err != nil {
		t.Fatal(err)
	}
}

func (o Options) standby() string { return cmp.Or(o.Name, "standby") }

// follow fills the data folder with a copy of the primary that follows it.
func (s *Server) follow(ctx context.Context, primary *Server, name string, slot bool) error {
	conninfo := fmt.Sprintf("host=127.0.0.1 port=%d user=postgres application_name='%s'", primary.port,
		strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(name))
	args := []string{"-d", conninfo, "-D", s.data(), "-R", "-X", "stream", "-c", "fast", "--no-sync"}
	if slot {
		args = append(args, "-C", "-S", name)
	}
	return s.do(ctx, "pg_basebackup", args...)
}

// streaming waits until a standby has caught up and follows the log as it grows.
func (s *Server) streaming(ctx context.Context, name string) error {
	return s.await(ctx, "SELECT count(*) > 0 FROM pg_stat_replication WHERE state = 'streaming' AND application_name = $1", name)
}

// await repeats a query until it returns true.
func (s *Server) await(ctx context.Context, query string, args ...any) error {
	conn, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	err = until(ctx, func() (yes bool, err error) {
		err = conn.QueryRow(ctx, query, args...).Scan(&yes)
		return yes, err
	})
	if err != nil {
		return fmt.Errorf("wait for %s: %w", query, err)
	}
	return nil
}
