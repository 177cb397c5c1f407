package postgres

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/belay-events/belay/internal/belay"
)

// These compare layouts of the table activation, by statements of the shape that
// commits have. A round is done with each layout in turn, so that what disturbs the
// machine disturbs all; figures are ratios to the layout of schema. They are the
// ground of decision 11.

// layout is one way to keep activations. The statements take the same arrays.
type layout struct {
	name string
	make string
	// insert takes ids, due times, entities and bodies; update sets due times, states
	// and bodies; end has nothing due, and is final.
	insert, start, end []string
	history            string // the name of the table with what is over

	figures
	base float64 // bytes on disk before
}

const (
	// The primary key is to be the youngest index, as it is in schema.
	like = `create table %[1]s (like activation including all) with (fillfactor = %[2]d, autovacuum_enabled = off);
alter table %[1]s drop constraint %[1]s_pkey;
alter table %[1]s add primary key (bucket, site, id);`

	layoutInsert = `
insert into %[1]s (bucket, site, id, version, due, ended_at, status, in_flight, final, app, automation, event, entity, trigger_key, body)
select 7, '01000000-0000-0000-0000-000000000001', r.id, 1, r.due, 0, 2, 0, false, '02000000-0000-0000-0000-000000000001',
    ('03000000-0000-0000-0000-00000000000' || r.n %% 5)::uuid, r.id, r.entity, 'invoice.overdue', r.body
from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::bytea[]) with ordinality as r (id, due, entity, body, n)`
	layoutStart = `
update %[1]s a set version = a.version + 1, due = r.due, status = 3, in_flight = 1, body = r.body
from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::bytea[]) with ordinality as r (id, due, entity, body, n)
where a.bucket = 7 and a.site = '01000000-0000-0000-0000-000000000001' and a.id = r.id and r.n between 1 and 1000000`
	layoutEnd = `
update %[1]s a set version = a.version + 1, due = null, status = 4, in_flight = 0, final = true, ended_at = r.due, body = r.body
from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::bytea[]) with ordinality as r (id, due, entity, body, n)
where a.bucket = 7 and a.site = '01000000-0000-0000-0000-000000000001' and a.id = r.id and r.n between 1 and 1000000`
)

// inRow has the due time in the row, as the schema has it.
func inRow(name string, fillfactor int) *layout {
	return &layout{
		name: name, history: name,
		make:   fmt.Sprintf(like, name, fillfactor),
		insert: []string{fmt.Sprintf(layoutInsert, name)},
		start:  []string{fmt.Sprintf(layoutStart, name)},
		end:    []string{fmt.Sprintf(layoutEnd, name)},
	}
}

// apart has the due times in a narrow table beside it.
func apart(name string) *layout {
	const timers = `from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::bytea[]) with ordinality as r (id, due, entity, body, n)`
	const mine = `where t.bucket = 7 and t.site = '01000000-0000-0000-0000-000000000001' and t.id = r.id and r.n between 1 and 1000000`
	// The row keeps no due time, so neither is there an index to keep.
	none := func(sql string) string {
		return strings.NewReplacer(" due = r.due,", " ", " due = null,", " ", "1, r.due, 0", "1, null, 0").Replace(fmt.Sprintf(sql, name))
	}
	return &layout{
		name: name, history: name,
		make: fmt.Sprintf(like, name, 85) + `
drop index ` + name + `_bucket_due_id_site_idx;
create table ` + name + `_timer (bucket smallint, site uuid, id uuid, due bigint not null) with (fillfactor = 85, autovacuum_enabled = off);
create index on ` + name + `_timer (bucket, due, id) include (site);
alter table ` + name + `_timer add primary key (bucket, site, id);`,
		insert: []string{none(layoutInsert), `insert into ` + name + `_timer select 7, '01000000-0000-0000-0000-000000000001', r.id, r.due ` + timers},
		start:  []string{none(layoutStart), `update ` + name + `_timer t set due = r.due ` + timers + ` ` + mine},
		end:    []string{none(layoutEnd), `delete from ` + name + `_timer t using (select * ` + timers + `) r ` + mine},
	}
}

