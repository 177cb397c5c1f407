package apply

import (
	"context"
	"fmt"
	"io"

	"github.com/belay-events/belay/client"
)

// Export writes all that is set up as one file of YAML. Applying it to the same
// server changes nothing. Secrets, and the keys of operators, are left out.
func Export(ctx context.Context, c *client.Client, out io.Writer) error {
	h, err := Look(ctx, c, nil)
	if err != nil {
		return fmt.Errorf("read the server's configuration: %w", err)
	}
	docs, err := h.documents()
	if err != nil {
		return err
	}
	for i, d := range docs {
		page, err := text(d)
		if err != nil {
			return err
		}
		if i > 0 {
			page = "---\n" + page
		}
		if _, err := io.WriteString(out, page); err != nil {
			return err
		}
	}
	return nil
}

// documents returns everything, what others need before what needs it.
func (h *Has) documents() ([]any, error) {
	var docs []any
	for i := range h.apps {
		docs = append(docs, appDoc(&h.apps[i]))
	}
	for i := range h.triggers {
		d, err := h.trigger(&h.triggers[i])
		if err != nil {
			return nil, err
		}
		docs = append(docs, d)
	}
	for i := range h.actions {
		d, err := h.action(&h.actions[i])
		if err != nil {
			return nil, err
		}
		docs = append(docs, d)
	}
	for i := range h.brought {
		d, err := h.describePreinstalled(&h.brought[i])
		if err != nil {
			return nil, err
		}
		docs = append(docs, d)
	}
	for i := range h.told {
		docs = append(docs, h.webhooksDoc(&h.told[i]))
	}
	for i := range h.sites {
		docs = append(docs, siteDoc(&h.sites[i]))
	}
	for i := range h.installations {
		docs = append(docs, h.installation(&h.installations[i]))
	}
	for i := range h.keys {
		if h.keys[i].Role != "operator" {
			docs = append(docs, h.key(&h.keys[i]))
		}
	}
	for _, p := range h.automations {
		d, err := h.automation(p.doc, p.id, p.site)
		if err != nil {
			return nil, err
		}
		docs = append(docs, d)
	}
	return docs, nil
}
