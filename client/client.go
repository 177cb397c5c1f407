// Package client calls a Belay server. Its methods are named after what they do
// and take and give the types of package api.
//
// A program that reports needs only New, Report and Cancel:
//
//	c := client.New("http://127.0.0.1:7300", client.Credentials{Key: key, SiteID: site})
//	answer, err := c.Report(ctx, api.ReportEventRequest{TriggerKey: "appointment_scheduled", Payload: payload})
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/belay-events/belay/api"
)

// Credentials say who calls.
type Credentials struct {
	// Key is an API key or an app's token.
	Key string
	// SiteID is the site that calls are about; empty where the key is good for one
	// site alone, or where calls are about none.
	SiteID string
}

// Client calls one server. It is safe for use by many goroutines.
type Client struct {
	url  string
	who  Credentials
	http *http.Client
}

// Timeout bounds one call, answer included.
const Timeout = time.Minute

// New returns a client for the server at url, such as "http://127.0.0.1:7300".
func New(url string, who Credentials) *Client {
	return &Client{url: strings.TrimRight(url, "/"), who: who, http: &http.Client{Timeout: Timeout}}
}

// On returns a client for the same server whose calls are about another site.
func (c *Client) On(siteID string) *Client {
	other := *c
	other.who.SiteID = siteID
	return &other
}

// SiteID returns the site that calls are about.
func (c *Client) SiteID() string { return c.who.SiteID }

// Error is a refusal by the server.
type Error struct {
	Status    int    // HTTP's
	Code      string // a stable word for programs; empty where fields are to blame
	Message   string
	Fields    []api.FieldViolation
	RequestID string // by which the server's log knows the call
}

// Error returns the message and then each field that broke a rule.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Message)
	for _, f := range e.Fields {
		if line := f.Field + " " + f.Description; line != e.Message {
			b.WriteString("\n  " + line)
		}
	}
	if e.Status >= http.StatusInternalServerError && e.RequestID != "" {
		b.WriteString(" (request " + e.RequestID + ")")
	}
	return b.String()
}

// IsNotFound reports whether err says that there is no such thing.
func IsNotFound(err error) bool { return status(err) == http.StatusNotFound }

// CodeOf returns the stable word of a refusal, "" for any other error.
func CodeOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

func status(err error) int {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Status
	}
	return 0
}

// maxAnswer bounds how much of an answer is read.
const maxAnswer = 64 << 20

// call sends in as JSON, unless it is nil, and reads the answer into out.
func (c *Client) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("%s %s: %w", method, path, err)
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.url+path, body)
	if err != nil {
		return err
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.who.Key != "" {
		req.Header.Set("Authorization", c.who.Key)
	}
	if c.who.SiteID != "" {
		req.Header.Set("Belay-Site-Id", c.who.SiteID)
	}
	answer, err := c.http.Do(req)
	if err != nil {
		return err // it says the method and the address already
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	if answer.StatusCode != http.StatusOK {
		return refusal(answer, text)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("%s %s: the answer is not one of Belay's: %w", method, path, err)
	}
	return nil
}

func refusal(answer *http.Response, text []byte) *Error {
	e := &Error{Status: answer.StatusCode, RequestID: answer.Header.Get("X-Wix-Request-Id")}
	var said api.Error
	if json.Unmarshal(text, &said) != nil || said.Message == "" {
		e.Message = "the server answered " + answer.Status
		return e
	}
	e.Message = said.Message
	if a := said.Details.ApplicationError; a != nil {
		e.Code = a.Code
		if a.Data != nil {
			e.Fields = a.Data.FieldViolations
		}
	}
	if v := said.Details.ValidationError; v != nil {
		e.Fields = v.FieldViolations
	}
	return e
}

// all reads every page of a list.
func all[Page, Item any](ctx context.Context, c *Client, path string, query url.Values, items func(*Page) ([]Item, api.Paging)) ([]Item, error) {
	var list []Item
	if query == nil {
		query = url.Values{}
	}
	query.Set("limit", "500")
	for {
		var page Page
		if err := c.call(ctx, http.MethodGet, path+"?"+query.Encode(), nil, &page); err != nil {
			return nil, err
		}
		more, paging := items(&page)
		list = append(list, more...)
		if !paging.HasNext || paging.Cursors.Next == "" {
			return list, nil
		}
		query.Set("cursor", paging.Cursors.Next)
	}
}

func one(id string) string { return "/" + url.PathEscape(id) }
