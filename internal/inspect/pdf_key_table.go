package inspect

import "encoding/binary"

const keySlots = 512 // of which about a fifth is used

type keySlot struct {
	word uint64 // of keyWord
	name string
	key  pdfKey
}

// pdfKeyTable has the names of pdfKeyNames. Files have a key about every dozen bytes, so keys are
// looked up by a hash that costs less than that of a map. The table never changes, so no file can
// make look-ups slow. A few names lie one to three slots after the place of their hash.
var pdfKeyTable = func() (table [keySlots]keySlot) {
	for name, key := range pdfKeyNames {
		word := keyWord([]byte(name))
		i := keyHash(word)
		for table[i].key != keyNone {
			i = (i + 1) % keySlots
		}
		table[i] = keySlot{word, name, key}
	}
	return table
}()

const wordSize = 8

// keyWord returns the last bytes of a name, which are the whole name if it has no more than
// wordSize. It may read what follows the name up to its capacity.
func keyWord(name []byte) uint64 {
	n := len(name)
	switch {
	case n > wordSize:
		return binary.BigEndian.Uint64(name[n-wordSize:])
	case n > 0 && cap(name) >= wordSize:
		return binary.BigEndian.Uint64(name[:wordSize]) >> (8 * (wordSize - n) & 63)
	}
	word := uint64(0)
	for _, c := range name {
		word = word<<8 | uint64(c)
	}
	return word
}

// keyHash returns an index of the table.
func keyHash(word uint64) int { return int(word * 0x9e3779b97f4a7c15 >> 55) }

func keyOf(name []byte) pdfKey {
	word := keyWord(name)
	for i := keyHash(word); ; i = (i + 1) % keySlots {
		switch e := &pdfKeyTable[i]; {
		case e.key == keyNone:
			return keyOther
		case e.word == word && len(e.name) == len(name) && (len(name) <= wordSize || e.name == string(name)):
			return e.key
		}
	}
}
