package pebble

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/belay-events/belay/internal/store"
)

// folder is the file system that the tree sees. Pebble has no way on from a
// failed write to its log or manifest: it ends the process, or panics in
// goroutines of its own. So the folder freezes instead: at the first such
// failure the disk keeps exactly what it holds at that moment, as it would in a
// crash, and all later writes go to memory, where the tree may run to its end.
// Commit looks at failure before it acknowledges anything.
//
// A table that cannot be written is no such failure: the log still has what it
// would hold, and Pebble tries again; here it is made to wait in between. But
// Open, which may have to write tables, is not to wait for ever.
type folder struct {
	vfs.FS
	dir    string        // what lies elsewhere, such as a backup, fails by itself
	frozen chan struct{} // closed when the folder froze
	shadow *vfs.MemFS    // what is written from then on

	mu     sync.Mutex
	cause  error
	fatal  bool
	failed int  // writes of tables that failed in a row
	open   bool // no longer opening
}

func newFolder(fs vfs.FS, dir string) *folder {
	return &folder{FS: fs, dir: fs.PathDir(fs.PathJoin(dir, "x")), frozen: make(chan struct{}), shadow: vfs.NewMem()}
}

// failure returns what froze the folder, nil while it has not.
func (f *folder) failure() error {
	select {
	case <-f.frozen:
		return f.cause
	default:
		return nil
	}
}

func (f *folder) freeze(cause error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.freezeLocked(cause)
}

func (f *folder) freezeLocked(cause error) {
	if f.cause == nil {
		f.cause = cause
		close(f.frozen)
	}
}

// die freezes the folder for a tree that stopped in the middle of something.
func (f *folder) die(cause error) {
	f.freeze(cause)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fatal = true
}

func (f *folder) dead() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.fatal
}

func (f *folder) failing() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.failed > 0
}

func (f *folder) tableWritten(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.failed++; err == nil {
		f.failed = 0
	} else if !f.open {
		f.freezeLocked(err)
	}
}

// opened ends the opening, and returns what froze the folder during it.
func (f *folder) opened() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.open = true
	return f.cause
}

// pause waits before a table is tried again, from 100 ms to 6.4 s.
func (f *folder) pause() {
	f.mu.Lock()
	n := f.failed
	f.mu.Unlock()
	if n == 0 {
		return
	}
	t := time.NewTimer(50 * time.Millisecond << min(n, 7))
	defer t.Stop()
	select {
	case <-t.C:
	case <-f.frozen:
	}
}

// own reports whether a file is the store's.
func (f *folder) own(name string) bool { return f.PathDir(name) == f.dir }

func isTable(name string) bool {
	return strings.HasSuffix(name, ".sst") || strings.HasSuffix(name, ".blob")
}

// Create, ReuseForWrite and OpenReadWrite open a file to be written.
func (f *folder) Create(name string, c vfs.DiskWriteCategory) (vfs.File, error) {
	return f.write(name, func() (vfs.File, error) { return f.FS.Create(name, c) })
}

// ReuseForWrite gives a file a new name and purpose.
func (f *folder) ReuseForWrite(from, to string, c vfs.DiskWriteCategory) (vfs.File, error) {
	return f.write(to, func() (vfs.File, error) { return f.FS.ReuseForWrite(from, to, c) })
}

// OpenReadWrite opens a file for both.
func (f *folder) OpenReadWrite(name string, c vfs.DiskWriteCategory, o ...vfs.OpenOption) (vfs.File, error) {
	return f.write(name, func() (vfs.File, error) { return f.FS.OpenReadWrite(name, c, o...) })
}

func (f *folder) write(name string, open func() (vfs.File, error)) (vfs.File, error) {
	if !f.own(name) {
		return open()
	}
	table := isTable(name)
	if table {
		f.pause()
	}
	if f.failure() != nil {
		return f.createShadow(name)
	}
	got, err := open()
	if err == nil {
		return &file{File: got, folder: f, table: table}, nil
	}
	if table {
		f.tableWritten(err)
		return nil, err
	}
	f.freeze(err)
	return f.createShadow(name)
}

func (f *folder) createShadow(name string) (vfs.File, error) {
	if err := f.shadow.MkdirAll(f.PathDir(name), 0o750); err != nil {
		return nil, err
	}
	return f.shadow.Create(name, vfs.WriteCategoryUnspecified)
}

func (f *folder) inShadow(name string) bool {
	if f.failure() == nil {
		return false
	}
	_, err := f.shadow.Stat(name)
	return err == nil
}

// Open opens a file for reading.
func (f *folder) Open(name string, o ...vfs.OpenOption) (vfs.File, error) {
	if f.inShadow(name) {
		return f.shadow.Open(name, o...)
	}
	return f.FS.Open(name, o...)
}

// Stat describes a file.
func (f *folder) Stat(name string) (vfs.FileInfo, error) {
	if f.inShadow(name) {
		return f.shadow.Stat(name)
	}
	return f.FS.Stat(name)
}

