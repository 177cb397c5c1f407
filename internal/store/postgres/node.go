package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

var (
	_ store.Nodes   = (*Store)(nil)
	_ store.Fences  = (*Store)(nil)
	_ store.Commits = (*Store)(nil)
)

// What nodes say of themselves, by the database's clock.
const (
	sqlBeat = `
insert into node (id, name, version, began, seen, leaving, address, key, machine)
values ($1, $2, $3, clock_timestamp(), clock_timestamp(), $4, $5, $6, $7)
on conflict (id) do update set seen = excluded.seen, leaving = excluded.leaving`
	sqlNodes = `
select id, name, version, began, seen, leaving, address, key, machine, clock_timestamp()
from node where seen > clock_timestamp() - make_interval(secs => $1)
order by id`
	sqlServers = `
select name from node where seen > clock_timestamp() - make_interval(secs => $1)
order by id`
	sqlForgetNodes = `delete from node where seen < clock_timestamp() - interval '1 hour'`
	sqlLeave       = `delete from node where id = $1`
)

// Heartbeat keeps that a node lives, and returns those that do.
func (s *Store) Heartbeat(ctx context.Context, n store.Node, ttl time.Duration) (store.Beat, error) {
	if err := s.enter(ctx); err != nil {
		return store.Beat{}, err
	}
	defer s.exit()
	var beat store.Beat
	err := s.read(ctx, "heartbeat", func(ctx context.Context, q querier) error {
		beat = store.Beat{}
		var batch pgx.Batch
		batch.Queue(sqlBeat, n.ID, n.Name, n.Version, n.Leaving, n.Address, orEmpty(n.Key), n.Machine)
		batch.Queue(sqlForgetNodes)
		batch.Queue(sqlNodes, ttl.Seconds())
		results := q.SendBatch(ctx, &batch)
		defer results.Close()
		for range batch.Len() - 1 {
			if _, err := results.Exec(); err != nil {
				return err
			}
		}
		rows, err := results.Query()
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var one store.Node
			if err := rows.Scan(&one.ID, &one.Name, &one.Version, &one.Began, &one.Seen, &one.Leaving, &one.Address, &one.Key, &one.Machine, &beat.Now); err != nil {
				return err
			}
			beat.Nodes = append(beat.Nodes, one)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		return results.Close()
	})
	return beat, err
}

// orEmpty is never nil, which would be null.
func orEmpty(b []byte) []byte { return append([]byte{}, b...) }

// Leave forgets a node.
func (s *Store) Leave(ctx context.Context, id string) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.exit()
	ctx, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	if _, err := s.pool.Exec(ctx, sqlLeave, id); err != nil {
		return fmt.Errorf("postgres: leave: %w", asUnreachable(err))
	}
	return nil
}

// Commits returns how often each bucket was committed, by whichever node.
func (s *Store) Commits(ctx context.Context, of *store.Buckets) (counts [belay.Buckets]int64, err error) {
	err = s.eachBucket(ctx, "commits", of, func() { counts = [belay.Buckets]int64{} }, func(batch *pgx.Batch, bucket int16) {
		batch.Queue(sqlCommits, bucket).QueryRow(func(row pgx.Row) error { return row.Scan(&counts[bucket]) })
	})
	return counts, err
}
