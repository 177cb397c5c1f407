package storetest

import (
	"errors"
	"testing"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

func (x *exam) change(scope belay.ID, puts ...store.Put) store.Changed {
	x.Helper()
	return x.commit(store.Batch{Changes: []store.Change{{Scope: scope, Puts: puts}}}).Changes[0]
}

func put(key, value string, expect int64) store.Put {
	return store.Put{Kind: "automation", Key: key, Value: []byte(value), Expect: expect}
}

func gone(key string, expect int64) store.Put {
	return store.Put{Kind: "automation", Key: key, Expect: expect}
}

func (x *exam) docs(scope belay.ID, after string, limit int) []store.Doc {
	x.Helper()
	got, _, err := x.s.Docs(x.ctx, scope, "automation", after, limit)
	x.ok(err)
	return got
}

func doc(key, value string, revision int64) store.Doc {
	return store.Doc{Key: key, Revision: revision, Value: []byte(value)}
}

func changes(t *testing.T, f Fixture) {
	happened := func(version int64) store.Changed { return store.Changed{Conflict: -1, Version: version} }
	cases(t, f, map[string]func(*exam){
		"a document is written, replaced and deleted": func(x *exam) {
			key := store.DocKey{Scope: x.site, Kind: "automation", Key: "a"}
			_, err := x.s.Doc(x.ctx, key)
			x.equal("none", errors.Is(err, store.ErrNotFound), true)
			for i, p := range []store.Put{put("a", `{"n":1}`, 0), put("a", `{"n":2}`, 1), put("a", `{"n":3}`, store.AnyRevision)} {
				x.equal("answer", x.change(x.site, p), happened(int64(i+1)))
				got, err := x.s.Doc(x.ctx, key)
				x.ok(err)
				x.equal("document", got, doc("a", string(p.Value), int64(i+1)))
			}
			x.equal("answer", x.change(x.site, gone("a", 3)), happened(4))
			_, err = x.s.Doc(x.ctx, key)
			x.equal("none", errors.Is(err, store.ErrNotFound), true)
			x.equal("anew", x.change(x.site, put("a", `{}`, 0)), happened(5))
			x.equal("documents", x.docs(x.site, "", 0), []store.Doc{doc("a", "{}", 1)})
		},
		"a change under another version of what all share changes nothing": func(x *exam) {
			x.change(belay.ID{}, put("app", "1", 0))
			a := x.scheduled(belay.ID{5})
			under := func(version int64, value string) store.Changed {
				return x.commit(store.Batch{Changes: []store.Change{{
					Scope: x.site, GlobalVersion: version, Puts: []store.Put{put("a", value, store.AnyRevision)},
					Cancels: []store.Cancel{x.cancelOf(store.Selector{AppID: x.app})},
				}}}).Changes[0]
			}
			now := x.version(belay.ID{})
			x.equal("before its time", under(now+1, "1"), store.Changed{Conflict: -1, Stale: true})
			x.change(belay.ID{}, put("app", "2", 1))
			x.equal("after it", under(now, "2"), store.Changed{Conflict: -1, Stale: true})
			x.equal("documents", x.docs(x.site, "", 0), []store.Doc(nil))
			x.equal("due", x.due(), []belay.ID{a.ID})
			got := under(now+1, "3")
			x.equal("at it", []any{got.Conflict, got.Stale, got.Version}, []any{-1, false, int64(1)})
			x.equal("documents", x.docs(x.site, "", 0), []store.Doc{doc("a", "3", 1)})
			x.equal("due", x.due(), []belay.ID(nil))
			got = x.commit(store.Batch{Changes: []store.Change{{GlobalVersion: now, Puts: []store.Put{put("app", "3", 2)}}}}).Changes[0]
			x.equal("of what all share itself", got, store.Changed{Conflict: -1, Stale: true, Version: now + 1})
		},
		"a revision that is not the expected one changes nothing": func(x *exam) {
			x.change(x.site, put("a", "1", 0), put("b", "1", 0))
			a := x.scheduled(belay.ID{5})
			for name, tt := range map[string]struct {
				puts []store.Put
				at   int
			}{
				"one that is there":        {[]store.Put{put("c", "2", 0), put("a", "2", 0)}, 1},
				"one that is not":          {[]store.Put{put("c", "2", 1), put("a", "2", 1)}, 0},
				"an old one":               {[]store.Put{put("a", "2", 1), put("b", "2", store.AnyRevision), put("b", "2", 9)}, 2},
				"a deletion":               {[]store.Put{put("c", "2", 0), gone("a", 2)}, 1},
				"a deletion of what isn't": {[]store.Put{gone("x", 1)}, 0},
			} {
				got := x.commit(store.Batch{Changes: []store.Change{{
					Scope: x.site, Puts: tt.puts, Cancels: []store.Cancel{x.cancelOf(store.Selector{AppID: x.app})},
				}}}).Changes[0]
				x.equal(name, got, store.Changed{Conflict: tt.at, Version: 1})
			}
			x.equal("documents", x.docs(x.site, "", 0), []store.Doc{doc("a", "1", 1), doc("b", "1", 1)})
			x.equal("due", x.due(), []belay.ID{a.ID})
			x.equal("version", x.version(x.site), int64(1))
		},
		"a later put of a change sees the earlier": func(x *exam) {
			x.equal("answer", x.change(x.site, put("a", "1", 0), put("a", "2", 1), gone("b", 0)), happened(1))
			x.equal("documents", x.docs(x.site, "", 0), []store.Doc{doc("a", "2", 2)})
		},
		"a later change of the batch sees the earlier": func(x *exam) {
			got := x.commit(store.Batch{Changes: []store.Change{
				{Scope: x.site, Puts: []store.Put{put("a", "1", 0)}},
				{Scope: x.site, Puts: []store.Put{put("a", "2", 0)}},
				{Scope: x.site, Puts: []store.Put{put("a", "3", 1)}},
				{Scope: x.site, Puts: []store.Put{gone("a", 2)}},
				{Scope: x.site, Puts: []store.Put{put("a", "4", 0)}},
			}}).Changes
			x.equal("answers", got, []store.Changed{happened(1), {Conflict: 0, Version: 1}, happened(2), happened(3), happened(4)})
			x.equal("documents", x.docs(x.site, "", 0), []store.Doc{doc("a", "4", 1)})
		},
		"every scope has its own version": func(x *exam) {
			x.equal("before", x.version(x.site), int64(0))
			x.change(x.site)
			x.change(x.site, put("a", "1", 0))
			x.change(belay.ID{}, put("a", "1", 0))
			x.equal("site", x.version(x.site), int64(2))
			x.equal("shared", x.version(belay.ID{}), int64(1))
			x.equal("another", x.version(belay.ID{8}), int64(0))
		},
		"cancels happen with the change": func(x *exam) {
			entity := belay.ID{5}
			a, b := x.scheduled(entity), x.scheduled(belay.ID{6})
			got := x.commit(store.Batch{
				Changes: []store.Change{{
					Scope: x.site, Puts: []store.Put{put("a", "1", 0)},
					Cancels: []store.Cancel{x.cancelOf(x.entity(entity)), x.cancelOf(store.Selector{AutomationID: x.automation})},
				}},
				Cancels: []store.Cancel{x.cancelOf(x.entity(entity))},
			})
			x.equal("change", got.Changes[0], store.Changed{Conflict: -1, Version: 1, Cancels: []store.Canceled{
				{Count: 1, IDs: []belay.ID{a.ID}}, {Count: 1, IDs: []belay.ID{b.ID}},
			}})
			x.equal("cancel", got.Cancels[0], store.Canceled{Ended: 1})
		},
		"a site's change cancels on that site alone": func(x *exam) {
			a := x.scheduled(belay.ID{5})
			c := x.cancelOf(byID(a.ID))
			got := x.commit(store.Batch{Changes: []store.Change{{Scope: belay.ID{8}, Cancels: []store.Cancel{c}}}}).Changes[0]
			x.equal("of another", got.Cancels, []store.Canceled{{}})
			got = x.commit(store.Batch{Changes: []store.Change{{Cancels: []store.Cancel{c}}}}).Changes[0]
			x.equal("of all", got.Cancels, []store.Canceled{{}})
			got = x.commit(store.Batch{Changes: []store.Change{{Scope: x.site, Cancels: []store.Cancel{c}}}}).Changes[0]
			x.equal("its own", got.Cancels, []store.Canceled{{Count: 1, IDs: []belay.ID{a.ID}}})
		},
		"documents are listed by key, in pages": func(x *exam) {
			keys := []string{"a", "a/b", "ab", "b", "ä"}
			for _, k := range []string{"b", "ä", "a/b", "a", "ab"} {
				x.change(x.site, put(k, k, 0))
			}
			x.change(x.site, store.Put{Kind: "automations", Key: "a", Value: []byte("1")})
			x.change(x.site, store.Put{Kind: "", Key: "a", Value: []byte("1")})
			x.change(belay.ID{}, put("c", "c", 0))
			names := func(docs []store.Doc) (out []string) {
				for _, d := range docs {
					out = append(out, d.Key)
				}
				return out
			}
			x.equal("all", names(x.docs(x.site, "", 0)), keys)
			x.equal("two", names(x.docs(x.site, "", 2)), keys[:2])
			x.equal("two more", names(x.docs(x.site, "a/b", 2)), keys[2:4])
			x.equal("after what is not there", names(x.docs(x.site, "aa", 0)), keys[2:])
			x.equal("after the last", names(x.docs(x.site, "ä", 5)), []string(nil))
			x.equal("shared", names(x.docs(belay.ID{}, "", 0)), []string{"c"})
			_, version, err := x.s.Docs(x.ctx, x.site, "automation", "", 1)
			x.ok(err)
			x.equal("version", version, int64(7))
		},
	})
}

func entries(t *testing.T, f Fixture) {
	cases(t, f, map[string]func(*exam){
		"an entry that is there is left as it is": func(x *exam) {
			first := store.Entry{SiteID: x.site, Stream: "outbox", ID: x.id(), Value: []byte("1")}
			second := store.Entry{SiteID: x.site, Stream: "outbox", ID: x.id(), Value: []byte("2")}
			again := first
			again.Value = []byte("3")
			x.commit(store.Batch{Entries: []store.Entry{first}})
			x.commit(store.Batch{Entries: []store.Entry{again, second, {SiteID: x.site, Stream: "outbox", ID: second.ID}}})
			got, err := x.s.Entries(x.ctx, store.EntryQuery{SiteID: x.site, Stream: "outbox", Page: store.Page{Limit: 9}})
			x.ok(err)
			x.equal("entries", got, []store.Entry{first, second})
		},
		"entries of a change are kept with its documents": func(x *exam) {
			for _, scope := range []belay.ID{x.site, {}} {
				id := x.id()
				change := store.Change{
					Scope: scope, Puts: []store.Put{{Kind: "app", Key: "a", Value: []byte("1")}},
					Entries: []store.Entry{{SiteID: belay.ID{8}, Stream: store.Changes, ID: id, Value: []byte("made")}},
				}
				x.equal("change", x.commit(store.Batch{Changes: []store.Change{change}}).Changes[0].Conflict, -1)
				lost := change
				lost.Entries = []store.Entry{{Stream: store.Changes, ID: x.id(), Value: []byte("not made")}}
				x.equal("lost change", x.commit(store.Batch{Changes: []store.Change{lost}}).Changes[0].Conflict, 0)
				got, err := x.s.Entries(x.ctx, store.EntryQuery{SiteID: scope, Stream: store.Changes, Page: store.Page{Limit: 9}})
				x.ok(err)
				x.equal("entries", got, []store.Entry{{SiteID: scope, Stream: store.Changes, ID: id, Value: []byte("made")}})
			}
		},
		"the audit log of all sites is in the order of time": func(x *exam) {
			var want []store.Entry
			for n, site := range []belay.ID{x.site, {}, {8}, x.site, {9}} {
				e := store.Entry{SiteID: site, Stream: store.Changes, ID: x.id(), Value: []byte{byte(n)}}
				want = append(want, e)
				x.commit(store.Batch{Entries: []store.Entry{e, {SiteID: site, Stream: "outbox", ID: x.id()}}})
			}
			for name, tt := range map[string]struct {
				page store.Page
				want []store.Entry
			}{
				"oldest first": {store.Page{Limit: 9}, want},
				"newest first": {store.Page{Limit: 2, Newest: true}, []store.Entry{want[4], want[3]}},
				"between":      {store.Page{After: want[0].ID, Before: want[3].ID, Limit: 9}, want[1:3]},
				"none between": {store.Page{After: want[3].ID, Before: want[0].ID, Limit: 9}, nil},
			} {
				got, err := x.s.Trail(x.ctx, store.TrailQuery{Stream: store.Changes, Page: tt.page})
				x.ok(err)
				x.equal(name, got, tt.want)
			}
			x.commit(store.Batch{Purges: []store.Purge{{SiteID: x.site, Stream: store.Changes, Entries: []belay.ID{want[0].ID}}}})
			got, err := x.s.Trail(x.ctx, store.TrailQuery{Stream: store.Changes, Page: store.Page{Limit: 9}})
			x.ok(err)
			x.equal("after a purge", got, want[1:])
			_, err = x.s.Trail(x.ctx, store.TrailQuery{Stream: store.Changes})
			if err == nil {
				x.Error("a page without a limit was given")
			}
		},
		"streams and sites are apart": func(x *exam) {
			id := x.id()
			all := []store.Entry{
				{SiteID: x.site, Stream: "a", ID: id, Value: []byte("1")},
				{SiteID: x.site, Stream: "ab", ID: id, Value: []byte("2")},
				{SiteID: belay.ID{8}, Stream: "a", ID: id, Value: []byte("3")},
			}
			x.commit(store.Batch{Entries: all})
			for _, e := range all {
				got, err := x.s.Entries(x.ctx, store.EntryQuery{SiteID: e.SiteID, Stream: e.Stream, Page: store.Page{Limit: 9}})
				x.ok(err)
				x.equal("entries", got, []store.Entry{e})
			}
		},
	})
}
