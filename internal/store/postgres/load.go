package postgres

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// Loader fills a database with the rows of another store. While it does, and
// until Finish, Open refuses the database. Its methods but Close may be called by
// many at once.
type Loader struct {
	pool  *pgxpool.Pool
	codec codec
}

// Moving is what a database says of the move into it.
type Moving struct {
	ID   string `json:"id"` // tells it from other moves
	From string `json:"from"`
}

// The mark of a move stands among what all sites share, as a document of a kind
// that nothing else has.
var (
	moveKind = []byte("belay.move")
	moveKey  = []byte("under way")
)

const (
	sqlMoving     = `select value from global_doc where kind = $1 and key = $2`
	sqlBeginMove  = `insert into global_doc (kind, key, revision, value) values ($1, $2, 1, $3) on conflict (kind, key) do nothing`
	sqlEndMove    = `delete from global_doc where kind = $1 and key = $2`
	sqlSharedRows = `select (select version from global_scope), (select count(*) from global_doc where kind <> $1)`

	sqlWalkGlobalScope    = `select version from global_scope where version <> 0`
	sqlWalkGlobalDocMarks = `select kind, key, revision, sha256(value) from global_doc where kind <> $1 order by length(kind), kind, key`
	sqlWalkGlobalDocs     = `select kind, key, revision, value from global_doc where kind <> $1 order by length(kind), kind, key`
)

// Who may not be loaded into.
var (
	// ErrOccupied: the database holds data of its own.
	ErrOccupied = errors.New("postgres: the database holds an installation of its own")
	// ErrServed: nodes serve the database.
	ErrServed = errors.New("postgres: servers run on the database")
	// ErrOtherMove: another move into the database was begun.
	ErrOtherMove = errors.New("postgres: another move into the database was begun")
)

// OpenLoader connects to a database whose schema must be this version's.
func OpenLoader(ctx context.Context, address string, o Options) (*Loader, error) {
	s, err := open(ctx, address, o)
	if err != nil {
		return nil, err
	}
	return &Loader{pool: s.pool, codec: s.codec}, nil
}

// Close lets go of the connections.
func (l *Loader) Close() { l.pool.Close() }

// Connections is how many calls may go on at once.
func (l *Loader) Connections() int { return int(l.pool.Config().MaxConns) }

// Begin takes the database for a move. It returns true where that very move was
// begun before. It returns ErrServed, ErrOccupied or ErrOtherMove, having changed
// nothing, where the database is not to be had.
func (l *Loader) Begin(ctx context.Context, m Moving) (again bool, err error) {
	text, err := json.Marshal(m)
	if err != nil {
		return false, fmt.Errorf("postgres: begin a move: %w", err)
	}
	was, err := moving(ctx, l.pool)
	switch {
	case err != nil:
		return false, err
	case was.ID == m.ID:
		return true, l.unserved(ctx)
	case was.ID != "":
		return false, fmt.Errorf("%w, from %s", ErrOtherMove, was.From)
	}
	if err := l.vacant(ctx); err != nil {
		return false, err
	}
	// From here on no server opens it; one that opened it before is seen.
	if _, err := l.pool.Exec(ctx, sqlBeginMove, moveKind, moveKey, text); err != nil {
		return false, fmt.Errorf("postgres: begin a move: %w", asUnreachable(err))
	}
	if was, err = moving(ctx, l.pool); err == nil && was.ID != m.ID {
		return false, fmt.Errorf("%w, from %s", ErrOtherMove, was.From)
	}
	if err == nil {
		err = l.unserved(ctx)
	}
	if err != nil {
		return false, errors.Join(err, l.endMove(ctx))
	}
	return false, nil
}

