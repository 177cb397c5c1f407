package peer

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"net"

	"github.com/belay-events/belay/internal/store"
)

// Take commits a batch that another node handed over, and calls answer once, which
// does not block.
type Take func(b *store.Batch, answer func(*store.Result, error))

// Serve takes what other nodes hand over until Close.
func (p *Peers) Serve(take Take) error {
	config := p.serving()
	for {
		conn, err := p.o.Listener.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return nil
			}
			return err
		}
		p.mu.Lock()
		if p.closed {
			p.mu.Unlock()
			_ = conn.Close()
			return nil
		}
		p.conns[conn] = struct{}{}
		p.work.Go(func() { p.answer(conn, config, take) })
		p.mu.Unlock()
	}
}

// answer serves one connection.
func (p *Peers) answer(raw net.Conn, config *tls.Config, take Take) {
	defer func() {
		p.mu.Lock()
		delete(p.conns, raw)
		p.mu.Unlock()
		_ = raw.Close()
	}()
	ctx, cancel := context.WithTimeout(context.Background(), greeting)
	conn := tls.Server(raw, config)
	err := conn.HandshakeContext(ctx)
	cancel()
	if err != nil {
		p.o.Logger.Info("a node that is not known here was not let in", "from", raw.RemoteAddr(), "error", err)
		return
	}
	out := newOutbox()
	p.work.Go(func() {
		if err := out.drain(conn); err != nil {
			_ = raw.Close()
		}
	})
	defer out.end()
	for r := bufio.NewReaderSize(conn, 64<<10); ; {
		var h handed
		if err := p.codec.next(r, &h); err != nil {
			return
		}
		number := h.Number
		take(&h.Batch, func(result *store.Result, err error) {
			a := answered{Number: number, Result: result}
			if err != nil {
				a.Result, a.Error = nil, err.Error()
				a.Uncertain, a.Fenced = errors.Is(err, store.ErrUncertain), errors.Is(err, store.ErrFenced)
			}
			frame, err := p.codec.frame(&a)
			if err != nil || !out.put(frame) {
				_ = raw.Close() // so that the other side need not wait
			}
		})
	}
}
