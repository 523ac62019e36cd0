package clean

import "bytes"

// scanSpan is a part of the bytes of one Read.
type scanSpan struct {
	from, to int
	at       int64 // the offset of from in the file
	bytes    []byte
}

// Scanned returns a part of the bytes that the last Read returned, where they lie, and its offset in
// the file. It is in a scan of a JPEG picture, where it was searched: a byte that is 0 or restarts the
// scan follows each 0xff, if need be after the part. There may be more such bytes.
func (r *Reader) Scanned() (at int64, p []byte) { return r.walk.scanned.at, r.walk.scanned.bytes }

// scanning records that no scan ends in the next n bytes of dst, from the one at that index on. They
// may continue the span that was recorded last.
func (w *walk) scanning(from, n int) {
	s := &w.scanned
	if n <= 0 {
		return
	}
	if s.bytes == nil || from != s.to {
		s.from, s.at = from, w.off+int64(from-w.n)
	}
	s.to = from + n
	s.bytes = w.dst[s.from:s.to:s.to]
}

// scan keeps entropy-coded bytes, and returns the marker after them.
func (f *jpegFile) scan() byte {
	f.ff, f.found = false, 0
	for f.found == 0 {
		if _, more := f.pass(everything, f.entropyCoded); !more {
			f.cutOff()
		}
	}
	return f.found
}

// entropyCoded returns the number of bytes up to the end of a marker that ends a scan.
func (f *jpegFile) entropyCoded(p []byte) int {
	n, from := 0, 0
	if f.ff {
		if n = f.afterFF(p); f.found != 0 || f.ff {
			return n
		}
		if from = n; n == 1 && f.scanned.to == f.walk.n-1 { // goes on with the 0xff before
			from = -1
		}
	}
	for n < len(p) {
		i := bytes.IndexByte(p[n:], 0xff)
		if i < 0 {
			n = len(p)
			break
		}
		n += i + 1
		if n < len(p) && inScan(p[n]) {
			n++
			continue
		}
		f.scanning(f.walk.n+from, n-1-from)
		f.ff = true
		m := f.afterFF(p[n:])
		if n += m; f.found != 0 || f.ff {
			return n
		}
		from = n
	}
	f.scanning(f.walk.n+from, n-from)
	return n
}

// afterFF returns the number of bytes up to the one after 0xff, and fill bytes. It may end the scan.
func (f *jpegFile) afterFF(p []byte) int {
	for n, c := range p {
		if c == 0xff { // a fill byte
			continue
		}
		if f.ff = false; !inScan(c) {
			f.found = c
		}
		return n + 1
	}
	return len(p)
}

// inScan reports whether a scan goes on with 0xff and c.
func inScan(c byte) bool { return c == 0 || jpegRST0 <= c && c <= jpegRST7 }