// moving returns what a database says of a move into it, the zero Moving for none.
func moving(ctx context.Context, q querier) (m Moving, err error) {
	var text []byte
	err = q.QueryRow(ctx, sqlMoving, moveKind, moveKey).Scan(&text)
	if errors.Is(err, pgx.ErrNoRows) {
		return Moving{}, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil {
		return Moving{}, fmt.Errorf("postgres: read the mark of a move: %w", asUnreachable(err))
	}
	return m, nil
}

// Moving returns the move that is under way into the database, the zero Moving
// for none.
func (l *Loader) Moving(ctx context.Context) (Moving, error) { return moving(ctx, l.pool) }

// vacant refuses a database that holds something.
func (l *Loader) vacant(ctx context.Context) error {
	var version, docs, sites int64
	if err := l.pool.QueryRow(ctx, sqlSharedRows, moveKind).Scan(&version, &docs); err != nil {
		return fmt.Errorf("postgres: look what is there: %w", asUnreachable(err))
	}
	occupied := version != 0 || docs != 0
	var batch pgx.Batch
	for b := range belay.Buckets {
		batch.Queue(sqlHolds, int16(b)).QueryRow(func(row pgx.Row) error {
			var n int64
			var more bool
			err := row.Scan(&n, &more)
			sites += n
			occupied = occupied || n > 0 || more
			return err
		})
	}
	if err := l.pool.SendBatch(ctx, &batch).Close(); err != nil {
		return fmt.Errorf("postgres: look what is there: %w", asUnreachable(err))
	}
	if occupied {
		return fmt.Errorf("%w: %d sites", ErrOccupied, sites)
	}
	return nil
}

// aliveFor is how long after its last word a node counts as running.
const aliveFor = time.Minute

// unserved refuses a database on which nodes run.
func (l *Loader) unserved(ctx context.Context) error {
	rows, err := l.pool.Query(ctx, sqlServers, aliveFor.Seconds())
	if err != nil {
		return fmt.Errorf("postgres: look for servers: %w", asUnreachable(err))
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("postgres: look for servers: %w", asUnreachable(err))
	}
	if len(names) > 0 {
		return fmt.Errorf("%w: %s", ErrServed, strings.Join(names, ", "))
	}
	return nil
}

// Finish gives the database over to servers, if the move of that ID is still under
// way into it.
func (l *Loader) Finish(ctx context.Context, id string) error {
	m, err := moving(ctx, l.pool)
	if err == nil && m.ID == id {
		err = l.endMove(ctx)
	}
	return err
}

func (l *Loader) endMove(ctx context.Context) error {
	if _, err := l.pool.Exec(ctx, sqlEndMove, moveKind, moveKey); err != nil {
		return fmt.Errorf("postgres: end a move: %w", asUnreachable(err))
	}
	return nil
}

// Analyze gathers what the database plans its queries by, which it would do by
// itself some minutes after so many rows have come.
func (l *Loader) Analyze(ctx context.Context) error {
	if _, err := l.pool.Exec(ctx, `analyze`); err != nil {
		return fmt.Errorf("postgres: analyze: %w", asUnreachable(err))
	}
	return nil
}

// Put writes rows of one part of a table, none of them twice, in one transaction.
// A row that is there already is replaced.
func (l *Loader) Put(ctx context.Context, t store.Table, part int, rows []any) error {
	if len(rows) == 0 {
		return nil
	}
	var batch pgx.Batch
	batch.Queue(sqlSettings)
	var err error
	if bucket := int16(part); part == store.SharedPart {
		err = putShared(&batch, t, rows)
	} else {
		err = l.put(&batch, t, bucket, rows)
	}
	if err == nil {
		err = l.pool.SendBatch(ctx, &batch).Close()
	}
	if err != nil {
		return fmt.Errorf("postgres: load %s: %w", t, asUnreachable(err))
	}
	return nil
}

var errForeign = errors.New("a row of another table")

// eachRow calls do with each row as what it is.
func eachRow[T any](rows []any, do func(*T)) error {
	for _, row := range rows {
		one, ok := row.(T)
		if !ok {
			return fmt.Errorf("%w: %T", errForeign, row)
		}
		do(&one)
	}
	return nil
}

func putShared(batch *pgx.Batch, t store.Table, rows []any) error {
	switch t {
	case store.Scopes:
		return eachRow(rows, func(s *store.Scope) { batch.Queue(sqlGlobalRaise, s.Version) })
	case store.Docs:
		var n names
		var revisions bigs
		var values texts
		err := eachRow(rows, func(d *store.ScopeDoc) {
			n.add(docKey{d.Kind, d.Key})
			revisions, values = append(revisions, big(d.Revision)), append(values, notNil(d.Value))
		})
		batch.Queue(sqlGlobalPutDocs, n.kinds, n.keys, revisions, values)
		return err
	}
	return fmt.Errorf("%w: %s of no site", errForeign, t)
}

func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

func (l *Loader) put(batch *pgx.Batch, t store.Table, bucket int16, rows []any) (err error) {
	var scopes, names, others ids
	var numbers bigs
	var first, second, values texts
	switch t {
	case store.Scopes:
		err = eachRow(rows, func(s *store.Scope) {
			scopes, numbers = append(scopes, raw(s.ID)), append(numbers, big(s.Version))
		})
		batch.Queue(sqlLoadScopes, bucket, scopes, numbers)
	case store.Docs:
		err = eachRow(rows, func(d *store.ScopeDoc) {
			scopes, first, second = append(scopes, raw(d.Scope)), append(first, []byte(d.Kind)), append(second, []byte(d.Key))
			numbers, values = append(numbers, big(d.Revision)), append(values, notNil(d.Value))
		})
		batch.Queue(sqlLoadDocs, bucket, scopes, first, second, numbers, values)
	case store.Events:
		return l.putEvents(batch, bucket, rows)
	case store.Activations:
		return l.putActivations(batch, bucket, rows)
	case store.Deliveries:
		return l.putDeliveries(batch, bucket, rows)
	case store.Keys:
		err = eachRow(rows, func(k *store.Key) {
			scopes, names = append(scopes, raw(k.SiteID)), append(names, raw(k.Hash))
			others, numbers = append(others, raw(k.Event)), append(numbers, big(k.Until))
		})
		batch.Queue(sqlLoadKeys, bucket, scopes, names, others, numbers)
	case store.Entries:
		err = eachRow(rows, func(e *store.Entry) {
			scopes, first = append(scopes, raw(e.SiteID)), append(first, []byte(e.Stream))
			names, values = append(names, raw(e.ID)), append(values, notNil(e.Value))
		})
		batch.Queue(sqlLoadEntries, bucket, scopes, first, names, values)
	case store.Places:
		var c placeColumns
		err = eachRow(rows, c.add)
		batch.Queue(sqlLoadPlaces, bucket, c.sites, c.automations, c.counters, c.ats, c.activations, c.untils)
	default:
		err = fmt.Errorf("%w: %s", errForeign, t)
	}
	return err
}

func (l *Loader) putEvents(batch *pgx.Batch, bucket int16, rows []any) error {
	var sites, names, apps, entities ids
	var triggers, bodies texts
	var made []string
	var failed error
	err := eachRow(rows, func(e *belay.Event) {
		body, err := l.codec.event(*e)
		failed = errors.Join(failed, err)
		sites, names, apps = append(sites, raw(e.SiteID)), append(names, raw(e.ID)), append(apps, raw(e.AppID))
		triggers, entities = append(triggers, []byte(e.TriggerKey)), append(entities, raw(e.EntityID))
		made, bodies = append(made, literal(e.Activations)), append(bodies, body)
	})
	batch.Queue(sqlLoadEvents, bucket, sites, names, apps, triggers, entities, made, bodies)
	return errors.Join(err, failed)
}

func (l *Loader) putActivations(batch *pgx.Batch, bucket int16, rows []any) error {
	var c activationColumns
	var failed error
	err := eachRow(rows, func(a *belay.Activation) { failed = errors.Join(failed, c.add(l.codec, a)) })
	batch.Queue(sqlLoadActivations, bucket, c.sites, c.ids, c.versions, c.dues, c.ended, c.statuses,
		c.inFlight, c.apps, c.automations, c.events, c.entities, c.triggers, c.cancels, c.bodies)
	return errors.Join(err, failed)
}

func (l *Loader) putDeliveries(batch *pgx.Batch, bucket int16, rows []any) error {
	var c deliveryColumns
	var failed error
	err := eachRow(rows, func(d *belay.Delivery) { failed = errors.Join(failed, c.add(l.codec, d)) })
	batch.Queue(sqlLoadDeliveries, append([]any{bucket}, c.columns()...)...)
	return errors.Join(err, failed)
}

// Drop deletes the rows of one part of a table that the keys name, in the form of
// store.Rows. What is not there is passed over.
func (l *Loader) Drop(ctx context.Context, t store.Table, part int, keys [][]byte) error {
	if len(keys) == 0 {
		return nil
	}
	var batch pgx.Batch
	batch.Queue(sqlSettings)
	shared, bucket := part == store.SharedPart, int16(part)
	for _, key := range keys {
		k, err := cut(t, key)
		if err != nil {
			return err
		}
		switch {
		case shared && t == store.Docs:
			batch.Queue(sqlGlobalDropDocs, texts{k.text}, texts{k.rest})
		case shared && t == store.Scopes:
			batch.Queue(sqlGlobalRaise, int64(0))
		case t == store.Scopes:
			batch.Queue(sqlUnloadScope, bucket, raw(k.scope))
		case t == store.Docs:
			batch.Queue(sqlUnloadDoc, bucket, raw(k.scope), k.text, k.rest)
		case t == store.Events:
			batch.Queue(sqlUnloadEvent, bucket, raw(k.scope), raw(k.id))
		case t == store.Activations:
			batch.Queue(sqlUnloadActivation, bucket, raw(k.scope), raw(k.id))
		case t == store.Deliveries:
			batch.Queue(sqlUnloadDelivery, bucket, raw(k.scope), raw(k.id))
		case t == store.Keys:
			batch.Queue(sqlUnloadKey, bucket, raw(k.scope), raw(k.id))
		case t == store.Places:
			batch.Queue(sqlUnloadPlace, bucket, raw(k.scope), raw(k.id), raw(k.other), k.number, raw(k.last))
		default:
			batch.Queue(sqlUnloadEntry, bucket, raw(k.scope), k.text, raw(k.id))
		}
	}
	if err := l.pool.SendBatch(ctx, &batch).Close(); err != nil {
		return fmt.Errorf("postgres: unload %s: %w", t, asUnreachable(err))
	}
	return nil
}

// keyParts are those of a row's key, as far as its table has them.
type keyParts struct {
	scope, id  belay.ID
	text, rest []byte
	// of a place, whose automation is id
	other, last belay.ID
	number      int64
}

func cut(t store.Table, key []byte) (k keyParts, err error) {
	const idLen = len(belay.ID{})
	bad := fmt.Errorf("postgres: a key %x of %s: %w", key, t, errRecord)
	if len(key) < idLen {
		return k, bad
	}
	k.scope, key = belay.ID(key), key[idLen:]
	if t == store.Docs || t == store.Entries {
		if len(key) < 2 || len(key) < 2+int(binary.BigEndian.Uint16(key)) {
			return k, bad
		}
		n := 2 + int(binary.BigEndian.Uint16(key))
		k.text, key = key[2:n], key[n:]
	}
	switch {
	case t == store.Docs:
		k.rest, key = key, nil
	case t == store.Places && len(key) == 3*idLen+8:
		k.id, k.other = belay.ID(key), belay.ID(key[idLen:])
		k.number, k.last = int64(binary.BigEndian.Uint64(key[2*idLen:])), belay.ID(key[2*idLen+8:])
		key = nil
	case t != store.Scopes && len(key) >= idLen:
		k.id, key = belay.ID(key), key[idLen:]
	case t != store.Scopes:
		return k, bad
	}
	if len(key) > 0 {
		return k, bad
	}
	return k, nil
}

// Rows walks over a part of a table by one statement, on a connection of its own.
// It has rows where whole is set, and marks where it is not.
func (l *Loader) Rows(ctx context.Context, t store.Table, part int, whole bool) (store.Rows, error) {
	sql, args := "", []any{int16(part)}
	if part == store.SharedPart {
		switch t {
		case store.Scopes:
			sql, args = sqlWalkGlobalScope, nil
		case store.Docs:
			sql, args = choose(whole, sqlWalkGlobalDocMarks, sqlWalkGlobalDocs), []any{moveKind}
		default:
			return &walk{}, nil
		}
	} else {
		sql = [...]string{
			store.Scopes: sqlWalkScopes, store.Keys: sqlWalkKeys, store.Places: sqlWalkPlaces,
			store.Docs:        choose(whole, sqlWalkDocMarks, sqlWalkDocs),
			store.Events:      choose(whole, sqlWalkEventMarks, sqlWalkEvents),
			store.Activations: choose(whole, sqlWalkActiveMarks, sqlWalkActives),
			store.Entries:     choose(whole, sqlWalkEntryMarks, sqlWalkEntries),
			store.Deliveries:  choose(whole, sqlWalkToldMarks, sqlWalkTold),
		}[t]
	}
	rows, err := l.pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("postgres: walk over %s: %w", t, asUnreachable(err))
	}
	return &walk{codec: l.codec, table: t, shared: part == store.SharedPart, whole: whole, rows: rows}, nil
}

