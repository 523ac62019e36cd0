package clients

import (
	"net/url"
	"strings"
)

// style is how a client writes a name between the quotation marks of filename="…".
type style string

const (
	asBrowsers style = `%22 for a quotation mark`
	escaped    style = `a backslash before quotation marks and backslashes`
	raw        style = `unchanged`
	encoded    style = `percent-encoded, as by encodeURIComponent`
)

// names are what people call their files, and what is stored: the name itself, or what the row says
// and why.
var names = []struct {
	name   string
	stored map[style]string // where it differs; "" is refused
	why    string
}{
	{name: "photo.png"},
	{name: "photo (1).png"},
	{name: "my  holiday photo.png"},
	{name: "Grüße aus Köln.png"},
	{name: "Gru\u0308\u00dfe aus Ko\u0308ln.png"}, // as macOS decomposes
	{name: "文件 名.png"},
	{name: "写真（１）.png"},
	{name: "صورة.png"},
	{name: "🎉 party 👨\u200d👩\u200d👧.png"},
	{name: "it's O’Brien.png"},
	{name: `my "best" photo.png`},
	{name: `"quoted" .png`},
	{name: `5" disk.png`},
	{name: `a"; b".png`},
	{name: `a; filename="b".png`},
	{name: "100%.png"},
	{name: "a%20b.png"},
	{name: "50%25.png"},
	{name: "caf%C3%A9.png"},
	{name: "a;b.png"},
	{name: "a; filename=b.png"},
	{name: "a+b&c=d,e@f#g!$~^`{}[].png"},
	{name: "10:30 <b>|?*.png"},
	{name: ".hidden.png"},
	{name: "two.dots..png"},
	{name: "-rf.png"},
	{name: "UTF-8''a.png"},
	{name: strings.Repeat("l", 251) + ".png"},
	{
		name: strings.Repeat("文", 200) + ".png", why: "names are cut to 255 bytes, before the extension",
		stored: map[style]string{asBrowsers: cut, escaped: cut, raw: cut},
	},
	{
		name: "a%22b.png", why: "browsers write a quotation mark like this, and do not escape the percent sign",
		stored: map[style]string{asBrowsers: `a"b.png`, escaped: `a"b.png`, raw: `a"b.png`},
	},
	{
		name: `a\b.png`, why: "the text before a backslash is a Windows path",
		stored: map[style]string{asBrowsers: "b.png", escaped: "b.png", raw: "b.png"},
	},
	{
		name: `a.png"; b="c.png`, why: "it cannot be distinguished from a name and another parameter",
		stored: map[style]string{raw: "a.png"},
	},
	{
		name: `a"; filename="b.png`, why: "it cannot be distinguished from two names",
		stored: map[style]string{raw: ""},
	},
}

// cut is what is stored of 200 times this character: 249 bytes, since another one would exceed 251,
// and the extension.
var cut = strings.Repeat("文", 83) + ".png"

// storedOf returns the stored name for clients of that style. Names from percent-encoding clients
// are kept as they came: browsers send such names unencoded. Only quotation marks are decoded,
// since browsers encode them.
func storedOf(s style, name string, others map[style]string) string {
	if s != encoded {
		if other, ok := others[s]; ok {
			return other
		}
		return name
	}
	sent := strings.NewReplacer("+", "%20", "%21", "!", "%27", "'", "%28", "(", "%29", ")", "%2A", "*", "%22", `"`).Replace(url.QueryEscape(name))
	if len(sent) > 255 {
		sent = sent[:251] + ".png"
	}
	return sent
}
