package peer

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"time"
)

// newIdentity makes a certificate that nobody vouches for: it is known by its hash.
func newIdentity() (tls.Certificate, []byte, error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return tls.Certificate{}, nil, fmt.Errorf("peer: make a key: %w", err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "belay node"},
		// It is told apart by its hash alone, whatever clocks say.
		NotBefore: time.Unix(0, 0), NotAfter: time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, public, private)
	if err != nil {
		return tls.Certificate{}, nil, fmt.Errorf("peer: make a certificate: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: private}, hash(der), nil
}

func hash(der []byte) []byte {
	sum := sha256.Sum256(der)
	return sum[:]
}

var errStranger = errors.New("peer: the certificate is of no node that is known here")

// only lets in whoever shows a certificate that known holds for good.
func only(known func(key []byte) bool) func(tls.ConnectionState) error {
	return func(s tls.ConnectionState) error {
		if len(s.PeerCertificates) != 1 || !known(hash(s.PeerCertificates[0].Raw)) {
			return errStranger
		}
		return nil
	}
}

// serving is how a node answers those that are known.
func (p *Peers) serving() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{p.identity},
		ClientAuth: tls.RequireAnyClientCert, SessionTicketsDisabled: true,
		VerifyConnection: only(func(key []byte) bool {
			p.mu.Lock()
			defer p.mu.Unlock()
			return p.known[string(key)]
		}),
	}
}

// calling is how a node calls the one with that key. Names and issuers say
// nothing; the hash of the certificate is checked instead.
func (p *Peers) calling(key []byte) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{p.identity},
		InsecureSkipVerify: true,
		VerifyConnection:   only(func(shown []byte) bool { return bytes.Equal(shown, key) }),
	}
}
