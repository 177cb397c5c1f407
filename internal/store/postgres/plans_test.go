package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/belay-events/belay/internal/belaytest/pgtest"
)

// A plan may be made while a table is empty and be kept, so a statement must find
// its way at every size, with and without statistics.
func TestPlansTouchOnlyWhatTheyNeed(t *testing.T) {
	src := readSource(t)
	tenants := tenantTables(t)
	all := src.statements()
	// What is read row by row has no settings, and may be planned for its arguments.
	alone := map[string]bool{"sqlFence": true, "sqlRaiseFence": true}
	maps.Copy(alone, src.used("read.go"))
	lists := src.used("list.go")
	// What counts or moves all there is.
	delete(all, "sqlStats")
	for name := range src.used("load.go") {
		delete(all, name)
	}
	// A move reads all there is, a bucket at a time.
	maps.DeleteFunc(all, func(name, _ string) bool { return name == "sqlHolds" || strings.HasPrefix(name, "sqlWalk") })

	maps.DeleteFunc(all, func(_, sql string) bool { return !mentions(tenants).MatchString(sql) })

	server := pgtest.Shared(t)
	url := server.Database(t)
	if _, _, err := Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), url+"&default_query_exec_mode=simple_protocol")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	exec := func(sql string) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	indexes := indexColumns(t, conn)
	for _, state := range []struct {
		name, make string
	}{
		{"empty", fillers},
		{"one site of 2,000 activations", `call fill(1, 2000, 1)`},
		{"four sites of 10,000, without statistics", `call fill(2001, 40000, 4)`},
		{"with statistics", `analyze`},
		{"a large site among many small", `call fill(40001, 50000, 2000); analyze`},
	} {
		exec(state.make)
		for name, sql := range all {
			settings := []string{sqlSettings}
			switch {
			case alone[name]:
				settings = []string{`set local plan_cache_mode = force_generic_plan`, `set local plan_cache_mode = force_custom_plan`}
			case lists[name]:
				settings = []string{sqlListSettings}
			}
			for _, set := range settings {
				p, err := explain(t.Context(), conn, set, sql)
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				for _, complaint := range p.complaints(tenants, indexes, name, false) {
					t.Errorf("%s, %s: %s%s", state.name, name, complaint, p)
				}
			}
		}
	}
}

// plan is a node of what EXPLAIN says.
type plan struct {
	Kind  string `json:"Node Type"`
	Table string `json:"Relation Name"`
	Index string `json:"Index Name"`
	Cond  string `json:"Index Cond"`
	Plans []plan `json:"Plans"`
}

func (p *plan) String() string {
	var b strings.Builder
	p.write(&b, 0)
	return b.String()
}

func (p *plan) write(b *strings.Builder, depth int) {
	fmt.Fprintf(b, "\n%s%s %s %s", strings.Repeat("  ", depth+1), p.Kind, p.Table, p.Index)
	if p.Cond != "" {
		fmt.Fprintf(b, " on %s", p.Cond)
	}
	for i := range p.Plans {
		p.Plans[i].write(b, depth+1)
	}
}

// complaints says what in a plan takes longer the more there is. sorted says that
// what p gives is sorted.
func (p *plan) complaints(tenants map[string]bool, indexes map[string][]string, statement string, sorted bool) (found []string) {
	switch p.Kind {
	case "Seq Scan", "Tid Scan":
		if tenants[p.Table] {
			found = append(found, "it reads all of "+p.Table)
		}
	case "Limit":
		sorted = false
	case "Sort", "Incremental Sort":
		// All that an app has pending is what is called off.
		sorted = statement != "sqlOffByApp" && statement != "sqlFreeByApp"
	case "Index Scan", "Index Only Scan", "Bitmap Index Scan":
		// A whole primary key gives one row.
		if sorted && (!strings.HasSuffix(p.Index, "_pkey") || strings.ContainsAny(p.Cond, "<>")) {
			found = append(found, "it sorts all that it finds by "+p.Index)
		}
		for _, column := range indexes[p.Index] {
			// Among those due at one moment, the order by ID is enough.
			if !strings.Contains(p.Cond, column) && (p.Index != "activation_due" && p.Index != "delivery_due" || column != "id") {
				found = append(found, fmt.Sprintf("it walks %s, bounded by no %s", p.Index, column))
			}
		}
		if len(indexes[p.Index]) == 0 {
			found = append(found, "an index that is not known: "+p.Index)
		}
	}
	for i := range p.Plans {
		found = append(found, p.Plans[i].complaints(tenants, indexes, statement, sorted)...)
	}
	return found
}

