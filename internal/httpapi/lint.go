package httpapi

import (
	"context"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/schema"
)

func (d *door) lintSchema(_ context.Context, _ *call, in *api.LintSchemaRequest) (*api.LintSchemaResponse, error) {
	lint := schema.LintPayload
	if in.Of == "ACTION" {
		lint = schema.LintAction
	}
	found := lint("schema", in.Schema)
	return &api.LintSchemaResponse{
		Problems: each(found.Problems, schemaProblemOf), Scheduled: found.Scheduled,
		Fixed: found.Fixed, Remaining: found.Remaining,
	}, nil
}

func schemaProblemOf(p *schema.Problem) api.SchemaProblem {
	told := api.SchemaProblem{Field: p.Field, ViolatedRule: p.Rule, Description: p.Description, Pointer: p.Pointer}
	if p.Fix != nil {
		told.Fix = &api.SchemaFix{Title: p.Fix.Title, Patch: each(p.Fix.Patch, func(a *schema.Act) api.PatchAct {
			return api.PatchAct{Op: a.Op, Path: a.Path, From: a.From, Value: a.Value}
		})}
	}
	return told
}
