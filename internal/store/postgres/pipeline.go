package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// pipeline is statements that are sent in one go, with what reads their rows.
// Where none of them begins a transaction, they are one.
type pipeline struct {
	bucket int16
	fence  int64 // of a commit that has not locked its bucket; else 0
	batch  pgx.Batch
	reads  []func(pgx.BatchResults) error
	after  []func() // called when all rows are in
	sent   int
	off    []off // called off by cancels that tell
	told   []belay.Delivery
	before map[*store.Saved]bool // answers to saves that were kept before
}

func newPipeline(bucket uint8) *pipeline { return &pipeline{bucket: int16(bucket)} }

// add queues a statement; read, which may be nil, is called for each of its rows.
func (p *pipeline) add(sql string, read func(pgx.Rows) error, args ...any) {
	p.batch.Queue(sql, args...)
	p.reads = append(p.reads, func(results pgx.BatchResults) error { return readAll(results, read) })
}

// run sends what was queued, and starts anew.
func (p *pipeline) run(ctx context.Context, conn *pgxpool.Conn) error {
	results := conn.SendBatch(ctx, &p.batch)
	var err error
	for _, read := range p.reads {
		if err = read(results); err != nil {
			break
		}
	}
	err = errors.Join(err, results.Close())
	p.sent += len(p.reads)
	if err == nil {
		for _, do := range p.after {
			do()
		}
	}
	p.batch, p.reads, p.after = pgx.Batch{}, nil, nil
	return err
}

func readAll(results pgx.BatchResults, read func(pgx.Rows) error) error {
	if read == nil {
		_, err := results.Exec()
		return err
	}
	rows, err := results.Query()
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := read(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// count queues a statement without rows, and keeps how many it concerned.
func (p *pipeline) count(sql string, n *int, args ...any) {
	p.batch.Queue(sql, args...)
	p.reads = append(p.reads, func(results pgx.BatchResults) error {
		tag, err := results.Exec()
		*n = int(tag.RowsAffected())
		return err
	})
}