// walk is rows on their way from the database. A scanned row is in the fields that
// its table has.
type walk struct {
	codec         codec
	table         store.Table
	shared, whole bool
	rows          pgx.Rows
	failed        error

	scope, id, other belay.ID
	text, rest       []byte // kind and key of a document, name of a stream
	number           int64  // version, revision or end
	value            []byte // or its SHA-256
	event            eventRow
	activation       activationRow
	delivery         deliveryRow
	place            store.Place
	key, mark        []byte
}

func (w *walk) Next() bool {
	if w.rows == nil || w.failed != nil || !w.rows.Next() {
		return false
	}
	if w.failed = w.scan(); w.failed != nil {
		return false
	}
	w.key = w.key[:0]
	w.key = append(w.key, w.scope[:]...)
	switch w.table {
	case store.Docs:
		w.key = append(binary.BigEndian.AppendUint16(w.key, uint16(len(w.text))), w.text...)
		w.key = append(w.key, w.rest...)
	case store.Entries:
		w.key = append(binary.BigEndian.AppendUint16(w.key, uint16(len(w.text))), w.text...)
		w.key = append(w.key, w.id[:]...)
	case store.Places:
		p := &w.place
		w.key = append(append(w.key, p.AutomationID[:]...), p.Counter[:]...)
		w.key = append(binary.BigEndian.AppendUint64(w.key, uint64(p.At)), p.ActivationID[:]...)
	case store.Scopes:
	default:
		w.key = append(w.key, w.id[:]...)
	}
	return true
}

