package client_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/client"
	"github.com/belay-events/belay/internal/app"
)

const operator = "the-operators-own-key"

// serve runs a server over a new store and returns its address.
func serve(t *testing.T) string {
	t.Helper()
	a, err := app.Open(t.Context(), app.Config{Listen: "127.0.0.1:0", Data: t.TempDir(), OperatorKey: operator, LogWriter: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return a.URL()
}

func TestAnAppReportsAndCancelsByItsToken(t *testing.T) {
	url, ctx := serve(t), t.Context()
	c := client.New(url+"/", client.Credentials{Key: operator})
	made, err := c.CreateApp(ctx, api.CreateAppRequest{Name: "Clock"})
	if err != nil {
		t.Fatal(err)
	}
	site, err := c.CreateSite(ctx, api.CreateSiteRequest{Name: "Tower", TimeZone: "UTC"})
	if err != nil {
		t.Fatal(err)
	}
	secret, err := c.RotateAppSecret(ctx, api.RotateAppSecretRequest{ID: made.App.ID})
	if err != nil {
		t.Fatal(err)
	}
	installed, err := c.PutInstallation(ctx, api.PutInstallationRequest{ID: site.Site.ID, AppID: made.App.ID})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.PutTrigger(ctx, api.PutTriggerRequest{
		ID: made.App.ID, Key: "struck", DisplayName: "Struck",
		PayloadSchema: []byte(`{"type":"object","properties":{"hour":{"type":"integer","title":"Hour","examples":[3]}}}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	token, err := c.Token(ctx, made.App.ID, secret, installed.Installation.InstanceID)
	if err != nil {
		t.Fatal(err)
	}

	own := client.New(url, client.Credentials{Key: token.AccessToken})
	const entity = "11111111-1111-4111-8111-111111111111"
	done, err := own.Report(ctx, api.ReportEventRequest{TriggerKey: "struck", ExternalEntityID: entity, Payload: []byte(`{"hour":7}`)})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := own.On(site.Site.ID).Event(ctx, done.EventID); err != nil || got.Event.ExternalEntityID != entity {
		t.Errorf("event = %+v, %v", got, err)
	}
	if _, err := own.Cancel(ctx, api.CancelEventRequest{TriggerKey: "struck", ExternalEntityID: entity}); err != nil {
		t.Error(err)
	}
}

func TestARefusalSaysWhatTheServerSays(t *testing.T) {
	url, ctx := serve(t), t.Context()
	c := client.New(url, client.Credentials{Key: operator})

	err := c.DeleteApp(ctx, "11111111-1111-4111-8111-111111111111")
	if !client.IsNotFound(err) || client.CodeOf(err) != "NOT_FOUND" {
		t.Errorf("DeleteApp = %v; want NOT_FOUND", err)
	}
	_, err = c.CreateSite(ctx, api.CreateSiteRequest{Name: "Tower", TimeZone: "Nowhere/Land"})
	refusal, ok := errors.AsType[*client.Error](err)
	if !ok || refusal.Status != http.StatusBadRequest || len(refusal.Fields) != 1 || refusal.Fields[0].Field != "timeZone" || refusal.RequestID == "" {
		t.Errorf("CreateSite = %+v", err)
	}
	if !strings.Contains(err.Error(), "timeZone must be a time zone") {
		t.Errorf("it reads %q", err)
	}
	_, err = client.New(url, client.Credentials{Key: "no-key-at-all"}).Apps(ctx)
	if refusal, ok := errors.AsType[*client.Error](err); !ok || refusal.Status != http.StatusUnauthorized {
		t.Errorf("Apps = %v; want 401", err)
	}
	if err := client.New("http://127.0.0.1:9", client.Credentials{}).Ready(ctx); err == nil || client.CodeOf(err) != "" || client.IsNotFound(err) {
		t.Errorf("Ready = %v where nothing listens", err)
	}
}

func TestListsAreReadToTheirEnd(t *testing.T) {
	url, ctx := serve(t), t.Context()
	c := client.New(url, client.Credentials{Key: operator})
	const many = 501 // more than a page
	for range many {
		if _, err := c.CreateApp(ctx, api.CreateAppRequest{Name: "one of many"}); err != nil {
			t.Fatal(err)
		}
	}
	apps, err := c.Apps(ctx)
	if err != nil || len(apps) != many {
		t.Errorf("%d apps, %v; want %d", len(apps), err, many)
	}
}
