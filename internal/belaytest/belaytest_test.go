package belaytest_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/smtp"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/belay-events/belay/internal/belaytest"
)

func TestReceiverRecordsAndFollowsItsScript(t *testing.T) {
	r := belaytest.NewReceiver(t)
	r.Answer(belaytest.FailThen(2, 503)...)
	var statuses []int
	for range 4 {
		resp, err := http.Post(r.URL+"/in?a=1", "text/plain", strings.NewReader("hello"))
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		statuses = append(statuses, resp.StatusCode)
	}
	if statuses[0] != 503 || statuses[1] != 503 || statuses[2] != 200 || statuses[3] != 200 {
		t.Errorf("statuses = %v", statuses)
	}
	got := r.Requests()
	if len(got) != 4 || got[0].Method != "POST" || got[0].Path != "/in" || got[0].Query != "a=1" || string(got[0].Body) != "hello" {
		t.Errorf("requests = %+v", got)
	}
}

func TestReceiverSpeaksTLS(t *testing.T) {
	cert, roots := belaytest.Certificate(t)
	r := belaytest.NewTLSReceiver(t, cert)
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig.RootCAs = roots
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport}).Get(r.URL)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != 200 {
		t.Errorf("status = %d", resp.StatusCode)
	}
}

func TestPipeReceiverLivesInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := belaytest.NewPipeReceiver(t)
		r.Answer(belaytest.After(time.Minute, belaytest.Status(204)), belaytest.Hang())
		transport := &http.Transport{DialContext: r.Dial}
		defer transport.CloseIdleConnections()
		client := &http.Client{Transport: transport, Timeout: 2 * time.Minute}
		begin := time.Now()
		resp, err := client.Get(r.URL)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if took := time.Since(begin); resp.StatusCode != 204 || took != time.Minute {
			t.Errorf("status %d after %v, want 204 after 1m", resp.StatusCode, took)
		}
		if _, err := client.Get(r.URL); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("hanging receiver: %v", err)
		}
	})
}

func TestReceiverHangsUpMidway(t *testing.T) {
	r := belaytest.NewReceiver(t)
	r.Answer(belaytest.HangUpMidway(200))
	resp, err := http.Get(r.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if body, err := io.ReadAll(resp.Body); err != io.ErrUnexpectedEOF || string(body) != "half" {
		t.Errorf("body = %q, %v", body, err)
	}
}

func TestSinkKeepsAndRefusesMails(t *testing.T) {
	s := belaytest.NewSMTPSink(t, belaytest.SMTPConfig{})
	s.Answer(belaytest.Reply{}, belaytest.Refuse(belaytest.AtRcpt, 550))
	send := func() error {
		return smtp.SendMail(
			net.JoinHostPort(s.Host, strconv.Itoa(s.Port)), nil, "a@example.com", []string{"b@example.com"},
			[]byte("Subject: =?utf-8?q?gr=C3=BCn?=\r\nContent-Type: text/plain\r\n\r\nhello\r\n"),
		)
	}
	if err := send(); err != nil {
		t.Fatal(err)
	}
	if err := send(); err == nil || !strings.HasPrefix(err.Error(), "550") {
		t.Errorf("second mail: %v, want 550", err)
	}
	mails := s.Mails()
	if len(mails) != 1 || mails[0].Subject() != "grün" || mails[0].Text != "hello\n" || mails[0].To[0] != "b@example.com" {
		t.Errorf("mails = %+v", mails)
	}
}
