package engine_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/engine"
	"github.com/belay-events/belay/internal/store"
)

// watcher hears what happens, as a page does.
type watcher struct {
	*engine.Watcher
	h      *house
	cursor engine.Cursor
}

func (h *house) watch(by belay.Caller, what engine.Watching) *watcher {
	h.Helper()
	w, err := h.Watch(h.Context(), by, what)
	if err != nil {
		h.Fatalf("Watch: %v", err)
	}
	return &watcher{Watcher: w, h: h}
}

// heard returns what is told within a minute of virtual time.
func (w *watcher) heard() (all []engine.News) {
	w.h.Helper()
	ctx, cancel := context.WithTimeout(w.h.Context(), time.Minute)
	defer cancel()
	for {
		told, err := w.Next(ctx)
		if errors.Is(err, context.DeadlineExceeded) {
			return all
		}
		if err != nil {
			w.h.Fatalf("Next: %v", err)
		}
		all = append(all, told...)
		w.cursor = told[len(told)-1].Cursor
	}
}

// words returns News in a form that is easily compared.
func words(all []engine.News) (out []string) {
	for _, n := range all {
		s := n.Kind.String()
		if n.Resumed {
			s += " resumed"
		}
		if n.Status != 0 {
			s += " " + n.Status.String()
		}
		for _, a := range n.Actions {
			s += fmt.Sprintf(" %s/%d", a.Status, a.Attempts)
		}
		if n.Removed {
			s += " removed"
		}
		if n.Draft {
			s += " draft"
		}
		out = append(out, s)
	}
	return out
}

func want(t *testing.T, what string, got []engine.News, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, words(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestWhatHappensIsToldToThoseWhoWatch(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		w := h.watch(operator, engine.Watching{SiteID: h.site})
		defer w.Close()
		want(t, "at first", w.heard(), "ready")
		automation := h.automate("booked", "", delayed("Hello", "1", "HOURS"))
		want(t, "an automation", w.heard(), "automation")
		r := h.report("booked", 7, payload(""))
		h.report("booked", 8, payload(""))
		got := w.heard()
		want(t, "two reports", got, "event", "activation STARTED STARTED/0", "event", "activation STARTED STARTED/0")
		if got[0].ID != r.EventID || got[1].ID != r.Activations[0] || got[1].AutomationID != automation.ID ||
			got[1].EventID != r.EventID || got[1].EntityID != id(7) || got[1].AppID != h.app || got[1].Due == 0 {
			t.Errorf("told of %+v", got[:2])
		}
		h.call(8, "booked")
		want(t, "a cancel", w.heard(), "activation CANCELLED")
		time.Sleep(time.Hour)
		want(t, "the end of the delay", w.heard(), "activation ENDED ENDED/0 ENDED/1")
		if err := h.Book().DeleteAutomation(t.Context(), operator, h.site, automation.ID); err != nil {
			t.Fatal(err)
		}
		want(t, "a deletion", w.heard(), "automation removed")
	})
}

func TestAThingThatChangesOftenIsToldOnceInAPortion(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		h.automate("booked", "", mails("Hello"))
		w := h.watch(operator, engine.Watching{SiteID: h.site, Kinds: []engine.NewsKind{engine.ActivationNews}})
		defer w.Close()
		w.heard()
		h.report("booked", 0, payload(""))
		synctest.Wait()
		want(t, "a start and an end at once", w.heard(), "activation ENDED ENDED/1")
	})
}

func TestNoMoreThanTwoHundredMessagesASecondAreTold(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		w := h.watch(operator, engine.Watching{})
		defer w.Close()
		w.heard()
		for range 1000 {
			h.report("booked", 0, payload(""))
		}
		began, told := time.Now(), 0
		for told < 1000 {
			got, err := w.Next(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			told += len(got)
			if most := 50 + int(time.Since(began)/(250*time.Millisecond))*50; told > most {
				t.Fatalf("%d were told after %v, want at most %d", told, time.Since(began), most)
			}
		}
		if took := time.Since(began); told != 1000 || took > 5*time.Second {
			t.Errorf("%d were told in %v, want 1000 in 5 s", told, took)
		}
	})
}

func TestAWatcherThatComesBackMissesNothing(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		w := h.watch(operator, engine.Watching{SiteID: h.site})
		w.heard()
		h.report("booked", 1, payload(""))
		want(t, "before", w.heard(), "event")
		w.Close()
		h.report("booked", 2, payload(""))
		time.Sleep(30 * time.Second)
		w = h.watch(operator, engine.Watching{SiteID: h.site, Since: engine.ParseCursor(w.cursor.String())})
		got := w.heard()
		want(t, "after half a minute", got, "ready resumed", "event")
		if got[1].EntityID != id(2) {
			t.Errorf("told of the entity %s, want 2", got[1].EntityID)
		}
		w.Close()
		time.Sleep(time.Minute + time.Second)
		w = h.watch(operator, engine.Watching{SiteID: h.site, Since: w.cursor})
		want(t, "after more than a minute", w.heard(), "reset")
		w.Close()
		for name, since := range map[string]string{"of another time": id(3).String() + "-1", "that is none": "yesterday", "ahead": w.cursor.String() + "9"} {
			w := h.watch(operator, engine.Watching{SiteID: h.site, Since: engine.ParseCursor(since)})
			want(t, "a cursor "+name, w.heard(), "reset")
			w.Close()
		}
	})
}

