package pgtest

import (
	"os"
	"sync"
	"testing"
)

// shared is the one server of the process. It is package-level state because no
// test owns it and TestMain, which does, can hand nothing to the tests.
var shared struct {
	sync.Mutex
	owned  bool
	server *Server
	err    error
}

// Shared returns the server that all tests of the process share, started at first
// use: not durable, everything else as Options{} has it. No test may stop it. The
// package's TestMain must call Main, which ends it.
func Shared(t testing.TB) *Server {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if !shared.owned {
		t.Fatal("pgtest.Shared needs an owner: func TestMain(m *testing.M) { pgtest.Main(m) }")
	}
	if shared.server == nil && shared.err == nil {
		ctx, cancel := bounded(t)
		defer cancel()
		shared.server, shared.err = start(ctx, Options{})
	}
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.server
}

// Main runs the tests, ends the shared server if there is one, and exits.
func Main(m *testing.M) {
	shared.Lock()
	shared.owned = true
	shared.Unlock()
	code := m.Run()
	shared.Lock()
	if shared.server != nil {
		shared.server.remove()
	}
	os.Exit(code)
}
