package main

import (
	"fmt"
	"strings"

	"github.com/belay-events/belay/api"
)

type linkVerb struct {
	server
	Email  string   `arg:"" help:"Whose link it is: a user's, who chooses a new password by it, or that of somebody to invite."`
	Name   string   `help:"What somebody to invite is called; the beginning of the email otherwise."`
	Grants []string `name:"grant" short:"g" placeholder:"GRANT" help:"What somebody to invite is: operator, developer:APP, site:SITE or viewer:SITE."`
	JSON   bool     `name:"json" help:"Print JSON, for scripts."`
}

// Run makes a one-time link.
func (v *linkVerb) Run(p *process) error {
	c, err := v.client()
	if err != nil {
		return err
	}
	users, err := c.Users(p.ctx)
	if err != nil {
		return v.hinted(err)
	}
	var made api.UserLinkResponse
	if id := userOf(users, v.Email); id != "" {
		made, err = c.LinkUser(p.ctx, id)
	} else {
		in, wrong := v.invitation()
		if wrong != nil {
			return wrong
		}
		made, err = c.InviteUser(p.ctx, in)
	}
	if err != nil {
		return v.hinted(err)
	}
	if v.JSON {
		return p.printJSON(made)
	}
	fmt.Fprintf(p.err, "for %s, good for one use until %s:\n", made.User.Email, at(made.Link.ExpiresDate))
	_, err = fmt.Fprintln(p.out, made.Link.URL)
	return err
}

func (v *linkVerb) invitation() (api.InviteUserRequest, error) {
	in := api.InviteUserRequest{Name: v.Name, Email: v.Email, Grants: make([]api.Grant, len(v.Grants))}
	if len(v.Grants) == 0 {
		return in, usageError{fmt.Errorf("there is no user %s yet: say by --grant what they are to be, such as --grant operator", v.Email)}
	}
	if in.Name == "" {
		in.Name, _, _ = strings.Cut(v.Email, "@")
	}
	for i, text := range v.Grants {
		g, err := parseGrant(text)
		if err != nil {
			return in, usageError{fmt.Errorf("--grant %s: %w", text, err)}
		}
		in.Grants[i] = api.Grant{Role: strings.ToUpper(string(g.Role)), AppID: g.AppID.String(), SiteID: g.SiteID.String()}
	}
	return in, nil
}

// userOf returns the ID of the user of an email, "" where there is none.
func userOf(users []api.UserDetails, email string) string {
	for i := range users {
		if strings.EqualFold(users[i].Email, strings.TrimSpace(email)) {
			return users[i].ID
		}
	}
	return ""
}
