package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/belay-events/belay/internal/store"
)

// Ways in which a commit did not happen and is tried again here.
var (
	errFenced = errors.New("postgres: the fence was raised")
	errAgain  = errors.New("postgres: not serialized")
	errLocked = errors.New("postgres: the bucket is locked")
)

// Codes of PostgreSQL, appendix A of its manual.
const (
	codeDivisionByZero = "22012"
	codeReadOnly       = "25006"
	codeSerialization  = "40001"
	codeDeadlock       = "40P01"
	codeDiskFull       = "53100"
	codeLockTimeout    = "55P03"
	codeCanceled       = "57014"
)

// failure says what an error of a commit means. sent says that the end of the
// transaction was on its way.
func failure(err error, sent bool) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || pg.Severity == "FATAL" || pg.Severity == "PANIC" {
		if sent && !pgconn.SafeToRetry(err) {
			return fmt.Errorf("%w: %w", store.ErrUncertain, err)
		}
		return fmt.Errorf("%w: %w", store.ErrUnreachable, err)
	}
	switch pg.Code {
	case codeDivisionByZero:
		return errFenced
	case codeSerialization, codeDeadlock:
		return fmt.Errorf("%w: %w", errAgain, err)
	case codeLockTimeout:
		return fmt.Errorf("%w: %w", errLocked, err)
	case codeDiskFull:
		return fmt.Errorf("%w: %w", store.ErrFull, err)
	case codeReadOnly, codeCanceled:
		return fmt.Errorf("%w: %w", store.ErrUnreachable, err)
	}
	if class(pg.Code) == "53" || class(pg.Code) == "57" {
		return fmt.Errorf("%w: %w", store.ErrUnreachable, err)
	}
	return err
}

func class(code string) string { return code[:min(2, len(code))] }

// asUnreachable marks what a database that does not answer, or not yet, says to a
// reader.
func asUnreachable(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) && class(pg.Code) != "53" && class(pg.Code) != "57" && pg.Code != codeReadOnly {
		return err
	}
	var connect *pgconn.ConnectError
	switch {
	case errors.Is(err, errRecord), errors.Is(err, store.ErrNotFound):
		return err
	case errors.As(err, &pg), errors.As(err, &connect), errors.Is(err, context.DeadlineExceeded), pgconn.Timeout(err), isNetwork(err):
		return fmt.Errorf("%w: %w", store.ErrUnreachable, err)
	}
	return err
}
