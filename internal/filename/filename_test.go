package filename_test

import (
	"mime"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/filename"
)

func TestClean(t *testing.T) {
	long := strings.Repeat("a", 300)
	for _, c := range []struct{ name, in, want string }{
		{"plain", "photo.png", "photo.png"},
		{"dots of a macOS screenshot", "Screenshot 2026-03-01 at 10.11.12.png", "Screenshot 2026-03-01 at 10.11.12.png"},
		{"narrow space of a macOS screenshot", "Screenshot at 10.11.12\u202fAM.png", "Screenshot at 10.11.12\u202fAM.png"},
		{"accents", "Žluťoučký kůň.png", "Žluťoučký kůň.png"},
		{"decomposed accents", "re\u0301sume\u0301.pdf", "re\u0301sume\u0301.pdf"},
		{"Arabic", "صورة جديدة.png", "صورة جديدة.png"},
		{"Arabic number sign", "\u0600١٢.png", "\u0600١٢.png"},
		{"Hebrew", "תמונה.png", "תמונה.png"},
		{"Chinese", "照片（１）.png", "照片（１）.png"},
		{"Persian with a non-joiner", "می\u200cخواهم.pdf", "می\u200cخواهم.pdf"},
		{"Sinhala with a joiner", "ශ්\u200dරී.pdf", "ශ්\u200dරී.pdf"},
		{"emoji", "🎉 party.png", "🎉 party.png"},
		{"emoji family", "👨\u200d👩\u200d👧.png", "👨\u200d👩\u200d👧.png"},
		{"emoji with skin tone and variation", "🏃🏽\u200d♀\ufe0f ❤\ufe0f\u200d🔥.png", "🏃🏽\u200d♀\ufe0f ❤\ufe0f\u200d🔥.png"},
		{"apostrophes", "it's O’Brien.pdf", "it's O’Brien.pdf"},
		{"markup is data", "<img src=x onerror=alert(1)>.png", "<img src=x onerror=alert(1)>.png"},
		{"device name is data", "CON.png", "CON.png"},
		{"stream name is data", "x.png::$DATA", "x.png::$DATA"},
		{"hidden file", ".png", ".png"},
		{"escaped quote stays text", "a %22b%22.png", "a %22b%22.png"},
		{"escaped line break stays text", "a%0d%0ab.png", "a%0d%0ab.png"},
		{"escaped NUL stays text", "x.php%00.png", "x.php%00.png"},
		{"escaped slash stays text", "..%2f..%2fx.png", "..%2f..%2fx.png"},
		{"escaped percent stays text", "100%25.png", "100%25.png"},
		{"traversal", "../../etc/passwd", "passwd"},
		{"backslash traversal", `..\..\x.png`, "x.png"},
		{"mixed separators", `a/b\c/d.png`, "d.png"},
		{"fake path", `C:\fakepath\x.png`, "x.png"},
		{"network path", `\\host\share\x.png`, "x.png"},
		{"folder upload", "album/2026/x.png", "x.png"},
		{"overlong slash", "..\xc0\xafx.png", "..\uFFFDx.png"},
		{"invalid UTF-8", "caf\xe9.png", "caf\uFFFD.png"},
		{"right-to-left override", "invoice\u202efdp.png", "invoicefdp.png"},
		{"isolates", "a\u2066b\u2069.png", "ab.png"},
		{"direction marks", "\u200ea\u200f\u061c.png", "a.png"},
		{"zero-width", "p\u200ba\u2060y\ufeff.png", "pay.png"},
		{"joiner in ASCII", "pa\u200dy\u200c.p\u200dng", "pay.png"},
		{"joiner at the end", "👨\u200d.png", "👨.png"},
		{"joiner before a direction mark", "\u0628\u200c\u061cx.png", "\u0628x.png"},
		{"joiner before an invisible vowel", "\u1780\u200c\u17b5x.png", "\u1780x.png"},
		{"two joiners", "👨\u200d\u200d👩.png", "👨\u200d👩.png"},
		{"separators of lines", "a\u2028b\u2029.png", "ab.png"},
		{"soft hyphen", "pay\u00adpal.png", "paypal.png"},
		{"spaces at the ends", "  x.png \u00a0", "x.png"},
		{"spaces after a folder", "dir/ x.png", "x.png"},
		{"trailing dot stays", "x.png.", "x.png."},
		{"long, extension kept", long + ".png", long[:251] + ".png"},
		{"long, many bytes a rune", strings.Repeat("é", 200) + ".png", strings.Repeat("é", 125) + ".png"},
		{"long, joiner at the cut", strings.Repeat("a", 244) + "👨\u200d👩.png", strings.Repeat("a", 244) + "👨.png"},
		{"long, no extension", long, long[:255]},
		{"long, space at the cut", strings.Repeat("a", 254) + " b", strings.Repeat("a", 254)},
	} {
		got, err := filename.Clean(c.in)
		require.NoError(t, err, c.name)
		require.Equal(t, c.want, got, c.name)
	}
}

