package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"
)

// tpcb is what the same server does with pgbench's "TPC-B (sort of)": the floor
// of several nodes. Where the program pgbench is not found, a loop of our own
// sends the same statements.
type tpcb struct {
	*database
	program string // "" for the loop
	scale   int
}

// name says which it is.
func (p *tpcb) name() string {
	if p.program == "" {
		return "pgbench's statements from a loop of the bench's own"
	}
	return "pgbench"
}

// prepare makes the tables.
func (b *bench) prepareFloor(ctx context.Context) (*tpcb, error) {
	d, err := makeDatabase(ctx, b.c.Store)
	if err != nil {
		return nil, err
	}
	p := &tpcb{database: d, scale: b.c.Scale}
	if !b.c.NoPgbench {
		p.program = findPgbench()
	}
	if p.program != "" {
		_, err = p.run(ctx, "-i", "-q", "-s", strconv.Itoa(p.scale))
	} else {
		err = p.fill(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, d.close(ctx))
	}
	return p, nil
}

// findPgbench returns PATH's, or else the newest installed; "" for none.
func findPgbench() string {
	if path, err := exec.LookPath("pgbench"); err == nil {
		return path
	}
	installed, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pgbench")
	version := func(path string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
		return n
	}
	if len(installed) == 0 {
		return ""
	}
	return slices.MaxFunc(installed, func(a, b string) int { return cmp.Compare(version(a), version(b)) })
}

// slice returns transactions per second.
func (p *tpcb) slice(ctx context.Context, clients int, d time.Duration) (float64, error) {
	if err := p.checkpoint(ctx); err != nil {
		return 0, err
	}
	if p.program == "" {
		return p.loop(ctx, clients, d)
	}
	said, err := p.run(ctx, "-n", "-M", "prepared", "-c", strconv.Itoa(clients), "-j", strconv.Itoa(min(2, clients)),
		"-T", strconv.Itoa(max(1, int(d.Seconds()+0.5))))
	if err != nil {
		return 0, err
	}
	m := regexp.MustCompile(`(?m)^tps = ([0-9.]+)`).FindSubmatch(said)
	if m == nil {
		return 0, fmt.Errorf("bench: pgbench told no rate: %s", said)
	}
	return strconv.ParseFloat(string(m[1]), 64)
}

// run runs pgbench on the database.
func (p *tpcb) run(ctx context.Context, args ...string) ([]byte, error) {
	u, err := url.Parse(p.bare)
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	env := os.Environ()
	if password, set := u.User.Password(); set { // not where others on the machine see it
		u.User = url.User(u.User.Username())
		env = append(env, "PGPASSWORD="+password)
	}
	cmd := exec.CommandContext(ctx, p.program, append(args, u.String())...)
	cmd.Env = env
	said, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("bench: pgbench: %w: %s", err, said)
	}
	return said, nil
}

// Source: initCreateTables and the built-in script "tpcb-like" of pgbench.
const (
	tellersPerBranch  = 10
	accountsPerBranch = 100_000
)

func (p *tpcb) fill(ctx context.Context) error {
	for _, sql := range []string{
		`create table pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22))`,
		`create table pgbench_tellers (tid int not null, bid int, tbalance int, filler char(84)) with (fillfactor = 100)`,
		`create table pgbench_accounts (aid int not null, bid int, abalance int, filler char(84)) with (fillfactor = 100)`,
		`create table pgbench_branches (bid int not null, bbalance int, filler char(88)) with (fillfactor = 100)`,
		fmt.Sprintf(`insert into pgbench_branches select n, 0 from generate_series(1, %d) n`, p.scale),
		fmt.Sprintf(`insert into pgbench_tellers select n, (n - 1) / %d + 1, 0 from generate_series(1, %d) n`, tellersPerBranch, tellersPerBranch*p.scale),
		fmt.Sprintf(`insert into pgbench_accounts select n, (n - 1) / %d + 1, 0, '' from generate_series(1, %d) n`, accountsPerBranch, accountsPerBranch*p.scale),
		`vacuum analyze pgbench_accounts`,
		`alter table pgbench_branches add primary key (bid)`,
		`alter table pgbench_tellers add primary key (tid)`,
		`alter table pgbench_accounts add primary key (aid)`,
	} {
		if _, err := p.conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("bench: %s: %w", sql, err)
		}
	}
	return nil
}

// loop has clients send the transaction, statement by statement, for d.
func (p *tpcb) loop(ctx context.Context, clients int, d time.Duration) (float64, error) {
	conns := make([]*pgx.Conn, clients)
	for i := range conns {
		conn, err := pgx.Connect(ctx, p.bare)
		if err != nil {
			return 0, fmt.Errorf("bench: connect: %w", err)
		}
		defer conn.Close(context.WithoutCancel(ctx))
		conns[i] = conn
	}
	var done atomic.Int64
	began := time.Now()
	group, ctx := errgroup.WithContext(ctx)
	for _, conn := range conns {
		group.Go(func() error {
			for first := true; first || time.Since(began) < d; first = false {
				if err := p.transact(ctx, conn); err != nil {
					return err
				}
				done.Add(1)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return 0, fmt.Errorf("bench: TPC-B: %w", err)
	}
	return float64(done.Load()) / time.Since(began).Seconds(), nil
}

func (p *tpcb) transact(ctx context.Context, conn *pgx.Conn) error {
	account, teller := 1+rand.IntN(accountsPerBranch*p.scale), 1+rand.IntN(tellersPerBranch*p.scale)
	branch, delta := 1+rand.IntN(p.scale), rand.IntN(10_001)-5000
	for _, s := range []struct {
		sql  string
		args []any
	}{
		{`begin`, nil},
		{`update pgbench_accounts set abalance = abalance + $1 where aid = $2`, []any{delta, account}},
		{`select abalance from pgbench_accounts where aid = $1`, []any{account}},
		{`update pgbench_tellers set tbalance = tbalance + $1 where tid = $2`, []any{delta, teller}},
		{`update pgbench_branches set bbalance = bbalance + $1 where bid = $2`, []any{delta, branch}},
		{`insert into pgbench_history (tid, bid, aid, delta, mtime) values ($1, $2, $3, $4, current_timestamp)`, []any{teller, branch, account, delta}},
		{`commit`, nil},
	} {
		if _, err := conn.Exec(ctx, s.sql, s.args...); err != nil {
			return err
		}
	}
	return nil
}