func TestAWatcherThatIsTooSlowIsToldToReadAnew(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		w := h.watch(operator, engine.Watching{SiteID: h.site})
		defer w.Close()
		w.heard()
		for range 2100 {
			h.report("booked", 0, payload(""))
		}
		want(t, "what was too much", w.heard(), "reset")
		h.report("booked", 0, payload(""))
		want(t, "what came after", w.heard(), "event")
	})
}

func TestWhoWatchesHearsNoMoreThanTheyMaySee(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		ctx := t.Context()
		other := id(3)
		h.must(h.Book().PutApp(ctx, operator, belay.App{ID: other, Name: "Courses"}))
		h.must(h.Book().Install(ctx, operator, h.site, other, belay.ID{}))
		site, stranger := belay.Caller{Role: belay.RoleSite, SiteID: h.site}, belay.Caller{Role: belay.RoleApp, AppID: other}
		for name, tt := range map[string]struct {
			by   belay.Caller
			what engine.Watching
		}{
			"a site's owner, another site": {site, engine.Watching{SiteID: id(4)}},
			"a site's owner, no site":      {site, engine.Watching{}},
			"a viewer, no site":            {belay.Caller{Role: belay.RoleViewer, SiteID: h.site}, engine.Watching{}},
			"an app, another app":          {stranger, engine.Watching{AppID: h.app}},
			"an app on a site, another":    {stranger, engine.Watching{SiteID: h.site, AppID: h.app}},
		} {
			if w, err := h.Watch(ctx, tt.by, tt.what); err == nil {
				t.Errorf("%s: may watch", name)
				w.Close()
			}
		}
		h.automate("booked", "", mails("Hello"))
		watchers := map[string]*watcher{
			"all":                    h.watch(operator, engine.Watching{}),
			"the site":               h.watch(site, engine.Watching{SiteID: h.site}),
			"the app":                h.watch(h.appCaller, engine.Watching{}),
			"the app on the site":    h.watch(h.appCaller, engine.Watching{SiteID: h.site}),
			"another app":            h.watch(stranger, engine.Watching{}),
			"another app, same site": h.watch(stranger, engine.Watching{SiteID: h.site}),
			"an operator, one app":   h.watch(operator, engine.Watching{AppID: other}),
		}
		for _, w := range watchers {
			defer w.Close()
			w.heard()
		}
		h.report("booked", 0, payload(""))
		synctest.Wait()
		h.automate("booked", "", mails("Hi"))
		all := []string{"event", "activation ENDED ENDED/1", "automation"}
		for name, heard := range map[string][]string{
			"all": all, "the site": all, "the app": all[:2], "the app on the site": all[:2],
			"another app": nil, "another app, same site": nil, "an operator, one app": nil,
		} {
			want(t, name, watchers[name].heard(), heard...)
		}
	})
}

func TestACancelOfAnActivationTellsAppsOnlyThatSomethingChanged(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		h.automate("booked", "", delayed("Hello", "1", "HOURS"))
		r := h.report("booked", 0, payload(""))
		site, app := h.watch(operator, engine.Watching{SiteID: h.site}), h.watch(h.appCaller, engine.Watching{})
		defer site.Close()
		defer app.Close()
		site.heard()
		app.heard()
		if _, err := h.CancelActivation(t.Context(), operator, h.site, r.Activations[0]); err != nil {
			t.Fatal(err)
		}
		want(t, "the site", site.heard(), "activation CANCELLED")
		want(t, "the app", app.heard(), "changed")
	})
}

func TestTheStopOfAServerEndsWhatIsWatched(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		w := h.watch(operator, engine.Watching{})
		defer w.Close()
		w.heard()
		ended := make(chan error)
		go func() {
			_, err := w.Next(context.Background())
			ended <- err
		}()
		synctest.Wait()
		h.EndWatches()
		if err := <-ended; !errors.Is(err, engine.ErrWatchEnded) {
			t.Errorf("Next = %v, want %v", err, engine.ErrWatchEnded)
		}
		h.stop()
	})
}

func TestThereIsAnEndToHowManyMayWatch(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		var all []*watcher
		for range 1024 {
			all = append(all, h.watch(operator, engine.Watching{}))
		}
		if _, err := h.Watch(t.Context(), operator, engine.Watching{}); belay.CodeOf(err) != belay.ResourceExhausted {
			t.Errorf("one more: %v, want %v", err, belay.ResourceExhausted)
		}
		for _, w := range all {
			w.Close()
		}
		h.watch(operator, engine.Watching{}).Close()
	})
}

func TestWhatAnotherNodeCommitsIsToldAsAChange(t *testing.T) {
	virtual(t, func(t *testing.T) {
		c := newCluster(t)
		c.shared = c.store.(store.Commits)
		one := furnish(c.join(0))
		defer one.stop()
		two := c.join(0)
		defer two.stop()
		w := two.watch(operator, engine.Watching{SiteID: one.site})
		defer w.Close()
		want(t, "at first", w.heard(), "ready", "changed")
		one.report("booked", 1, payload(""))
		want(t, "a report to the other node", w.heard(), "changed")
		began := time.Now()
		one.report("booked", 2, payload(""))
		if got, err := w.Next(t.Context()); err != nil || time.Since(began) > 2*time.Second {
			t.Errorf("Next = %v, %v after %v; want it within 2 s", words(got), err, time.Since(began))
		}
	})
}

func TestACommitThatNobodyWatchesCostsNothing(t *testing.T) {
	if n := testing.AllocsPerRun(100, engine.CommitUnwatched()); n != 0 {
		t.Errorf("it allocates %v times, want 0", n)
	}
}
