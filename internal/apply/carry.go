package apply

import (
	"context"

	"github.com/belay-events/belay/client"
)

// carry makes the change on the server.
func (c *Change) carry(ctx context.Context, to *client.Client) error {
	var err error
	c.told, err = c.do(ctx, to)
	return err
}
