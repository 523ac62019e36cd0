package inspect

const keySlots = 512 // of which a fifth is used

type keySlot struct {
	name string
	key  pdfKey
}

// pdfKeyTable has the names of pdfKeyNames. Files have a key in each dozen bytes, so they are looked
// up by a hash that costs less than that of a map. The names are known, and so are the few that
// share a place.
var pdfKeyTable = func() (table [keySlots]keySlot) {
	for name, key := range pdfKeyNames {
		i := keyHash([]byte(name))
		for table[i].key != keyNone {
			i = (i + 1) % keySlots
		}
		table[i].name, table[i].key = name, key
	}
	return table
}()

// keyHash returns an index of the table.
func keyHash(name []byte) int {
	n := len(name)
	if n == 0 {
		return 0
	}
	return (n + 7*int(name[0]) + 31*int(name[n/2]) + 131*int(name[n-1])) % keySlots
}

func keyOf(name []byte) pdfKey {
	for i := keyHash(name); ; i = (i + 1) % keySlots {
		switch e := &pdfKeyTable[i]; {
		case e.key == keyNone:
			return keyOther
		case string(name) == e.name:
			return e.key
		}
	}
}
