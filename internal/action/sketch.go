package action

// Sketch is what an attempt would send, for people to look at. One of its parts is set.
type Sketch struct {
	Mail         *SketchedMail
	Request      *SketchedRequest
	Notification *SketchedNotification
}

// SketchedMail is a mail as it would be sent.
type SketchedMail struct {
	From                         string
	To, Cc                       []string
	ReplyTo, Subject, Text, HTML string
}

// SketchedRequest is an HTTP request as it would be sent, less its signature.
type SketchedRequest struct {
	Method, URL string
	Header      map[string]string
	Body        string
}

// SketchedNotification is a message to the people of a site; ChatURL is the chat that
// it goes to as well, "" for none.
type SketchedNotification struct {
	Title, Message, ChatURL string
}

// Sketcher is what a Doer implements that can tell what an attempt would send
// without making it. The outcome is the rejection of an input that it would not
// send, nil otherwise.
type Sketcher interface {
	Sketch(a Attempt) (Sketch, *Outcome)
}