// rows are one batch.
type rows struct {
	ids, entities []belay.ID
	dues          []int64
	small, large  [][]byte
}

func (l *load) rows(n int) *rows {
	r := &rows{}
	for range n {
		l.now++
		r.ids, r.entities = append(r.ids, l.id()), append(r.entities, l.guid())
		r.dues = append(r.dues, int64(l.now)+l.Int64N(30*24*3600*1000))
		r.small, r.large = append(r.small, l.bytes(150)), append(r.large, l.bytes(400))
	}
	return r
}

func (l *load) shuffle(r *rows) {
	l.Shuffle(len(r.ids), func(i, j int) {
		r.ids[i], r.ids[j] = r.ids[j], r.ids[i]
		r.entities[i], r.entities[j] = r.entities[j], r.entities[i]
		r.dues[i], r.dues[j] = r.dues[j], r.dues[i]
	})
}

func (r *rows) part(from, to int) *rows {
	return &rows{r.ids[from:to], r.entities[from:to], r.dues[from:to], r.small[from:to], r.large[from:to]}
}

// commitRows is one transaction that takes one round trip.
func commitRows(b *testing.B, conn *pgx.Conn, statements []string, r *rows, bodies [][]byte, dues []int64) {
	b.Helper()
	var batch pgx.Batch
	// The settings are those of commits.
	batch.Queue(sqlSettings)
	for _, sql := range statements {
		var ends bigs
		for _, d := range dues {
			ends = append(ends, big(d))
		}
		batch.Queue(sql, raws(r.ids), ends, raws(r.entities), texts(bodies))
	}
	if err := conn.SendBatch(b.Context(), &batch).Close(); err != nil {
		b.Fatal(err)
	}
}

func size(b *testing.B, conn *pgx.Conn, l *layout) (bytes float64) {
	b.Helper()
	err := conn.QueryRow(b.Context(), `select sum(pg_total_relation_size(oid))::float8 from pg_class where relkind = 'r' and relname like $1 || '%'`, l.name).Scan(&bytes)
	if err != nil {
		b.Fatal(err)
	}
	return bytes
}

func benchExec(b *testing.B, conn *pgx.Conn, sql string) {
	b.Helper()
	if _, err := conn.Exec(b.Context(), sql); err != nil {
		b.Fatalf("%s: %v", sql, err)
	}
}

const (
	layoutRows  = 20_000 // what is pending, and as much that is over
	layoutBatch = 100
)

// BenchmarkLayoutDue lives the life of activations: they are kept, started, which
// moves their due time to the end of a lease, and ended. An instant one does so at
// once; a scheduled one after it lay among 20,000 others.
func BenchmarkLayoutDue(b *testing.B) {
	for _, scheduled := range []bool{false, true} {
		b.Run(map[bool]string{false: "instant", true: "scheduled"}[scheduled], func(b *testing.B) {
			conn := benchConnect(b, durable(b))
			all := []*layout{inRow("as_it_is", 85), inRow("same", 85), apart("apart"), inRow("fill70", 70), inRow("fill100", 100)}
			l := newLoad()
			over, waiting := l.rows(layoutRows), l.rows(layoutRows)
			l.shuffle(waiting)
			for _, y := range all {
				benchExec(b, conn, y.make)
				for from := 0; from < layoutRows; from += 1000 {
					o, w := over.part(from, from+1000), waiting.part(from, from+1000)
					commitRows(b, conn, y.insert, o, o.small, o.dues)
					commitRows(b, conn, y.end, o, o.large, o.dues)
					commitRows(b, conn, y.insert, w, w.small, w.dues)
					if from == 0 {
						vacuum(b, conn, y)
					}
				}
				vacuum(b, conn, y)
				y.base = size(b, conn, y)
			}
			round := 0
			for b.Loop() {
				fresh := l.rows(layoutBatch)
				old := fresh
				if scheduled {
					from := round * layoutBatch % layoutRows
					old = waiting.part(from, from+layoutBatch)
				}
				// Whoever comes first pays for the checkpoint.
				first := round % len(all)
				for _, y := range append(slices.Clone(all[first:]), all[:first]...) {
					y.measure(b, conn, layoutBatch, func() {
						commitRows(b, conn, y.insert, fresh, fresh.small, fresh.dues)
						commitRows(b, conn, y.start, old, old.large, leases(l.now, old.dues))
						commitRows(b, conn, y.end, old, old.large, old.dues)
					})
				}
				if scheduled {
					from := round * layoutBatch % layoutRows
					copy(waiting.ids[from:], fresh.ids)
					copy(waiting.dues[from:], fresh.dues)
				}
				if round++; round%20 == 0 {
					for _, y := range all {
						vacuum(b, conn, y)
					}
				}
			}
			now := all[0]
			grown := size(b, conn, now) - now.base
			b.ReportMetric(now.perAct(), "µs/activation")
			b.ReportMetric(now.wal/float64(now.acts), "WAL-B/activation")
			b.ReportMetric(grown/float64(now.acts), "disk-B/activation")
			for _, y := range all[1:] {
				b.ReportMetric(y.perAct()/now.perAct(), y.name+"-time")
				b.ReportMetric(y.wal/now.wal, y.name+"-WAL")
				b.ReportMetric((size(b, conn, y)-y.base)/grown, y.name+"-disk")
			}
		})
	}
}

