package demo

import "time"

// goOn says how a person can go on from here.
func (w *world) goOn(a *account) {
	soon := time.Now().Add(5 * time.Minute).UTC().Format("2006-01-02T15:04:05Z")
	a.say(`
The server goes on until Ctrl-C:

  API             %[1]s/docs
  operator's key  %[2]s
  site            %[3]s
  app's key       %[4]s

Report an event of your own, see what came of it, and call it off:

  export BELAY_URL=%[1]s BELAY_KEY=%[2]s BELAY_SITE=%[3]s

  curl -s $BELAY_URL/automations/v1/events/report -H "Authorization: $BELAY_KEY" -H "belay-site-id: $BELAY_SITE" -H 'Content-Type: application/json' \
    -d '{"triggerKey":"appointment_starting","externalEntityId":"%[5]s","payload":{"customer_name":"You","customer_email":"you@example.com","service":"haircut","collaborator":"Rui","when":"soon","starts_at":"%[6]s"}}'

  curl -s "$BELAY_URL/belay/v1/activations?limit=5" -H "Authorization: $BELAY_KEY" -H "belay-site-id: $BELAY_SITE"

  curl -s $BELAY_URL/automations/v1/events/cancel -H "Authorization: $BELAY_KEY" -H "belay-site-id: $BELAY_SITE" -H 'Content-Type: application/json' \
    -d '{"triggerKey":"appointment_starting","externalEntityId":"%[5]s"}'

or with the same variables: belay events, belay activations, belay outbox, belay inbox, belay export.

%[7]s
`, w.url, w.keys.Operator, w.site, w.keys.Appointments, newID(), soon, w.door())
}

// door says how to get into the console: by a link at first, later by a password.
func (w *world) door() string {
	if w.welcome == "" {
		return "The console is there too; sign in as before.\n"
	}
	return "Open the console by this link, in which a salon is set up; it is good for one use:\n\n  " + w.welcome + "\n"
}
