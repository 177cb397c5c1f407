package httpapi

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/engine"
)

// maxCompletionBody has room for the largest output that is kept.
const maxCompletionBody = 512 << 10

func (d *door) reportCompletion(ctx context.Context, c *call, in *api.ReportActionInvocationCompletedRequest) (*api.Empty, error) {
	told := engine.Completion{Token: in.InvocationToken}
	switch {
	case in.SuccessInfo != nil && in.FailureInfo != nil:
		return nil, belay.Invalid("failureInfo", "ONE_OF", "and successInfo are both given; only one can be")
	case in.Status == api.CompletionSuccess && in.FailureInfo != nil:
		return nil, belay.Invalid("failureInfo", "STATUS", "does not go with the status SUCCESS")
	case in.Status == api.CompletionSuccess:
		if in.SuccessInfo != nil {
			told.Result = in.SuccessInfo.Result
		}
	case in.Status == api.CompletionFailure && in.SuccessInfo != nil:
		return nil, belay.Invalid("successInfo", "STATUS", "does not go with the status FAILURE")
	case in.Status == api.CompletionFailure:
		told.Failed = true
		if in.FailureInfo != nil {
			told.Error = in.FailureInfo.ErrorDescription
		}
	default:
		return nil, belay.Invalid("status", "ENUM", "must be SUCCESS or FAILURE")
	}
	return &api.Empty{}, d.engine.Complete(ctx, c.by, told)
}

func (d *door) getSigningKeys(ctx context.Context, c *call, in *api.AppRequest) (*api.SigningKeysResponse, error) {
	signer, err := d.book.SigningKeys(ctx, c.by, optionalID(in.ID))
	if err != nil {
		return nil, err
	}
	return d.signingKeysOf(&signer)
}

func (d *door) rotateSigningKeys(ctx context.Context, c *call, in *api.RotateSigningKeysRequest) (*api.SigningKeysResponse, error) {
	signer, err := d.book.RotateSigningKeys(ctx, c.by, optionalID(in.ID), time.Duration(in.OverlapSeconds)*time.Second)
	if err != nil {
		return nil, err
	}
	return d.signingKeysOf(&signer)
}

// signingKeysOf tells what of a signer is still of use.
func (d *door) signingKeysOf(s *belay.Signer) (*api.SigningKeysResponse, error) {
	now := d.engine.Now()
	answer := &api.SigningKeysResponse{}
	for _, k := range s.Keys {
		if !k.ExpiresAt.IsZero() && k.ExpiresAt <= now {
			continue
		}
		public, err := k.Public()
		if err != nil {
			return nil, fmt.Errorf("httpapi: %w", err)
		}
		der, err := x509.MarshalPKIXPublicKey(public)
		if err != nil {
			return nil, fmt.Errorf("httpapi: signing key %s: %w", k.ID, err)
		}
		answer.Keys = append(answer.Keys, api.SigningKey{
			ID: k.ID.String(), PublicKeyPEM: string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})),
			CreatedDate: when(k.CreatedAt), SignsFromDate: when(k.SignsFrom), ExpiresDate: when(k.ExpiresAt),
		})
	}
	for _, secret := range s.Secrets {
		if secret.ExpiresAt.IsZero() || secret.ExpiresAt > now {
			answer.Secrets = append(answer.Secrets, api.SigningSecret{
				ID: secret.ID.String(), Value: secret.Value, CreatedDate: when(secret.CreatedAt), ExpiresDate: when(secret.ExpiresAt),
			})
		}
	}
	return answer, nil
}

// getSigningKeySet answers anybody: the keys are public, and receivers fetch them
// without a credential.
func (d *door) getSigningKeySet(ctx context.Context, _ *call, in *api.AppRequest) (*api.JSONWebKeySet, error) {
	if d.engine.Shared() {
		if err := d.book.Reload(ctx); err != nil {
			return nil, err
		}
	}
	signer, err := d.book.Signer(ctx, optionalID(in.ID))
	if err != nil {
		return nil, err
	}
	now := d.engine.Now()
	answer := &api.JSONWebKeySet{}
	for _, k := range signer.Keys {
		if !k.ExpiresAt.IsZero() && k.ExpiresAt <= now {
			continue
		}
		public, err := k.Public()
		if err != nil {
			return nil, fmt.Errorf("httpapi: %w", err)
		}
		told, err := webKey(&k, public)
		if err != nil {
			return nil, err
		}
		answer.Keys = append(answer.Keys, told)
	}
	return answer, nil
}

func webKey(k *belay.SigningKey, public *rsa.PublicKey) (told api.JSONWebKey, err error) {
	text, err := json.Marshal(jose.JSONWebKey{Key: public, KeyID: k.ID.String(), Algorithm: string(jose.RS256), Use: "sig"})
	if err == nil {
		err = json.Unmarshal(text, &told)
	}
	if err != nil {
		return told, fmt.Errorf("httpapi: signing key %s: %w", k.ID, err)
	}
	return told, nil
}
