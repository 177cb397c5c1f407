package postgres

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"
	"pgregory.net/rapid"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/belaytest/pgtest"
	"github.com/belay-events/belay/internal/store"
)

var update = flag.Bool("update", false, "write anew what the newest version of the schema holds")

// versions are those of the schema, in order.
func versions(t testing.TB) (list []int64) {
	t.Helper()
	files, err := schema.ReadDir("schema")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		v, err := goose.NumericComponent(file.Name())
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, v)
	}
	return list
}

func lastVersion(t testing.TB) int64 {
	t.Helper()
	all := versions(t)
	return all[len(all)-1]
}

func openHere(t testing.TB, url string) *Store {
	t.Helper()
	s, err := Open(t.Context(), url, Options{Connections: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil && !errors.Is(err, store.ErrClosed) {
			t.Error(err)
		}
	})
	return s
}

// installation is what every file under testdata/upgrade holds, as its version
// wrote it.
type installation struct {
	version         int64
	site, elsewhere belay.ID
	events          []belay.Event
	activations     []belay.Activation
	deliveries      []belay.Delivery // from version 4
}

// fieldsOf are the highest numbers of fields in records when a version of the
// schema was the newest, of types that have got more since.
var fieldsOf = map[int64]map[string]int{
	1: {"Event": 11, "Activation": 24, "ActionState": 14, "Attempt": 10},
	4: {"Event": 20, "Activation": 36, "ActionState": 27, "Attempt": 10},
	6: {"Attempt": 11},
}

// newInstallation returns it as a version wrote it.
func newInstallation(version int64) *installation {
	w := &installation{version: version, site: belay.ID{1, 15: 1}, elsewhere: belay.ID{1, 15: 2}}
	for i, status := range []belay.Status{belay.Scheduled, belay.Started, belay.Ended, belay.Cancelled, belay.Failed, belay.Skipped} {
		e, a := filled(i, fieldsOf[version])
		e.SiteID, a.SiteID = w.site, w.site
		if i == 5 {
			e.SiteID, a.SiteID = w.elsewhere, w.elsewhere
		}
		a.Status = status
		if a.Due = 0; !status.Final() {
			a.Due, a.EndedAt = belay.Instant(1000+i), 0
		}
		w.events, w.activations = append(w.events, e), append(w.activations, a)
	}
	if version >= 4 {
		var d belay.Delivery
		next := 1000
		fill(reflect.ValueOf(&d).Elem(), &next, fieldsOf[version])
		d.SiteID, d.Status = w.site, belay.DeliveryWaiting
		w.deliveries = append(w.deliveries, d)
	}
	return w
}

// places is the version from which on limits have places.
const places = 3

// claim is that of the first activation.
func (w *installation) claim() store.Claim {
	a := &w.activations[0]
	return store.Claim{
		Claim:     belay.Claim{Counter: a.Place.Counter, At: a.Place.At, Max: 1, Until: 1 << 50},
		Otherwise: belay.Activation{ID: a.ID, SiteID: a.SiteID, Version: 1, Status: belay.Skipped},
	}
}

// filled returns an event and its activation with a value in every field that is
// among the fields known.
func filled(n int, known map[string]int) (e belay.Event, a belay.Activation) {
	next := 100 * (n + 1)
	fill(reflect.ValueOf(&e).Elem(), &next, known)
	fill(reflect.ValueOf(&a).Elem(), &next, known)
	e.Activations = []belay.ID{a.ID}
	a.EventID, a.EntityID, a.AppID, a.TriggerKey = e.ID, e.EntityID, e.AppID, e.TriggerKey
	a.Version = 1
	return e, a
}

// fill puts another value into each field, two into each list.
func fill(v reflect.Value, next *int, known map[string]int) {
	*next++
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			digits, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("cbor"), ",")
			n, _ := strconv.Atoi(digits)
			if most, old := known[v.Type().Name()]; !old || n <= most {
				fill(v.Field(i), next, known)
			}
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), next, known)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fill(v.Index(i), next, known)
		}
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), next, known)
		}
	case reflect.String:
		v.SetString(fmt.Sprintf("%s %d", strings.ToLower(v.Type().Name()), *next))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Uint8:
		v.SetUint(uint64(*next%7 + 1))
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*next))
	default:
		panic("a field of the kind " + v.Kind().String())
	}
}

