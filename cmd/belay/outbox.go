package main

import (
	"strings"

	"github.com/belay-events/belay/api"
)

type outboxVerb struct{ listing }

// Run lists the mails of the site that were kept instead of sent.
func (v *outboxVerb) Run(p *process) error {
	if err := v.check(); err != nil {
		return err
	}
	c, err := v.client()
	if err != nil {
		return err
	}
	page, err := c.Outbox(p.ctx, api.ListRequest{Limit: v.Limit, Cursor: v.After})
	if err != nil {
		return v.hinted(err)
	}
	if v.JSON {
		return p.printJSON(page)
	}
	t := newTable("DATE", "TO", "SUBJECT", "ACTIVATION")
	for _, m := range page.Mails {
		t.row(at(m.Date), short(strings.Join(plain(m.To), ", "), 40), short(m.Subject, 60), dash(m.ActivationID))
	}
	if err := p.print(t, len(page.Mails), "no mails"); err != nil {
		return err
	}
	return p.more(page.PagingMetadata)
}

// plain returns addresses, those without a name also without angle brackets.
func plain(addresses []string) []string {
	list := make([]string, len(addresses))
	for i, a := range addresses {
		list[i] = a
		if strings.HasPrefix(a, "<") {
			list[i] = strings.Trim(a, "<>")
		}
	}
	return list
}

type inboxVerb struct{ listing }

// Run lists the notifications of the site.
func (v *inboxVerb) Run(p *process) error {
	if err := v.check(); err != nil {
		return err
	}
	c, err := v.client()
	if err != nil {
		return err
	}
	page, err := c.Inbox(p.ctx, api.ListRequest{Limit: v.Limit, Cursor: v.After})
	if err != nil {
		return v.hinted(err)
	}
	if v.JSON {
		return p.printJSON(page)
	}
	t := newTable("DATE", "TITLE", "MESSAGE")
	for _, n := range page.Notifications {
		t.row(at(n.Date), dash(short(n.Title, 40)), short(n.Message, 80))
	}
	if err := p.print(t, len(page.Notifications), "no notifications"); err != nil {
		return err
	}
	return p.more(page.PagingMetadata)
}
