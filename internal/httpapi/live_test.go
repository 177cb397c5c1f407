package httpapi_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// listen follows what happens until that ends by itself, and returns what was told.
func (s *server) listen(key string) (answer chan *httptest.ResponseRecorder) {
	answer = make(chan *httptest.ResponseRecorder, 1)
	go func() {
		ctx, done := context.WithTimeout(s.t.Context(), time.Hour)
		defer done()
		r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/belay/v1/live", http.NoBody)
		r.Header.Set("Authorization", key)
		w := httptest.NewRecorder()
		s.handler.ServeHTTP(w, r)
		answer <- w
	}()
	return answer
}

func TestAStreamEndsWhenItsKeyIsRevoked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, nil)
		s.furnish()
		made := s.must("POST", "/belay/v1/keys", s.operator, map[string]any{"name": "short", "role": "viewer", "siteId": siteID, "value": "belay-test-key-soon-revoked"})
		answer := s.listen("belay-test-key-soon-revoked")
		time.Sleep(time.Minute)
		began := time.Now()
		s.must("DELETE", "/belay/v1/keys/"+made["key"].(map[string]any)["id"].(string), s.operator, nil)
		got := <-answer
		if took := time.Since(began); took > 15*time.Second {
			t.Errorf("it ended %v after its key", took)
		}
		if got.Code != http.StatusOK || !strings.Contains(got.Body.String(), "event: ready") || !got.Flushed {
			t.Errorf("answer = %d, flushed: %v, %s", got.Code, got.Flushed, got.Body)
		}
	})
}

func TestAStreamEndsWhenItsAppIsTakenOffTheSite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, nil)
		s.furnish()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/belay/v1/live", http.NoBody)
		r.Header.Set("Authorization", appKey)
		r.Header.Set("Belay-Site-Id", siteID)
		ended := make(chan time.Time, 1)
		go func() {
			s.handler.ServeHTTP(httptest.NewRecorder(), r)
			ended <- time.Now()
		}()
		time.Sleep(time.Minute)
		began := time.Now()
		s.must("DELETE", "/belay/v1/sites/"+siteID+"/installations/"+appID, s.operator, nil)
		if took := (<-ended).Sub(began); took > 15*time.Second {
			t.Errorf("it ended %v after the app was uninstalled", took)
		}
	})
}

func TestAStreamEndsWhenTheServerStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, nil)
		s.furnish()
		answer := s.listen(viewerKey)
		synctest.Wait()
		began := time.Now()
		s.engine.EndWatches()
		<-answer
		if took := time.Since(began); took > 0 {
			t.Errorf("it ended %v after the server began to stop", took)
		}
	})
}
