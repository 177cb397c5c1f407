package httpapi

import (
	"context"
	"strings"
	"time"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
	"github.com/belay-events/belay/internal/digest"
	"github.com/belay-events/belay/internal/engine"
)

// defaultCards is how many cards a page holds where the call does not say.
const defaultCards = 200

func (d *door) listCards(ctx context.Context, c *call, in *api.AutomationCardsRequest) (*api.AutomationCardsResponse, error) {
	all, snapshot, err := d.book.Cards(ctx, c.by, c.site)
	if err != nil {
		return nil, err
	}
	maker := d.digests(snapshot)
	answer := &api.AutomationCardsResponse{TimeZone: snapshot.Site.TimeZone, Locale: snapshot.Site.Locale, Counts: countCards(all)}
	shown := make([]config.Card, 0, len(all))
	words := strings.Fields(strings.ToLower(in.Search))
	for i := range all {
		if showsCard(&all[i], in.Show) && holdsWords(maker, &all[i], words) {
			shown = append(shown, all[i])
		}
	}
	if in.Limit == 0 {
		in.Limit = defaultCards
	}
	if err := ofOrder(in.Sort, in.Cursor); err != nil {
		return nil, err
	}
	page, paging, err := pageOf(shown, cardOrder(in.Sort), api.ListRequest{Limit: in.Limit, Cursor: in.Cursor})
	if err != nil {
		return nil, err
	}
	ids := make([]belay.ID, len(page))
	for i := range page {
		ids[i] = page[i].ID
	}
	days, weeks, err := d.engine.Weeks(ctx, c.by, c.site, ids)
	if err != nil {
		return nil, err
	}
	next, err := d.engine.NextDue(ctx, c.by, c.site)
	if err != nil {
		return nil, err
	}
	for _, day := range days {
		answer.Days = append(answer.Days, day.Format(time.DateOnly))
	}
	answer.PagingMetadata, answer.Cards = paging, make([]api.AutomationCard, len(page))
	for i := range page {
		answer.Cards[i] = cardOf(&page[i], maker, snapshot)
		answer.Cards[i].Runs, answer.Cards[i].NextDate = runsOf(weeks[page[i].ID]), when(next[page[i].ID])
	}
	return answer, nil
}

// digests returns what makes digests in the words of a site.
func (d *door) digests(s *config.Snapshot) *digest.Maker {
	return &digest.Maker{
		Trigger: func(app belay.ID, key string) (digest.Trigger, bool) {
			if belay.BuiltInTrigger(app, key) != "" {
				app, key = belay.BuiltIn, belay.BuiltInTrigger(app, key)
			}
			t, ok := s.Trigger(app, key)
			if !ok {
				return digest.Trigger{}, false
			}
			return digest.Trigger{Name: t.Name, Scheduled: t.Scheduled, Filters: t.Filters, Payload: t.Payload.Properties()}, true
		},
		App: func(id belay.ID) string {
			if id == belay.BuiltIn {
				return "Belay"
			}
			app, _ := s.App(id)
			return app.Name
		},
		Action: func(app belay.ID, key string) string {
			if registry := d.engine.Actions(); app == belay.BuiltIn && registry != nil {
				definition, _ := registry.Find(key)
				return definition.Name
			}
			if a, ok := s.Action(app, key); ok {
				return a.Name
			}
			return ""
		},
	}
}

func isDraft(c *config.Card) bool  { return c.Automation.Draft != nil }
func isActive(c *config.Card) bool { return !isDraft(c) && c.Spec.Configuration.Status == belay.Active }

func showsCard(c *config.Card, show string) bool {
	switch show {
	case "ACTIVE":
		return isActive(c)
	case "INACTIVE":
		return !isDraft(c) && !isActive(c)
	case "DRAFT":
		return isDraft(c) || c.Draft != nil
	case "PREINSTALLED":
		return c.Preinstalled != nil
	}
	return true
}

func countCards(all []config.Card) (n api.CardCounts) {
	for _, count := range []struct {
		show string
		n    *int
	}{{"ALL", &n.All}, {"ACTIVE", &n.Active}, {"INACTIVE", &n.Inactive}, {"DRAFT", &n.Draft}, {"PREINSTALLED", &n.Preinstalled}} {
		for i := range all {
			if showsCard(&all[i], count.show) {
				*count.n++
			}
		}
	}
	return n
}

// holdsWords reports whether all words stand in what people know a card by.
func holdsWords(m *digest.Maker, c *config.Card, words []string) bool {
	if len(words) == 0 {
		return true
	}
	known := append(m.Words(c.Spec), c.Spec.Name, c.Spec.Description)
	text := strings.ToLower(strings.Join(known, "\n"))
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// cardOrder returns what cards are ordered by. It begins with the order's own
// letter, so that a cursor of another order is told apart.
func cardOrder(sort string) func(*config.Card) string {
	newest := func(at belay.Instant, id belay.ID) string { return made(1e15-1-at, id) }
	switch sort {
	case "NAME":
		return func(c *config.Card) string { return "N" + strings.ToLower(c.Spec.Name) + "\x00" + c.ID.String() }
	case "CREATED":
		return func(c *config.Card) string { return "C" + newest(c.CreatedAt, c.ID) }
	}
	return func(c *config.Card) string {
		at := c.UpdatedAt
		if c.Draft != nil {
			at = max(at, c.Draft.UpdatedAt)
		}
		return "U" + newest(at, c.ID)
	}
}

// ofOrder refuses a cursor of a list in another order.
func ofOrder(sort, cursor string) error {
	if cursor == "" {
		return nil
	}
	key, err := keyIn("cursor", cursor)
	if err == nil && key[0] != cardOrder(sort)(&config.Card{Spec: &belay.AutomationSpec{}})[0] {
		err = belay.Invalid("cursor", "CURSOR", "is not a cursor of a list in this order")
	}
	return err
}

func cardOf(c *config.Card, m *digest.Maker, s *config.Snapshot) api.AutomationCard {
	status := string(belay.Inactive)
	if isActive(c) {
		status = string(belay.Active)
	}
	card := api.AutomationCard{
		ID: c.ID.String(), Name: c.Spec.Name, Description: c.Spec.Description, Status: status, Revision: api.Int64(c.Revision),
		Origin: c.Spec.Origin, CreatedDate: when(c.CreatedAt), UpdatedDate: when(c.UpdatedAt), Draft: isDraft(c), Digest: m.Of(c.Spec),
	}
	if c.Draft != nil {
		card.Unpublished = &api.UnpublishedDraft{ID: c.Draft.ID.String(), UpdatedDate: when(c.Draft.UpdatedAt)}
	}
	if l := c.Locks(); l != (config.Locks{}) {
		card.Locks = &api.CardLocks{ReadOnly: l.ReadOnly, NoDelete: l.NoDelete, NoStatus: l.NoStatus, TriggerFixed: l.TriggerFixed}
	}
	if p := c.Preinstalled; p != nil {
		app, _ := s.App(p.AppID)
		card.Preinstalled = &api.CardApp{ID: p.AppID.String(), Name: app.Name, Override: p.Override}
	}
	return card
}

func runsOf(w *engine.Week) api.CardRuns {
	if w == nil {
		w = &engine.Week{}
	}
	return api.CardRuns{Done: w.Ended[:], Failed: w.Failed[:], Canceled: w.Canceled[:], Skipped: w.Skipped[:], Bounded: w.Bounded}
}
