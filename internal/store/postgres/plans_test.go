package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/belay-events/belay/internal/belaytest/pgtest"
)

// plan is a node of what EXPLAIN says.
type plan struct {
	Kind   string `json:"Node Type"`
	Table  string `json:"Relation Name"`
	Index  string `json:"Index Name"`
	Cond   string `json:"Index Cond"`
	Filter string `json:"Filter"`
	Plans  []plan `json:"Plans"`
}

func (p *plan) String() string {
	var b strings.Builder
	p.write(&b, 0)
	return b.String()
}

func (p *plan) write(b *strings.Builder, depth int) {
	fmt.Fprintf(b, "\n%s%s %s %s", strings.Repeat("  ", depth), p.Kind, p.Table, p.Index)
	if p.Cond != "" {
		fmt.Fprintf(b, " on %s", p.Cond)
	}
	for i := range p.Plans {
		p.Plans[i].write(b, depth+1)
	}
}

func TestPlansDraft(t *testing.T) {
	src := readSource(t)
	url := filledDatabase(t)
	conn, err := pgx.Connect(t.Context(), url+"&default_query_exec_mode=simple_protocol")
	if err != nil {
		t.Fatal(err)
	}
	all := src.statements()
	if os.Getenv("ANALYZE") != "" {
		conn.Exec(t.Context(), "analyze")
	}
	reads := src.used("read.go")
	maps.Copy(reads, src.used("list.go"))
	maps.Copy(reads, src.used("postgres.go"))
	reads["sqlFence"], reads["sqlRaiseFence"] = true, true
	for _, mode := range []string{"force_generic_plan", "force_custom_plan"} {
		for _, name := range slices.Sorted(maps.Keys(all)) {
			if !mentions(tenantTables(t)).MatchString(all[name]) {
				continue
			}
			p, err := explain(t.Context(), conn, mode, all[name], !reads[name])
			if err != nil {
				t.Error(name, err)
				continue
			}
			fmt.Println(mode, name, p)
		}
	}
}

func explain(ctx context.Context, conn *pgx.Conn, mode, sql string, set bool) (*plan, error) {
	tx, err := conn.Begin(ctx)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback(ctx)
	if set {
		if _, err := tx.Exec(ctx, sqlSettings); err != nil {
			return nil, err
		}
	}
	if _, err := tx.Exec(ctx, "set local plan_cache_mode = "+mode); err != nil {
		return nil, err
	}
	if _, err := tx.Exec(ctx, "deallocate all"); err != nil {
		return nil, err
	}
	if _, err := tx.Exec(ctx, "prepare p as "+sql); err != nil {
		return nil, err
	}
	var types []string
	if err := tx.QueryRow(ctx, "select parameter_types::text[] from pg_prepared_statements where name = 'p'").Scan(&types); err != nil {
		return nil, err
	}
	args := make([]string, len(types))
	for i, typ := range types {
		args[i] = sample(typ)
	}
	var text string
	if err := tx.QueryRow(ctx, "explain (format json) execute p("+strings.Join(args, ", ")+")").Scan(&text); err != nil {
		return nil, err
	}
	var out []struct{ Plan plan }
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		return nil, err
	}
	return &out[0].Plan, nil
}

func sample(typ string) string {
	one := map[string]string{
		"smallint": "2::smallint", "bigint": "50", "integer": "1", "uuid": "'01000000-0000-0000-0000-000000000000'::uuid",
		"bytea": `'\x61'::bytea`, "boolean": "false", "text": "'{}'::text",
	}
	if elem, ok := strings.CutSuffix(typ, "[]"); ok {
		return "array_fill(" + one[elem] + ", array[100])"
	}
	return one[typ]
}

var _ = regexp.MustCompile
var _ = strconv.Itoa

// filledDatabase has 100,000 activations in four buckets, of which the database
// has no statistics.
func filledDatabase(t *testing.T) string {
	t.Helper()
	s := pgtest.Shared(t)
	url := s.Database(t)
	if _, _, err := Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	s.Exec(t, pgtest.NameOf(url), fill)
	return url
}

const fill = `
alter table event set (autovacuum_enabled = off);
alter table activation set (autovacuum_enabled = off);
create function guid(kind int, n int) returns uuid immutable language sql as
$$ select (lpad(to_hex(kind), 2, '0') || lpad(to_hex(n), 30, '0'))::uuid $$;
insert into event (bucket, site, id, app, trigger_key, entity, made, body)
select n % 4, guid(1, n % 4), guid(6, n), guid(2, n % 3), 'a', guid(4, n % 10000), array[guid(5, n)], repeat('x', 300)::bytea
from generate_series(1, 100000) n;
insert into activation (bucket, site, id, version, due, ended_at, status, in_flight, final,
    app, automation, event, entity, trigger_key, cancel, body)
select n % 4, guid(1, n % 4), guid(5, n), 1, case when n % 10 = 0 then n end, 0, case when n % 10 = 0 then 2 else 4 end, 0, n % 10 > 0,
    guid(2, n % 3), guid(3, n % 7), guid(6, n), guid(4, n % 10000), 'a', null, repeat('x', 300)::bytea
from generate_series(1, 100000) n;
insert into idempotency (bucket, site, hash, event, until)
select n % 4, guid(1, n % 4), guid(7, n), guid(6, n), n from generate_series(1, 20000) n;
insert into entry (bucket, site, stream, id, value)
select n % 4, guid(1, n % 4), 'outbox', guid(8, n), 'x' from generate_series(1, 20000) n;
insert into doc (bucket, scope, kind, key, revision, value)
select n % 4, guid(1, n % 4), 'automation', n::text::bytea, 1, 'x' from generate_series(1, 4000) n;
insert into scope (bucket, scope, version) select n, guid(1, n), 1 from generate_series(0, 3) n;`
