package pebble

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/belay-events/belay/internal/store"
)

// The version of the layout stands in a file of its own, so that a folder of a
// newer Belay is recognized before anything in it is touched. It is written
// before the first data, and last into a backup.
const (
	formatFile    = "BELAY"
	formatName    = "belay pebble store, format "
	formatVersion = 1
)

// checkFormat reads the version of the folder's layout. fresh reports that there
// is no store yet.
func checkFormat(fs vfs.FS, dir string) (fresh bool, err error) {
	text, err := readAll(fs, fs.PathJoin(dir, formatFile))
	if errors.Is(err, os.ErrNotExist) {
		return true, checkEmpty(fs, dir)
	}
	if err != nil {
		return false, fmt.Errorf("pebble: read format: %w", err)
	}
	digits, ok := strings.CutPrefix(strings.TrimSpace(string(text)), formatName)
	n, err := strconv.Atoi(digits)
	switch {
	case !ok || err != nil || n < 1:
		return false, fmt.Errorf("pebble: %s holds %.80q, which names no format", formatFile, text)
	case n > formatVersion:
		return false, fmt.Errorf("pebble: format %d, and this one reads up to %d: %w", n, formatVersion, store.ErrNewer)
	}
	return false, checkTree(fs, dir)
}

// checkEmpty refuses a tree that stands there without a format: a backup that
// was not finished, or somebody else's.
func checkEmpty(fs vfs.FS, dir string) error {
	names, err := fs.List(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("pebble: list folder: %w", err)
	}
	for _, name := range names {
		if strings.HasPrefix(name, "MANIFEST-") {
			return fmt.Errorf("pebble: %s holds data but no file %s: an unfinished backup, or not a store of Belay", dir, formatFile)
		}
	}
	return nil
}

// checkTree refuses a tree whose own format is newer than the library here.
func checkTree(fs vfs.FS, dir string) error {
	const prefix = "marker.format-version."
	names, err := fs.List(dir)
	if err != nil {
		return fmt.Errorf("pebble: list folder: %w", err)
	}
	for _, name := range names {
		// marker.format-version.<count>.<version>
		rest, ok := strings.CutPrefix(name, prefix)
		if !ok {
			continue
		}
		_, digits, _ := strings.Cut(rest, ".")
		if n, err := strconv.ParseUint(digits, 10, 64); err == nil && n > uint64(pebble.FormatNewest) {
			return fmt.Errorf("pebble: tree of format %d, and this one reads up to %d: %w", n, pebble.FormatNewest, store.ErrNewer)
		}
	}
	return nil
}

func writeFormat(fs vfs.FS, dir string) error {
	if err := replace(fs, dir, formatFile, fmt.Appendf(nil, "%s%d\n", formatName, formatVersion)); err != nil {
		return fmt.Errorf("pebble: write format: %w", asFull(err))
	}
	return nil
}

// replace puts data in a file, durably, all of it or nothing.
func replace(fs vfs.FS, dir, name string, data []byte) error {
	path := fs.PathJoin(dir, name)
	f, err := fs.Create(path+".new", vfs.WriteCategoryUnspecified)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := fs.Rename(path+".new", path); err != nil {
		return err
	}
	return syncDir(fs, dir)
}

func syncDir(fs vfs.FS, dir string) error {
	d, err := fs.OpenDir(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func readAll(fs vfs.FS, path string) ([]byte, error) {
	f, err := fs.Open(path)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(f, 4096))
	return b, errors.Join(err, f.Close())
}