// write puts it into a store.
func (w *installation) write(t testing.TB, s store.Store) {
	t.Helper()
	b := &store.Batch{
		Changes: []store.Change{
			{Puts: []store.Put{{Kind: "app", Key: "a", Value: []byte(`{"shared":1}`)}}},
			{Scope: w.site, Puts: []store.Put{{Kind: "automation", Key: "a", Value: []byte(`{"n":1}`)}, {Kind: "automation", Key: "ä", Value: []byte(`{"n":2}`)}}, Deliveries: w.deliveries},
		},
		Entries: []store.Entry{{SiteID: w.site, Stream: "outbox", ID: belay.ID{9}, Value: []byte("mail")}},
	}
	for i, e := range w.events {
		version := int64(1)
		if e.SiteID == w.elsewhere {
			version = 0
		}
		b.Reports = append(b.Reports, store.Report{
			Event: e, Activations: []belay.Activation{w.activations[i]}, SiteVersion: version, GlobalVersion: 1, Now: 1, KeyUntil: 1 << 50,
		})
	}
	if w.version >= places {
		b.Reports[0].Claims = []store.Claim{w.claim()}
	}
	r, err := s.Commit(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range r.Reports {
		if a.Outcome != store.Accepted {
			t.Fatalf("report %d: %+v", i, a)
		}
	}
	// One that a cancel called off, which leaves its body as it was.
	if _, err := s.Commit(t.Context(), &store.Batch{Cancels: []store.Cancel{w.cancel()}}); err != nil {
		t.Fatal(err)
	}
	w.activations[1] = w.activations[1].Cancel(belay.EventCancelled, belay.Identity{UserID: "u"}, 77)
}

func (w *installation) cancel() store.Cancel {
	return store.Cancel{
		SiteID: w.site, Selector: store.Selector{ActivationID: w.activations[1].ID},
		Reason: belay.EventCancelled, By: belay.Identity{UserID: "u"}, Now: 77,
	}
}

// read checks that all of it is there, and goes on with it.
func (w *installation) read(t testing.TB, s store.Store) {
	t.Helper()
	same := func(what string, got, want any, err error) {
		t.Helper()
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", what, err, diff)
		}
	}
	ctx := t.Context()
	var due []store.Due
	for i, e := range w.events {
		got, err := s.Event(ctx, e.SiteID, e.ID)
		same("event", got, e, err)
		a, err := s.Activation(ctx, e.SiteID, w.activations[i].ID)
		same("activation", a, w.activations[i], err)
		if a.Due != 0 {
			due = append(due, store.Due{At: a.Due, SiteID: a.SiteID, ActivationID: a.ID})
		}
	}
	found, err := s.Due(ctx, store.DueQuery{Until: 1 << 50, Limit: 100})
	same("due", found, due, err)
	docs, version, err := s.Docs(ctx, w.site, "automation", "", 0)
	same("documents", docs, []store.Doc{{Key: "a", Revision: 1, Value: []byte(`{"n":1}`)}, {Key: "ä", Revision: 1, Value: []byte(`{"n":2}`)}}, err)
	same("version", version, int64(1), nil)
	docs, version, err = s.Docs(ctx, belay.ID{}, "app", "", 0)
	same("shared documents", docs, []store.Doc{{Key: "a", Revision: 1, Value: []byte(`{"shared":1}`)}}, err)
	same("shared version", version, int64(1), nil)
	entries, err := s.Entries(ctx, store.EntryQuery{SiteID: w.site, Stream: "outbox", Page: store.Page{Limit: 10}})
	same("entries", entries, []store.Entry{{SiteID: w.site, Stream: "outbox", ID: belay.ID{9}, Value: []byte("mail")}}, err)
	told, err := s.Deliveries(ctx, store.DeliveryQuery{SiteID: w.site, Page: store.Page{Limit: 10}})
	same("deliveries", told, w.deliveries, err)
	for _, d := range w.deliveries {
		waits, err := s.DueDeliveries(ctx, store.DueDeliveryQuery{AppID: d.AppID, Until: 1 << 50, Limit: 9})
		same("due deliveries", waits, []store.DueDelivery{{At: d.Due, SiteID: w.site, EntityID: d.EntityID, DeliveryID: d.ID}}, err)
		first, err := s.FirstDelivery(ctx, w.site, d.AppID, d.EntityID)
		same("first delivery", first, d, err)
	}
	list, err := s.Activations(ctx, store.ActivationQuery{SiteID: w.site, EntityID: w.activations[0].EntityID, Page: store.Page{Limit: 10}})
	same("of the entity", list, w.activations[:1], err)
	if w.version >= places {
		a, c := &w.activations[0], w.claim()
		taken, err := s.Places(ctx, store.PlaceQuery{SiteID: w.site, Limit: 10})
		same("places", taken, []store.Place{{
			SiteID: w.site, AutomationID: a.AutomationID, Counter: c.Counter, At: c.At, ActivationID: a.ID, Until: c.Until,
		}}, err)
	}

	// The key is still taken, the cancel known, and what is pending can start.
	again := store.Report{Event: w.events[0], SiteVersion: 1, GlobalVersion: 1, Now: 2, KeyUntil: 1 << 50}
	again.Event.ID, again.Event.Activations = belay.ID{0xee}, nil
	c := w.cancel()
	c.Again = true
	next := w.activations[0].Clone()
	next.Version, next.Status = 2, belay.Started
	r, err := s.Commit(ctx, &store.Batch{
		Reports: []store.Report{again}, Cancels: []store.Cancel{c}, Saves: []store.Save{{Activation: next, Version: 1}},
	})
	if err != nil {
		t.Fatal(err)
	}
	same("answer", r.Reports[0], store.Reported{Outcome: store.Repeated, EventID: w.events[0].ID, Activations: w.events[0].Activations}, nil)
	same("canceled", r.Cancels[0].IDs, []belay.ID{w.activations[1].ID}, nil)
	same("saved", r.Saves[0], store.Kept, nil)
}

