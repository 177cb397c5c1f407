package bench

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"
)

// load is what a slice of one figure is made of: a number of connections, each
// of which sends its next request when the last is answered. The generator shares
// the machine with what it measures, so it speaks just enough HTTP/1.1 to do so.
type load struct {
	addresses   []string // the connections take turns at them
	connections int
	warm, slice time.Duration // what begins within warm is not counted
	// requests returns what makes the n-th connection's requests; nil ends it. A
	// request is done with when the next is made.
	requests func(n int) func() []byte
	// check refuses an answer's body; nil takes any of status 200.
	check func(body []byte) error
}

// timing is what a load came to.
type timing struct {
	latencies []time.Duration // ascending
	took      time.Duration
}

func (t timing) rate() float64 { return float64(len(t.latencies)) / t.took.Seconds() }

// at returns the quantile q of latencies that ascend, 0 where there are none.
func at(latencies []time.Duration, q float64) time.Duration {
	if len(latencies) == 0 {
		return 0
	}
	return latencies[min(int(q*float64(len(latencies))), len(latencies)-1)]
}

// drive runs a load. Any answer but a 200 that passes the check is an error.
func drive(ctx context.Context, l load) (timing, error) {
	clients := make([]*client, l.connections)
	for i := range clients {
		c, err := dial(ctx, l.addresses[i%len(l.addresses)])
		if err != nil {
			return timing{}, err
		}
		defer c.close()
		clients[i] = c
	}
	from := time.Now().Add(l.warm)
	until := from.Add(l.slice)
	all := make([][]time.Duration, len(clients))
	ends := make([]time.Time, len(clients))
	group, one := errgroup.WithContext(ctx)
	stop := context.AfterFunc(one, func() {
		for _, c := range clients {
			c.close()
		}
	})
	defer stop()
	for i, c := range clients {
		group.Go(func() (err error) {
			all[i], ends[i], err = c.send(l.requests(i), l.check, from, until)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return timing{}, errors.Join(ctx.Err(), err)
	}
	t := timing{latencies: slices.Concat(all...), took: slices.MaxFunc(ends, time.Time.Compare).Sub(from)}
	slices.Sort(t.latencies)
	if len(t.latencies) == 0 || t.took <= 0 {
		return timing{}, errors.New("bench: there was nothing to send")
	}
	return t, nil
}

// client is one kept connection.
type client struct {
	conn net.Conn
	in   *bufio.Reader
}

func dial(ctx context.Context, address string) (*client, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("bench: connect: %w", err)
	}
	return &client{conn: conn, in: bufio.NewReaderSize(conn, 128<<10)}, nil
}

func (c *client) close() { _ = c.conn.Close() } // nothing is lost with it

// send sends requests until the time is over or they are, and returns how long
// each took that began after from. One is sent even if the time is too short for
// it, so that a slow machine gives a figure too.
func (c *client) send(next func() []byte, check func([]byte) error, from, until time.Time) (took []time.Duration, end time.Time, err error) {
	took = make([]time.Duration, 0, 1<<14)
	end = from
	for {
		if len(took) > 0 && time.Now().After(until) {
			return took, end, nil
		}
		request := next()
		if request == nil {
			return took, end, nil
		}
		begin := time.Now()
		if _, err := c.conn.Write(request); err != nil {
			return nil, end, fmt.Errorf("bench: send: %w", err)
		}
		body, err := c.answer()
		if err != nil {
			return nil, end, err
		}
		if check != nil {
			if err := check(body); err != nil {
				return nil, end, err
			}
		}
		if begin.Before(from) {
			continue
		}
		end = time.Now()
		took = append(took, end.Sub(begin))
	}
}

var lengthHeader = []byte("content-length:")

// answer reads one answer and returns its body, which is good until the next.
func (c *client) answer() ([]byte, error) {
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return nil, fmt.Errorf("bench: read an answer: %w", err)
	}
	ok := bytes.HasPrefix(line, []byte("HTTP/1.1 200"))
	status := string(bytes.TrimSpace(line))
	length := 0
	for {
		if line, err = c.in.ReadSlice('\n'); err != nil {
			return nil, fmt.Errorf("bench: read an answer: %w", err)
		}
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			break
		}
		if n := len(lengthHeader); len(line) > n && bytes.EqualFold(line[:n], lengthHeader) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(line[n:]))); err != nil {
				return nil, fmt.Errorf("bench: length of an answer: %w", err)
			}
		}
	}
	body, err := c.in.Peek(length)
	if err != nil {
		return nil, fmt.Errorf("bench: read an answer's body of %d bytes: %w", length, err)
	}
	if !ok {
		return nil, fmt.Errorf("bench: the server answered %s: %.300s", status, body)
	}
	if _, err := c.in.Discard(length); err != nil {
		return nil, fmt.Errorf("bench: read an answer: %w", err)
	}
	return body, nil
}
