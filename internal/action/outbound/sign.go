package outbound

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// The bounds of a secret's key, in bytes.
//
// Source: Standard Webhooks, "Signature scheme", symmetric secrets.
const (
	minKey = 24
	maxKey = 64
)

const secretPrefix = "whsec_"

// FormatSecret returns the written form of a signing key: whsec_ and base64. The key
// should be 32 random bytes; CheckSecret says what is refused.
func FormatSecret(key []byte) string {
	return secretPrefix + base64.StdEncoding.EncodeToString(key)
}

// CheckSecret returns an error unless secret is whsec_ followed by the base64 of 24
// to 64 bytes. The error completes a sentence and does not repeat the secret.
func CheckSecret(secret string) error {
	encoded, ok := strings.CutPrefix(secret, secretPrefix)
	if !ok {
		return errors.New("must begin with " + secretPrefix)
	}
	key, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return errors.New("must be base64 after " + secretPrefix)
	}
	if len(key) < minKey || len(key) > maxKey {
		return fmt.Errorf("must hold a key of %d to %d bytes", minKey, maxKey)
	}
	return nil
}

// sign returns the value of webhook-signature: one signature per secret, separated
// by spaces.
func sign(secrets []string, id string, at time.Time, body []byte) (string, error) {
	signatures := make([]string, 0, len(secrets))
	for _, secret := range secrets {
		if err := CheckSecret(secret); err != nil {
			return "", err
		}
		hook, err := webhooks.NewWebhook(secret)
		if err != nil {
			return "", errors.New("cannot be read")
		}
		signature, err := hook.Sign(id, at, body)
		if err != nil {
			return "", errors.New("cannot sign")
		}
		signatures = append(signatures, signature)
	}
	return strings.Join(signatures, " "), nil
}
