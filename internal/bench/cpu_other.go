//go:build !unix

package bench

import (
	"errors"
	"time"
)

func processorTime() (time.Duration, error) {
	return 0, errors.New("bench: processor time cannot be read on this system")
}
