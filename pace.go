package upload

import "time"

// pace holds a client to a minimum rate, over windows of the time that we wait for
// it.
type pace struct {
	window  time.Duration
	minRate int64 // bytes a second

	bytes  int64
	waited time.Duration
}

// slow counts n bytes that we waited for so long. It reports that a whole window
// was slower than the minimum rate.
func (p *pace) slow(n int, waited time.Duration) bool {
	p.bytes += int64(n)
	p.waited += waited
	if p.waited < p.window {
		return false
	}
	if float64(p.bytes) < float64(p.minRate)*p.waited.Seconds() {
		return true
	}
	p.bytes, p.waited = 0, 0
	return false
}
