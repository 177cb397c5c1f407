package provider

import (
	"testing"
	"time"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/belay"
)

var (
	fails   = action.Outcome{Verdict: action.Retry, Code: "HTTP_503", Status: 503}
	refuses = action.Outcome{Verdict: action.Rejected, Code: "HTTP_404", Status: 404}
	unsent  = action.Outcome{Verdict: action.Rejected, Code: refusedHere}
	ended   = action.Outcome{Verdict: action.Retry, Code: "CANCELED"}
)

const refusedHere = "REFUSED_ADDRESS"

func TestAnAppIsSparedAfterTenFailuresInARow(t *testing.T) {
	b, app, now := newBreaker(), belay.ID{1}, time.Unix(1_000_000, 0)
	spared := func(why string, want time.Duration) {
		t.Helper()
		if got, _ := b.holds(app, now, 0); got != want {
			t.Errorf("%s: held for %v; want %v", why, got, want)
		}
	}
	counted := func(when string, want int) {
		t.Helper()
		if got := b.spared(); got != want {
			t.Errorf("%s: %d apps are spared; want %d", when, got, want)
		}
	}
	for n := range 9 {
		b.note(app, now, fails)
		spared("in the beginning", 0)
		if n == 4 {
			b.note(app, now, refuses) // it is well: the count begins anew
		}
	}
	for range 5 {
		b.note(app, now, fails)
	}
	for range 2 {
		spared("before ten", 0)
	}
	counted("before ten", 0)
	b.note(app, now, fails)
	spared("after ten", firstPause)
	counted("after ten", 1)
	if got, _ := b.holds(app, now, 0.5); got != firstPause*3/2 {
		t.Errorf("stretched to %v; want %v", got, firstPause*3/2)
	}
	if _, held := b.holds(belay.ID{2}, now, 0); held {
		t.Error("another app is held too")
	}
	now = now.Add(firstPause)
	spared("the one that finds out", 0)
	spared("the others", probeWait)
	counted("while one finds out", 1)
	b.note(app, now, ended) // it found out nothing
	spared("the next one that finds out", 0)
	b.note(app, now, unsent)
	spared("one more", 0)
	b.note(app, now, fails)
	spared("after it failed again", 2*firstPause)
	for range 20 {
		now = now.Add(longestPause)
		spared("finding out", 0)
		b.note(app, now, fails)
	}
	spared("after a long time", longestPause)
	now = now.Add(longestPause)
	spared("finding out", 0)
	b.note(app, now, refuses)
	spared("when it is well", 0)
	spared("when it is well", 0)
	counted("when it is well", 0)
	if len(b.apps) != 0 {
		t.Errorf("%d apps are remembered; want none", len(b.apps))
	}
}

func TestAProbeThatNeverEndsIsForgotten(t *testing.T) {
	b, app, now := newBreaker(), belay.ID{1}, time.Unix(1_000_000, 0)
	for range failuresToOpen {
		b.note(app, now, fails)
	}
	now = now.Add(firstPause)
	if _, held := b.holds(app, now, 0); held {
		t.Fatal("nobody finds out")
	}
	if _, held := b.holds(app, now.Add(probeLife), 0); !held {
		t.Error("two find out at once")
	}
	if _, held := b.holds(app, now.Add(probeLife+1), 0); held {
		t.Error("nobody finds out any more")
	}
}
