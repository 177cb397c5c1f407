package outbound_test

import (
	"testing"
	"time"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/action/outbound"
)

func TestRetryAfterReadsBothForms(t *testing.T) {
	for name, tt := range map[string]struct {
		value string
		want  time.Duration
	}{
		"none":            {"", 0},
		"zero":            {"0", 0},
		"seconds":         {"120", 2 * time.Minute},
		"spaces":          {" 7 ", 7 * time.Second},
		"an hour":         {"3600", time.Hour},
		"more":            {"3601", time.Hour},
		"beyond integers": {"99999999999999999999999", time.Hour},
		"negative":        {"-5", 0},
		"fraction":        {"1.5", 0},
		"signed":          {"+5", 0},
		"a date":          {"Sun, 01 Mar 2026 09:10:00 GMT", 10 * time.Minute},
		"RFC 850":         {"Sunday, 01-Mar-26 09:10:00 GMT", 10 * time.Minute},
		"asctime":         {"Sun Mar  1 09:10:00 2026", 10 * time.Minute},
		"a past date":     {"Sun, 01 Mar 2026 08:00:00 GMT", 0},
		"a distant date":  {"Sun, 01 Mar 2099 08:00:00 GMT", time.Hour},
		"ISO date":        {"2026-03-01T09:10:00Z", 0},
		"words":           {"soon", 0},
	} {
		t.Run(name, func(t *testing.T) {
			if got := outbound.RetryAfter(tt.value, now); got != tt.want {
				t.Errorf("RetryAfter(%q) = %v, want %v", tt.value, got, tt.want)
			}
		})
	}
}

func FuzzRetryAfterStaysInBounds(f *testing.F) {
	for _, seed := range []string{"", "0", "120", "-1", "9e9", "99999999999999999999", "Sun, 01 Mar 2026 09:10:00 GMT", "Mon, 01 Jan 0001 00:00:00 GMT", "1\r\n2"} {
		f.Add(seed, int64(0))
	}
	f.Add("Fri, 31 Dec 9999 23:59:59 GMT", int64(-62135596800))
	f.Fuzz(func(t *testing.T, value string, unix int64) {
		if got := outbound.RetryAfter(value, time.Unix(unix, 0)); got < 0 || got > action.MaxAfter {
			t.Errorf("RetryAfter(%q, %d) = %v", value, unix, got)
		}
	})
}

func TestEveryStatusHasAVerdict(t *testing.T) {
	for status := 100; status < 1000; status++ {
		got := outbound.Judge(status)
		if want := status >= 200 && status < 300; (got == action.Delivered) != want {
			t.Errorf("Judge(%d) = %v", status, got)
		}
		if status >= 500 && got != action.Retry {
			t.Errorf("Judge(%d) = %v, want retry", status, got)
		}
	}
}