func leases(now belay.Instant, dues []int64) []int64 {
	out := make([]int64, len(dues))
	for i := range out {
		out[i] = int64(now) + 60_000 + int64(i)
	}
	return out
}

func vacuum(b *testing.B, conn *pgx.Conn, l *layout) {
	b.Helper()
	names, err := conn.Query(b.Context(), `select relname::text from pg_class where relkind = 'r' and relname like $1 || '%'`, l.name)
	if err != nil {
		b.Fatal(err)
	}
	list, err := pgx.CollectRows(names, pgx.RowTo[string])
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range list {
		benchExec(b, conn, `vacuum analyze `+name)
	}
}

const months = 12

// byMonth has a partition for each month, told by the time in the ID.
func byMonth(name string, bounds []belay.ID) *layout {
	y := inRow(name, 85)
	var ddl strings.Builder
	fmt.Fprintf(&ddl, `create table %[1]s (like activation including defaults) partition by range (id);
create index on %[1]s (bucket, due, id) include (site) where due is not null;
create index on %[1]s (bucket, site, final, entity, id);
create index on %[1]s (bucket, site, automation, final, id);
alter table %[1]s add primary key (bucket, site, id);
`, name)
	for i := range months {
		from := `'` + bounds[i].String() + `'`
		if i == 0 {
			from = `minvalue`
		}
		fmt.Fprintf(&ddl, `create table %[1]s_%[2]d partition of %[1]s for values from (%[3]s) to ('%[4]s') with (fillfactor = 85, autovacuum_enabled = off);
`, name, i, from, bounds[i+1])
	}
	y.make = ddl.String()
	return y
}

