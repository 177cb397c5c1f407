package pebble

import (
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/belay-events/belay/internal/store"
)

// room watches the free space of the disk. It is used by the writer alone.
type room struct {
	fs      vfs.FS
	dir     string
	reserve int64 // none where it is not positive

	known   int64 // free when the disk was last asked
	commits int   // since then
}

// farCommits is how many commits may pass between two looks at a disk that has
// more than four times the reserve.
const farCommits = 64

// take returns store.ErrFull when a batch may not be written. Batches that only
// cancel, or only save, or only purge, may use the second half of the reserve,
// so that what is under way can be called off and recorded, and room be made,
// when nothing new is accepted.
func (r *room) take(b *store.Batch) error {
	if r.reserve <= 0 {
		return nil
	}
	if r.commits == 0 || r.commits >= farCommits || r.known < 4*r.reserve {
		usage, err := r.fs.GetDiskUsage(r.dir)
		if errors.Is(err, vfs.ErrUnsupported) {
			r.reserve = 0
			return nil
		}
		if err != nil {
			return fmt.Errorf("pebble: ask for free space: %w", err)
		}
		r.known, r.commits = int64(min(usage.AvailBytes, 1<<62)), 0
	}
	r.commits++
	need := r.reserve
	if len(b.Changes)+len(b.Reports)+len(b.Entries) == 0 && (len(b.Cancels) == 0 || len(b.Saves)+len(b.Deliveries) == 0) {
		need /= 2
	}
	if r.known < need {
		return fmt.Errorf("pebble: %d bytes free of a reserve of %d: %w", r.known, r.reserve, store.ErrFull)
	}
	return nil
}
