package bench

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"
)

// receiver is the other side of send_http_request, in the same process: it takes
// POST requests on kept connections, answers each with 200, and remembers when it
// had it. It reads no more of HTTP than that needs, to leave the machine to what
// is measured.
type receiver struct {
	listener net.Listener
	url      string
	accepted sync.WaitGroup

	mu    sync.Mutex
	conns map[net.Conn]struct{}
	got   []arrival
	err   error
}

// arrival is one request received.
type arrival struct {
	site int // from the path
	late time.Duration
}

func newReceiver() (*receiver, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("bench: receiver: %w", err)
	}
	r := &receiver{listener: l, url: "http://" + l.Addr().String() + "/", conns: make(map[net.Conn]struct{})}
	r.accepted.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			r.mu.Lock()
			r.conns[conn] = struct{}{}
			r.mu.Unlock()
			r.accepted.Go(func() { r.serve(conn) })
		}
	})
	return r, nil
}

func (r *receiver) close() error {
	err := r.listener.Close()
	r.mu.Lock()
	for conn := range r.conns {
		_ = conn.Close()
	}
	r.mu.Unlock()
	r.accepted.Wait()
	return err
}

func (r *receiver) serve(conn net.Conn) {
	err := r.read(conn)
	_ = conn.Close()
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.conns, conn)
	if !errors.Is(err, io.EOF) && !errors.Is(err, net.ErrClosed) {
		r.err = err
	}
}

var receiverAnswer = []byte("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

// read answers requests until the connection ends, and says why it did.
func (r *receiver) read(conn net.Conn) error {
	in := bufio.NewReaderSize(conn, 16<<10)
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		site, err := siteOf(line)
		if err != nil {
			return err
		}
		length := 0
		for {
			if line, err = in.ReadSlice('\n'); err != nil {
				return err
			}
			line = bytes.TrimSpace(line)
			if len(line) == 0 {
				break
			}
			if n := len(lengthHeader); len(line) > n && bytes.EqualFold(line[:n], lengthHeader) {
				length, _ = strconv.Atoi(string(bytes.TrimSpace(line[n:]))) // 0 then fails below
			}
		}
		body, err := in.Peek(length)
		if err != nil {
			return err
		}
		now := time.Now()
		due, err := dueIn(body)
		if err != nil {
			return err
		}
		r.mu.Lock()
		r.got = append(r.got, arrival{site, now.Sub(due)})
		r.mu.Unlock()
		if _, err := in.Discard(length); err != nil {
			return err
		}
		if _, err := conn.Write(receiverAnswer); err != nil {
			return err
		}
	}
}

// siteOf reads "POST /17 HTTP/1.1".
func siteOf(line []byte) (int, error) {
	words := bytes.Fields(line)
	if len(words) != 3 || len(words[1]) < 2 {
		return 0, fmt.Errorf("bench: the receiver was sent %.80q", line)
	}
	return strconv.Atoi(string(words[1][1:]))
}

// dueIn reads the due time that the automation puts into the body.
func dueIn(body []byte) (time.Time, error) {
	mark := []byte(`"due":"`)
	i := bytes.Index(body, mark)
	if i < 0 || len(body) < i+len(mark)+len(timeForm) {
		return time.Time{}, fmt.Errorf("bench: the receiver was sent a body without a due time: %.80q", body)
	}
	return time.Parse(timeForm, string(body[i+len(mark):][:len(timeForm)]))
}

// take returns what arrived since the last time.
func (r *receiver) take() ([]arrival, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	got := r.got
	r.got = nil
	return got, r.err
}

// waitFor returns n arrivals once there are that many.
func (r *receiver) waitFor(ctx context.Context, n int) ([]arrival, error) {
	var all []arrival
	for {
		got, err := r.take()
		if err != nil {
			return nil, err
		}
		if all = append(all, got...); len(all) >= n {
			return all, nil
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return nil, fmt.Errorf("bench: %d of %d requests arrived: %w", len(all), n, err)
		}
	}
}

// lateness returns how late, ascending, they arrived.
func lateness(got []arrival) []time.Duration {
	late := make([]time.Duration, len(got))
	for i, a := range got {
		late[i] = a.late
	}
	slices.Sort(late)
	return late
}
