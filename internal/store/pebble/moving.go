package pebble

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// moveFile stands in a folder from which a move was begun.
const moveFile = "MOVE"

// Move is what a folder says of a move of what is in it.
type Move struct {
	// ID tells this move from others.
	ID string `json:"id"`
	To string `json:"to"` // without a password
	// MovedAt is when it ended; zero while it has not. From then on Open refuses
	// the folder.
	MovedAt belay.Instant `json:"movedAt,omitzero"`
}

// ErrNoStore says that a folder holds no store.
var ErrNoStore = errors.New("pebble: no store of Belay")

// ReadMove returns what the folder says, the zero Move where none was begun. It
// takes no lock.
func ReadMove(dir string) (Move, error) {
	switch fresh, err := checkFormat(vfs.Default, dir); {
	case err != nil:
		return Move{}, err
	case fresh:
		return Move{}, fmt.Errorf("%w in %s", ErrNoStore, dir)
	}
	return readMove(vfs.Default, dir)
}

func readMove(fs vfs.FS, dir string) (m Move, err error) {
	text, err := readAll(fs, fs.PathJoin(dir, moveFile))
	if errors.Is(err, os.ErrNotExist) {
		return Move{}, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil {
		return Move{}, fmt.Errorf("pebble: read %s: %w", moveFile, err)
	}
	return m, nil
}

// WriteMove keeps, durably, what the folder says from now on.
func WriteMove(dir string, m Move) error {
	text, err := json.Marshal(m)
	if err == nil {
		err = replace(vfs.Default, dir, moveFile, append(text, '\n'))
	}
	if err != nil {
		return fmt.Errorf("pebble: write %s: %w", moveFile, asFull(err))
	}
	return nil
}

// ForgetMove takes back what WriteMove kept.
func ForgetMove(dir string) error {
	err := vfs.Default.Remove(vfs.Default.PathJoin(dir, moveFile))
	if err == nil || errors.Is(err, os.ErrNotExist) {
		err = syncDir(vfs.Default, dir)
	}
	if err != nil {
		return fmt.Errorf("pebble: delete %s: %w", moveFile, err)
	}
	return nil
}

// checkMoved refuses a folder whose data were moved.
func checkMoved(fs vfs.FS, dir string) error {
	m, err := readMove(fs, dir)
	if err == nil && m.MovedAt != 0 {
		err = fmt.Errorf("pebble: open: %w", &store.MovedError{To: m.To, At: m.MovedAt})
	}
	return err
}
