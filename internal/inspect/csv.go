package inspect

// CSV checks that a stream is text, as the type Text describes it, and that a spreadsheet shows its
// cells without computing them. The zero value is ready, takes a table with any separator, and
// checks only the text; see RefuseFormulas. Memory is constant.
//
// CSV does not check the shape of the table: rows may differ in length, and any text has at least
// one cell.
type CSV struct {
	// Tabs makes tabs the separators of cells (text/tab-separated-values); see RefuseFormulas.
	Tabs bool

	// EightBit also accepts text that is not Unicode; see Text.
	EightBit bool

	// RefuseFormulas refuses, as active content, cells that spreadsheets may take for a formula
	// (CWE-1236): those that begin with = + - or @, their wide and small forms, or blanks and then
	// one of them.
	//
	// The table is cut in each of these ways: by commas, by semicolons, by tabs, by pipes, by
	// commas and semicolons together, by these two and tabs, and by the separator that a first line
	// names (sep=;). With Tabs it is cut by tabs, and by the named separator. Each of the rules for
	// quotation marks in which programs differ applies. Lines within quotation marks are read as
	// cells, too.
	//
	// After + and - it accepts numbers and words that call nothing: -1.5, +49 (0)30/123-45,
	// -€12.34, -12.34 EUR, - milk, - milk (2 l). After @ it accepts words that call nothing: @jane.
	// It accepts = alone, a line of equals signs, arrows, and after = a plain text in quotation
	// marks: ="00123".
	RefuseFormulas bool

	text  Text
	begun bool
}

// Within sets the budget to work from; see [Budget].
func (c *CSV) Within(b *Budget) { c.text.Within(b) }

// Write checks p. It returns the first fault, an *Error, at once. Later calls return it without
// looking at p.
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
