// Package pebble keeps the store's contract in one folder on disk, by a
// log-structured tree (cockroachdb/pebble). One writer commits batches, each
// with one synced record in the write-ahead log; readers use snapshots.
//
// Start with keys.go, the layout, then commit.go. What a folder does when its
// disk fails stands in folder.go.
package pebble

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"sync"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// Options adjust a store. The zero value is right for production.
type Options struct {
	// FS is the file system, vfs.Default where nil.
	FS vfs.FS
	// CacheBytes bounds the memory for blocks read and for writes not yet in
	// tables, together; 0 stands for 96 MiB. Without cgo the garbage collector
	// counts it as live, and lets the process grow in proportion.
	CacheBytes int64
	// ReserveBytes is the free space of the disk below which nothing is accepted;
	// cancels alone, or saves alone, may use its second half. 0 stands for
	// 256 MiB, less than 0 for none.
	ReserveBytes int64
	// Logger is told of what goes on in the background; nil drops it.
	Logger *slog.Logger
	// Moved opens the folder although its data were moved elsewhere, to be looked at.
	Moved bool
	// VirtualTime leaves out the ticking of background work, for tests in which
	// every tick of a year is a real one.
	VirtualTime bool
}

const (
	defaultCache   = 96 << 20
	defaultReserve = 256 << 20
	maxMemTable    = 24 << 20
)

// Store is a store in a folder. Its methods are safe for concurrent use.
type Store struct {
	db     *pebble.DB
	folder *folder
	room   *room
	codec  codec
	dir    string
	log    *slog.Logger
	unlock func() error

	// state is held for reading by whoever uses db, for writing by Close.
	state   sync.RWMutex
	closed  bool
	horizon horizon

	commit   sync.Mutex // held by Commit; guards what follows
	versions map[belay.ID]int64
	swept    map[belay.ID]belay.Instant
}

var _ store.Store = (*Store)(nil)

// Open opens the store in dir, making it where there is none. It returns
// store.ErrInUse while another process, or another Store of this one, has it
// open; store.ErrNewer where a newer Belay wrote it, having changed nothing;
// store.ErrFull where there is no room to open it; a *store.MovedError where its
// data were moved elsewhere. What was acknowledged is
// there, however the last process ended.
func Open(dir string, o Options) (*Store, error) {
	if o.FS == nil {
		o.FS = vfs.Default
	}
	if o.CacheBytes <= 0 {
		o.CacheBytes = defaultCache
	}
	if o.ReserveBytes == 0 {
		o.ReserveBytes = defaultReserve
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	codec, err := newCodec()
	if err != nil {
		return nil, err
	}
	fresh, err := checkFormat(o.FS, dir)
	if err != nil {
		return nil, err
	}
	if err := o.FS.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("pebble: make folder: %w", asFull(err))
	}
	unlock, err := lock(o.FS, dir)
	if err != nil {
		return nil, err
	}
	s := &Store{
		folder: newFolder(o.FS, dir), codec: codec, dir: dir, log: o.Logger, unlock: unlock,
		room:     &room{fs: o.FS, dir: dir, reserve: o.ReserveBytes},
		versions: map[belay.ID]int64{}, swept: map[belay.ID]belay.Instant{},
	}
	if err := s.open(o, fresh); err != nil {
		return nil, errors.Join(err, unlock())
	}
	return s, nil
}

func (s *Store) open(o Options, fresh bool) error {
	if fresh {
		if err := writeFormat(o.FS, s.dir); err != nil {
			return err
		}
	}
	if !o.Moved { // under the lock, which a move holds until it has ended
		if err := checkMoved(o.FS, s.dir); err != nil {
			return err
		}
	}
	db, err := openDB(s.dir, s.folder, o)
	if err != nil {
		return err
	}
	if cause := s.folder.opened(); cause != nil {
		return errors.Join(fmt.Errorf("pebble: open: %w", asFull(cause)), db.Close())
	}
	s.db = db
	return nil
}

func openDB(dir string, f *folder, o Options) (db *pebble.DB, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("pebble: open: %w", asFatal(r))
		}
	}()
	po := dbOptions(f, o)
	defer po.Cache.Unref()
	if db, err = pebble.Open(dir, po); err != nil {
		return nil, fmt.Errorf("pebble: open: %w", asFull(err))
	}
	return db, nil
}

