package inspect

import (
	"bytes"
	"slices"
	"strings"

	"github.com/airlock-go/upload/internal/sniff"
)

// isFolderFile reports whether a file is one that Windows, macOS or Android keeps in folders, and
// that programs pack with them: the layout of windows, thumbnails, icons. It recognises each by its
// name and the beginning of its content, except for desktop.ini, which it reads whole.
func isFolderFile(name string, head []byte) bool {
	base := name[strings.LastIndexByte(name, '/')+1:]
	switch folded := foldName(base); {
	case strings.HasPrefix(base, "._"):
		return beginsWith(head, "\x00\x05\x16\x07\x00\x02\x00\x00")
	case base == ".DS_Store":
		return beginsWith(head, "\x00\x00\x00\x01Bud1")
	case base == iconFile, base == ".localized", base == ".nomedia":
		return len(head) == 0
	case folded == "thumbs.db", folded == "ehthumbs.db", folded == "ehthumbs_vista.db":
		return beginsWith(head, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "CMMM")
	case folded == "desktop.ini":
		return isDesktopFile(head)
	}
	return false
}

// The sections and keys of desktop.ini that choose a name, a picture, a tip and a view (Microsoft,
// "How to Customize Folders with Desktop.ini"). Others can name programs that show the folder.
var (
	desktopSections = []string{"[.shellclassinfo]", "[viewstate]", "[localizedfilenames]"}
	desktopKeys     = []string{
		"iconresource", "iconfile", "iconindex", "infotip", "localizedresourcename", "confirmfileop", "nosharing", "mode", "vid",
		"foldertype", "logo",
	}
)

// isDesktopFile reports whether a whole desktop.ini only describes the look of its folder, and
// takes pictures from the computer itself. From another computer, Windows would fetch an icon when
// the folder is opened, and sign in there.
func isDesktopFile(head []byte) bool {
	if len(head) >= sniff.HeadLen {
		return false
	}
	section := ""
	for line := range bytes.Lines(narrow(head)) {
		s := strings.ToLower(strings.Trim(string(line), " \t\r\n"))
		key, value, isPair := strings.Cut(s, "=")
		slashes := strings.ReplaceAll(value, `\`, "/")
		switch {
		case s == "", s[0] == ';':
		case s[0] == '[':
			if section = s; !slices.Contains(desktopSections, s) {
				return false
			}
		case !isPair, strings.Contains(slashes, "//"):
			return false
		case section != "[localizedfilenames]" && !slices.Contains(desktopKeys, strings.TrimSpace(key)):
			return false
		}
	}
	return true
}

// narrow returns text in UTF-16LE with a mark as bytes, with a question mark for characters that
// need more than one, and other text unchanged.
func narrow(text []byte) []byte {
	rest, isWide := bytes.CutPrefix(text, []byte("\xff\xfe"))
	if !isWide {
		return text
	}
	out := make([]byte, 0, len(rest)/2)
	for ; len(rest) >= 2; rest = rest[2:] {
		c := rest[0]
		if rest[1] != 0 {
			c = '?'
		}
		out = append(out, c)
	}
	return out
}
