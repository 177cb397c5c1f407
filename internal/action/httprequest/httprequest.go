// Package httprequest is the built-in action send_http_request: a site owner's own
// request to any server on the public internet, sent by outbound.Client. Begin with
// Define.
package httprequest

import (
	"context"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/action/outbound"
	"github.com/belay-events/belay/internal/belay"
)

// Key names the action within the built-in app.
const Key = "send_http_request"

// Define returns the action's definition. timeout bounds one attempt and should be
// no less than the client's own.
func Define(do *Action, timeout time.Duration) action.Definition {
	return action.Definition{
		Key:          Key,
		Name:         "Send an HTTP request",
		Description:  "Calls a web address of yours and hands its answer to the actions that follow.",
		InputSchema:  json.RawMessage(inputSchema),
		OutputSchema: json.RawMessage(outputSchema),
		Do:           do,
		Timeout:      timeout,
	}
}

// Action sends requests.
type Action struct {
	Client *outbound.Client
	// Secrets returns the secrets that sign a site's requests, newest first; its error
	// is shown to people and holds no secret. Requests go unsigned where it is nil or
	// returns none.
	Secrets func(ctx context.Context, site belay.ID) ([]string, error)
}

// Do sends the request that the input describes. The output shows any answer, also
// that of a receiver that refused.
func (h *Action) Do(ctx context.Context, a action.Attempt) action.Outcome {
	request, problem := read(a.Input)
	if problem != nil {
		return action.RejectInput(problem.field, problem.text)
	}
	if h.Secrets != nil {
		secrets, err := h.Secrets(ctx, a.Site)
		if err != nil {
			return action.Outcome{
				Code:   "SECRETS_UNAVAILABLE",
				Detail: action.Bound("the site's signing secrets could not be read: " + err.Error()),
			}
		}
		request.Secrets = secrets
	}
	request.MessageID, request.Now = a.MessageID, a.Now
	answer, outcome := h.Client.Do(ctx, request)
	if answer.Status != 0 {
		outcome.Output = output(answer)
	}
	return outcome
}

// Sketch returns the request that Do would send.
func (h *Action) Sketch(a action.Attempt) (action.Sketch, *action.Outcome) {
	request, problem := read(a.Input)
	if problem != nil {
		rejected := action.RejectInput(problem.field, problem.text)
		return action.Sketch{}, &rejected
	}
	header := make(map[string]string, len(request.Header))
	for name := range request.Header {
		header[name] = request.Header.Get(name)
	}
	return action.Sketch{Request: &action.SketchedRequest{
		Method: request.Method, URL: request.URL, Header: header, Body: strings.ToValidUTF8(string(request.Body), "\uFFFD"),
	}}, nil
}

// Destination returns the host of the input's URL.
func (h *Action) Destination(a action.Attempt) string {
	url, _ := a.Input["url"].(string)
	return outbound.Destination(url)
}

func output(answer outbound.Response) map[string]any {
	headers := make(map[string]any, len(answer.Header))
	for name, values := range answer.Header {
		headers[strings.ToLower(name)] = strings.ToValidUTF8(strings.Join(values, ", "), "\uFFFD")
	}
	return map[string]any{
		"status":    float64(answer.Status), // as JSON reads it back
		"headers":   headers,
		"body":      body(answer),
		"truncated": answer.Truncated,
	}
}

// body returns the value of a JSON body, and any other body as text in which bytes
// that are not UTF-8 are replaced. A cut body is text, whatever it was to be.
func body(answer outbound.Response) any {
	media, _, _ := mime.ParseMediaType(answer.Header.Get("Content-Type"))
	if !answer.Truncated && (media == "application/json" || strings.HasSuffix(media, "+json")) && utf8.Valid(answer.Body) {
		var value any
		if json.Unmarshal(answer.Body, &value) == nil && depth(value) <= maxDepth {
			return value
		}
	}
	return strings.ToValidUTF8(string(answer.Body), "\uFFFD")
}