// dbOptions are Pebble's settings. The benchmarks beside this package measure
// them: tables of level 0 are let gather, because keys of random entities touch
// every table of the level below and each merge rewrites it. Blocks are small and
// compressed quickly rather than well, because a cancel among a million finds few
// of those that it reads in the cache: blocks of 16 KiB and zstd took a seventh
// off the disk and made the writer's part of that cancel 1.6 times as dear.
func dbOptions(f *folder, o Options) *pebble.Options {
	po := &pebble.Options{
		FS:                          f,
		Comparer:                    comparer(),
		Cache:                       pebble.NewCache(o.CacheBytes),
		FormatMajorVersion:          pebble.FormatTableFormatV6,
		MemTableSize:                max(min(uint64(o.CacheBytes)/4, maxMemTable), 1<<20),
		MemTableStopWritesThreshold: 3, // and so many logs, at most, are kept to be written anew
		L0CompactionThreshold:       8,
		L0StopWritesThreshold:       40,
		LBaseMaxBytes:               64 << 20,
		MaxOpenFiles:                1000,
		BytesPerSync:                1 << 20,
		Logger:                      logger{o.Logger, f},
		CompactionConcurrencyRange:  func() (int, int) { return 1, max(1, min(3, runtime.NumCPU()/2)) },
		EventListener: &pebble.EventListener{
			BackgroundError: func(err error) { o.Logger.Error("background work of the store failed", "error", err) },
			DataCorruption: func(i pebble.DataCorruptionInfo) {
				o.Logger.Error("a file of the store is damaged", "file", i.Path, "error", i.Details)
			},
			WriteStallBegin: func(i pebble.WriteStallBeginInfo) { o.Logger.Warn("writes wait for the disk", "reason", i.Reason) },
			WriteStallEnd:   func() { o.Logger.Info("writes go on") },
		},
	}
	po.TargetFileSizes[0] = 4 << 20
	for i := range po.Levels {
		l := &po.Levels[i]
		l.BlockSize, l.IndexBlockSize = 4<<10, 128<<10
		l.FilterPolicy, l.FilterType = bloom.FilterPolicy(10), pebble.TableFilter
	}
	po.ApplyCompressionSettings(func() pebble.DBCompressionSettings { return pebble.DBCompressionFastest })
	if o.VirtualTime {
		po.Experimental.CompactionScheduler = pebble.NewConcurrencyLimitSchedulerWithNoPeriodicGrantingForTest()
	}
	return po
}

func lock(fs vfs.FS, dir string) (unlock func() error, err error) {
	held, err := fs.Lock(fs.PathJoin(dir, "LOCK"))
	if err == nil {
		return held.Close, nil
	}
	// A file that cannot be made has a path; a lock that is held has none.
	if _, ok := errors.AsType[*os.PathError](err); ok {
		return nil, fmt.Errorf("pebble: lock folder: %w", asFull(err))
	}
	return nil, fmt.Errorf("pebble: lock folder: %w: %w", store.ErrInUse, err)
}

// enter lets the caller use db until exit.
func (s *Store) enter() error {
	s.state.RLock()
	var err error
	switch {
	case s.closed:
		err = store.ErrClosed
	case s.folder.failure() != nil:
		err = fmt.Errorf("pebble: %w: %w", store.ErrBroken, s.folder.failure())
	}
	if err != nil {
		s.state.RUnlock()
	}
	return err
}

func (s *Store) exit() { s.state.RUnlock() }

// Close waits for what is under way and lets go of the folder. It does not wait
// for a disk that fails. A second Close returns store.ErrClosed.
func (s *Store) Close() error {
	// A flush that fails again and again holds up a commit, and the commit this
	// method: frozen, it ends.
	if s.folder.failing() {
		s.folder.freeze(errors.New("closed while tables could not be written"))
	}
	s.state.Lock()
	defer s.state.Unlock()
	if s.closed {
		return store.ErrClosed
	}
	s.closed = true
	if s.folder.dead() {
		// The tree stopped half-way, its locks held; it can do no harm, since
		// its folder is frozen.
		return s.unlock()
	}
	err := s.db.Close()
	if err != nil {
		err = fmt.Errorf("pebble: close: %w", err)
	}
	return errors.Join(err, s.unlock())
}

// DiskBytes is what the store takes of the disk; it is cheap, and 0 once it is closed.
func (s *Store) DiskBytes() int64 {
	if s.enter() != nil {
		return 0
	}
	defer s.exit()
	return int64(s.db.Metrics().DiskSpaceUsage())
}

// Stats counts by reading every key, seconds for millions. DiskBytes is what the
// folder takes, log included.
func (s *Store) Stats(ctx context.Context) (store.Stats, error) {
	var st store.Stats
	if err := s.enter(); err != nil {
		return st, err
	}
	defer s.exit()
	snap := s.db.NewSnapshot()
	defer snap.Close()
	for _, c := range []struct {
		kind byte
		n    *int64
	}{
		{kindEvent, &st.Events},
		{kindEndedAutomation, &st.Activations}, // smaller than the records
		{kindPendingAutomation, &st.Pending},
		{kindPlace, &st.Places},
	} {
		err := scan(ctx, snap, []byte{c.kind}, func(_ []byte, _ func() ([]byte, error)) error {
			*c.n++
			return nil
		})
		if err != nil {
			return st, fmt.Errorf("pebble: count: %w", err)
		}
	}
	st.Activations += st.Pending
	st.DiskBytes = int64(s.db.Metrics().DiskSpaceUsage())
	return st, nil
}
