package inspect

import "unicode"

// A cell that begins like a formula may still be something that a spreadsheet can only show: an
// amount, a telephone number, words after a dash, a person's handle. So the cell is read as a
// formula, token by token. Nothing acts in a spreadsheet without a call, or a reference to a cell,
// a document, a table or a program. A number followed by a text is not a formula, whatever comes
// next. A number followed by a word is not one unless a character comes that words do not have,
// such as = or *. A call whose first argument is a number and a word, as in milk (2 l), is not one
// either. An arrow is not one, since it compares nothing. Everything that calmRows does not list
// is a formula.

// cellState is the state of such a cell, and a row of calm.
type cellState uint8

const (
	cellFormula      cellState = iota // not accepted
	cellEquals                        // = alone
	cellRule                          // ==== drawn as a line
	cellLiteral                       // ="text
	cellLiteralEnd                    // ="text"
	cellDash                          // signs, and blanks between them: with > they are an arrow
	cellSign                          // like cellDash, after other characters than signs: with > they are not an arrow
	cellAmount                        // after a number
	cellExponent                      // 1e
	cellExponentSign                  // 1e+
	cellString                        // -"text
	cellStringEnd                     // -"text", or the first of two quotation marks that a reader takes for one
	cellAfter                         // after a separator after a sign or a number: a decimal comma, or the next cell of another reader
	cellPhrase                        // 12 EUR
	cellFree                          // no longer a formula
	cellCalm                          // after a blank or punctuation between words
	cellWord1                         // one letter, which would be a reference with a digit
	cellWord2
	cellWord3
	cellWord
	cellWordEnd    // a word and blanks: a parenthesis would make it a function
	cellWordGap    // a word and characters without a width: digits would be part of it
	cellNumber     // digits after words
	cellDollar     // $, which would be a reference with a letter
	cellWordDollar // a short word and $
	cellRow        // digits after them: US$45 is a reference, US$45.00 and US$1,000 are not
	cellRowGroup   // a comma after them; digits must follow
	cellBang       // !, which would be a reference with a name
	cellCall       // a word and a parenthesis; a number must follow, and a word after it, or it is a call
	cellCallNumber
	cellCallExponent // e after the number, which may be that of 2e3
	cellAt           // like cellCalm, after @, where there are no references
	cellAtWord
	cellAtWordEnd
	cellAtBang
	cellStates
)

// cellChar is the kind of a character in a cell that begins like a formula.
type cellChar uint8

// cellChars names each kind of character by one example.
const cellChars = " \t0ea_.\"=($!#',+:%|>*"

// cellOtherDigit is the kind of digits outside of ASCII. They act like other digits, but a program
// might take them for the beginning of a name, which could be an argument.
const cellOtherDigit = cellChar(len(cellChars))

// cellNoWidth is the kind of characters without a width. Some programs drop them, others take them
// for blanks: a cell must be calm in both readings.
const cellNoWidth = cellOtherDigit + 1

// noWidth gives the state that follows such a character, where it differs from the state that
// follows a blank.
var noWidth = map[cellState]cellState{
	cellWord1: cellWordGap, cellWord2: cellWordGap, cellWord3: cellWordGap, cellWord: cellWordGap,
	cellWordDollar: cellWordDollar, cellBang: cellBang, cellAtBang: cellAtBang, cellStringEnd: cellStringEnd,
	cellExponent: cellExponent, cellExponentSign: cellExponentSign, cellAtWord: cellAtWord,
}

