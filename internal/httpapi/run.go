package httpapi

import (
	"context"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
	"github.com/belay-events/belay/internal/engine"
)

func (d *door) runAutomation(ctx context.Context, c *call, in *api.RunAutomationRequest) (*api.CarriedOut, error) {
	return d.carryOut(ctx, c, in, belay.Run)
}

func (d *door) testAutomation(ctx context.Context, c *call, in *api.RunAutomationRequest) (*api.CarriedOut, error) {
	return d.carryOut(ctx, c, in, belay.Test)
}

func (d *door) carryOut(ctx context.Context, c *call, in *api.RunAutomationRequest, cause belay.Cause) (*api.CarriedOut, error) {
	target, err := targetOf(&in.AutomationTarget)
	if err != nil {
		return nil, err
	}
	done, err := d.engine.CarryOut(ctx, c.by, c.site, target, cause, reported(c, in.Payload, in.ExternalEntityID, in.Idempotency))
	if err != nil {
		return nil, err
	}
	return carriedOut(c, &done), nil
}

func (d *door) rerunActivation(ctx context.Context, c *call, in *api.RerunActivationRequest) (*api.CarriedOut, error) {
	done, err := d.engine.Rerun(ctx, c.by, c.site, optionalID(in.ActivationID), reported(c, nil, "", in.Idempotency))
	if err != nil {
		return nil, err
	}
	return carriedOut(c, &done), nil
}

func carriedOut(c *call, done *engine.Reported) *api.CarriedOut {
	c.event = done.EventID
	answer := &api.CarriedOut{EventID: done.EventID.String(), Repeated: done.Repeated}
	if len(done.Activations) > 0 {
		answer.ActivationID = done.Activations[0].String()
	}
	return answer
}

// targetOf reads the one identifier that is given, or that the type names.
func targetOf(in *api.AutomationTarget) (config.Target, error) {
	byID, brought := in.Automation, in.Preinstalled
	switch {
	case in.IdentifierType == "AUTOMATION" || in.IdentifierType == "" && brought == nil:
		if byID == nil {
			return config.Target{}, belay.Invalid("automationIdentifier", "REQUIRED", "is missing: it says which automation")
		}
		return config.Target{AutomationID: optionalID(byID.AutomationID)}, nil
	case in.IdentifierType == "" && byID != nil:
		return config.Target{}, belay.Invalid("identifierType", "AMBIGUOUS", "is needed: both identifiers are given")
	case brought == nil:
		return config.Target{}, belay.Invalid("preinstalledIdentifier", "REQUIRED", "is missing: identifierType is PREINSTALLED")
	default:
		return config.Target{AppID: optionalID(brought.AppID), ComponentID: optionalID(brought.ComponentID)}, nil
	}
}
