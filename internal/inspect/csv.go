package inspect

// CSV checks that a stream is text, as the type Text describes it, whose cells a spreadsheet shows
// and does not compute. The zero value is ready, takes a table of any separator, and checks the
// text alone; see RefuseFormulas. Memory is constant.
//
// What a table looks like is not checked: rows may differ in length, and any text has at least one
// cell.
type CSV struct {
	// Tabs makes tabs the only separators of cells (text/tab-separated-values).
	Tabs bool

	// EightBit also accepts text that is not Unicode; see Text.
	EightBit bool

	// RefuseFormulas refuses, as active content, cells that spreadsheets may take for a formula
	// (CWE-1236): those that begin with = + - or @, with their wide and small forms, or with one of
	// them after blanks.
	//
	// The table is read in every way in which a spreadsheet may cut it: by commas, semicolons, tabs
	// or pipes, by several of them, and by the separator that a first line names (sep=;); with the
	// rules for quotation marks that programs differ in; and lines within quotation marks are read
	// as cells, too.
	//
	// Accepted after + and - are numbers and words that call nothing: -1.5, +49 (0)30/123-45,
	// -€12.34, -12.34 EUR, - milk, - milk (2 l). After @ they are words that call nothing: @jane.
	// After = it is a line of them, and a plain text in quotation marks: ="00123".
	RefuseFormulas bool

	text  Text
	begun bool
}

// Within has it work from b; see [Budget].
func (c *CSV) Within(b *Budget) { c.text.Within(b) }

// Write checks p. It returns the fault, an *Error, as soon as one is found, and from then on
// without looking at p.
func (c *CSV) Write(p []byte) (int, error) {
	if !c.begun {
		c.begun = true
		c.text.EightBit = c.EightBit
		if c.RefuseFormulas {
			c.text.cells = &cells{tabs: c.Tabs}
		}
	}
	return c.text.Write(p)
}

// Verdict returns nil if all that was written is acceptable, and the fault, an *Error, if not. The
// stream must have ended.
func (c *CSV) Verdict() error { return c.text.Verdict() }
