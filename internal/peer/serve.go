package peer

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync"

	"github.com/belay-events/belay/internal/store"
)

// Take commits a batch that another node handed over, and calls answer once, which
// does not block.
type Take func(b *store.Batch, answer func(*store.Result, error))

// Serve takes what other nodes hand over until Close.
func (p *Peers) Serve(take Take) error {
	if p.local == nil {
		return p.accept(p.o.Listener, p.invite, take)
	}
	var locally sync.WaitGroup
	locally.Go(func() {
		err := p.accept(p.local, p.inviteLocally, take)
		// Once nobody is taken in there, nobody is to wait for it.
		if err = errors.Join(err, closed(p.local.Close())); err != nil {
			p.o.Logger.Warn("the other nodes of this machine come by the network from now on", "error", err)
		}
	})
	err := p.accept(p.o.Listener, p.invite, take)
	err = errors.Join(err, closed(p.local.Close()))
	locally.Wait()
	return err
}

// greeted is a connection whose other side is a node that is known.
type greeted func(ctx context.Context, raw net.Conn) (net.Conn, error)

// invite lets in whoever is known, by TLS.
func (p *Peers) invite(ctx context.Context, raw net.Conn) (net.Conn, error) {
	conn := tls.Server(raw, p.serving())
	return conn, conn.HandshakeContext(ctx)
}

// accept takes in what comes to one listener until it is closed.
func (p *Peers) accept(from net.Listener, greet greeted, take Take) error {
	for {
		conn, err := from.Accept()
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
		p.work.Go(func() { p.answer(conn, greet, take) })
		p.mu.Unlock()
	}
}

// answer serves one connection.
func (p *Peers) answer(raw net.Conn, greet greeted, take Take) {
	defer func() {
		p.mu.Lock()
		delete(p.conns, raw)
		p.mu.Unlock()
		_ = raw.Close()
	}()
	ctx, cancel := context.WithTimeout(context.Background(), greeting)
	conn, err := greet(ctx, raw)
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
	for in := p.codec.frames(conn); ; {
		var h handed
		if err := in.next(&h); err != nil {
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
			if err != nil || !out.put(frame.Bytes()) {
				_ = raw.Close() // so that the other side need not wait
			}
			if err == nil {
				free(frame)
			}
		})
	}
}
