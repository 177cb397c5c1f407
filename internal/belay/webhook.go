package belay

// Webhooks say where an app is told of changes on the sites that have it.
type Webhooks struct {
	AppID     ID        `json:"appId"`
	List      []Webhook `json:"webhooks"`
	UpdatedAt Instant   `json:"updatedDate"`
}

// Webhook is one receiver. No topic is sent to two of an app's.
type Webhook struct {
	URL    string  `json:"url"`
	Topics []Topic `json:"events"`
	// Format is what a delivery looks like.
	Format WebhookFormat `json:"format"`
}

// WebhookFormat is what a delivery looks like.
type WebhookFormat string

// The formats: the compatible wire's signed envelope, or plain JSON with the
// headers of Standard Webhooks.
const (
	WebhookJWT  WebhookFormat = "jwt"
	WebhookJSON WebhookFormat = "webhook"
)

// Topics returns all that the app is told of.
func (w *Webhooks) Topics() (s Topics) {
	for i := range w.List {
		for _, t := range w.List[i].Topics {
			s = s.With(t)
		}
	}
	return s
}

// For returns the receiver of a topic.
func (w *Webhooks) For(t Topic) (Webhook, bool) {
	for _, hook := range w.List {
		for _, own := range hook.Topics {
			if own == t {
				return hook, true
			}
		}
	}
	return Webhook{}, false
}
