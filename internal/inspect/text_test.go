package inspect_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/inspect"
)

// encode returns s in UTF-16 with a byte order mark.
func encode(order binary.AppendByteOrder, s string) string {
	b := order.AppendUint16(nil, 0xfeff)
	for _, u := range utf16.Encode([]rune(s)) {
		b = order.AppendUint16(b, u)
	}
	return string(b)
}

func le(s string) string { return encode(binary.LittleEndian, s) }
func be(s string) string { return encode(binary.BigEndian, s) }

func TestTextAccepts(t *testing.T) {
	for _, c := range []struct{ name, in string }{
		{"nothing", ""},
		{"one byte", "a"},
		{"white space", "a\tb\r\nc\fd\n"},
		{"UTF-8", "Žluťoučký кінь 馬 🐎\n"},
		{"UTF-8 with a mark", "\xef\xbb\xbfhello"},
		{"a mark alone", "\xef\xbb\xbf"},
		{"a mark inside", "a\ufeffb"},
		{"UTF-16LE", le("héllo 🐎\r\n")},
		{"UTF-16BE", be("héllo 🐎\r\n")},
		{"UTF-16 mark alone", "\xff\xfe"},
		{"generics", "var m Map<String, List<Object>> = new Map<Object>(); if a < b {}"},
		{"starts like a bitmap", "BMW is a car maker"},
		{"diff", "--- a\n+++ b\n-x < y\n+x <= y\n"},
		{"UTF-16 comparison", le("a < b, <someone@example.com>, <3")},
		{"long", strings.Repeat("0123456 <3 é\n", 10_000)},
	} {
		verdict(t, c.name, c.in, finding{})
	}
}

func TestTextRefuses(t *testing.T) {
	const (
		malformed = codeDamaged
		encoding  = "unsupported_variant encoding"
		truncated = "truncated"
		active    = "active_content markup"
	)
	for _, c := range []struct {
		name, in string
		code     string
		reason   string
	}{
		{"NUL", "ab\x00c", malformed, "contains a control character at byte 2"},
		{"escape", strings.Repeat("a", 5000) + "\x1b[2J", malformed, "contains a control character at byte 5000"},
		{"vertical tab", "\v", malformed, "contains a control character at byte 0"},
		{"DEL", "a\x7f", malformed, "contains a control character at byte 1"},
		{"C1", "é\u009b", malformed, "contains a control character at byte 2"},
		{"binary after text", strings.Repeat("text ", 120) + "\x7fELF", malformed, "contains a control character at byte 600"},
		{"Windows-1252", "caf\xe9 au lait", encoding, "is not valid UTF-8 at byte 3"},
		{"overlong", "a\xc0\xaf", encoding, "is not valid UTF-8 at byte 1"},
		{"surrogate in UTF-8", "a\xed\xa0\x80", encoding, "is not valid UTF-8 at byte 1"},
		{"beyond Unicode", "\xf4\x90\x80\x80", encoding, "is not valid UTF-8 at byte 0"},
		{"stray continuation", "\x80", encoding, "is not valid UTF-8 at byte 0"},
		{"Windows-1252 after UTF-8", "é caf\xe9 au lait", malformed, "is not valid UTF-8 at byte 6"},
		{"Windows-1252 after a mark", "\xef\xbb\xbfcaf\xe9 au lait", malformed, "is not valid UTF-8 at byte 6"},
		{"cut character", "abc\xe2\x82", truncated, "ends within a character at byte 3"},
		{"cut mark", "\xef\xbb", truncated, "ends within a character at byte 0"},
		{"not quite a mark", "\xef\xbb ", encoding, "is not valid UTF-8 at byte 0"},
		{"control after a mark", "\xef\xbb\xbf\x00", malformed, "contains a control character at byte 3"},
		{"UTF-16 without a mark", "h\x00i\x00", malformed, "contains a control character at byte 1"},
		{"UTF-32", "\xff\xfe\x00\x00h\x00\x00\x00", malformed, "contains a control character at byte 2"},
		{"UTF-16 odd", le("ab") + "c", truncated, "ends within a character at byte 6"},
		{"UTF-16 control", be("a\u0085"), malformed, "contains a control character at byte 4"},
		{"UTF-16 lone high", be("a") + "\xd8\x00\x00a", malformed, "is not valid UTF-16 at byte 6"},
		{"UTF-16 lone low", be("a") + "\xdc\x00", malformed, "is not valid UTF-16 at byte 4"},
		{"UTF-16 cut pair", be("a") + "\xd8\x3d", truncated, "ends within a character at byte 6"},
		{"script", "hello <script>alert(1)</script>", active, "contains markup that a browser or a server runs or renders at byte 6"},
		{"image", "é<img src=x onerror=alert(1)>", active, "contains markup that a browser or a server runs or renders at byte 2"},
		{"after a mark", "\xef\xbb\xbf<form>", active, "contains markup that a browser or a server runs or renders at byte 3"},
		{"after much space", strings.Repeat(" \n", 100_000) + "<!doctype html>", active, "contains markup that a browser or a server runs or renders at byte 200000"},
		{"prefixed SVG", "x <s:svg xmlns:s='http://www.w3.org/2000/svg'/>", active, "contains markup that a browser or a server runs or renders at byte 2"},
		{"UTF-16LE", le("hi <iframe>"), active, "contains markup that a browser or a server runs or renders at byte 8"},
		{"UTF-16BE", be("žž <x onload=1>"), active, "contains markup that a browser or a server runs or renders at byte 8"},
		{"UTF-16 far", le(strings.Repeat("ž", 3000) + "<svg>"), active, "contains markup that a browser or a server runs or renders at byte 6002"},
		{"markup before a fault", "<svg>\x00", active, "contains markup that a browser or a server runs or renders at byte 0"},
		{"fault before markup", "\x00<svg>", malformed, "contains a control character at byte 0"},
	} {
		verdict(t, c.name, c.in, finding{c.code, c.reason})
	}
}