// calmRows gives the state that follows each character. All other characters lead to cellFormula.
var calmRows = [cellStates]map[cellState]string{
	cellEquals:       {cellEquals: " \t", cellRule: "=", cellLiteral: `"`, cellFree: ",|", cellPhrase: ">"},
	cellRule:         {cellRule: " \t=", cellFree: ",|\"", cellPhrase: ">"},
	cellLiteral:      {cellLiteral: " \t0ea_.($#',+:%", cellLiteralEnd: `"`},
	cellLiteralEnd:   {cellLiteralEnd: " \t", cellLiteral: `"`, cellFree: ",|0ea_"},
	cellDash:         {cellDash: " \t+", cellSign: ".(%", cellPhrase: ">", cellAmount: "0", cellWord1: "ea", cellWord: "_", cellAfter: ",|", cellString: `"`, cellDollar: "$", cellBang: "!", cellCalm: ":"},
	cellSign:         {cellSign: " \t.(+%", cellAmount: "0", cellWord1: "ea", cellWord: "_", cellAfter: ",|", cellString: `"`, cellDollar: "$", cellBang: "!", cellCalm: ":"},
	cellAmount:       {cellAmount: " \t0.'%", cellExponent: "e", cellPhrase: "a_", cellFree: `"`, cellAfter: ",|", cellSign: "(+", cellDollar: "$", cellBang: "!", cellCalm: ":"},
	cellExponent:     {cellAmount: "0", cellExponentSign: "+", cellPhrase: " \tea_.'%,:"},
	cellExponentSign: {cellAmount: "0", cellPhrase: "ea_", cellCalm: " .,%"},
	cellString:       {cellString: " \t0ea_.=($!#',+:%|*", cellStringEnd: `"`},
	cellStringEnd:    {cellString: `"`, cellAmount: " \t%", cellPhrase: "0ea_", cellAfter: ",|", cellSign: "(+"},
	cellAfter:        {cellAfter: " \t,", cellAmount: "0", cellSign: "+(", cellFree: "ea_.\"=$!#':%|*"},
	cellPhrase:       {cellPhrase: " 0ea_.($!#':+%>", cellFree: "\t,\""},
	cellFree:         {cellFree: cellChars},
	cellCalm:         {cellCalm: " \t.(\",+:%", cellNumber: "0", cellWord1: "ea", cellWord: "_", cellDollar: "$", cellBang: "!"},
	cellWord1:        {cellWord2: "ea", cellWord: "_.", cellWordEnd: " \t", cellCalm: "\"',+:%", cellWordDollar: "$", cellBang: "!", cellCall: "("},
	cellWord2:        {cellWord3: "ea", cellWord: "_.", cellWordEnd: " \t", cellCalm: "\"',+:%", cellWordDollar: "$", cellBang: "!", cellCall: "("},
	cellWord3:        {cellWord: "ea_.", cellWordEnd: " \t", cellCalm: "\"',+:%", cellWordDollar: "$", cellBang: "!", cellCall: "("},
	cellWord:         {cellWord: "0ea_.", cellWordEnd: " \t", cellCalm: "\"',+:%", cellDollar: "$", cellBang: "!", cellCall: "("},
	cellWordEnd:      {cellWordEnd: " \t", cellNumber: "0", cellWord1: "ea", cellWord: "_", cellCalm: ".\",+:%", cellDollar: "$", cellBang: "!", cellCall: "("},
	cellWordGap:      {cellWordGap: " \t", cellWord1: "ea", cellWord: "_.", cellCalm: "\",+:%", cellWordDollar: "$", cellBang: "!", cellCall: "("},
	cellNumber:       {cellNumber: "0ea_.'", cellCalm: " \t(\",+:%", cellDollar: "$", cellBang: "!"},
	cellDollar:       {cellCalm: " \t(,+:%", cellAmount: "0."},
	cellWordDollar:   {cellCalm: " \t(,+:%", cellRow: "0", cellNumber: "."},
	cellRow:          {cellRow: "0", cellNumber: ".", cellRowGroup: ","},
	cellRowGroup:     {cellNumber: "0"},
	cellBang:         {cellBang: "!", cellCalm: " \t.,\":+%"},
	cellCall:         {cellCall: " ", cellCallNumber: "0"},
	cellCallNumber:   {cellCallNumber: " 0.", cellCallExponent: "e", cellCall: "+,", cellPhrase: "a_"},
	cellCallExponent: {cellPhrase: "ea_"},
	cellAt:           {cellAt: " \t0.\"=($#',+:%", cellAtWord: "ea_", cellAtBang: "!"},
	cellAtWord:       {cellAtWord: "0ea_.", cellAtWordEnd: " \t", cellAt: "\"=$#',+:%", cellAtBang: "!"},
	cellAtWordEnd:    {cellAtWordEnd: " \t", cellAtWord: "ea_", cellAt: "0.\"=$#',+:%", cellAtBang: "!"},
	cellAtBang:       {cellAtBang: "!", cellAt: " \t.,\":+%"},
}

