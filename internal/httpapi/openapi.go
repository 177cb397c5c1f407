package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/swaggest/jsonschema-go"
	"github.com/swaggest/openapi-go"
	"github.com/swaggest/openapi-go/openapi31"

	"github.com/belay-events/belay/api"
)

// siteHeader is what calls on a site carry beside their credential.
type siteHeader struct {
	Site string `header:"belay-site-id" format:"uuid" description:"On which site; wix-site-id is the same. Not needed where the credential is good for one site alone."`
}

const introduction = `Belay holds events that apps report until each action of the site owners' ` +
	`automations is due, and calls all of it off on one call.

Every answer is JSON and carries the header x-wix-request-id. A success is always status 200. ` +
	`The credential is sent in the Authorization header, with or without "Bearer".`

// Document returns the OpenAPI 3.1 document of the whole API as JSON, as
// /openapi.json serves it. It needs no server.
func Document(version string) ([]byte, error) {
	d := &door{scrape: http.NotFoundHandler()}
	return describe(d.table(), version)
}

// describe returns the OpenAPI 3.1 document of routes, as JSON.
func describe(routes []route, version string) ([]byte, error) {
	r := openapi31.NewReflector()
	r.DefaultOptions = append(r.DefaultOptions,
		jsonschema.InterceptDefName(func(_ reflect.Type, name string) string { return strings.TrimPrefix(name, "Api") }),
		jsonschema.InterceptSchema(ownTypes),
		jsonschema.InterceptNullability(func(p jsonschema.InterceptNullabilityParams) { p.Schema.RemoveType(jsonschema.Null) }))
	r.AddTypeMapping(api.AutomationDocument{}, api.Automation{})
	r.AddTypeMapping(api.PartialDocument{}, api.PartialAutomation{})
	r.Spec.Info.WithTitle("Belay").WithVersion(version).WithDescription(introduction)
	r.Spec.SetAPIKeySecurity("credential", "Authorization", openapi.InHeader,
		"An API key, or an access token from /oauth2/token; raw or after \"Bearer\".")
	for i := range routes {
		for alias, pattern := range routes[i].patterns {
			if err := add(r, &routes[i], alias, pattern); err != nil {
				return nil, fmt.Errorf("%s %s: %w", routes[i].method, pattern, err)
			}
		}
	}
	return r.Spec.MarshalJSON()
}

// ownTypes describes the types that write themselves.
func ownTypes(p jsonschema.InterceptSchemaParams) (stop bool, err error) {
	switch p.Value.Type() {
	case reflect.TypeFor[api.Time]():
		*p.Schema = *(&jsonschema.Schema{}).WithType(jsonschema.String.Type()).WithFormat("date-time")
	case reflect.TypeFor[api.Int64]():
		*p.Schema = *(&jsonschema.Schema{}).WithType(jsonschema.String.Type()).WithPattern(digits)
	case reflect.TypeFor[*api.Int64](): // one that requests alone have
		*p.Schema = *(&jsonschema.Schema{}).WithPattern(digits)
		p.Schema.AddType(jsonschema.String)
		p.Schema.AddType(jsonschema.Integer)
	case reflect.TypeFor[json.RawMessage]():
		*p.Schema = jsonschema.Schema{}
	default:
		return false, nil
	}
	return true, nil
}

const digits = "^-?[0-9]+$"

// documented returns the path that stands in the document for a pattern.
func documented(pattern string) string { return strings.TrimSuffix(pattern, "{$}") }

func add(r *openapi31.Reflector, rt *route, alias int, pattern string) error {
	op, err := r.NewOperationContext(rt.method, documented(pattern))
	if err != nil {
		return err
	}
	id, group, summary := rt.id, rt.group, rt.summary
	if alias > 0 {
		id, group = fmt.Sprintf("%sAlias%d", id, alias), "Other paths"
		summary = "The same as " + rt.method + " " + rt.patterns[0]
	}
	op.SetID(id)
	op.SetTags(group)
	op.SetSummary(summary)
	if rt.access != anyone {
		op.AddSecurity("credential")
	}
	if rt.access == onSite || rt.access == perhapsOnSite {
		op.AddReqStructure(new(siteHeader))
	}
	if rt.plain != nil {
		op.AddRespStructure(nil, openapi.WithHTTPStatus(200), openapi.WithContentType(rt.contentType))
		return r.AddOperation(op)
	}
	if in := rt.operation.in; in != reflect.TypeFor[api.Empty]() {
		op.AddReqStructure(reflect.New(in).Interface(), openapi.WithCustomize(rt.customize))
	}
	answer := reflect.New(rt.operation.out.Elem()).Interface()
	switch answer.(type) {
	case *api.Empty:
		answer = new(emptyAnswer)
	case *jsontext.Value:
		answer = new(openAPIAnswer)
	}
	if rt.contentType == "" {
		op.AddRespStructure(answer, openapi.WithHTTPStatus(200))
	} else {
		op.AddRespStructure(answer, openapi.WithHTTPStatus(200), openapi.WithContentType(rt.contentType))
	}
	op.AddRespStructure(new(api.Error), func(cu *openapi.ContentUnit) {
		cu.IsDefault, cu.Description = true, "A refusal."
	})
	return r.AddOperation(op)
}

// emptyAnswer stands for api.Empty, which the document would leave out.
type emptyAnswer struct {
	_ struct{} `additionalProperties:"false" description:"Nothing to say."`
}

// openAPIAnswer stands for the document itself.
type openAPIAnswer struct {
	OpenAPI string `json:"openapi" required:"true"`
}

// customize says of a body what the type does not.
func (rt *route) customize(content openapi.ContentOrReference) {
	body, ok := content.(*openapi31.RequestBodyOrReference)
	if !ok || body.RequestBody == nil {
		return
	}
	if rt.operation.shape.needed {
		body.RequestBody.WithRequired(true)
	}
	if rt.form {
		body.RequestBody.WithContentItem("application/x-www-form-urlencoded", body.RequestBody.Content["application/json"])
	}
}