// indexColumns returns the columns of each index, without those it only carries.
func indexColumns(t *testing.T, conn *pgx.Conn) map[string][]string {
	t.Helper()
	rows, err := conn.Query(t.Context(), `
		select c.relname, (select array_agg(a.attname::text order by a.attnum) from pg_attribute a
		    where a.attrelid = c.oid and a.attnum <= i.indnkeyatts)
		from pg_index i join pg_class c on c.oid = i.indexrelid where c.relnamespace = 'public'::regnamespace`)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	var name string
	var columns []string
	if _, err := pgx.ForEachRow(rows, []any{&name, &columns}, func() error {
		out[name] = slices.Clone(columns)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

func explain(ctx context.Context, conn *pgx.Conn, settings, sql string) (*plan, error) {
	tx, err := conn.Begin(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback(ctx) }()
	for _, do := range []string{settings, `deallocate all`, `prepare p as ` + sql} {
		if _, err := tx.Exec(ctx, do); err != nil {
			return nil, err
		}
	}
	var types []string
	if err := tx.QueryRow(ctx, `select parameter_types::text[] from pg_prepared_statements where name = 'p'`).Scan(&types); err != nil {
		return nil, err
	}
	args := make([]string, len(types))
	for i, typ := range types {
		if args[i], err = sample(typ, i); err != nil {
			return nil, err
		}
	}
	var text string
	if err := tx.QueryRow(ctx, `explain (format json) execute p(`+strings.Join(args, ", ")+`)`).Scan(&text); err != nil {
		return nil, err
	}
	var out []struct{ Plan plan }
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		return nil, err
	}
	return &out[0].Plan, nil
}

// sample is some argument; those further back are greater, as the ends of ranges
// are.
func sample(typ string, i int) (string, error) {
	elem, list := strings.CutSuffix(typ, "[]")
	one, ok := map[string]string{
		"smallint": "1::smallint", "integer": "1", "boolean": "false", "text": "'{}'::text", "bytea": `'\x61'::bytea`,
		"bigint": fmt.Sprint(100 * i), "uuid": fmt.Sprintf("guid(%d, 1)", i),
	}[elem]
	if !ok {
		return "", fmt.Errorf("no argument of type %s", typ)
	}
	if list {
		one = "array_fill(" + one + ", array[3])"
	}
	return one, nil
}

// Statistics come when the test says so.
const fillers = `
alter table event set (autovacuum_enabled = off);
alter table activation set (autovacuum_enabled = off);
alter table idempotency set (autovacuum_enabled = off);
alter table entry set (autovacuum_enabled = off);
alter table place set (autovacuum_enabled = off);
alter table doc set (autovacuum_enabled = off);
alter table delivery set (autovacuum_enabled = off);
create function guid(kind int, n int) returns uuid immutable language sql as
$$ select (lpad(to_hex(kind), 2, '0') || lpad(to_hex(n), 30, '0'))::uuid $$;
create procedure fill(low int, high int, sites int) language sql as $$
insert into event (bucket, site, id, app, trigger_key, entity, made, body)
select n % sites % 256, guid(1, n % sites), guid(6, n), guid(2, n % 3), 'a', guid(4, n % 10000), array[guid(5, n)], repeat('x', 300)::bytea
from generate_series(low, high) n;
insert into activation (bucket, site, id, version, due, ended_at, status, in_flight, final,
    app, automation, event, entity, trigger_key, cancel, body)
select n % sites % 256, guid(1, n % sites), guid(5, n), 1, case when n % 10 = 0 then n end, 0, case when n % 10 = 0 then 2 else 4 end, 0,
    n % 10 > 0, guid(2, n % 3), guid(3, n % 7), guid(6, n), guid(4, n % 10000), 'a', null, repeat('x', 300)::bytea
from generate_series(low, high) n;
insert into idempotency (bucket, site, hash, event, until)
select n % sites % 256, guid(1, n % sites), guid(7, n), guid(6, n), n from generate_series(low, high) n;
insert into entry (bucket, site, stream, id, value)
select n % sites % 256, guid(1, n % sites), 'outbox', guid(8, n), 'x' from generate_series(low, high) n;
insert into delivery (bucket, site, id, app, entity, sequence, version, due, status, body)
select n % sites % 256, guid(1, n % sites), guid(9, n), guid(2, n % 3), guid(4, n % 10000), n, 1,
    case when n % 10 = 0 then n end, case when n % 10 = 0 then 1 else 2 end, repeat('x', 300)::bytea
from generate_series(low, high) n;
insert into place (bucket, site, automation, counter, at, activation, until)
select n % sites % 256, guid(1, n % sites), guid(3, n % 7), guid(9, n % 100), n, guid(5, n), 0 from generate_series(low, high) n;
insert into doc (bucket, scope, kind, key, revision, value)
select n % sites % 256, guid(1, n % sites), 'automation', n::text::bytea, 1, 'x' from generate_series(low, high, 10) n;
insert into scope (bucket, scope, version)
select n % 256, guid(1, n), 1 from generate_series(0, 2000) n on conflict do nothing $$;`
