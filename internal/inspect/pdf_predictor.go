package inspect

// pdfRow undoes the predictors of Flate filters (ISO 32000-2, 7.4.4.4).
type pdfRow struct {
	tiff  bool // all rows have the PNG kind that TIFF uses, and no byte names it
	step  int  // bytes of a pixel
	kind  byte
	at    int           // place in the row; -1 before its kind
	prior []byte        // the row above, and the decoded part of the current one
	left  [maxStep]byte // the pixel before, decoded
	upper [maxStep]byte // the pixel above that one
}

const (
	fromLeft = 1       // the kind of rows whose bytes are differences from the pixel before
	maxRow   = 4 << 10 // bytes of a row; those of cross references have about five
	maxStep  = 32
)

// begin reports false for parameters that it does not accept.
func (r *pdfRow) begin(p pdfParms) bool {
	if p.predictor == 1 {
		r.prior = nil
		return true
	}
	tiff := p.predictor == 2
	if !tiff && (p.predictor < 10 || p.predictor > 15) || p.colors < 1 || p.colors > maxStep || p.bits != 8 || p.columns < 1 || p.columns > maxRow {
		return false
	}
	size := int(p.colors * p.columns)
	if size > maxRow {
		return false
	}
	*r = pdfRow{tiff: tiff, step: int(p.colors), at: -1, prior: make([]byte, size)}
	return true
}

// decode decodes p in place and passes the rows on.
func (r *pdfRow) decode(p []byte, into func([]byte)) {
	if r.prior == nil {
		into(p)
		return
	}
	for len(p) > 0 {
		if r.at < 0 {
			r.kind, r.at, r.left, r.upper = fromLeft, 0, [maxStep]byte{}, [maxStep]byte{}
			if !r.tiff {
				r.kind, p = p[0], p[1:]
			}
			continue
		}
		n := min(len(p), len(r.prior)-r.at)
		for i := range n {
			p[i] = r.undo(p[i])
		}
		into(p[:n])
		if p = p[n:]; r.at == len(r.prior) {
			r.at = -1
		}
	}
}

// undo undoes the prediction of one byte (PNG, 9.2).
func (r *pdfRow) undo(c byte) byte {
	k := r.at % r.step
	left, above, corner := r.left[k], r.prior[r.at], r.upper[k]
	switch r.kind {
	case fromLeft:
		c += left
	case 2:
		c += above
	case 3:
		c += byte((int(left) + int(above)) / 2) //nolint:gosec // the mean of two bytes
	case 4:
		c += paeth(left, above, corner)
	}
	r.left[k], r.upper[k], r.prior[r.at] = c, above, c
	r.at++
	return c
}

// paeth returns the neighbour that is nearest to left + above - corner.
func paeth(left, above, corner byte) byte {
	p := int(left) + int(above) - int(corner)
	l, a, c := distance(p, left), distance(p, above), distance(p, corner)
	switch {
	case l <= a && l <= c:
		return left
	case a <= c:
		return above
	}
	return corner
}

func distance(p int, c byte) int {
	if d := p - int(c); d >= 0 {
		return d
	}
	return int(c) - p
}
