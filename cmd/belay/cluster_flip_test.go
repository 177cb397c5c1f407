package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/client"
)

// flipping switches an automation off and on until ctx ends, and reports at once
// through other nodes each time. It leaves it active.
func (l *load) flipping(ctx context.Context, r *rand.Rand, trigger string) {
	automation, active := toggled(0, trigger), true
	for ctx.Err() == nil || !active {
		l.c.pause(time.Duration(200+r.IntN(1000)) * time.Millisecond)
		active = !active
		if !l.flip(r, automation, active) {
			return
		}
		for range 3 {
			l.report(r, l.story(r, 0, trigger, &entity{id: guid(r)}))
		}
	}
}

// flip changes the status of an automation. Each call names the revision that it
// was made from, so one whose answer was lost changes nothing behind a later flip.
func (l *load) flip(r *rand.Rand, automation string, active bool) bool {
	f := flip{automation: automation, active: active, began: time.Now()}
	want := map[bool]string{true: "ACTIVE", false: "INACTIVE"}[active]
	for {
		n := l.c.nodes[r.IntN(len(l.c.nodes))]
		ctx, cancel := context.WithTimeout(l.c.ctx, l.bound)
		held, err := l.hold(ctx, n.at.Load().url, automation, want)
		cancel()
		if err == nil && held {
			f.answered = time.Now()
			l.mu.Lock()
			l.flips = append(l.flips, f)
			l.mu.Unlock()
			return true
		}
		switch refusal, _ := err.(*client.Error); {
		case l.c.ctx.Err() != nil:
			l.c.Errorf("an automation was never switched to %s: %v", want, err)
			return false
		case refusal != nil && refusal.Status == http.StatusConflict, err == nil: // a lost call was kept
		case !l.again(err):
			l.c.Errorf("switching an automation to %s at %s: %v", want, n.name, err)
			return false
		}
		l.c.pause(time.Duration(20+r.IntN(100)) * time.Millisecond)
	}
}

// hold switches an automation to a status where it has another, and reports whether
// it has this one.
func (l *load) hold(ctx context.Context, url, automation, want string) (bool, error) {
	path := url + "/v2/automations/" + automation
	has, err := l.automation(ctx, http.MethodGet, path, nil)
	if err == nil && has.Configuration.Status != want {
		has, err = l.automation(ctx, http.MethodPatch, path, fmt.Appendf(nil,
			`{"automation":{"revision":"%d","configuration":{"status":%q}},"fieldMask":"configuration.status"}`, has.Revision, want))
	}
	return has.Configuration.Status == want, err
}

func (l *load) automation(ctx context.Context, method, path string, body []byte) (a api.Automation, err error) {
	req, err := http.NewRequestWithContext(ctx, method, path, bytes.NewReader(body))
	if err != nil {
		return a, err
	}
	req.Header.Set("Authorization", operatorKey)
	req.Header.Set("Belay-Site-Id", l.c.sites[0])
	req.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return a, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return a, err
	}
	if answer.StatusCode != http.StatusOK {
		return a, &client.Error{Status: answer.StatusCode, Message: string(text)}
	}
	var got struct {
		Automation api.Automation `json:"automation"`
	}
	return got.Automation, json.Unmarshal(text, &got)
}