func (w *walk) scan() error {
	scope, id := (*[16]byte)(&w.scope), (*[16]byte)(&w.id)
	switch {
	case w.table == store.Scopes && w.shared:
		return w.rows.Scan(&w.number)
	case w.table == store.Scopes:
		return w.rows.Scan(scope, &w.number)
	case w.table == store.Docs && w.shared:
		return w.rows.Scan(&w.text, &w.rest, &w.number, &w.value)
	case w.table == store.Docs:
		return w.rows.Scan(scope, &w.text, &w.rest, &w.number, &w.value)
	case w.table == store.Keys:
		return w.rows.Scan(scope, id, (*[16]byte)(&w.other), &w.number)
	case w.table == store.Entries:
		return w.rows.Scan(scope, &w.text, id, &w.value)
	case w.table == store.Places:
		p := &w.place
		return w.rows.Scan(scope, (*[16]byte)(&p.AutomationID), (*[16]byte)(&p.Counter), &p.At, (*[16]byte)(&p.ActivationID), &p.Until)
	case w.table == store.Events && w.whole:
		r := &w.event
		var made [][16]byte
		err := w.rows.Scan(scope, id, (*[16]byte)(&r.app), &r.trigger, (*[16]byte)(&r.entity), &made, &r.body)
		r.id, r.made = w.id, cooked(made)
		return err
	case w.table == store.Activations && w.whole:
		r := &w.activation
		err := w.rows.Scan(scope, id, (*[16]byte)(&r.app), (*[16]byte)(&r.automation), (*[16]byte)(&r.event),
			(*[16]byte)(&r.entity), &r.trigger, &r.cancel, &r.body)
		r.id = w.id
		return err
	case w.table == store.Deliveries && w.whole:
		r := &w.delivery
		err := w.rows.Scan(scope, id, (*[16]byte)(&r.app), (*[16]byte)(&r.entity), &r.body)
		r.id = w.id
		return err
	case w.table == store.Activations, w.table == store.Deliveries:
		return w.rows.Scan(scope, id, &w.number)
	default:
		return w.rows.Scan(scope, id)
	}
}