// TestTextEightBit: EightBit accepts text that is not Unicode. It refuses damaged UTF-8, bytes that
// Windows-1252 does not have, and sequences that lax readers of UTF-8 take for ASCII.
func TestTextEightBit(t *testing.T) {
	for _, c := range []struct{ name, in, code, reason string }{
		{"Windows-1252", "caf\xe9 au lait \x93\x80 5\x94", "", ""},
		{"a last byte that Windows-1252 has", "caf\xe9", "", ""},
		{"ISO 8859-5", "\xbf\xe0\xd8\xd2\xd5\xe2", "", ""},
		{"GBK", "\xc4\xe3\xba\xc3", "", ""},
		{"UTF-8", "é 馬", "", ""},
		{"UTF-16", le("é"), "", ""},
		{"a control", "caf\xe9\x1b", codeDamaged, "contains a control character at byte 4"},
		{"markup", "caf\xe9 <script>", "active_content markup", "contains markup that a browser or a server runs or renders at byte 5"},
		{"UTF-8 before", "é caf\xe9 au lait", codeDamaged, "is not valid UTF-8 at byte 6"},
		{"a mark before", "\xef\xbb\xbfcaf\xe9 au lait", codeDamaged, "is not valid UTF-8 at byte 6"},
		{"a byte of Shift_JIS", "caf\xe9 \x81@", "unsupported_variant encoding", "is neither Unicode nor Windows-1252 at byte 5"},
		{"a last byte that Windows-1252 does not have", "caf\x9d", "unsupported_variant encoding", "is neither Unicode nor Windows-1252 at byte 3"},
		{"an overlong <", "a\xc0\xbcscript>", codeDamaged, "is not valid UTF-8 at byte 2"},
		{"an overlong < of three bytes", "a\xe0\x80\xbcscript>", codeDamaged, "is not valid UTF-8 at byte 3"},
		{"an overlong < of four bytes", "a\xf0\x80\x80\xbcscript>", codeDamaged, "is not valid UTF-8 at byte 3"},
		{"a surrogate", "a\xed\xa0\x80b", codeDamaged, "is not valid UTF-8 at byte 3"},
		{"a wide <", "\xe9 \xef\xbc\x9cscript", codeDamaged, "is not valid UTF-8 at byte 4"},
		{"a cut character", "abc\xe2\x82", "truncated", "ends within a character at byte 3"},
	} {
		for _, r := range []io.Reader{strings.NewReader(c.in), iotest.OneByteReader(strings.NewReader(c.in))} {
			text := inspect.Text{EightBit: true}
			_, _ = io.Copy(&text, struct{ io.Reader }{r})
			require.Equal(t, finding{c.code, c.reason}, found(text.Verdict()), c.name)
		}
	}
}

