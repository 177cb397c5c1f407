package belay

// MaxPlaces bounds how many activations a limit may let pass in one window, so
// that asking it costs little.
const MaxPlaces = 1000

// Claim asks a limit for one of its places. Claims of one counter compete: it
// passes where fewer than Max places of the counter were taken after Since. At,
// the time at which the place is then taken, is later than Since.
type Claim struct {
	// Counter tells the counters of an automation apart; a hash in the form of an ID.
	Counter ID      `cbor:"1,keyasint,omitzero"`
	Max     int     `cbor:"2,keyasint"`
	Since   Instant `cbor:"3,keyasint,omitempty"` // zero counts every place
	At      Instant `cbor:"4,keyasint"`
	// Until is when the place counts no more, whatever asks; zero for never. It
	// may be forgotten then.
	Until Instant `cbor:"5,keyasint,omitempty"`
}

// Place names the place that a claim took.
type Place struct {
	Counter ID      `cbor:"1,keyasint,omitzero" json:"counter,omitzero"`
	At      Instant `cbor:"2,keyasint,omitempty" json:"at,omitzero"`
}

// GivesBack reports whether a, in the state it is in, leaves the place that it
// took at its report to others: it is over, and has never started.
func (a *Activation) GivesBack() bool {
	return a.Status.Final() && a.StartedAt == 0 && a.Place != Place{}
}