func TestCleanRefuses(t *testing.T) {
	for _, c := range []struct{ name, in, why string }{
		{"empty", "", "empty"},
		{"dot", ".", "empty"},
		{"dot dot", "..", "empty"},
		{"dots and spaces", " . . ", "empty"},
		{"directory", "dir/", "empty"},
		{"parent directory", "dir/..", "empty"},
		{"backslash", `\`, "empty"},
		{"only invisible", "\u200b\u202e", "empty"},
		{"dots between invisible ones", "\u200b..\u200b", "empty"},
		{"NUL", "x.php\x00.png", "control"},
		{"line feed", "a\nb.png", "control"},
		{"carriage return", "a\r\nSet-Cookie: x", "control"},
		{"tab", "a\tb.png", "control"},
		{"ESC", "\x1b[2J.png", "control"},
		{"DEL", "a\x7f.png", "control"},
		{"C1", "a\u009b2J.png", "control"},
		{"control in the folder", "a\x01/x.png", "control"},
		{"extension of 255 bytes", "x." + strings.Repeat("p", 254), "too long"},
		{"extension of 300 bytes", "x." + strings.Repeat("p", 299), "too long"},
		{"extension that a cut would invent", "x.png" + strings.Repeat(" ", 300) + "y", "too long"},
	} {
		got, err := filename.Clean(c.in)
		require.ErrorContains(t, err, c.why, c.name)
		require.Empty(t, got, c.name)
	}
}

func TestExt(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"x.png", ".png"},
		{"x.PNG", ".png"},
		{"shell.php.png", ".png"},
		{"archive.tar.gz", ".gz"},
		{".png", ".png"},
		{"x", ""},
		{"", ""},
		{"x.png.", "."},
		{"x.png ", ".png "},
		{"x.png::$DATA", ".png::$data"},
		{"x.png;.jpg", ".jpg"},
		{"x.php%00.png", ".png"},
		{"x\uff0epng", ""},
		{"x.\u0440ng", ".\u0440ng"},
		{"x.m\u212av", ".m\u212av"},
		{"x.\uff30\uff2e\uff27", ".\uff30\uff2e\uff27"},
	} {
		require.Equal(t, c.want, filename.Ext(c.in), "%q", c.in)
	}
}

func TestDisposition(t *testing.T) {
	for _, c := range []struct{ kind, name, want string }{
		{"attachment", "", `attachment`},
		{"inline", "\r\n\u202e", `inline`},
		{"attachment", "x.png", `attachment; filename="x.png"`},
		{"inline", "my file (1).png", `inline; filename="my file (1).png"`},
		{"", "x.png", `attachment; filename="x.png"`},
		{"inline; x", "x.png", `attachment; filename="x.png"`},
		{"attachment", `a"b\c;d%e.png`, `attachment; filename="a_b_c_d_e.png"; filename*=UTF-8''a%22b_c%3Bd%25e.png`},
		{"attachment", "žluť.png", `attachment; filename="_lu_.png"; filename*=UTF-8''%C5%BElu%C5%A5.png`},
		{"attachment", "it’s *'.png", `attachment; filename="it_s *'.png"; filename*=UTF-8''it%E2%80%99s%20%2A%27.png`},
		{"attachment", "a\r\nX: y\x00.png", `attachment; filename="aX: y.png"`},
		{"attachment", "../x.png", `attachment; filename=".._x.png"`},
		{"attachment", "fdp\u202egnp.exe", `attachment; filename="fdpgnp.exe"`},
		{"attachment", "caf\xe9.png", `attachment; filename="caf_.png"; filename*=UTF-8''caf%EF%BF%BD.png`},
		{"attachment", strings.Repeat("a", 300) + ".png", `attachment; filename="` + strings.Repeat("a", 236) + `.png"`},
		{"attachment", "a." + strings.Repeat("b", 300), `attachment; filename="a.` + strings.Repeat("b", 238) + `"`},
	} {
		require.Equal(t, c.want, filename.Disposition(c.kind, c.name), "%q", c.name)
	}
}

func seeds(f *testing.F) {
	for _, s := range []string{
		"", "x.png", `..\..\x.png`, "a%22b.png", "%2\u200b2", "%%2222", "👨\u200d👩\u200d👧.png", "می\u200cخواهم", "\u202egnp.exe",
		"caf\xe9", strings.Repeat("é", 200) + ".png", "x." + strings.Repeat("p", 300), strings.Repeat("👨\u200d", 40) + ".png",
		"a\r\nb", "\x00", " . ", `a";%\`,
	} {
		f.Add(s)
	}
}

// neverVisible are bidirectional controls, zero-width characters and separators that no name may
// hold, in any context.
const neverVisible = "\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2028\u2029\u2060\u2066\u2067\u2068\u2069\ufeff"

func FuzzClean(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, raw string) {
		name, err := filename.Clean(raw)
		if err != nil {
			require.Empty(t, name)
			return
		}
		require.True(t, utf8.ValidString(name))
		require.LessOrEqual(t, len(name), filename.MaxLen)
		require.False(t, strings.ContainsAny(name, `/\`+neverVisible), "%q", name)
		require.False(t, strings.ContainsFunc(name, unicode.IsControl), "%q", name)
		require.NotContains(t, []string{"", ".", ".."}, name)
		require.Equal(t, strings.TrimSpace(name), name)

		again, err := filename.Clean(name)
		require.NoError(t, err)
		require.Equal(t, name, again)
	})
}

func FuzzDisposition(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, name string) {
		value := filename.Disposition("attachment", name)
		require.LessOrEqual(t, len(value), 1024)
		for i := range len(value) {
			require.True(t, ' ' <= value[i] && value[i] <= '~', "%q", value)
		}
		kind, params, err := mime.ParseMediaType(value)
		require.NoError(t, err, "%q", value)
		require.Equal(t, "attachment", kind)
		require.False(t, strings.ContainsAny(params["filename"], `/\`+neverVisible), "%q", value)
		require.False(t, strings.ContainsFunc(params["filename"], unicode.IsControl), "%q", value)

		// A cleaned name of at most 240 bytes arrives whole.
		if clean, err := filename.Clean(name); err == nil && len(clean) <= 240 {
			value = filename.Disposition("inline", clean)
			_, params, err = mime.ParseMediaType(value)
			require.NoError(t, err)
			require.Equal(t, clean, params["filename"], "%q", value)
		}
	})
}