// maxDepth is how deep a JSON body may nest and still be read as a value, the limit
// that payloads have too: what follows reads the output as it reads a payload.
const maxDepth = 32

func depth(v any) int {
	deepest := 0
	switch v := v.(type) {
	case map[string]any:
		for _, inner := range v {
			deepest = max(deepest, depth(inner))
		}
	case []any:
		for _, inner := range v {
			deepest = max(deepest, depth(inner))
		}
	default:
		return 0
	}
	return deepest + 1
}

type problem struct{ field, text string }

func read(input map[string]any) (outbound.Request, *problem) {
	var r outbound.Request
	url, ok := input["url"].(string)
	if !ok || url == "" {
		return r, &problem{"url", "is required and must be text"}
	}
	r.URL = url
	var wrong *problem
	if r.Method, wrong = readMethod(input["method"]); wrong != nil {
		return r, wrong
	}
	if r.Header, wrong = readHeaders(input["headers"]); wrong != nil {
		return r, wrong
	}
	if r.Body, wrong = readBody(input["body"], r.Header); wrong != nil {
		return r, wrong
	}
	return r, nil
}

func readMethod(value any) (string, *problem) {
	switch value {
	case nil, "":
		return http.MethodPost, nil
	case http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodHead:
		return value.(string), nil
	}
	return "", &problem{"method", "must be one of GET, POST, PUT, PATCH, DELETE, HEAD"}
}

const (
	maxHeaders     = 64
	maxHeaderBytes = 8 << 10
)

func readHeaders(value any) (http.Header, *problem) {
	headers := http.Header{}
	if value == nil {
		return headers, nil
	}
	object, ok := value.(map[string]any)
	if !ok || len(object) > maxHeaders {
		return nil, &problem{"headers", fmt.Sprintf("must be an object of at most %d texts", maxHeaders)}
	}
	for name, value := range object {
		text, ok := value.(string)
		switch {
		case !token(name):
			return nil, &problem{"headers", fmt.Sprintf("has the name %.80q, which is not one of a header", name)}
		case !ok:
			return nil, &problem{"headers." + name, "must be text"}
		case len(name)+len(text) > maxHeaderBytes:
			return nil, &problem{"headers." + name, fmt.Sprintf("must not be longer than %d bytes", maxHeaderBytes)}
		case !printable(text):
			return nil, &problem{"headers." + name, "must not contain line breaks or other control characters"}
		case reserved(name):
			return nil, &problem{"headers." + name, "is set by Belay itself"}
		}
		headers.Set(name, text)
	}
	return headers, nil
}

// reserved reports whether a header is not the site owner's to set: those that
// belong to one connection (RFC 9110, section 7.6.1), those that say where a
// message ends or whom it is for, and the signature's.
func reserved(name string) bool {
	name = strings.ToLower(name)
	switch name {
	case "connection", "proxy-connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade",
		"proxy-authorization", "proxy-authenticate", "http2-settings", "expect", "host", "content-length":
		return true
	}
	return strings.HasPrefix(name, "webhook-")
}

// token reports whether s can be a header's name (RFC 9110, section 5.6.2).
func token(s string) bool {
	for _, c := range []byte(s) {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && !strings.ContainsRune("!#$%&'*+-.^_`|~", rune(c)) {
			return false
		}
	}
	return s != ""
}

func printable(s string) bool {
	for _, c := range []byte(s) {
		if c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

// readBody sends text as it is and every other value as JSON, and names the media
// type where the headers do not.
func readBody(value any, headers http.Header) ([]byte, *problem) {
	media := "application/json"
	var body []byte
	switch value := value.(type) {
	case nil:
		return nil, nil
	case string:
		media, body = "text/plain; charset=utf-8", []byte(value)
	default:
		var err error
		if body, err = json.Marshal(value); err != nil {
			return nil, &problem{"body", "cannot be written as JSON"}
		}
	}
	if headers.Get("Content-Type") == "" {
		headers.Set("Content-Type", media)
	}
	return body, nil
}