// TestEveryEarlierVersionCanBeUpgraded loads what each version of the schema
// wrote and brings it to today's. A new step of the schema needs the file of the
// version before it, which -update wrote when that was the newest.
func TestEveryEarlierVersionCanBeUpgraded(t *testing.T) {
	server := pgtest.Shared(t)
	last := lastVersion(t)
	if *update {
		writeInstallation(t, server, last)
	}
	for _, v := range versions(t) {
		t.Run(fmt.Sprint(v), func(t *testing.T) {
			rows, err := os.ReadFile(installationFile(v))
			if errors.Is(err, os.ErrNotExist) && v < last {
				t.Skip("no release had it as its newest")
			}
			if err != nil {
				t.Fatalf("what version %d wrote is not kept: %v", v, err)
			}
			url := server.Database(t)
			if from, to, err := migrateTo(t.Context(), url, v); err != nil || from != 0 || to != v {
				t.Fatalf("migrateTo(%d) = %d, %d, %v", v, from, to, err)
			}
			server.Exec(t, pgtest.NameOf(url), string(rows))
			if v < last {
				if _, err := Open(t.Context(), url, Options{}); err == nil || !strings.Contains(err.Error(), "belay migrate") {
					t.Errorf("Open() before = %v; want that it says how to go on", err)
				}
			}
			if from, to, err := Migrate(t.Context(), url); err != nil || from != v || to != last {
				t.Fatalf("Migrate() = %d, %d, %v; want %d, %d", from, to, err, v, last)
			}
			w := newInstallation(v)
			w.activations[1] = w.activations[1].Cancel(belay.EventCancelled, belay.Identity{UserID: "u"}, 77)
			w.read(t, openHere(t, url))
		})
	}
}

func installationFile(version int64) string {
	return filepath.Join("testdata", "upgrade", fmt.Sprintf("%d.sql", version))
}

