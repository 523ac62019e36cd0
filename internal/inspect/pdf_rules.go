package inspect

// PDFAllow lists what [PDF].RefuseActive lets pass. Only Calculations lets scripts pass.
type PDFAllow struct {
	Calculations bool // scripts that only call Acrobat's functions for the fields of forms
	Attachments  bool // files in the file, which are data: they are not inspected
	Links        bool // links to files by other than relative paths, and of schemes that are not in linkSchemes, except scripts
}

// pdfRules judges the content of dictionaries in any place. The use of an object is unknown until
// the end of the file, so each must be harmless as whatever it looks like. Facts that depend on who
// refers to an object go into the table.
type pdfRules struct {
	allow  PDFAllow
	table  pdfTable
	budget *Budget
	err    error
	later  error // a fault, unless the file has a more specific one
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

// refuse refuses the file for a kind of active content, unless Attachments or Links allows it.
func (r *pdfRules) refuse(kind, detail string) {
	if kind == KindAttachment && r.allow.Attachments || kind == KindLink && r.allow.Links {
		return
	}
	if kind == KindLink { // that a file is encrypted may show later, and makes any text look like a link
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

// placed records a body that has flags, with these digits as its number, the first of which is at
// start. Cross references lead to it if their offset lies between from and the last digit. One that
// leads to the 5 of "15 0 obj" leads to object 5, too.
func (r *pdfRules) placed(digits []byte, from, start int64, flags pdfFlag) {
	if flags == 0 {
		return
	}
	num := uint32(pdfInt(digits)) //nolint:gosec // the table uses the lowest bits alone
	err := r.table.body(pdfBodyAt{from, start + int64(len(digits)) - 1, num, flags}, r.budget)
	if err != nil {
		r.fail(err)
	}
	for ; len(digits) > 0; digits = digits[1:] {
		r.mark(pdfInt(digits), flags)
	}
}
