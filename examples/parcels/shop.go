package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"sync"
	"time"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/client"
)

// shop is the app's server.
type shop struct {
	belay    *client.Client
	verifier client.Verifier
	carrier  time.Duration
	shipped  chan string // tracking numbers whose completion Belay has taken

	mu      sync.Mutex
	answers map[string]json.RawMessage // by request ID: a real app keeps them in its database
}

func newShop(url, key string, carrier time.Duration) *shop {
	return &shop{
		belay:    client.New(url, client.Credentials{Key: key, SiteID: siteID}),
		verifier: client.Verifier{AppID: appID, URL: url},
		carrier:  carrier, shipped: make(chan string, 1), answers: make(map[string]json.RawMessage),
	}
}

func (s *shop) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+api.PathInvoke, s.called(s.invoke))
	mux.HandleFunc("POST "+api.PathRefreshPayload, s.called(s.refresh))
	return mux
}

// called reads a call that Belay made, and answers it. A repeat of a call is answered
// as the call was, and does nothing.
func (s *shop) called(do func(*api.ProviderCall) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		call, err := s.verifier.Read(r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusForbidden)
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		answer, known := s.answers[call.Metadata.RequestID]
		if !known {
			told, err := do(call)
			if err != nil {
				w.WriteHeader(http.StatusBadRequest)
				answer = encoded(map[string]any{"applicationError": map[string]string{"code": "BAD_REQUEST"}})
				log.Printf("refused %s: %v", r.URL.Path, err)
			} else {
				answer = encoded(told)
				s.answers[call.Metadata.RequestID] = answer
			}
		}
		if _, err := w.Write(answer); err != nil {
			log.Print(err) // Belay asks again, under the same ID
		}
	}
}

// invoke carries out an action: a label at once, a parcel as fast as the carrier is.
func (s *shop) invoke(call *api.ProviderCall) (any, error) {
	var in api.InvokeRequest
	if err := json.Unmarshal(call.Request, &in); err != nil {
		return nil, err
	}
	switch in.ActionKey {
	case "print-label":
		var params struct{ Address string }
		if err := json.Unmarshal(in.ActionParams, &params); err != nil {
			return nil, err
		}
		log.Printf("printed a label for %s", params.Address)
		return api.InvokeResponse{Result: encoded(map[string]string{"label": "To " + params.Address})}, nil
	case "ship":
		log.Print("gave the parcel to the carrier")
		go s.ship(in.ActivationContext.InvocationToken)
		return api.InvokeResponse{
			Result:               encoded(map[string]string{"tracking": "not known yet"}),
			TimeoutType:          api.TimeoutLength,
			TimeoutLengthOptions: &api.TimeoutLengthOptions{TimeoutInMinutes: 60},
		}, nil
	}
	return nil, fmt.Errorf("there is no action %q", in.ActionKey)
}

// ship reports the completion when the carrier is done, until Belay has taken it.
func (s *shop) ship(token string) {
	time.Sleep(s.carrier)
	const tracking = "PT-000017"
	for pause := time.Second; ; pause = min(2*pause, time.Minute) {
		err := s.belay.Completed(context.Background(), token, encoded(map[string]string{"tracking": tracking}))
		if err == nil || client.CodeOf(err) == "INVOCATION_COMPLETED" {
			s.shipped <- tracking
			return
		}
		log.Printf("could not report that the parcel is on its way: %v", err)
		time.Sleep(pause)
	}
}

// refresh answers with an order as it is now. This shop's orders never change.
func (s *shop) refresh(call *api.ProviderCall) (any, error) {
	var in api.RefreshPayloadRequest
	if err := json.Unmarshal(call.Request, &in); err != nil {
		return nil, err
	}
	return api.RefreshPayloadResponse{Payload: in.Payload}, nil
}

// encoded writes what is known to have a JSON form.
func encoded(v any) json.RawMessage {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}
