package config

import (
	"crypto/hmac"
	"crypto/sha256"
)

// Seal returns a MAC of message that nobody can make who has not the key of this
// store, 32 bytes. Words keep what is sealed for one purpose from being good for
// another.
func (b *Book) Seal(purpose string, message []byte) []byte {
	key := hmac.New(sha256.New, b.shared.Load().tokenKey)
	key.Write([]byte(purpose))
	mac := hmac.New(sha256.New, key.Sum(nil))
	mac.Write(message)
	return mac.Sum(nil)
}
