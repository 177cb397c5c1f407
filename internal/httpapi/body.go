package httpapi

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/belay-events/belay/internal/belay"
)

// readBody reads the body into in, a pointer to a struct: strict JSON, where a
// key given twice and text that is no UTF-8 are refused, and members that in
// does not know are ignored.
func (s *shape) readBody(w http.ResponseWriter, r *http.Request, rt *route, in any) error {
	form, err := contentType(r, rt.form)
	if err != nil {
		return err
	}
	b := buffers.Get().(*bytes.Buffer)
	defer release(b)
	if err := take(b, w, r, rt.maxBody); err != nil {
		return err
	}
	switch {
	case form:
		return readForm(b.String(), in)
	case b.Len() == 0 && !s.needed:
		return nil
	case b.Len() == 0:
		return belay.Invalid("body", "REQUIRED", "is missing: the call takes a JSON object")
	}
	err = json.Unmarshal(b.Bytes(), in)
	switch {
	case err == nil:
		return nil
	case s.apart != nil:
		return s.apart.read(b.Bytes(), in, err)
	default:
		return misread("", b.Bytes(), err)
	}
}

// contentType refuses what is not JSON in UTF-8, or a form where one is taken. A
// request without a body needs no type.
func contentType(r *http.Request, form bool) (isForm bool, err error) {
	given := r.Header["Content-Type"]
	if len(given) == 0 && r.ContentLength == 0 {
		return false, nil
	}
	if coded := r.Header["Content-Encoding"]; len(coded) > 0 && coded[0] != "identity" {
		return false, unsupported("the body must not be compressed")
	}
	if len(given) == 1 && (given[0] == "application/json" || given[0] == "application/json; charset=utf-8") {
		return false, nil
	}
	if len(given) == 1 {
		media, params, err := mime.ParseMediaType(given[0])
		inUTF8 := err == nil && (params["charset"] == "" || strings.EqualFold(params["charset"], "utf-8"))
		switch {
		case !inUTF8:
		case media == "application/json" || strings.HasPrefix(media, "application/") && strings.HasSuffix(media, "+json"):
			return false, nil
		case form && media == "application/x-www-form-urlencoded":
			return true, nil
		}
	}
	if form {
		return false, unsupported("the body must be of the type application/json or application/x-www-form-urlencoded, in UTF-8")
	}
	return false, unsupported("the body must be of the type application/json, in UTF-8")
}

func unsupported(message string) *refusal {
	return &refusal{http.StatusUnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", message}
}

// take reads the whole body into b.
func take(b *bytes.Buffer, w http.ResponseWriter, r *http.Request, limit int64) error {
	if r.ContentLength > limit {
		return tooLarge(limit)
	}
	body := r.Body
	if r.ContentLength >= 0 {
		b.Grow(int(r.ContentLength) + bytes.MinRead) // the body ends where it says
	} else {
		body = http.MaxBytesReader(w, body, limit)
	}
	_, err := b.ReadFrom(body)
	if err == nil {
		return nil
	}
	if _, over := errors.AsType[*http.MaxBytesError](err); over {
		return tooLarge(limit)
	}
	return belay.Invalid("body", "INCOMPLETE", "could not be read to its end")
}

func tooLarge(limit int64) *refusal {
	return &refusal{
		http.StatusRequestEntityTooLarge, "PAYLOAD_TOO_LARGE", fmt.Sprintf("the body must be at most %d bytes long", limit),
	}
}

// readForm fills the string members of in from a form.
func readForm(text string, in any) error {
	form, err := url.ParseQuery(text)
	if err != nil {
		return belay.Invalid("body", "FORM", "is not a form")
	}
	v := reflect.ValueOf(in).Elem()
	for _, f := range reflect.VisibleFields(v.Type()) {
		given := form[jsonName(f)]
		if len(given) > 1 {
			return belay.Invalid(jsonName(f), "DUPLICATE_KEY", "is given twice")
		}
		if len(given) == 1 && f.Type.Kind() == reflect.String {
			v.FieldByIndex(f.Index).SetString(given[0])
		}
	}
	return nil
}

// misread tells a caller what is wrong with what is not strict JSON of the wanted
// form, and where. root is the place of the JSON in the body, empty for the whole.
func misread(root string, body []byte, err error) *belay.Error {
	if s, ok := errors.AsType[*json.SemanticError](err); ok {
		if inner, ok := errors.AsType[*jsontext.SyntacticError](s.Err); ok {
			return syntax(root, body, inner)
		}
		return mistyped(root, s)
	}
	if s, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return syntax(root, body, s)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return belay.Invalid(place(root, ""), "JSON", "is not JSON: it ends too early")
	}
	return belay.Invalid(place(root, ""), "JSON", "is not JSON")
}

