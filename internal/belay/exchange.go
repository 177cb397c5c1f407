package belay

// Exchange is what an attempt sent over HTTP and what it got, as far as it is kept:
// enough to see what went wrong, and never a secret. It is not written to once it
// is made.
type Exchange struct {
	Method string `cbor:"1,keyasint"`
	// URL has neither user and password nor the values of its query.
	URL      string  `cbor:"2,keyasint"`
	Request  Message `cbor:"3,keyasint"`
	Response Message `cbor:"4,keyasint,omitzero"` // zero where nothing was answered
}

// Message is one side of an exchange.
type Message struct {
	Headers []Header `cbor:"1,keyasint,omitempty"`
	// Body holds the first bytes of the body, of Bytes that were sent or read.
	Body  []byte `cbor:"2,keyasint,omitempty"`
	Bytes int    `cbor:"3,keyasint,omitempty"`
}

// Header is one header. Hidden says that its value was not kept, as it may be a
// secret.
type Header struct {
	Name   string `cbor:"1,keyasint"`
	Value  string `cbor:"2,keyasint,omitempty"`
	Hidden bool   `cbor:"3,keyasint,omitempty"`
}

// MaxExchanges is of how many attempts of an action, the last ones, exchanges are
// kept: of all that the usual schedule makes.
const MaxExchanges = 10
