package main

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/httpapi"
)

type oidcFlags struct {
	Issuer       string   `env:"BELAY_OIDC_ISSUER" placeholder:"URL" help:"Identity provider by which people may sign in."`
	ClientID     string   `name:"client-id" env:"BELAY_OIDC_CLIENT_ID" help:"What the provider knows this server by."`
	ClientSecret string   `name:"client-secret" env:"BELAY_OIDC_CLIENT_SECRET" help:"Better given by BELAY_OIDC_CLIENT_SECRET than here, where others see it."`
	Name         string   `env:"BELAY_OIDC_NAME" help:"What the button is called; the issuer's host otherwise."`
	Domains      []string `env:"BELAY_OIDC_DOMAINS" placeholder:"DOMAIN" help:"Domains that emails must be of; any otherwise."`
	Grants       []string `env:"BELAY_OIDC_GRANTS" placeholder:"GRANT" help:"What people are whom nobody has invited: operator, developer:APP, site:SITE or viewer:SITE. Without one, only those who were invited may enter."`
}

// config returns nil where there is no provider.
func (f *oidcFlags) config() (*httpapi.OIDC, error) {
	if f.Issuer == "" {
		return nil, nil
	}
	if f.ClientID == "" {
		return nil, usageError{errors.New("--oidc-issuer needs --oidc-client-id")}
	}
	o := &httpapi.OIDC{Issuer: f.Issuer, ClientID: f.ClientID, ClientSecret: f.ClientSecret, Name: f.Name, Domains: f.Domains}
	for _, text := range f.Grants {
		g, err := parseGrant(text)
		if err != nil {
			return nil, usageError{fmt.Errorf("--oidc-grants %s: %w", text, err)}
		}
		o.Grants = append(o.Grants, g)
	}
	return o, nil
}

// parseGrant reads "operator", "developer:APP", "site:SITE" or "viewer:SITE".
func parseGrant(text string) (belay.Grant, error) {
	role, of, named := strings.Cut(text, ":")
	g := belay.Grant{Role: belay.Role(role)}
	var id belay.ID
	if named {
		var err error
		if id, err = belay.ParseID(of); err != nil {
			return g, err
		}
	}
	switch g.Role {
	case belay.RoleOperator:
		if named {
			return g, errors.New("an operator is one of everything")
		}
		return g, nil
	case belay.RoleDeveloper:
		g.AppID = id
	case belay.RoleSite, belay.RoleViewer:
		g.SiteID = id
	default:
		return g, errors.New("must be operator, developer:APP, site:SITE or viewer:SITE")
	}
	if !named {
		return g, fmt.Errorf("must say of which, such as %s:6f1c2a4e-0b7d-4c39-9a51-2d8e7f603b14", role)
	}
	return g, nil
}

// publicURL checks where people reach the server, "" for nothing said.
func publicURL(text string) (string, error) {
	text = strings.TrimRight(text, "/")
	if text == "" {
		return "", nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Path != "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", usageError{fmt.Errorf("--public-url %s: must be an origin such as https://belay.example.com, without a path", text)}
	}
	return text, nil
}
