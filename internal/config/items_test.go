package config_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/belay-events/belay/internal/config"
)

// Whatever the order and the size of the pages, going on by cursors shows each item
// once, in that order, and going back shows the page before.
func TestPagesOfACatalogShowEachItemOnce(t *testing.T) {
	words := []string{"color", "size"}
	rapid.Check(t, func(t *rapid.T) {
		items := make([]config.Item, rapid.IntRange(0, 30).Draw(t, "items"))
		for i := range items {
			items[i] = config.Item{Key: fmt.Sprintf("%02d", i), Fields: map[string]any{
				"color": rapid.SampledFrom([]string{"blue", "green", "red"}).Draw(t, "color"),
				"size":  rapid.SampledFrom([]string{"l", "m"}).Draw(t, "size"),
			}}
		}
		q := config.ItemQuery{Limit: rapid.IntRange(1, 7).Draw(t, "limit")}
		for _, word := range words[:rapid.IntRange(0, 2).Draw(t, "sorts")] {
			q.Sort = append(q.Sort, config.Sort{Field: word, Order: rapid.SampledFrom([]string{"", "ASC", "DESC"}).Draw(t, "order")})
		}
		want := make([]int, len(items))
		for i := range want {
			want[i] = i
		}
		slices.SortStableFunc(want, func(a, b int) int {
			for _, s := range q.Sort {
				n := cmp.Compare(items[a].Fields[s.Field].(string), items[b].Fields[s.Field].(string))
				if s.Order == "DESC" {
					n = -n
				}
				if n != 0 {
					return n
				}
			}
			return 0
		})
		var got, last []int
		for {
			page, err := config.QueryItems(items, words, q)
			if err != nil {
				t.Fatal(err)
			}
			if page.Offset != len(got) || page.Total != len(items) {
				t.Fatalf("the page is at %d of %d; want %d of %d", page.Offset, page.Total, len(got), len(items))
			}
			if page.Prev != "" {
				back, err := config.QueryItems(items, words, config.ItemQuery{Cursor: page.Prev, Limit: q.Limit})
				if err != nil || !slices.Equal(back.At, last) {
					t.Fatalf("the page before shows %v, %v; want %v", back.At, err, last)
				}
			}
			got, last = append(got, page.At...), page.At
			if page.Next == "" {
				break
			}
			q = config.ItemQuery{Cursor: page.Next, Limit: q.Limit}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("the pages show %v; want %v", got, want)
		}
	})
}
