package inspect

import "bytes"

// pdfData finds the end of a stream's data: the first endstream. Where nothing tells the length, it
// is the first that endobj follows.
type pdfData struct {
	line    bool  // a carriage return has been read in front of the data
	size    int64 // bytes read, endstream included
	blank   int64 // white space that came last
	matched int   // bytes of endstream that came last
	ended   int   // bytes of endobj that came behind it
}

// next takes data from p and reports whether endstream ends it.
func (d *pdfData) next(p []byte) (n int, end bool) {
	for n < len(p) && !end {
		if d.matched > 0 {
			end = d.match(p[n])
			n++
			continue
		}
		k := bytes.Index(p[n:], []byte(endstream))
		if end = k >= 0; end {
			d.matched = len(endstream)
		} else {
			d.matched = partial(p[n:], endstream)
			k = len(p) - n - d.matched
		}
		d.countBlank(p[n : n+k])
		n += k + d.matched
	}
	d.size += int64(n)
	return n, end
}

func (d *pdfData) match(c byte) (end bool) {
	switch {
	case c == endstream[d.matched]:
		d.matched++
	case c == 'n' && d.matched == len("endstre"):
		d.matched, d.blank = len("en"), 0
	case c == endstream[0]:
		d.matched, d.blank = 1, 0
	default:
		d.matched, d.blank = 0, 0
		d.countBlank([]byte{c})
	}
	return d.matched == len(endstream)
}

// tail reads a byte behind endstream, and reports whether that is decided, and whether endobj ends
// the stream. If it does not, the data goes on with that byte.
func (d *pdfData) tail(c byte) (decided, end bool) {
	decided, end = comes(endobj, &d.ended, c)
	if decided && !end {
		again := d.ended // bytes with which endstream begins, too
		if again > len("end") {
			again = 0
		}
		*d = pdfData{matched: again}
	}
	return decided, end
}

func (d *pdfData) countBlank(p []byte) {
	k := int64(len(p) - len(bytes.TrimRight(p, pdfSpaces)))
	if k == int64(len(p)) {
		k += d.blank
	}
	d.blank = k
}

// length returns how many bytes of data there were in front of endstream.
func (d *pdfData) length() int64 { return d.size - int64(len(endstream)) }

// fits reports whether the data has the length n but for white space behind it.
func (d *pdfData) fits(n int64) bool { return d.length()-d.blank <= n && n <= d.length() }

// pdfDoubt is what is left of a stream's declared length when endstream comes earlier. Either the
// length is wrong, and the walk goes on where it is, or the data mentions endstream, and the walk
// was within the data. What stands at the end of the length decides. Until then the walk goes on,
// and what is damaged to it may be data.
type pdfDoubt struct {
	until   int64 // where the declared length ends; 0 if there is no doubt
	fault   error // that the walk found; the rest is not walked
	matched int   // bytes of endstream behind that place
}

// look reads a byte behind the declared length, and reports whether the doubt is at its end, and
// whether the length is right.
func (d *pdfDoubt) look(c byte) (end, right bool) {
	return comes(endstream, &d.matched, c)
}

// comes reads a byte of what should be white space and then the word, of which so many bytes have
// come. It reports whether that is decided, and whether it is the word.
func comes(word string, matched *int, c byte) (decided, right bool) {
	switch {
	case *matched == 0 && isPDFSpace(c):
		return false, false
	case c != word[*matched]:
		return true, false
	}
	*matched++
	return *matched == len(word), *matched == len(word)
}
