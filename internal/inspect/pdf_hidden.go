package inspect

// hiddenObject looks for "12 0 obj" where no object begins: in the data of a stream, in a string, in a comment. A reader
// that is led there by a cross reference, or that rebuilds the cross references of a damaged file, takes it for one.
//
// White space and comments may stand between the three words. In compressed data they stand by chance once in some ten
// thousand gibibytes without a comment and once in some hundred thousand with one.
type hiddenObject struct{ states uint8 }

// The places within the beginning of an object. Several can be true at once, one for each place where one may have begun.
const (
	inNumber        uint8 = 1 << iota // of the object
	inGap                             // behind it
	inGapComment                      //
	inGeneration                      // the second number
	inSecondGap                       // behind it
	inSecondComment                   //
	inO                               // of "obj"
	inB                               //
)

// Classes of bytes that hiddenObject tells apart.
const (
	classOther = iota
	classDigit
	classSpace
	classEOL
	classPercent
	classO
	classB
	classJ
	classes
)

// found reads on and reports whether a beginning of an object ends within p.
func (h *hiddenObject) found(p []byte) bool {
	s := h.states
	for i := 0; i < len(p); i++ {
		if s == 0 {
			if i += untilDigit(p[i:]); i == len(p) {
				break
			}
		}
		class := hiddenClass[p[i]]
		if s&inB != 0 && class == classJ {
			return true
		}
		s = hiddenNext[s][class]
	}
	h.states = s
	return false
}

// untilDigit returns how many bytes come before the first digit. Eight bytes a step make it faster than one.
func untilDigit(p []byte) int {
	n := 0
	for ; n+8 <= len(p); n += 8 {
		q := p[n : n+8 : n+8]
		if isDigit[q[0]]|isDigit[q[1]]|isDigit[q[2]]|isDigit[q[3]]|isDigit[q[4]]|isDigit[q[5]]|isDigit[q[6]]|isDigit[q[7]] != 0 {
			break
		}
	}
	for n < len(p) && isDigit[p[n]] == 0 {
		n++
	}
	return n
}

// isDigit is 1 for decimal digits.
var isDigit = func() (table [256]byte) {
	for c := '0'; c <= '9'; c++ {
		table[c] = 1
	}
	return table
}()

var hiddenClass = func() (table [256]uint8) {
	for c := range table {
		switch {
		case '0' <= c && c <= '9':
			table[c] = classDigit
		case isEOL(byte(c)):
			table[c] = classEOL
		case isPDFSpace(byte(c)):
			table[c] = classSpace
		}
	}
	table['%'], table['o'], table['b'], table['j'] = classPercent, classO, classB, classJ
	return table
}()

// hiddenNext has, for each set of places and each class, the places behind the byte.
var hiddenNext = func() (table [256][classes]uint8) {
	for set := range table {
		for class := range table[set] {
			for place := uint8(1); place != 0; place <<= 1 {
				if uint8(set)&place != 0 {
					table[set][class] |= hiddenStep(place, class)
				}
			}
			if class == classDigit {
				table[set][class] |= inNumber
			}
		}
	}
	return table
}()

// hiddenStep leads from one place over one byte to the next, 0 if there is none.
func hiddenStep(place uint8, class int) uint8 {
	space := class == classSpace || class == classEOL
	switch {
	case place == inGapComment || place == inSecondComment:
		if class == classEOL {
			return place >> 1
		}
		return place
	case place == inGeneration && class == classDigit:
		return inGeneration
	case place == inGap && class == classDigit:
		return inGeneration
	case space && (place == inNumber || place == inGap):
		return inGap
	case space && (place == inGeneration || place == inSecondGap):
		return inSecondGap
	case class == classPercent && (place == inNumber || place == inGap):
		return inGapComment
	case class == classPercent && (place == inGeneration || place == inSecondGap):
		return inSecondComment
	case place == inSecondGap && class == classO:
		return inO
	case place == inO && class == classB:
		return inB
	}
	return 0
}
