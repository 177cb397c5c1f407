package pebble

import (
	"fmt"

	"github.com/cockroachdb/pebble/v2"
)

// Checkpoint makes dir, which must not exist, a copy of the store as it is at
// one moment, all that was committed before the call included. Tables are linked
// where the file system can, so that it takes little time and, at first, little
// room. What it leaves behind when it fails is not taken for a store.
func (s *Store) Checkpoint(dir string) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.exit()
	if err := s.checkpoint(dir); err != nil {
		return fmt.Errorf("pebble: checkpoint: %w", asFull(err))
	}
	return nil
}

func (s *Store) checkpoint(dir string) error {
	if err := s.db.Checkpoint(dir, pebble.WithFlushedWAL()); err != nil {
		return err
	}
	if cause := s.folder.failure(); cause != nil {
		return cause
	}
	return writeFormat(s.folder.FS, dir)
}
