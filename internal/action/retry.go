package action

import "time"

// RetrySchedule lists the waits between attempts: the first is the one before
// attempt 2. Its length is the number of attempts, less one. An empty schedule
// never retries.
type RetrySchedule []time.Duration

// StandardSchedule returns the waits that Belay starts with: ten attempts over a
// little more than three days.
//
// Source: the example schedule of the Standard Webhooks specification, under
// "Deliverability and reliability".
func StandardSchedule() RetrySchedule {
	return RetrySchedule{
		5 * time.Second,
		5 * time.Minute,
		30 * time.Minute,
		2 * time.Hour,
		5 * time.Hour,
		10 * time.Hour,
		14 * time.Hour,
		20 * time.Hour,
		24 * time.Hour,
	}
}

// RetryWait returns the wait before attempt n and false once attempts are spent.
// Attempts count from 1, so that attempt 1 waits for nothing. Every other wait is
// stretched by up to a fifth, jitter in [0,1) choosing how much, so that attempts
// which failed together do not return together.
func (s RetrySchedule) RetryWait(n int, jitter float64) (time.Duration, bool) {
	if n == 1 {
		return 0, true
	}
	if n < 1 || n-2 >= len(s) {
		return 0, false
	}
	wait := s[n-2]
	return wait + time.Duration(float64(wait)/5*jitter), true
}
