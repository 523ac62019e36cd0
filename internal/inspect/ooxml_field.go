package inspect

import (
	"slices"
	"strings"
)

// plainFields lists the fields that by themselves neither run a program nor load anything. They
// show what the document and Word have, ask the user, or wait for a click or a mail merge (ECMA-376
// part 1, 17.16.5, and those that Word has added).
var plainFields = []string{
	"=", "addin", "addressblock", "advance", "ask", "author", "autonum", "autonumlgl", "autonumout", "autotext", "autotextlist",
	"barcode", "bibliography", "bidioutline", "citation", "comments", "compare", "createdate", "date", "displaybarcode",
	"docproperty", "docvariable", "edittime", "eq", "filename", "filesize", "fillin", "formcheckbox", "formdropdown", "formtext",
	"ftnref", "glossary", "gotobutton", "greetingline", "if", "index", "info", "keywords", "lastsavedby", "listnum", "macrobutton",
	"mergebarcode", "mergefield", "mergerec", "mergeseq", "next", "nextif", "noteref", "numchars", "numpages", "numwords", "page",
	"pageref", "printdate", "private", "quote", "ref", "revnum", "savedate", "section", "sectionpages", "seq", "set", "shape",
	"skipif", "styleref", "subject", "symbol", "ta", "tc", "template", "time", "title", "toa", "toc", "useraddress", "userinitials",
	"username", "xe",
}

// fieldKinds gives the kind of active content of the fields that are always refused.
var fieldKinds = map[string]string{
	"dde": KindAction, "ddeauto": KindAction, "print": KindAction,
	"link": KindExternal, "database": KindConnection, "data": KindConnection,
	"embed": KindObject, "control": KindObject, "htmlcontrol": KindObject,
}

// fileFields lists fields that read a file, which may lie on the author's own disk.
var fileFields = []string{"includepicture", "includetext", "include", "import", "rd"}

const fieldSpace = " \t\r\n\u00a0"

// fieldName returns the first word of an instruction in lower case, what follows it, and whether
// that word is complete. A formula's name is its equals sign.
func fieldName(instruction string) (name, arguments string, whole bool) {
	s := strings.TrimLeft(instruction, fieldSpace)
	if after, ok := strings.CutPrefix(s, "="); ok {
		return "=", after, true
	}
	i := strings.IndexAny(s, fieldSpace+"\"\\")
	if i < 0 {
		return strings.ToLower(s), "", false
	}
	return strings.ToLower(s[:i]), s[i:], true
}

// judgeField judges a whole instruction.
func judgeField(instruction string) error {
	name, arguments, _ := fieldName(instruction)
	switch {
	case name == "" && arguments == "", slices.Contains(plainFields, name):
		return nil
	case name == "hyperlink":
		return judgeFieldLink(arguments)
	case slices.Contains(fileFields, name):
		return judgeFieldFile(arguments)
	case fieldKinds[name] != "":
		return active(fieldKinds[name], "has a field that runs a program, or loads from elsewhere")
	}
	return nil // any other word is the name of a bookmark, whose text is shown
}

// judgeFieldLink judges the arguments of a link, except for switches and their values.
func judgeFieldLink(arguments string) error {
	for skip := false; ; {
		word, rest, isSwitch := nextWord(arguments)
		switch {
		case word == "":
			return nil
		case isSwitch:
			skip = strings.ContainsAny(word[1:], "lotLOT") // followed by a place, a tip, a frame
		case skip:
			skip = false
		default:
			if err := clickable(word); err != nil {
				return err
			}
		}
		arguments = rest
	}
}

// judgeFieldFile judges the file that a field reads.
func judgeFieldFile(arguments string) error {
	for {
		word, rest, isSwitch := nextWord(arguments)
		if word == "" {
			return nil
		}
		if p := placeOf(word); !isSwitch && (p == linkWeb || p == linkElsewhere && !isMailPart(word)) {
			return active(KindExternal, "has a field that loads from elsewhere")
		}
		arguments = rest
	}
}

// isMailPart reports whether target is a picture of the mail from which a text was copied. Such a
// target leads nowhere.
func isMailPart(target string) bool {
	scheme, _, ok := cutScheme(target)
	return ok && scheme == "cid"
}

// nextWord returns the next argument, or "" at the end, and whether it is a switch. It removes
// quotation marks and halves doubled backslashes.
func nextWord(s string) (word, rest string, isSwitch bool) {
	s = strings.TrimLeft(s, fieldSpace)
	if s == "" {
		return "", "", false
	}
	if s[0] == '\\' && len(s) > 1 && s[1] != '\\' {
		n := min(2, len(s))
		return s[:n], s[n:], true
	}
	for _, open := range []string{`"`, "\u201c", "\u201d", "\u201e"} {
		if after, ok := strings.CutPrefix(s, open); ok {
			i := strings.IndexAny(after, "\"\u201c\u201d")
			if i < 0 {
				i = len(after)
			}
			return unescaped(after[:i]) + emptyWord(after[:i]), strings.TrimLeft(after[i:], "\"\u201c\u201d"), false
		}
	}
	i := strings.IndexAny(s, fieldSpace+"\"")
	if i < 0 {
		i = len(s)
	}
	return unescaped(s[:i]), s[i:], false
}

// unescaped undoes the doubling of backslashes.
func unescaped(s string) string { return strings.ReplaceAll(s, `\\`, `\`) }

// emptyWord returns what nextWord adds to an argument: a mark if it is empty, since an empty word
// means the end.
func emptyWord(s string) string {
	if s == "" {
		return "#"
	}
	return ""
}
