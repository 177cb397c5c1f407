package storetest

import (
	"testing"

	"github.com/belay-events/belay/internal/store"
)

func TestModelKeepsTheContract(t *testing.T) {
	Run(t, Fixture{Open: func(testing.TB) store.Store { return NewModel() }})
}
