package demo

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// keys are what a demo has made for itself. They are kept beside the store, so
// that a second demo over the same folder has the same.
type keys struct {
	Operator     string `json:"operatorKey"`
	Appointments string `json:"appointmentsKey"`
	Courses      string `json:"coursesKey"`
	// Receiver is the address of the site's own server.
	Receiver string `json:"receiver"`
}

const keysFile = "DEMO.json"

func readKeys(dir string) (keys, error) {
	k := keys{
		Operator: "belay_demo_o" + rand.Text(), Appointments: "belay_demo_a" + rand.Text(), Courses: "belay_demo_c" + rand.Text(),
		Receiver: "127.0.0.1:0",
	}
	text, err := os.ReadFile(filepath.Join(dir, keysFile))
	if errors.Is(err, fs.ErrNotExist) {
		return k, nil
	}
	if err != nil {
		return k, err
	}
	if err := json.Unmarshal(text, &k); err != nil {
		return k, fmt.Errorf("%s: %w", keysFile, err)
	}
	return k, nil
}

func (k keys) write(dir string) error {
	text, err := json.Marshal(k)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, keysFile), append(text, '\n'), 0o600)
}
