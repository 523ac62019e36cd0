package chain_test

// rules says which rules are broken. The zero value breaks none. The methods are the steps of the
// world, which is in model_test.go. The promises are in model_check_test.go.
type rules struct {
	replacesPieces     bool // a piece is not created but replaced
	acknowledgesFirst  bool // before the piece is stored
	believesOldState   bool // does not ask again, after a piece, whether the upload has ended
	discardsAfterDoubt bool // removes a piece that it may have stored
	replacesEnd        bool // end is not created but replaced
	believesItself     bool // follows its own verdict, not what was decided
	publishesAgain     bool // without a condition
	publishesFirst     bool // before end says accepted
	removesFirst       bool // pieces of an accepted file, before they are published
	finishesFirst      bool // writes done before it calls the host
	answersFirst       bool // success before done
	deleteRemoves      bool // DELETE removes the pieces whatever was decided
}

// next returns all worlds that are one step away.
func (r rules) next(w world) (all []world) {
	for i := range w.instances {
		all = append(all, r.steps(w, i)...)
		if w.instances[i].at != rests { // it is killed
			killed := w
			killed.instances[i] = instance{}
			all = append(all, killed)
		}
		if n := w.late[i]; n > 0 {
			arrived := w
			arrived.late[i] = 0
			r.create(&arrived, i, n-1)
			all = append(all, arrived)
		}
	}
	return all
}

// create writes a piece if it may, and reports whether it did.
func (r rules) create(w *world, i int, n uint8) bool {
	if w.stored[n] != 0 && !r.replacesPieces {
		return false
	}
	w.stored[n] = uint8(i) + 1
	return true
}

// steps returns the worlds after one step of an instance.
func (r rules) steps(w world, i int) []world {
	me := &w.instances[i]
	switch me.at {
	case rests: // one world for a DELETE, one for any other request
		deleting := w
		deleting.instances[i] = instance{at: decides, end: terminated}
		me.at = asksState
		return []world{w, deleting}
	case puts:
		return r.put(w, i)
	case judges:
		return r.judge(w, i)
	}
	r.step(&w, i)
	return []world{w}
}

// put stores a piece. The answer may be lost, and the request may be late.
func (r rules) put(w world, i int) []world {
	late := w
	late.late[i] = w.instances[i].offset + 1
	late.instances[i].at = doubts
	if w.late[i] != 0 { // it has a late request already: this counts as a kill, to keep the model small
		late = w
		late.instances[i] = instance{}
	}
	me := &w.instances[i]
	if !r.create(&w, i, me.offset) {
		*me = instance{} // 409
		return []world{w, late}
	}
	lost := w
	lost.instances[i].at = doubts
	me.at = acknowledges
	return []world{w, lost, late}
}

// judge reads the pieces. Scanners differ, but none accepts a bad file, and each may fail.
func (r rules) judge(w world, i int) []world {
	me := &w.instances[i]
	me.judged = w.stored
	if !w.stored.joined() { // 410
		*me = instance{}
		return []world{w}
	}
	me.at, me.end = decides, refused
	away, accepting := w, w
	away.instances[i] = instance{}
	all := []world{w, away}
	if !w.stored.bad() {
		accepting.instances[i].end = accepted
		if r.publishesFirst {
			accepting.instances[i].at = publishes
		}
		all = append(all, accepting)
	}
	return all
}

// step takes a step that has one outcome.
func (r rules) step(w *world, i int) {
	me := &w.instances[i]
	switch me.at {
	case asksState:
		me.offset, me.end = w.stored.offset(), w.end
		switch {
		case w.end != open:
			me.at = follows
		case me.offset == uint8(len(w.stored)):
			me.at = judges
		default:
			me.at = puts
			if r.acknowledgesFirst {
				w.acknowledged[me.offset] = uint8(i) + 1
			}
		}
	case doubts:
		if r.discardsAfterDoubt && w.stored[me.offset] == uint8(i)+1 {
			w.stored[me.offset] = 0
		}
		*me = instance{}
	case acknowledges:
		if w.end != open && !r.believesOldState {
			me.at, me.end = follows, w.end
			return
		}
		w.acknowledged[me.offset] = uint8(i) + 1
		*me = instance{}
	case decides:
		r.decide(w, me)
	case follows:
		r.follow(w, me)
	default:
		r.complete(w, me)
	}
}

// decide writes end.
func (r rules) decide(w *world, me *instance) {
	mine := me.end
	if w.end == open || r.replacesEnd {
		w.end, w.judged = mine, me.judged
	}
	me.at = follows
	if !r.believesItself {
		me.end = w.end
	}
	if r.deleteRemoves && mine == terminated {
		me.at = removes
	}
}

// follow chooses the next step after the end.
func (r rules) follow(w *world, me *instance) {
	switch {
	case me.end != accepted || w.done:
		me.at = removes
	case r.removesFirst:
		w.stored = pieces{}
		me.at = publishes
	default:
		me.at = publishes
	}
}

// complete takes one of the last steps: it publishes, calls the host, writes done, removes the
// pieces, or answers.
func (r rules) complete(w *world, me *instance) {
	switch me.at {
	case publishes:
		missing := w.stored.offset() < uint8(len(w.stored)) || !w.stored.joined()
		switch {
		case w.times == 0 && missing: // the sources are gone
			*me = instance{}
			return
		case w.times == 0, r.publishesAgain && !missing:
			w.published = w.stored
			w.times++
		}
		me.at = callsHost
		if r.finishesFirst {
			w.done = true
		}
		if r.publishesFirst && w.end == open {
			me.at = decides
		}
		w.success = w.success || r.answersFirst
	case callsHost:
		w.host = true
		me.at = finishes
	case finishes:
		w.done = true
		me.at = removes
	case removes:
		w.stored = pieces{}
		me.at = answers
	case answers:
		w.success = w.success || me.end == accepted
		*me = instance{}
	}
}
