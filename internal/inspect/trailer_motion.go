package inspect

// motionPhoto reads a film that follows a picture, and the trailer of a Samsung phone that may
// follow the film.
type motionPhoto struct {
	film  *film
	notes samsung
}

func newMotionPhoto(b *Budget) *motionPhoto {
	return &motionPhoto{film: newFilm(b), notes: samsung{budget: b}}
}

func (m *motionPhoto) write(p []byte) (fault *Error) {
	if !m.film.over() {
		var n int
		if n, fault = m.film.write(p); fault != nil || !m.film.over() {
			return fault
		}
		p = p[n:]
		fault = m.notes.write(m.film.ahead())
	}
	if fault == nil {
		fault = m.notes.write(p)
	}
	if fault != nil {
		fault.Offset += m.film.walk.off - int64(len(m.film.ahead()))
	}
	return fault
}

// end judges the end of the file.
func (m *motionPhoto) end() *Error {
	if m.film.over() {
		return m.notes.end()
	}
	return m.film.end()
}
