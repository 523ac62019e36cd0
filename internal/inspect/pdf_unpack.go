package inspect

import (
	"compress/flate"
	"io"
)

// pdfUnpack decodes the data of the streams that pdfStreams examines, while the data streams by:
// stored, or deflated in zlib's format (RFC 1950) with a predictor of PNG, of TIFF or none.
type pdfUnpack struct {
	rules    *pdfRules
	into     func(p []byte) // receives the decoded data
	coder    pull           // decodes the data
	inflater io.ReadCloser
	buf      []byte
	stored   bool
	row      pdfRow
}

const (
	inflateSteps = 2    // for a byte that is inflated
	streamSteps  = 8000 // for the setup of a stream
	inflateSize  = 4 << 10
)

// begin begins a stream whose dictionary is plain, and reports false for unknown parameters.
func (u *pdfUnpack) begin(d *pdfDictionary, into func(p []byte)) bool {
	u.close()
	u.into, u.stored = into, d.filters == 0
	if err := u.rules.budget.Spend(streamSteps); err != nil {
		u.rules.fail(err)
	}
	return u.row.begin(d.parms)
}

// write decodes some data.
func (u *pdfUnpack) write(p []byte) {
	if u.stored {
		u.into(p)
		return
	}
	u.coder.in = p
	u.coder.resume(u.inflate)
	u.coder.in = nil
}

// end ends the data, and reports false if it is damaged.
func (u *pdfUnpack) end() bool {
	if u.stored {
		return true
	}
	u.coder.over = true
	u.coder.resume(u.inflate)
	u.coder.close()
	return u.coder.err == nil
}

// close abandons a stream that has not ended.
func (u *pdfUnpack) close() {
	u.into = func([]byte) {}
	u.coder.close()
	u.coder = pull{}
}

func (u *pdfUnpack) inflate(r io.Reader) error {
	var header [2]byte
	if _, err := io.ReadFull(r, header[:]); err != nil {
		return err
	}
	if header[0]&0x0f != 8 || header[1]&0x20 != 0 { // deflate, without a preset dictionary
		return flate.CorruptInputError(0)
	}
	if u.inflater == nil {
		u.inflater, u.buf = flate.NewReader(r), make([]byte, inflateSize)
	} else if err := u.inflater.(flate.Resetter).Reset(r, nil); err != nil {
		return err
	}
	for u.rules.err == nil {
		n, err := u.inflater.Read(u.buf)
		if err := u.rules.budget.Spend(inflateSteps * n); err != nil {
			u.rules.fail(err)
		}
		u.row.decode(u.buf[:n], u.into)
		if err == io.EOF { // flate returns it bare
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}
