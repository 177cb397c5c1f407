package engine

import (
	"fmt"
	"testing"
	"time"
)

func TestATopListMissesNoneOfTheLarge(t *testing.T) {
	var list top[string]
	at := time.Unix(0, 0)
	for i := range 20_000 {
		list.add(at, fmt.Sprintf("small %d", i), false)
		if i%10 == 0 {
			list.add(at, "large", i%20 == 0)
		}
	}
	got := list.list(at, 1, func(t Tally) int64 { return t.Count })
	if len(got) != 1 || got[0].Name != "large" || got[0].Count < 2000 {
		t.Fatalf("the top is %v; want the large, with 2,000 at least", got)
	}
	if n := len(list.now); n > topNames {
		t.Errorf("%d names are kept apart; want %d at most", n, topNames)
	}
	if got = list.list(at, 1, func(t Tally) int64 { return t.Failed }); got[0].Name != "large" || got[0].Failed != 1000 {
		t.Errorf("most failed %v; want the large, 1,000 times", got)
	}
}

func TestATopListForgets(t *testing.T) {
	var list top[string]
	count := func(t Tally) int64 { return t.Count }
	at := time.Unix(0, 0)
	list.add(at, "a", false)
	for _, step := range []struct {
		after time.Duration
		want  int
	}{{topSpan - 1, 1}, {1, 1}, {topSpan - 1, 1}, {topSpan, 0}} {
		at = at.Add(step.after)
		if got := list.list(at, 9, count); len(got) != step.want {
			t.Errorf("%v after the start there are %v; want %d", at.Sub(time.Unix(0, 0)), got, step.want)
		}
	}
}