func TestTextMayHoldMarkup(t *testing.T) {
	text := inspect.Text{AllowMarkup: true}
	_, err := text.Write([]byte("# Title\n<details><summary>x</summary></details>"))
	require.NoError(t, err)
	require.NoError(t, text.Verdict())
}

// verdict checks a text whole and byte by byte.
func verdict(t *testing.T, name, in string, want finding) {
	t.Helper()
	for _, r := range []io.Reader{strings.NewReader(in), iotest.OneByteReader(strings.NewReader(in))} {
		var text inspect.Text
		_, _ = io.Copy(&text, struct{ io.Reader }{r})
		require.Equal(t, want, found(text.Verdict()), name)
	}
}

func TestTextStaysFailed(t *testing.T) {
	var text inspect.Text
	n, err := text.Write([]byte("fine"))
	require.NoError(t, err)
	require.Equal(t, 4, n)
	_, first := text.Write([]byte("\x00"))
	require.Error(t, first)
	n, err = text.Write([]byte("fine again"))
	require.Equal(t, first, err)
	require.Zero(t, n)
	require.Equal(t, first, text.Verdict())
}

func TestTextDoesNotAllocate(t *testing.T) {
	var text inspect.Text
	p := []byte(strings.Repeat("a <b and 馬 <x y=z>", 100))
	require.Zero(t, testing.AllocsPerRun(100, func() {
		if _, err := text.Write(p); err != nil {
			t.Fatal(err)
		}
	}))
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"", "héllo 🐎", "\xef\xbb\xbfa", le("a <b 🐎"), be("<svg"), "a\xe2\x82", "x <x a='>' onclick=1>", "\xff\xfe\x3c\xd8"} {
		f.Add([]byte(s), []byte{1, 3, 2})
	}
	f.Fuzz(func(t *testing.T, in, cuts []byte) {
		var whole, cut inspect.Text
		_, _ = whole.Write(in)
		rest := in
		for _, c := range cuts {
			n := min(len(rest), int(c)%16)
			_, _ = cut.Write(rest[:n])
			rest = rest[n:]
		}
		_, _ = cut.Write(rest)
		require.Equal(t, whole.Verdict(), cut.Verdict())

		isUTF16 := bytes.HasPrefix(in, []byte("\xff\xfe")) || bytes.HasPrefix(in, []byte("\xfe\xff"))
		if whole.Verdict() != nil || isUTF16 {
			return
		}
		require.True(t, utf8.Valid(in))
		require.False(t, bytes.ContainsFunc(in, func(r rune) bool {
			return unicode.IsControl(r) && !strings.ContainsRune("\t\n\f\r", r)
		}))
	})
}

func BenchmarkText(b *testing.B) {
	for _, c := range []struct{ name, line string }{
		{"ascii", "The quick brown fox jumps over the lazy dog, 0123456789.\n"},
		{"code", "for (i = 0; i < n; i++) { List<String> x = f(a, b); }\n"},
		{"czech", "Příliš žluťoučký kůň úpěl ďábelské ódy.\n"},
		{"chinese", "敏捷的棕色狐狸跳过了懒狗。\n"},
		{"open-tag", "i<n, j = k[1] + 2;\n"},
	} {
		b.Run(c.name, func(b *testing.B) {
			p := []byte(strings.Repeat(c.line, 64<<10/len(c.line)))
			b.SetBytes(int64(len(p)))
			for b.Loop() {
				var text inspect.Text
				if _, err := text.Write(p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
