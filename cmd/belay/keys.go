package main

import (
	"fmt"
	"time"

	"github.com/belay-events/belay/api"
)

type keysVerb struct {
	List   keysList   `cmd:"" default:"withargs" help:"List API keys, without their values."`
	Create keysCreate `cmd:"" help:"Make an API key and print it; it cannot be read again."`
	Delete keysDelete `cmd:"" help:"Delete an API key, which is good for nothing from then on."`
}

type keysList struct {
	server
	JSON bool `name:"json" help:"Print JSON, for scripts."`
}

// Run lists the keys.
func (v *keysList) Run(p *process) error {
	c, err := v.client()
	if err != nil {
		return err
	}
	keys, err := c.Keys(p.ctx)
	if err != nil {
		return v.hinted(err)
	}
	if v.JSON {
		return p.printJSON(keys)
	}
	t := newTable("ID", "NAME", "ROLE", "ENDS IN", "APP OR SITE", "CREATED", "EXPIRES")
	for _, k := range keys {
		t.row(k.ID, k.Name, k.Role, "…"+k.Hint, dash(k.AppID+k.SiteID), at(k.CreatedDate), at(k.ExpiresDate))
	}
	return p.print(t, len(keys), "no keys")
}

type keysCreate struct {
	server
	Name   string        `required:"" help:"What the key is called."`
	Role   string        `required:"" enum:"operator,app,site,viewer" help:"${enum}."`
	App    string        `placeholder:"ID" help:"The app, for its key."`
	For    string        `name:"for-site" placeholder:"ID" help:"The site, for a site's or a viewer's key; the one of --site otherwise."`
	Expire time.Duration `help:"When it ends, from now; never otherwise."`
	JSON   bool          `name:"json" help:"Print JSON, for scripts."`
}

// Run makes a key.
func (v *keysCreate) Run(p *process) error {
	c, err := v.client()
	if err != nil {
		return err
	}
	in := api.CreateKeyRequest{Name: v.Name, Role: v.Role, AppID: v.App, SiteID: v.For}
	if in.SiteID == "" && (v.Role == "site" || v.Role == "viewer") {
		in.SiteID = v.Site
	}
	if v.Expire > 0 {
		in.ExpiresDate = api.Time{Time: time.Now().Add(v.Expire)}
	}
	made, err := c.CreateKey(p.ctx, in)
	if err != nil {
		return v.hinted(err)
	}
	if v.JSON {
		return p.printJSON(made)
	}
	fmt.Fprintf(p.err, "key %s (%s), shown this once:\n", made.Key.ID, made.Key.Role)
	_, err = fmt.Fprintln(p.out, made.Secret)
	return err
}

type keysDelete struct {
	server
	ID string `arg:"" help:"The key's ID."`
}

// Run deletes a key.
func (v *keysDelete) Run(p *process) error {
	c, err := v.client()
	if err != nil {
		return err
	}
	return v.hinted(c.DeleteKey(p.ctx, v.ID))
}