func syntax(root string, body []byte, s *jsontext.SyntacticError) *belay.Error {
	field := place(root, s.JSONPointer)
	switch {
	case errors.Is(s.Err, jsontext.ErrDuplicateName):
		return belay.Invalid(field, "DUPLICATE_KEY", "is given twice")
	case errors.Is(s.Err, io.ErrUnexpectedEOF):
		return belay.Invalid(field, "JSON", fmt.Sprintf("is not JSON: it ends too early, after %d bytes", len(body)))
	case !utf8.Valid(body):
		return belay.Invalid(field, "UTF8", fmt.Sprintf("is not valid UTF-8 (at byte %d)", s.ByteOffset))
	case strings.Contains(s.Err.Error(), "depth"):
		return belay.Invalid(field, "MAX_DEPTH", "nests too deep")
	default:
		return belay.Invalid(field, "JSON", fmt.Sprintf("is not JSON: %v (at byte %d)", s.Err, s.ByteOffset))
	}
}

func mistyped(root string, s *json.SemanticError) *belay.Error {
	field := place(root, s.JSONPointer)
	if s.Err != nil && s.GoType != nil && s.GoType.PkgPath() != "" && !errors.Is(s.Err, strconv.ErrRange) {
		if text := unwrapped(s.Err); strings.HasPrefix(text, "must ") {
			return belay.Invalid(field, "FORMAT", text)
		}
	}
	if errors.Is(s.Err, strconv.ErrRange) {
		return belay.Invalid(field, "RANGE", "is too large a number")
	}
	want := "of another type"
	if s.GoType != nil {
		want = jsonType(s.GoType)
	}
	if want == wholeNumber && s.JSONKind == '0' {
		return belay.Invalid(field, "TYPE", "must be a whole number, without a fraction or an exponent")
	}
	return belay.Invalid(field, "TYPE", "must be "+want+", is "+kindWord(s.JSONKind))
}

// unwrapped returns the innermost text of an error.
func unwrapped(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}

func jsonType(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return jsonType(t.Elem())
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice:
		return "an array"
	case reflect.Struct, reflect.Map:
		return "an object"
	default:
		return wholeNumber
	}
}

const wholeNumber = "a whole number"

func kindWord(k jsontext.Kind) string {
	switch k {
	case '"':
		return "a string"
	case '0':
		return "a number"
	case '{':
		return "an object"
	case '[':
		return "an array"
	case 't', 'f':
		return "true or false"
	case 'n':
		return "null"
	default:
		return "something else"
	}
}

// place writes a JSON pointer below root as callers do, payload.lines[3].quantity,
// and "body" for the whole.
func place(root string, p jsontext.Pointer) string {
	if p == "" && root == "" {
		return "body"
	}
	var b strings.Builder
	b.WriteString(root)
	for token := range p.Tokens() {
		if _, err := strconv.ParseUint(token, 10, 32); err == nil && b.Len() > 0 {
			b.WriteString("[" + token + "]")
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		if len(token) > 100 {
			token = strings.ToValidUTF8(token[:100], "") + "…"
		}
		b.WriteString(token)
	}
	return b.String()
}
