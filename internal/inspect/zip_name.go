package inspect

import (
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/airlock-go/upload/internal/filename"
)

// checkZipName refuses names that some system would unpack outside of the target, under another
// name or as a device (CWE-22, "zip slip"), and names with invisible characters. It judges each
// folder in a name as it judges a file.
//
// A name whose flag or field says UTF-8 must be valid. Any other may be in the code page of the
// writer. It is read as UTF-8 if it is valid, since macOS writes that without the flag, and
// otherwise judged by its ASCII.
func checkZipName(name string, isUTF8 bool) error {
	name = withoutIconBreak(name)
	isText := utf8.ValidString(name)
	switch {
	case isUTF8 && !isText:
		return entry(EntryName, "has an entry whose name is not valid UTF-8")
	case name == "", name[0] == '/':
		return entry(EntryName, "has an entry with an absolute name, or without a name")
	case strings.Contains(name, ":"):
		return entry(EntryName, "has an entry whose name has a colon")
	case isText && !filename.Visible(name), strings.ContainsFunc(name, isASCIIControl):
		return entry(EntryName, "has an entry whose name has invisible characters")
	}
	split := name
	if !isText {
		split = splitTrail(name)
	}
	if strings.Contains(split, `\`) {
		return entry(EntryName, "has an entry whose name has a backslash")
	}
	for part := range strings.SplitSeq(strings.TrimSuffix(split, "/"), "/") {
		if err := checkZipPart(part); err != nil {
			return err
		}
	}
	return nil
}

// splitTrail turns backslashes that may be second bytes of characters in Shift_JIS, GBK and Big5
// into slashes. A program with another code page may take them for separators, so the halves must
// be as harmless as the whole.
func splitTrail(name string) string {
	b := []byte(name)
	for i := 1; i < len(b); i++ {
		if b[i] == '\\' && b[i-1] >= 0x80 {
			b[i] = '/'
		}
	}
	return string(b)
}

// iconFile is the name, with a line break, that macOS gives to the file of a folder's icon. The
// file is empty; the icon is in its shadow, the file "._Icon\r" beside it.
const iconFile = "Icon\r"

// withoutIconBreak removes the line break from the name of a folder's icon, or its shadow, so that
// the rest can be judged.
func withoutIconBreak(name string) string {
	base := name[strings.LastIndexByte(name, '/')+1:]
	if base == iconFile || base == "._"+iconFile {
		return strings.TrimSuffix(name, "\r")
	}
	return name
}

func checkZipPart(part string) error {
	folded := foldName(part)
	device, _, _ := strings.Cut(folded, ".")
	switch {
	case strings.Trim(folded, ". ") == "": // Windows drops dots and spaces at the end of a name
		return entry(EntryName, "has an entry whose name has a part that is empty or only dots and spaces")
	case strings.TrimRight(part, ". ") != part:
		return entry(EntryName, "has an entry whose name has a part that ends in a dot or a space")
	case slices.Contains(devices, strings.TrimRight(device, " ")):
		return entry(EntryName, "has an entry whose name is that of a Windows device")
	}
	return nil
}

// devices are names that Windows opens as devices, most of them in any folder and with any
// extension (Microsoft, "Naming Files, Paths, and Namespaces", and those of consoles and clocks).
// Names with superscript digits are folded to these.
var devices = []string{
	"con", "prn", "aux", "nul", "clock$", "conin$", "conout$",
	"com0", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
	"lpt0", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
}

// foldName returns the same name for names that some system takes for one. It uses the
// compatibility form, ignores case, selectors of variations and a slash at the end, and writes _,
// as programs do, for characters that Windows forbids.
func foldName(name string) string {
	name = strings.TrimSuffix(name, "/")
	if !isASCII(name) && utf8.ValidString(name) {
		name = norm.NFKC.String(strings.Map(foldRune, norm.NFKC.String(name)))
	}
	b := []byte(name) // not a map of runes: the name may be in any code page
	for i, c := range b {
		b[i] = foldASCII(c)
	}
	return string(b)
}

// foldRune returns the least of the runes that differ from r only in case. It returns -1 for the
// selectors of variations, so that strings.Map drops them.
func foldRune(r rune) rune {
	if unicode.Is(unicode.Variation_Selector, r) {
		return -1
	}
	least := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		least = min(least, next)
	}
	return least
}

func foldASCII(c byte) byte {
	switch {
	case 'A' <= c && c <= 'Z':
		return c + ('a' - 'A')
	case strings.IndexByte(`<>"|?*`, c) >= 0:
		return '_'
	}
	return c
}

// zipExt returns the extension in lower case.
func zipExt(name string) string { return strings.ToLower(path.Ext(name)) }

func isDirectory(name string) bool { return strings.HasSuffix(name, "/") }
