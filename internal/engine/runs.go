package engine

import (
	"context"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// RunState is how a run went, in the terms of a list.
type RunState string

// The states of runs. A run of which a step failed, and whose rest was done, is
// RunFailed.
const (
	RunOpen     RunState = "OPEN"
	RunDone     RunState = "DONE"
	RunFailed   RunState = "FAILED"
	RunCanceled RunState = "CANCELED"
	RunSkipped  RunState = "SKIPPED"
)

// StateOf returns how an activation went.
func StateOf(a *belay.Activation) RunState {
	switch {
	case !a.Status.Final():
		return RunOpen
	case a.Status == belay.Cancelled:
		return RunCanceled
	case a.Status == belay.Skipped:
		return RunSkipped
	case a.Status == belay.Failed || a.WithFailedActions:
		return RunFailed
	}
	return RunDone
}

const (
	// runsSought bounds how many activations a page of runs is looked for among.
	runsSought = 5000
	runsPage   = 500
)

// Runs lists activations of a site that the caller may see, newest first, of one
// state; any where it is empty. It returns at most limit of them and, where there
// may be more, the ID before which the next page begins, else zero. It looks at no
// more than 5,000 activations.
func (e *Engine) Runs(ctx context.Context, by belay.Caller, q store.ActivationQuery, state RunState) (found []belay.Activation, next belay.ID, err error) {
	limit := q.Limit
	q.Newest, q.Status = true, statusOf(state)
	if state != "" && q.Status == 0 {
		q.Limit = runsPage
	} else {
		q.Limit = limit + 1
	}
	for looked := 0; looked < runsSought; {
		list, err := e.Activations(ctx, by, q)
		if err != nil {
			return nil, belay.ID{}, err
		}
		looked += len(list)
		for i := range list {
			if state != "" && StateOf(&list[i]) != state {
				continue
			}
			if len(found) == limit {
				return found, found[limit-1].ID, nil
			}
			found = append(found, list[i])
		}
		if len(list) < q.Limit {
			return found, belay.ID{}, nil
		}
		q.Before = list[len(list)-1].ID
	}
	return found, q.Before, nil
}

// statusOf returns the one status that a state has, zero where it has several, or
// where the status does not decide.
func statusOf(state RunState) belay.Status {
	switch state {
	case RunCanceled:
		return belay.Cancelled
	case RunSkipped:
		return belay.Skipped
	}
	return 0
}