// writeInstallation writes the rows of all tables as statements.
func writeInstallation(t *testing.T, server *pgtest.Server, version int64) {
	t.Helper()
	url := server.Database(t)
	if _, _, err := Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	newInstallation(version).write(t, openHere(t, url))
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	text := func(sql string, args ...any) (lines []string) {
		rows, err := conn.Query(t.Context(), sql, args...)
		if err != nil {
			t.Fatal(err)
		}
		if lines, err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil {
			t.Fatal(err)
		}
		return lines
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "-- What a Belay whose schema is version %d wrote. Never changed once that is released.\n", version)
	for _, table := range text(`select relname::text from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
		and relname not like 'belay_schema%' order by relname`) {
		columns := text(`select attname::text from pg_attribute where attrelid = $1::text::regclass and attnum > 0 and not attisdropped order by attnum`, table)
		values := make([]string, len(columns))
		for i, c := range columns {
			values[i] = "quote_nullable(" + c + "::text)"
		}
		// Rows that the schema itself makes are put in the place of its own.
		remove := `''`
		switch table {
		case "bucket":
			remove = `'delete from bucket where bucket = ' || bucket || ';' || chr(10)`
		case "global_scope":
			remove = `'delete from global_scope;' || chr(10)`
		}
		where := ""
		if table == "bucket" {
			where = " where commits > 0"
		}
		for _, line := range text(fmt.Sprintf(`select %[1]s || 'insert into %[2]s (%[3]s) values (' || concat_ws(', ', %[4]s) || ');' from %[2]s t%[5]s order by t::text`,
			remove, table, strings.Join(columns, ", "), strings.Join(values, ", "), where)) {
			out.WriteString(line + "\n")
		}
	}
	if err := os.MkdirAll(filepath.Dir(installationFile(version)), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(installationFile(version), out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestNodesMayMigrateAtOnce(t *testing.T) {
	t.Parallel()
	server := pgtest.Shared(t)
	url := server.Database(t)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if _, to, err := Migrate(t.Context(), url); err != nil || to != lastVersion(t) {
				t.Errorf("Migrate() = … %d, %v", to, err)
			}
		})
	}
	all.Wait()
	openHere(t, url)
	history := `select string_agg(version_id::text, ' ' order by id) from belay_schema`
	before := server.Exec(t, pgtest.NameOf(url), history)
	if from, to, err := Migrate(t.Context(), url); err != nil || from != to {
		t.Errorf("Migrate() once more = %d, %d, %v; want that nothing is done", from, to, err)
	}
	if after := server.Exec(t, pgtest.NameOf(url), history); after != before || strings.Count(after, " ") != len(versions(t)) {
		t.Errorf("steps taken: %s, and then %s", before, after)
	}
}

func TestEveryFieldSurvivesTheDatabase(t *testing.T) {
	server := pgtest.Shared(t)
	url := server.Database(t)
	if _, _, err := Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	s := openHere(t, url)
	survives := func(t rapid.TB, e belay.Event, a belay.Activation) {
		r, err := s.Commit(context.Background(), &store.Batch{Reports: []store.Report{{Event: e, Activations: []belay.Activation{a}, KeyUntil: 1, Now: 2}}})
		if err != nil || r.Reports[0].Outcome != store.Accepted {
			t.Fatalf("Commit() = %+v, %v", r, err)
		}
		gotEvent, err := s.Event(context.Background(), e.SiteID, e.ID)
		if diff := cmp.Diff(e, gotEvent, cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Fatalf("event: %v (-want +got):\n%s", err, diff)
		}
		gotActivation, err := s.Activation(context.Background(), a.SiteID, a.ID)
		if diff := cmp.Diff(a, gotActivation, cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Fatalf("activation: %v (-want +got):\n%s", err, diff)
		}
		a.Version++
		a.Error += "\xff\x00"
		r, err = s.Commit(context.Background(), &store.Batch{Saves: []store.Save{{Activation: a, Version: a.Version - 1}}})
		if err != nil || r.Saves[0] != store.Kept {
			t.Fatalf("Commit() = %+v, %v", r, err)
		}
		gotActivation, err = s.Activation(context.Background(), a.SiteID, a.ID)
		if diff := cmp.Diff(a, gotActivation, cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Fatalf("activation saved: %v (-want +got):\n%s", err, diff)
		}
	}
	for i := range 7 {
		e, a := filled(i, nil)
		a.SiteID, a.Status = e.SiteID, belay.Status(i+1)
		survives(t, e, a)
	}
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		e, a := rapid.Make[belay.Event]().Draw(t, "event"), rapid.Make[belay.Activation]().Draw(t, "activation")
		n++
		e.ID, a.ID = belay.ID{byte(n >> 8), byte(n), 15: 1}, belay.ID{byte(n >> 8), byte(n), 15: 2}
		e.Activations, a.EventID, a.SiteID = []belay.ID{a.ID}, e.ID, e.SiteID
		a.Status = belay.Status(rapid.IntRange(1, 7).Draw(t, "status"))
		a.Version = int64(rapid.IntRange(1, 1<<40).Draw(t, "version"))
		survives(t, e, a)
	})
}
