package pgtest

import (
	"context"
	"testing"
	"time"
)

// limit is how long any one act of the harness may take.
const limit = time.Minute

// bounded returns a context that also serves in a test's cleanup.
func bounded(t testing.TB) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(t.Context()), limit)
}

// until asks every few milliseconds until the answer is yes or an error, or ctx
// ends.
func until(ctx context.Context, yes func() (bool, error)) error {
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for {
		if ok, err := yes(); ok || err != nil {
			return err
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
