package engine

import (
	"testing"
	"time"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

func TestAWeekHasTheDaysOfTheSitesCalendar(t *testing.T) {
	lisbon, err := time.LoadLocation("Europe/Lisbon")
	if err != nil {
		t.Fatal(err)
	}
	// The clocks went forward on 31 March 2030 at 01:00.
	days := lastDays(time.Date(2030, 4, 2, 22, 30, 0, 0, time.UTC), lisbon)
	for i, want := range []string{"2030-03-27T00:00:00Z", "2030-03-28T00:00:00Z", "2030-03-29T00:00:00Z", "2030-03-30T00:00:00Z", "2030-03-31T00:00:00Z", "2030-04-01T00:00:00+01:00", "2030-04-02T00:00:00+01:00"} {
		if got := days[i].Format(time.RFC3339); got != want {
			t.Errorf("day %d begins at %s; want %s", i, got, want)
		}
	}
	var w Week
	at := func(text string) belay.Instant {
		moment, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return belay.At(moment)
	}
	for _, tally := range []store.Tally{
		{At: at("2030-03-31T22:45:00Z"), Status: belay.Ended, Count: 2},
		{At: at("2030-03-31T23:00:00Z"), Status: belay.Ended, Count: 3},
		{At: at("2030-04-02T23:00:00Z"), Status: belay.Failed, Count: 1}, // a clock that is ahead
		{At: at("2030-03-26T23:45:00Z"), Status: belay.Ended, Count: 9},
		{At: 0, Status: belay.Cancelled, Count: 9},
		{At: at("2030-03-27T00:00:00Z"), Status: belay.Skipped, Count: 4},
		{At: at("2030-03-28T00:00:00Z"), Status: belay.Cancelled, Count: 5},
	} {
		w.add(&tally, days)
	}
	want := Week{Ended: [7]int{4: 2, 5: 3}, Failed: [7]int{6: 1}, Skipped: [7]int{0: 4}, Canceled: [7]int{1: 5}}
	if w != want {
		t.Errorf("the week is %+v; want %+v", w, want)
	}
}