// BenchmarkLayoutHistory compares one table of all that is kept with a partition
// for each of twelve months: what a life costs in the last month, what a look
// costs, and what it costs to forget the first month.
func BenchmarkLayoutHistory(b *testing.B) {
	conn := benchConnect(b, durable(b))
	l := newLoad()
	const month = belay.Instant(30 * 24 * 3600 * 1000)
	start := l.now
	var bounds []belay.ID
	for i := range belay.Instant(months + 1) {
		bounds = append(bounds, belay.IDFloor((start + i*month).Time()))
	}
	all := []*layout{inRow("as_it_is", 85), byMonth("by_month", bounds)}
	const each = 2000
	entities := l.rows(400).ids
	var known *rows
	for m := range belay.Instant(months) {
		l.now = start + m*month
		known = l.rows(each)
		for i := range known.entities {
			known.entities[i] = entities[i%len(entities)]
		}
		for _, y := range all {
			if m == 0 {
				benchExec(b, conn, y.make)
			}
			for from := 0; from < each; from += 1000 {
				part := known.part(from, from+1000)
				commitRows(b, conn, y.insert, part, part.small, part.dues)
				commitRows(b, conn, y.end, part, part.large, part.dues)
			}
			if m < 2 {
				vacuum(b, conn, y)
			}
		}
	}
	for _, y := range all {
		vacuum(b, conn, y)
	}
	l.now = start + (months-1)*month + each
	looks := map[string]string{
		"by-id":         sqlActivation,
		"by-entity":     halves(entityLive, entityOver, entityDown),
		"by-automation": halves(automationLive, automationOver, automationDown),
	}
	lives, took := map[*layout]*figures{}, map[string]map[*layout]time.Duration{}
	round := 0
	for b.Loop() {
		fresh := l.rows(layoutBatch)
		first := round % 2
		round++
		for _, y := range append(slices.Clone(all[first:]), all[:first]...) {
			if lives[y] == nil {
				lives[y] = &figures{}
			}
			lives[y].measure(b, conn, layoutBatch, func() {
				commitRows(b, conn, y.insert, fresh, fresh.small, fresh.dues)
				commitRows(b, conn, y.start, fresh, fresh.large, leases(l.now, fresh.dues))
				commitRows(b, conn, y.end, fresh, fresh.large, fresh.dues)
			})
			for name, sql := range looks {
				if took[name] == nil {
					took[name] = map[*layout]time.Duration{}
				}
				began := time.Now()
				for i := range 10 {
					look(b, conn, name, strings.ReplaceAll(sql, "from activation", "from "+y.name), known.ids[(round*10+i)%each], entities[(round*10+i)%len(entities)])
				}
				took[name][y] += time.Since(began)
			}
		}
	}
	now, parts := all[0], all[1]
	b.ReportMetric(lives[now].perAct(), "µs/activation")
	b.ReportMetric(lives[parts].perAct()/lives[now].perAct(), "by-month-time")
	b.ReportMetric(lives[parts].wal/lives[now].wal, "by-month-WAL")
	for name := range looks {
		b.ReportMetric(float64(took[name][now].Microseconds())/float64(10*round), "µs/"+name)
		b.ReportMetric(float64(took[name][parts])/float64(took[name][now]), "by-month-"+name)
	}
	var forget [2]figures
	forget[0].measure(b, conn, each, func() {
		benchExec(b, conn, `delete from as_it_is where id < '`+bounds[1].String()+`'`)
		benchExec(b, conn, `vacuum as_it_is`)
	})
	forget[1].measure(b, conn, each, func() {
		benchExec(b, conn, `alter table by_month detach partition by_month_0`)
		benchExec(b, conn, `drop table by_month_0`)
	})
	b.ReportMetric(forget[0].perAct(), "µs/forgotten")
	b.ReportMetric(forget[0].wal/float64(forget[0].acts), "WAL-B/forgotten")
	b.ReportMetric(forget[1].perAct()/forget[0].perAct(), "by-month-forget-time")
	b.ReportMetric(forget[1].wal/forget[0].wal, "by-month-forget-WAL")
}

func halves(live, over, order string) string {
	return "(" + activationHalf + live + order + ")\nunion all\n(" + activationHalf + over + order + ")\norder by id desc limit $7"
}

// look reads the newest page of 20, or one row.
func look(b *testing.B, conn *pgx.Conn, name, sql string, id, entity belay.ID) {
	b.Helper()
	site := belay.ID{1, 15: 1}
	high := belay.ID{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
	args := []any{int16(7), raw(site), raw(id)}
	none := filter(belay.ID{})
	switch name {
	case "by-entity":
		args = []any{int16(7), raw(site), raw(belay.ID{}), raw(high), none, nil, 20, none, raw(entity)}
	case "by-automation":
		args = []any{int16(7), raw(site), raw(belay.ID{}), raw(high), none, nil, 20, raw(belay.ID{3, 15: 1}), none}
	}
	var batch pgx.Batch
	batch.Queue(sqlListSettings)
	n := 0
	batch.Queue(sql, args...).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			n++
		}
		return rows.Err()
	})
	if err := conn.SendBatch(b.Context(), &batch).Close(); err != nil {
		b.Fatalf("%s: %v", sql, err)
	}
	if want := map[bool]int{true: 1, false: 20}[name == "by-id"]; n != want {
		b.Fatalf("%s: %d rows; want %d", name, n, want)
	}
}
