package chain_test

import "slices"

// The files model*_test.go are a model of an upload that two instances work on at the same time. A
// step is one call of the store, one call of the host, or one answer to the client. Between two
// steps of one instance the other takes any number of steps, either may be killed, and a request to
// the store that was given up may still arrive.

// pieces has for each piece the instance whose bytes it has, 1 or 2, or 0 if the piece is missing.
type pieces [3]uint8

// offset returns the number of the last piece that is stored, 0 without one. Earlier ones may be
// missing.
func (p pieces) offset() uint8 {
	for i := len(p); i > 0; i-- {
		if p[i-1] != 0 {
			return uint8(i)
		}
	}
	return 0
}

// joined reports whether no piece is missing before another.
func (p pieces) joined() bool { return !slices.Contains(p[:p.offset()], 0) }

// bad reports whether no scanner accepts the file.
func (p pieces) bad() bool { return p[len(p)-1] == 2 }

type outcome uint8

const (
	open outcome = iota
	accepted
	refused
	terminated
)

// world is the store, what the clients know, and the instances.
type world struct {
	stored    pieces
	late      [2]uint8 // the piece, counted from 1, whose request an instance gave up
	end       outcome
	judged    pieces // the content that was judged for end
	published pieces
	times     uint8 // how often something was published
	host      bool  // the host's function ran
	done      bool

	acknowledged pieces // pieces that were acknowledged to a client
	success      bool   // a client has read that the file is accepted

	instances [2]instance
}

// instance is what one process knows of the request that it works on. A killed one knows nothing.
type instance struct {
	at     step
	offset uint8
	judged pieces
	end    outcome // its own verdict, or what was decided
}

type step uint8

const (
	rests step = iota
	asksState
	puts
	doubts // the answer to the PUT was lost
	acknowledges
	judges
	decides
	follows // what was decided
	publishes
	callsHost
	finishes // writes done
	removes
	answers
)

// tidy resets what has no effect any more, to keep the model small.
func (w *world) tidy() {
	if w.end == refused || w.end == terminated {
		w.acknowledged = pieces{}
	}
	if w.end == refused || w.end == terminated || w.times > 0 { // nobody reads the pieces any more
		w.late = [2]uint8{}
		for i := range w.stored {
			w.stored[i] = min(w.stored[i], 1)
		}
	}
	for i := range w.instances {
		switch me := &w.instances[i]; me.at {
		case puts, doubts, acknowledges:
			me.judged, me.end = pieces{}, open
		case decides:
			me.offset = 0
		default:
			me.offset, me.judged = 0, pieces{}
		}
	}
}