func (w *walk) Key() []byte { return w.key }

func (w *walk) Mark() ([]byte, error) {
	if w.whole {
		return nil, errMarks
	}
	w.mark = w.mark[:0]
	switch w.table {
	case store.Scopes, store.Activations, store.Deliveries:
		w.mark = binary.BigEndian.AppendUint64(w.mark, uint64(w.number))
	case store.Keys:
		w.mark = binary.BigEndian.AppendUint64(append(w.mark, w.other[:]...), uint64(w.number))
	case store.Docs:
		w.mark = append(binary.BigEndian.AppendUint64(w.mark, uint64(w.number)), w.value...)
	case store.Entries:
		w.mark = append(w.mark, w.value...)
	case store.Places:
		w.mark = binary.BigEndian.AppendUint64(w.mark, uint64(w.place.Until))
	}
	return w.mark, nil
}

var (
	errMarks = errors.New("postgres: a walk over whole rows has no marks")
	errWhole = errors.New("postgres: a walk over marks has no whole rows")
)

func (w *walk) Row() (row any, size int, err error) {
	if !w.whole {
		return nil, 0, errWhole
	}
	size = len(w.key) + len(w.value)
	switch w.table {
	case store.Scopes:
		row = store.Scope{ID: w.scope, Version: w.number}
	case store.Docs:
		row = store.ScopeDoc{Scope: w.scope, Kind: string(w.text), Doc: store.Doc{
			Key: string(w.rest), Revision: w.number, Value: w.value,
		}}
	case store.Events:
		size += len(w.event.body)
		row, err = w.codec.readEvent(w.scope, &w.event)
	case store.Activations:
		size += len(w.activation.body)
		row, err = w.codec.readActivation(w.scope, &w.activation)
	case store.Deliveries:
		size += len(w.delivery.body)
		row, err = w.codec.readDelivery(w.scope, &w.delivery)
	case store.Keys:
		row = store.Key{SiteID: w.scope, Hash: w.id, Event: w.other, Until: belay.Instant(w.number)}
	case store.Places:
		w.place.SiteID = w.scope
		row = w.place
	default:
		row = store.Entry{SiteID: w.scope, Stream: string(w.text), ID: w.id, Value: w.value}
	}
	return row, size, err
}

func (w *walk) Close() error {
	if w.rows == nil {
		return nil
	}
	w.rows.Close()
	err := w.failed
	if err == nil {
		err = w.rows.Err()
	}
	if err != nil {
		return fmt.Errorf("postgres: walk over %s: %w", w.table, asUnreachable(err))
	}
	return nil
}