// OpenDir opens a folder to be synced.
func (f *folder) OpenDir(name string) (vfs.File, error) {
	d, err := f.FS.OpenDir(name)
	if err != nil || f.PathDir(f.PathJoin(name, "x")) != f.dir {
		return d, err
	}
	return &file{File: d, folder: f}, nil
}

// Remove takes a file away.
func (f *folder) Remove(name string) error {
	if f.failure() != nil && f.own(name) {
		return nil
	}
	return f.FS.Remove(name)
}

// Rename gives a file another name.
func (f *folder) Rename(from, to string) error {
	if f.failure() == nil || !f.own(to) {
		err := f.FS.Rename(from, to)
		if err == nil || !f.own(to) {
			return err
		}
		f.freeze(err)
	}
	if f.inShadow(from) {
		return f.shadow.Rename(from, to)
	}
	return nil
}

// Lock gives the tree a lock that the store holds already.
func (f *folder) Lock(string) (io.Closer, error) { return noLock{}, nil }

// Unwrap returns the file system below.
func (f *folder) Unwrap() vfs.FS { return f.FS }

type noLock struct{}

func (noLock) Close() error { return nil }

// file is a file open for writing.
type file struct {
	vfs.File
	folder *folder
	table  bool
}

// attempt does one write unless the folder is frozen; what the tree cannot bear
// freezes it.
func (f *file) attempt(do func() error) error {
	if cause := f.folder.failure(); cause != nil {
		if f.table {
			return cause
		}
		return nil
	}
	err := do()
	if err == nil {
		return nil
	}
	if f.table {
		f.folder.tableWritten(err)
		return err
	}
	f.folder.freeze(err)
	return nil
}

// Write writes at the end.
func (f *file) Write(p []byte) (int, error) {
	if err := f.attempt(func() error { _, err := f.File.Write(p); return err }); err != nil {
		return 0, err
	}
	return len(p), nil
}

// WriteAt writes at an offset.
func (f *file) WriteAt(p []byte, at int64) (int, error) {
	if err := f.attempt(func() error { _, err := f.File.WriteAt(p, at); return err }); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Preallocate asks for room ahead; having none is told by Write.
func (f *file) Preallocate(at, n int64) error {
	if f.folder.failure() == nil {
		_ = f.File.Preallocate(at, n)
	}
	return nil
}

// Sync makes durable what was written.
func (f *file) Sync() error {
	err := f.attempt(f.File.Sync)
	if err == nil && f.table {
		f.folder.tableWritten(nil)
	}
	return err
}

// SyncData makes durable what was written.
func (f *file) SyncData() error { return f.attempt(f.File.SyncData) }

// SyncTo begins to make durable what was written.
func (f *file) SyncTo(n int64) (full bool, err error) {
	err = f.attempt(func() (err error) { full, err = f.File.SyncTo(n); return err })
	return full, err
}

// Close closes the file itself even when the folder is frozen.
func (f *file) Close() error {
	err := f.File.Close()
	return f.attempt(func() error { return err })
}

// asFull joins store.ErrFull to an error that says that there is no room.
func asFull(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w: %w", store.ErrFull, err)
	}
	return err
}

// fatal is what logger panics with.
type fatal struct{ message string }

func (f fatal) Error() string { return f.message }

// asFatal returns a recovered panic as an error.
func asFatal(r any) error {
	if err, ok := r.(error); ok {
		return err
	}
	return fatal{fmt.Sprint(r)}
}

// logger passes on what the tree says.
type logger struct {
	log    *slog.Logger
	folder *folder
}

func (l logger) Infof(format string, args ...any) {
	if l.log.Enabled(context.Background(), slog.LevelDebug) {
		l.log.Debug("store", "detail", fmt.Sprintf(format, args...))
	}
}

func (l logger) Errorf(format string, args ...any) {
	l.log.Error("store", "detail", fmt.Sprintf(format, args...))
}

// Fatalf must not return. It freezes the folder; then, on the stack of a method
// of Store, it panics, for that method to recover, and ends any other goroutine,
// which is one of the tree's own. What it is called for is no failing disk, see
// folder, but a broken invariant of the tree.
func (l logger) Fatalf(format string, args ...any) {
	err := fatal{fmt.Sprintf(format, args...)}
	l.log.Error("the store has stopped", "detail", err.message)
	l.folder.die(err)
	if calledByStore() {
		panic(err)
	}
	runtime.Goexit()
}

func calledByStore() bool {
	pc := make([]uintptr, 64)
	frames := runtime.CallersFrames(pc[:runtime.Callers(2, pc)])
	for {
		f, more := frames.Next()
		if strings.HasPrefix(f.Function, "github.com/belay-events/belay/internal/store/pebble.(*Store)") ||
			strings.HasPrefix(f.Function, "github.com/belay-events/belay/internal/store/pebble.openDB") {
			return true
		}
		if !more {
			return false
		}
	}
}
