package config

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"

	"github.com/belay-events/belay/internal/belay"
)

const (
	minSecret  = 16
	maxSecret  = 200
	maxOverlap = 30 * 24 * time.Hour
	// signingPrefix begins a signing secret; what follows is its base64.
	// Source: Standard Webhooks, "Signature scheme".
	signingPrefix = "whsec_"
)

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// newSecret returns prefix and 32 characters of chance, 190 bits.
func (b *Book) newSecret(prefix string) (string, error) {
	s := []byte(prefix)
	var chance [64]byte
	for len(s) < len(prefix)+32 {
		if err := b.draw(chance[:]); err != nil {
			return "", err
		}
		for _, c := range chance {
			// 248 is the last multiple of 62 in a byte: beyond it some
			// characters would come more often.
			if c < 248 && len(s) < len(prefix)+32 {
				s = append(s, base62[c%62])
			}
		}
	}
	return string(s), nil
}

// newSigningSecret returns a signing secret of 32 bytes.
func (b *Book) newSigningSecret() (string, error) {
	var chance [32]byte
	if err := b.draw(chance[:]); err != nil {
		return "", err
	}
	return signingPrefix + base64.StdEncoding.EncodeToString(chance[:]), nil
}

func hashed(plain string) []byte {
	h := sha256.Sum256([]byte(plain))
	return h[:]
}

// hint returns the last four characters.
func hint(plain string) string { return plain[max(len(plain)-4, 0):] }

// plainSecret checks a secret that a caller chose.
func (f *faults) plainSecret(field, s string) {
	f.length(field, s, minSecret, maxSecret)
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			f.add(field, "PATTERN", "must be of printable ASCII characters without spaces")
			return
		}
	}
}

// signingSecret checks a signing secret that a caller chose.
func (f *faults) signingSecret(field, s string) {
	raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(s, signingPrefix))
	if !strings.HasPrefix(s, signingPrefix) || err != nil || len(raw) < 24 || len(raw) > 64 {
		f.add(field, "FORMAT", `must be "whsec_" and the base64 of 24 to 64 bytes`)
	}
}

func (f *faults) overlap(field string, d time.Duration) {
	if d < 0 || d > maxOverlap {
		f.add(field, "RANGE", "must be from 0 to 30 days")
	}
}

// until returns when an old secret ends, given its own end and that of the overlap.
func until(expires, end belay.Instant) belay.Instant {
	if expires.IsZero() || end < expires {
		return end
	}
	return expires
}
