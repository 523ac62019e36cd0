package inspect

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPDFJudgedKeys checks that values of keys that are not in judgedKeys change nothing.
func TestPDFJudgedKeys(t *testing.T) {
	items := []pdfItem{
		{kind: itemWord, text: []byte("true")},
		{kind: itemNumber, num: 7},
		{kind: itemName, text: []byte("EmbeddedFile")},
		{kind: itemString, text: []byte("javascript:x")},
		{kind: itemReference, num: 7},
	}
	for key := range pdfKeys {
		for _, array := range []bool{false, true} {
			for i := range items {
				budget := &Budget{}
				require.NoError(t, budget.arrive(1))
				r := &pdfRules{budget: budget}
				l := pdfLevel{array: array, key: key}
				if key == keyNone || key.in(judgedKeys) {
					continue
				}
				r.item(&l, &items[i])
				require.Equal(t, pdfLevel{array: array, key: key}, l)
				require.NoError(t, r.err)
				require.Zero(t, r.table.used)
			}
		}
	}
}

// TestPDFStoredKeys checks that values of keys of the outermost dictionary that are not in
// storedKeys are not stored.
func TestPDFStoredKeys(t *testing.T) {
	items := []pdfItem{
		{kind: itemWord, text: []byte("true")},
		{kind: itemNumber, num: 7},
		{kind: itemName, text: []byte("FlateDecode")},
		{kind: itemString, text: []byte("x")},
		{kind: itemReference, num: 7},
	}
	for key := range pdfKeys {
		if key.in(storedKeys) {
			continue
		}
		for i := range items {
			var d, fresh pdfDictionary
			d.begin()
			fresh.begin()
			outer, dictionary, array := pdfLevel{key: key}, pdfLevel{key: keyColumns}, pdfLevel{array: true, key: key}
			d.opened(&outer, false)
			d.opened(&outer, true)
			d.item(&outer, &outer, 1, &items[i])
			d.item(&outer, &array, 2, &items[i])
			d.item(&outer, &dictionary, 2, &items[i])
			require.Equal(t, fresh, d)
		}
	}
}

// TestOffsetOf checks that offsetOf accepts only rows that have each digit and space at its place,
// and returns their first number.
func TestOffsetOf(t *testing.T) {
	const usual = "9876543210 12345 n "
	for c := range 256 {
		for at := range len("0000000000 00000 ") {
			row := [rowLength + 1]byte([]byte(usual))
			row[at] = byte(c)
			n, right := offsetOf(&row)
			require.Equal(t, digitTable[usual[at]] && digitTable[c] || usual[at] == byte(c), right, "%q", row)
			require.True(t, !right || n == pdfInt(row[:10]), "%q", row)
		}
	}
}
