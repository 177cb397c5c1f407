package client

import "net/http"

// Through returns a client for the same server that calls by way of h: a proxy,
// a certificate of one's own, or a network of a test's.
func (c *Client) Through(h *http.Client) *Client {
	other := *c
	other.http = h
	return &other
}
