package inspect

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// checkZipName refuses names that would be unpacked elsewhere than below the target, as something else, or not at all,
// on any system (CWE-22, "zip slip"). Names that are not UTF-8 are in the code page of whoever wrote them and are judged by
// their ASCII.
func checkZipName(name string, isUTF8 bool) error {
	if isUTF8 && !utf8.ValidString(name) {
		return fault(CodeEntry, "has an entry whose name is not valid UTF-8")
	}
	switch {
	case name == "", name[0] == '/':
		return fault(CodeEntry, "has an entry with an absolute name, or none")
	case strings.ContainsAny(name, `\:`):
		return fault(CodeEntry, "has an entry whose name has a backslash or a colon")
	case strings.ContainsFunc(name, isHidden):
		return fault(CodeEntry, "has an entry whose name has control characters")
	}
	file := strings.TrimSuffix(name, "/")
	for part := range strings.SplitSeq(file, "/") {
		if strings.Trim(part, ". ") == "" { // Windows drops dots and spaces at the end of a name
			return fault(CodeEntry, "has an entry whose name leads out of its directory or has empty parts")
		}
	}
	if file == name && strings.TrimRight(file, ". ") != file {
		return fault(CodeEntry, "has an entry whose name ends in a dot or a space")
	}
	return nil
}

// isHidden reports control characters, and those that reverse the order in which a name is shown.
func isHidden(r rune) bool {
	return r != utf8.RuneError && unicode.IsControl(r) || 0x202a <= r && r <= 0x202e || 0x2066 <= r && r <= 0x2069
}

// foldName returns the name that an entry has on a system that ignores case.
func foldName(name string) string { return strings.ToLower(strings.TrimSuffix(name, "/")) }

// zipExt returns the extension in lower case.
func zipExt(name string) string { return strings.ToLower(path.Ext(name)) }
