package demo

import (
	"context"
	"fmt"

	"github.com/belay-events/belay/internal/app"
	"github.com/belay-events/belay/internal/belay"
)

// maxCast bounds how many external entities a story has.
const maxCast = 100

// cast returns the ID of a story's external entity. Every story has the same, so
// that one that was broken off can be called off by the next.
func cast(n int) string { return fmt.Sprintf("ca570000-0000-4000-8000-%012d", n) }

// callOffEarlier cancels what an earlier story in the same folder has left
// pending, and returns how many activations that was. It is done before the
// server runs, so that nothing overdue goes out first.
func callOffEarlier(ctx context.Context, server *app.App) (int, error) {
	operator := belay.Caller{Role: belay.RoleOperator}
	entities := make([]belay.ID, maxCast)
	for i := range entities {
		var err error
		if entities[i], err = belay.ParseID(cast(i)); err != nil {
			return 0, err
		}
	}
	n := 0
	for _, name := range []string{"appointments", "courses"} {
		wish, err := load(name, "", "")
		if err != nil {
			return n, err
		}
		site, err := belay.ParseID(wish.Sites[0].ID)
		if err != nil {
			return n, err
		}
		owner, err := belay.ParseID(wish.Apps[0].ID)
		if err != nil {
			return n, err
		}
		for i := range wish.Triggers {
			done, err := server.Engine().CancelAll(ctx, operator, site, owner, wish.Triggers[i].Key, entities)
			if belay.CodeOf(err) != "" {
				continue // nothing of it is set up in this folder
			}
			if err != nil {
				return n, err
			}
			for _, d := range done {
				n += d.Activations
			}
		}
	}
	return n, nil
}
