// Package pgtest starts real PostgreSQL servers for tests, and what may stand in
// front of one: a proxy that loses the network, a PgBouncer. Nothing here imitates
// PostgreSQL, and nothing knows Belay's tables. Start at Shared for a database, at
// Start for a server that a test may kill.
//
// PostgreSQL 15 or later is found in PATH or under /usr/lib/postgresql. It refuses
// to run as root: there, its programs run as the user postgres, or else nobody.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Options say what kind of server Start makes.
type Options struct {
	// Durable keeps fsync and full_page_writes on.
	Durable bool
	// Settings go into the configuration file, so ALTER SYSTEM overrules them. A
	// standby has none of its primary's.
	Settings map[string]string
	// StandbyOf makes a hot standby that follows this server.
	StandbyOf *Server
	// Name is the standby's application_name, and its slot's; "standby" if empty.
	Name string
	// Slot has the primary keep a replication slot for the standby.
	Slot bool
	// Port is where it listens; a free one if zero.
	Port int
}

// Server is a PostgreSQL server that listens on 127.0.0.1 and trusts everyone. Its
// user is postgres, a superuser. Text sorts as ICU's root locale has it, not by
// bytes: what needs the order of bytes must say so, as on most servers of others.
// All methods are safe for concurrent use.
type Server struct {
	programs string
	folder   string
	port     int

	mu        sync.Mutex
	process   *process // nil before the first start and after Stop and Kill
	idle      []*pgx.Conn
	templates map[string]*template
}

// Start returns a running server of the test's own, which is gone when the test
// ends. A standby has caught up to streaming. The test fails if that takes over a
// minute.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	ctx, cancel := bounded(t)
	defer cancel()
	s, err := start(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("postgres at port %d said last:\n%s", s.port, tail(s.log()))
		}
		s.remove()
	})
	return s
}

func start(ctx context.Context, o Options) (_ *Server, err error) {
	programs, err := findPrograms()
	if err != nil {
		return nil, err
	}
	folder, err := newFolder()
	if err != nil {
		return nil, err
	}
	s := &Server{programs: programs, folder: folder, port: o.Port, templates: make(map[string]*template)}
	defer func() {
		if err != nil {
			s.remove()
		}
	}()
	if o.StandbyOf == nil {
		err = s.create(ctx)
	} else {
		err = s.follow(ctx, o.StandbyOf, o.standby(), o.Slot)
	}
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(s.data(), "pgtest.conf"), o.configuration(folder), 0o644); err != nil {
		return nil, err
	}
	if err := onFreePort(&s.port, func() error { return s.run(ctx) }); err != nil {
		return nil, err
	}
	if o.StandbyOf != nil {
		err = o.StandbyOf.streaming(ctx, o.standby())
	}
	return s, err
}

// create makes an empty data folder that reads pgtest.conf.
func (s *Server) create(ctx context.Context) error {
	err := s.do(ctx, "initdb", "-D", s.data(), "-U", "postgres", "-A", "trust", "--no-sync", "--encoding=UTF8",
		"--locale=C", "--locale-provider=icu", "--icu-locale=und")
	if err != nil {
		return err
	}
	conf, err := os.OpenFile(filepath.Join(s.data(), "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = conf.WriteString("include 'pgtest.conf'\n")
	return errors.Join(err, conf.Close())
}

func (o Options) configuration(folder string) []byte {
	settings := map[string]string{
		"listen_addresses":        "127.0.0.1",
		"unix_socket_directories": folder,
		"max_connections":         "200",
		"shared_buffers":          "128MB",
		"log_checkpoints":         "off",
		// Lies in the data folder, so that a killed server leaves nothing in /dev/shm.
		"dynamic_shared_memory_type": "mmap",
	}
	if !o.Durable {
		settings["fsync"] = "off"
		settings["full_page_writes"] = "off"
	}
	maps.Copy(settings, o.Settings)
	var conf strings.Builder
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		fmt.Fprintf(&conf, "%s = '%s'\n", name, strings.ReplaceAll(settings[name], "'", "''"))
	}
	return []byte(conf.String())
}

// URL returns the address of a database on the server, whether there is one or not.
func (s *Server) URL(database string) string { return url(s.Addr(), database) }

// Addr returns the host and port; they stay the same over Restart.
func (s *Server) Addr() string { return "127.0.0.1:" + strconv.Itoa(s.port) }

// Kill ends the server as a crash does: every process of it is killed and waited
// for, and nothing is flushed. It does nothing where the server is down.
func (s *Server) Kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process != nil {
		s.process.kill()
		s.down()
	}
}

