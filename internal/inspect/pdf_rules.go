package inspect

// PDFAllow is what [PDF].RefuseActive lets pass. Scripts never pass with something else.
type PDFAllow struct {
	Calculations bool // scripts that are nothing but calls of Acrobat's functions for the fields of forms
	Attachments  bool // files in the file, which are data: nothing of them is looked at
	Links        bool // links to files that are not beside this one, and of other schemes than linkSchemes
}

// pdfRules judges what dictionaries say, wherever they stand: which reader takes which object for
// what is not known before the end, so all must be harmless as what they look like. What depends on
// who refers to an object goes into the table.
type pdfRules struct {
	allow  PDFAllow
	table  pdfTable
	budget *Budget
	err    error
	later  error // a fault, unless the file has one that says more
}

func (r *pdfRules) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

func (r *pdfRules) failLater(err error) {
	if r.later == nil {
		r.later = err
	}
}

// refuse refuses the file for a kind of active content, unless that is allowed.
func (r *pdfRules) refuse(kind, detail string) {
	if kind == KindAttachment && r.allow.Attachments || kind == KindLink && r.allow.Links {
		return
	}
	if kind == KindLink { // encryption makes any text look like a link
		r.failLater(active(kind, detail))
		return
	}
	r.fail(active(kind, detail))
}

func (r *pdfRules) mark(num int64, flags pdfFlag) {
	if err := r.table.mark(num, flags, r.budget); err != nil {
		r.fail(err)
	}
}

// placed takes note of a body with these digits as its number, to which cross references lead that
// lead to an offset of from to the last digit. One that leads to the 5 of "15 0 obj" leads to
// object 5, too.
func (r *pdfRules) placed(digits []byte, from, start int64, flags pdfFlag) {
	if flags == 0 {
		return
	}
	num := uint32(pdfInt(digits)) //nolint:gosec // numbers fit
	err := r.table.body(pdfBodyAt{from, start + int64(len(digits)) - 1, num, flags}, r.budget)
	if err != nil {
		r.fail(err)
	}
	for ; len(digits) > 0; digits = digits[1:] {
		r.mark(pdfInt(digits), flags)
	}
}
