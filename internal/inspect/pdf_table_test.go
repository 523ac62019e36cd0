package inspect_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/inspect"
)

// TestPDFPlaces checks that an object is judged wherever a cross reference may lead to it. Some
// readers do not compare its number with that of the cross reference, and skip bytes before it.
func TestPDFPlaces(t *testing.T) {
	const web = "<</S/URI/URI(https://example.com/)>>"
	// led returns a file that opens with object 6, and whose cross references lead from it to the
	// place of ^, which it removes.
	led := func(objects ...string) string {
		file := pdf(append([]string{"1 0 obj<</Type/Catalog/OpenAction 6 0 R>>endobj", object(6, "[3 0 R/Fit]")}, objects...)...)
		at := strings.Index(file, "^")
		return strings.Replace(strings.Replace(file, "^", "", 1), "xref\n0 1\n0000000000 65535 f \n", fmt.Sprintf("xref\n6 1\n%010d 00000 n \n", at), 1)
	}
	// table returns a table that leads from object 6 to the first object 7 of the file.
	table := func(file string) string { return fmt.Sprintf("xref 6 1 %010d 00000 n", strings.Index(file, "7 0 obj")) }
	hidden := func(where string) string {
		opener := "1 0 obj<</Type/Catalog/OpenAction 6 0 R>>endobj"
		seven := object(7, web)
		file := pdf(opener, seven)
		rest := strings.TrimPrefix(table(file), "xref ")
		return pdf(opener, seven, object(6, "[3 0 R/Fit]"), strings.NewReplacer("TABLE", table(file), "REST", rest).Replace(where))
	}
	for _, c := range []struct{ name, in, want string }{
		{"the body itself", led("^" + object(7, web)), action},
		{"white space", led(" ^ \n " + object(7, web)), action},
		{"a comment", led("%a ^ comment\n" + object(7, web)), action},
		{"two comments", led("%a ^\n%b\n" + object(7, web)), action},
		{"within the number", led("1^7 0 obj" + web + "endobj"), action},
		{"an update of nothing", led("xref\n^0 0\ntrailer<<>>\nstartxref\n9\n%%EOF", object(7, web)), action},
		{"a body in a stream", led(pdfStream("", "^7 0 obj"+web+"endobj")), action},
		{"white space in a stream", led(pdfStream("", "x ^  7 0 obj"+web+"endobj")), action},
		{"a body in a string", led(object(8, "(^7 0 obj<</S/URI/URI<00>>>)")), action},
		{"a body in a comment", led("%^7 0 obj" + web), action},
		{"a body after a comment with its heading", led(object(8, "[%^6 0 obj\n"+web+"]")), action},
		{"a body in an array", led(object(8, "[^6 0obj"+web+"]")), pdfDamaged},
		{"a body in an array, its generation a fraction", led(object(8, "[^6 .0obj"+web+"]")), pdfDamaged},
		{"a body in a dictionary", led(object(8, "<</A ^6 0obj/B"+web+">>")), pdfDamaged},
		{"a body with a fraction as its number in a stream", led(pdfStream("", "^6.0 0 obj"+web)), action},
		{"the object before", led("^"+object(8, "[]"), object(7, web)), ""},
		{"the end of the body", led(object(7, web), "^"+object(8, "[]")), ""},
		{"the end of a harmless body in a stream", led(pdfStream("", "7 0 obj<</A 1>>endobj^")), ""},

		{"a table in a comment", hidden("%TABLE\n"), action},
		{"a table in a string", hidden(object(8, "(TABLE)")), action},
		{"a table in a stream", hidden(pdfStream("", "TABLE trailer")), action},
		{"a table after a comment with its first word", hidden(object(8, "[%xref\nREST]")), action},
		{"a table after another in a stream", hidden(pdfStream("", "xxref 0 1 0000000000 65535 f TABLE")), action},
		{"a table after another beginning", hidden(pdfStream("", "xref %x\nTABLE")), action},
		{"a word that is not a table", hidden(pdfStream("", "xre TABL")), ""},
	} {
		require.Equal(t, c.want, passive(t, c.in, inspect.PDFAllow{}), c.name)
	}
}
