package pgtest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Bouncer is a PgBouncer in front of a server: up to 200 clients share eight
// connections to each database, for a transaction at a time.
type Bouncer struct {
	folder  string
	port    int
	process *process
}

// StartBouncer returns a running PgBouncer that trusts everyone. It is gone when the
// test ends.
func StartBouncer(t testing.TB, server *Server) *Bouncer {
	t.Helper()
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		program, err = exec.LookPath("/usr/sbin/pgbouncer")
	}
	if err != nil {
		t.Fatal("PgBouncer is needed: install the package pgbouncer")
	}
	folder, err := newFolder()
	if err != nil {
		t.Fatal(err)
	}
	b := &Bouncer{folder: folder}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("pgbouncer at port %d said last:\n%s", b.port, tail(b.log()))
		}
		if b.process != nil {
			b.process.kill()
		}
		_ = os.RemoveAll(folder)
	})
	ctx, cancel := bounded(t)
	defer cancel()
	if err := onFreePort(&b.port, func() error { return b.run(ctx, program, server.port) }); err != nil {
		t.Fatal(err)
	}
	return b
}

// URL returns the address of a database behind the bouncer.
func (b *Bouncer) URL(database string) string {
	return url("127.0.0.1:"+strconv.Itoa(b.port), database)
}

func (b *Bouncer) log() string { return filepath.Join(b.folder, "log") }

func (b *Bouncer) run(ctx context.Context, program string, server int) error {
	file := filepath.Join(b.folder, "pgbouncer.ini")
	configuration := fmt.Sprintf(`[databases]
* = host=127.0.0.1 port=%d user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %d
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 8
max_client_conn = 200
`, server, b.port)
	if err := os.WriteFile(file, []byte(configuration), 0o644); err != nil {
		return err
	}
	cmd, err := command(context.WithoutCancel(ctx), b.folder, program, file)
	if err != nil {
		return err
	}
	p, err := launch(cmd, b.log())
	if err != nil {
		return err
	}
	// A connection could be to another, where the port was taken.
	err = until(ctx, func() (bool, error) {
		if p.ended() {
			return false, errEnded
		}
		return strings.Contains(tail(b.log()), "process up"), nil
	})
	if err != nil {
		p.kill()
		return fmt.Errorf("start pgbouncer at port %d: %w:\n%s", b.port, err, tail(b.log()))
	}
	b.process = p
	return nil
}