// calm is calmRows by kinds of characters.
var calm = func() (table [cellStates][cellNoWidth + 1]cellState) {
	for state, row := range calmRows {
		for to, chars := range row {
			for _, r := range chars {
				table[state][cellCharOf(r)] = to
			}
		}
		if state := cellState(state); state != cellCall && state != cellCallNumber {
			table[state][cellOtherDigit] = table[state][cellASCII['0']]
		}
		table[state][cellNoWidth] = table[state][cellASCII[' ']]
	}
	for state, to := range noWidth {
		table[state][cellNoWidth] = to
	}
	return table
}()

// cellASCII holds the kinds of ASCII characters, as indexes into cellChars.
var cellASCII = func() (table [128]cellChar) {
	const acting = cellChar(len(cellChars) - 1)
	for c := range table {
		table[c] = acting
		switch {
		case '0' <= c && c <= '9':
			table[c] = 2
		case 'a' <= c|0x20 && c|0x20 <= 'z':
			table[c] = 4
		}
	}
	for kind, c := range cellChars {
		table[c] = cellChar(kind)
	}
	for c, like := range map[rune]rune{
		'\r': ' ', '\n': ' ', '\f': ' ', 'E': 'e', ';': ',', '-': '+', '/': '+', '&': '+', '?': '%', '~': '%', ')': '%', '`': '%', '@': '%',
	} {
		table[c] = table[like]
	}
	return table
}()

// cellCharOf returns the kind of a folded character. Outside of ASCII there are blanks, characters
// without a width, digits, letters, and punctuation that calls nothing, including currency signs.
func cellCharOf(r rune) cellChar {
	like := '%'
	switch {
	case r < 0x80:
		like = r
	case isCommonLetter(r):
		like = '_'
	case unicode.Is(unicode.Cf, r):
		return cellNoWidth
	case unicode.IsSpace(r) || unicode.Is(unicode.Zs, r):
		like = ' '
	case unicode.IsLetter(r) || unicode.IsMark(r):
		like = '_'
	case unicode.Is(unicode.Nd, r):
		return cellOtherDigit
	}
	return cellASCII[like]
}

// isCommonLetter reports whether r is one of the letters that most texts have: Latin, Cyrillic,
// kana, Chinese and Korean ones. The tables of unicode are slower.
func isCommonLetter(r rune) bool {
	return 0xf8 <= r && r <= 0x24f || 0xd8 <= r && r <= 0xf6 || 0x400 <= r && r <= 0x481 || 0x3041 <= r && r <= 0x3096 ||
		0x30a1 <= r && r <= 0x30fa || 0x4e00 <= r && r <= 0x9fff || 0xac00 <= r && r <= 0xd7a3
}

// fold returns the ASCII character of which r is a wide or small form (Unicode, Halfwidth and
// Fullwidth Forms, Small Form Variants), and other characters as they are. Spreadsheets of East
// Asia take such a form for the ASCII character.
func fold(r rune) rune {
	switch {
	case r < 0xfe50:
		return r
	case 0xff01 <= r && r <= 0xff5e:
		return r - 0xff01 + '!'
	case r <= 0xfe6b:
		if c := smallForms[r-0xfe50]; c != ' ' {
			return rune(c)
		}
	}
	return r
}

// smallForms are U+FE50 to U+FE6B.
const smallForms = ", . ;:?!-(){}  #&*+-<>= \\$%@"

// leads returns the state of a cell whose first character is r, and whether it begins like a
// formula.
func leads(r rune) (state cellState, suspect bool) {
	switch r {
	case '=':
		return cellEquals, true
	case '+', '-':
		return cellDash, true
	case '@':
		return cellAt, true
	}
	return cellFormula, false
}

// leadsPair returns the sign that two bytes encode in text that is not Unicode, if they are a
// full-width sign in GBK, EUC-KR, EUC-JP or Big5.
func leadsPair(first, second rune) rune {
	switch string([]byte{byte(first & 0xff), byte(second & 0xff)}) {
	case "\xa3\xbd", "\xa1\xe1", "\xa1\xd7":
		return '='
	case "\xa3\xab", "\xa1\xdc", "\xa1\xcf":
		return '+'
	case "\xa3\xad", "\xa1\xdd", "\xa1\xd0":
		return '-'
	case "\xa3\xc0", "\xa1\xf7", "\xa2\x49":
		return '@'
	}
	return 0
}