// Stop ends the server in order: transactions are rolled back, data are flushed. It
// does nothing where the server is down.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process != nil {
		if !s.process.end(syscall.SIGINT) {
			t.Errorf("postgres at port %d had to be killed:\n%s", s.port, tail(s.log()))
		}
		s.down()
	}
}

// Restart returns when the server runs again with its old port and data; one that
// is up is stopped first.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	s.Stop(t)
	ctx, cancel := bounded(t)
	defer cancel()
	if err := s.run(ctx); err != nil {
		t.Fatal(err)
	}
}

// run starts postgres and waits until it takes connections.
func (s *Server) run(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	cmd, err := command(context.WithoutCancel(ctx), s.folder, filepath.Join(s.programs, "postgres"), "-D", s.data(), "-p", strconv.Itoa(s.port))
	if err != nil {
		return err
	}
	p, err := launch(cmd, s.log())
	if err != nil {
		return err
	}
	if err := until(ctx, func() (bool, error) { return s.ready(p) }); err != nil {
		p.kill()
		return fmt.Errorf("start postgres at port %d: %w:\n%s", s.port, err, tail(s.log()))
	}
	s.process = p
	return nil
}

// ready reads what pg_ctl reads: line 1 of the file is the process, line 8 its
// state. A connection could be to another server, where the port was taken.
func (s *Server) ready(p *process) (bool, error) {
	if p.ended() {
		return false, errEnded
	}
	content, err := os.ReadFile(filepath.Join(s.data(), "postmaster.pid"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return false, err
	}
	lines := strings.Split(string(content), "\n")
	return len(lines) > 7 && lines[0] == strconv.Itoa(p.handle.Pid) && strings.TrimSpace(lines[7]) == "ready", nil
}

func (s *Server) running() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.process != nil && !s.process.ended()
}

// down forgets the process and the connections to it; s.mu is held.
func (s *Server) down() {
	s.process = nil
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	for _, conn := range s.idle {
		_ = conn.Close(ctx)
	}
	s.idle = nil
}

// remove ends the server at once and deletes all of it.
func (s *Server) remove() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process != nil {
		s.process.end(syscall.SIGQUIT)
		s.down()
	}
	s.forgetMemory()
	_ = os.RemoveAll(s.folder)
}

// forgetMemory removes the System V segment of a few bytes that a killed server
// leaves in the kernel until its folder is started again. The file is there only
// after a kill; its line 7 is the segment's key and number.
func (s *Server) forgetMemory() {
	content, err := os.ReadFile(filepath.Join(s.data(), "postmaster.pid"))
	if err != nil {
		return
	}
	lines := strings.Split(string(content), "\n")
	if len(lines) < 7 {
		return
	}
	if segment := strings.Fields(lines[6]); len(segment) == 2 {
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		_ = s.do(ctx, "/usr/bin/ipcrm", "-m", segment[1])
	}
}

// do runs a program to its end; a name without a folder is one of PostgreSQL's.
func (s *Server) do(ctx context.Context, program string, args ...string) error {
	if !filepath.IsAbs(program) {
		program = filepath.Join(s.programs, program)
	}
	cmd, err := command(ctx, s.folder, program, args...)
	if err != nil {
		return err
	}
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w:\n%s", filepath.Base(program), err, output)
	}
	return nil
}

func (s *Server) data() string { return filepath.Join(s.folder, "data") }
func (s *Server) log() string  { return filepath.Join(s.folder, "log") }
