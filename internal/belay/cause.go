package belay

// Cause is what made an activation where no event was reported under its
// automation's trigger; the empty Cause stands for a reported event.
type Cause string

// What makes an activation of one automation beside events: people and apps that
// ask for it, and its own calendar.
const (
	// Run carries an automation out as an event would: its timing holds.
	Run Cause = "RUN"
	// Test carries an automation out at once, active or not, and waits for nothing.
	Test Cause = "TEST"
	// Occurrence carries an automation out that has a calendar of its own.
	Occurrence Cause = "OCCURRENCE"
	// Rerun repeats an activation, at once, with the payload that it had.
	Rerun Cause = "RERUN"
)

// Asked reports whether somebody named the automation, so that what its trigger
// would have chosen by does not count: filters and rate limit.
func (c Cause) Asked() bool { return c == Run || c == Test || c == Rerun }

// AtOnce reports whether a scheduled event's time does not count.
func (c Cause) AtOnce() bool { return c == Test || c == Rerun }
