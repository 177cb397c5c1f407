package config

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"github.com/belay-events/belay/internal/belay"
)

// What a password's hash costs: 19 MiB and two passes.
//
// Source: OWASP, Password Storage Cheat Sheet, Argon2id.
const (
	hashMemory  = 19 << 10 // KiB
	hashPasses  = 2
	hashThreads = 1
	saltLen     = 16
	hashLen     = 32
)

const (
	minPassword = 12
	maxPassword = 200
	// hashesAtOnce bounds the memory that people who sign in take together.
	hashesAtOnce = 2
)

// password checks one that a person chose.
func (f *faults) password(field, s string, u *belay.User) {
	f.length(field, s, minPassword, maxPassword)
	if !utf8.ValidString(s) {
		f.add(field, "UTF8", "must be UTF-8")
	}
	if s != "" && (strings.EqualFold(s, u.Email) || strings.EqualFold(s, u.Name)) {
		f.add(field, "GUESSABLE", "must be neither the email nor the name")
	}
}

// hashPassword returns the hash of a password in the PHC string format.
func (b *Book) hashPassword(ctx context.Context, plain string) (string, error) {
	var salt [saltLen]byte
	if err := b.draw(salt[:]); err != nil {
		return "", err
	}
	hash, err := b.argon(ctx, plain, salt[:], hashMemory, hashPasses, hashThreads)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, hashMemory, hashPasses, hashThreads,
		base64.RawStdEncoding.EncodeToString(salt[:]), base64.RawStdEncoding.EncodeToString(hash)), nil
}

// passwordIs reports whether a hash is that of a password. No hash is that of any,
// and to find that out takes as long.
func (b *Book) passwordIs(ctx context.Context, stored, plain string) (bool, error) {
	if stored == "" {
		_, err := b.argon(ctx, plain, make([]byte, saltLen), hashMemory, hashPasses, hashThreads)
		return false, err
	}
	var version, memory, passes uint32
	var threads uint8
	parts := strings.Split(stored, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, errNoHash
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false, errNoHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &threads); err != nil {
		return false, errNoHash
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, errNoHash
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(want) != hashLen {
		return false, errNoHash
	}
	got, err := b.argon(ctx, plain, salt, memory, passes, threads)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}

var errNoHash = fmt.Errorf("config: a stored password is no argon2id hash of version %d", argon2.Version)

// argon waits for its turn, so that the memory of many at once stays bounded.
func (b *Book) argon(ctx context.Context, plain string, salt []byte, memory, passes uint32, threads uint8) ([]byte, error) {
	select {
	case b.hashing <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-b.hashing }()
	return argon2.IDKey([]byte(plain), salt, passes, memory, threads, hashLen), nil
}
