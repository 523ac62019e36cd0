package form

import (
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestDisposition(t *testing.T) {
	for _, tc := range []struct {
		about, header  string
		name, fileName string
		isFile, ok     bool
	}{
		{"a text field", `form-data; name="a"`, "a", "", false, true},
		{"a file", `form-data; name="file"; filename="cat.png"`, "file", "cat.png", true, true},
		{"nothing chosen", `form-data; name="file"; filename=""`, "file", "", true, true},
		{"unquoted", `form-data; name=file; filename=cat.png`, "file", "cat.png", true, true},
		{"case of kind and keys", `FORM-DATA; Name="a"; FileName="b"`, "a", "b", true, true},
		{"white space anywhere", "form-data ;\tname = \"a\" ; filename=\"b\" ;", "a", "b", true, true},
		{"file name before name", `form-data; filename="b"; name="a"`, "a", "b", true, true},
		{"quotation mark of a browser", `form-data; name="a"; filename="a%22b.png"`, "a", `a"b.png`, true, true},
		{"percent sign of a browser", `form-data; name="a"; filename="a%25%0A%2F.png"`, "a", "a%25%0A%2F.png", true, true},
		{"filename* of a name with %22", `form-data; name="a"; filename*=utf-8''a%2522b.png`, "a", "a%22b.png", true, true},
		{"an RFC 2047 word of a name with %22", `form-data; name="a"; filename="=?utf-8?Q?a%22b.png?="`, "a", "a%22b.png", true, true},
		{"escaped quote", `form-data; name="a"; filename="a\"b.png"`, "a", `a"b.png`, true, true},
		{"escaped backslash", `form-data; name="a"; filename="a\\b.png"`, "a", `a\b.png`, true, true},
		{"backslash of a browser", `form-data; name="a"; filename="C:\dir\x.png"`, "a", `C:\dir\x.png`, true, true},
		{"semicolon in quotes", `form-data; name="a"; filename="b;c=d.png"`, "a", "b;c=d.png", true, true},
		{"raw UTF-8", `form-data; name="a"; filename="猫 – ñ.png"`, "a", "猫 – ñ.png", true, true},
		{"directory path", `form-data; name="a"; filename="dir/sub/x.png"`, "a", "dir/sub/x.png", true, true},
		{"filename* alone", `form-data; name="a"; filename*=UTF-8''na%C3%AFve.png`, "a", "naïve.png", true, true},
		{"filename* that agrees", `form-data; name="a"; filename="x.png"; filename*=utf-8'en'x.png`, "a", "x.png", true, true},
		{"filename* as .NET sends it", `form-data; name="a"; filename="=?utf-8?B?w7EucG5n?="; filename*=utf-8''%C3%B1.png`, "a", "ñ.png", true, true},
		{"filename* of React Native", `form-data; name="a"; filename="photo (1).png"; filename*=utf-8''photo%20(1).png`, "a", "photo (1).png", true, true},
		{"filename* with bytes that no token has", `form-data; name="a"; filename="a,=@?:.png"; filename*=utf-8''a,=@?:.png`, "a", "a,=@?:.png", true, true},
		{"filename* with a semicolon", `form-data; name="a"; filename="a;b (2).png"; filename*=utf-8''a;b%20(2).png`, "a", "a;b (2).png", true, true},
		{"filename* with spaces", `form-data; name="a"; filename*=utf-8''my photo.png`, "a", "my photo.png", true, true},
		{"filename* after a percent-encoded name", `form-data; name="a"; filename="my%20photo.png"; filename*=utf-8''my%20photo.png`, "a", "my photo.png", true, true},
		{"filename* in quotes, as HttpClient 5.5", `form-data; name="a"; filename="??.png"; filename*="UTF-8''%E6%96%87%E4%BB%B6.png"`, "a", "文件.png", true, true},
		{"filename* after an ASCII substitute", `form-data; name="a"; filename="Gr__e.png"; filename*=UTF-8''Gr%C3%BC%C3%9Fe.png`, "a", "Grüße.png", true, true},
		{"filename* before the substitute", `form-data; name="a"; filename*=UTF-8''Gr%C3%BC%C3%9Fe.png; filename="Gr__e.png"`, "a", "Grüße.png", true, true},
		{"filename* in ISO-8859-1", `form-data; name="a"; filename="Gr.png"; filename*=iso-8859-1''Gr%FC.png`, "a", "Grü.png", true, true},
		{"filename* in utf8", `form-data; name="a"; filename*=utf8''Gr%C3%BC.png`, "a", "Grü.png", true, true},
		{"filename* that cannot be read", `form-data; name="a"; filename="a.png"; filename*=shift_jis''%83%5C.png`, "a", "a.png", true, true},
		{"filename* that is not UTF-8, with a plain name", `form-data; name="a"; filename="a.png"; filename*=utf-8''%ff.png`, "a", "a.png", true, true},
		{"filename* with CRLF, with a plain name", `form-data; name="a"; filename="a.png"; filename*=utf-8''x%0d%0a.png`, "a", "a.png", true, true},
		{"filename* in other case", `form-data; name="a"; filename="A.PNG"; filename*=utf-8''a.png`, "a", "a.png", true, true},
		{"an RFC 2047 word alone", `form-data; name="a"; filename="=?utf-8?Q?Gr=C3=BC=C3=9Fe.png?="`, "a", "Grüße.png", true, true},
		{"RFC 2047 words", `form-data; name="a"; filename="=?utf-8?B?R3I=?= =?utf-8?Q?=C3=BC.png?="`, "a", "Grü.png", true, true},
		{"an RFC 2047 word with a line break", `form-data; name="a"; filename="=?utf-8?Q?a=0D=0A.png?="`, "a", "=?utf-8?Q?a=0D=0A.png?=", true, true},
		{"an RFC 2047 word that is not UTF-8", `form-data; name="a"; filename="=?utf-8?B?0000?="`, "a", "=?utf-8?B?0000?=", true, true},
		{"an RFC 2047 word within a name", `form-data; name="a"; filename="a =?utf-8?Q?b?=.png"`, "a", "a =?utf-8?Q?b?=.png", true, true},
		{"quotation marks of form-data 4.0.5, which escapes nothing", `form-data; name="a"; filename="my "best" photo.png"`, "a", `my "best" photo.png`, true, true},
		{"quotation marks at the start of a name", `form-data; name="a"; filename=""best" photo.png"`, "a", `"best" photo.png`, true, true},
		{"a quotation mark at the end of a name", `form-data; filename="a.png""; name="a"`, "a", `a.png"`, true, true},
		{"a quotation mark before a semicolon", `form-data; name="a"; filename="b"; c".png"`, "a", `b"; c".png`, true, true},
		{"quotation marks after a seeming parameter", `form-data; name="a"; filename="b; filename="c".png"`, "a", `b; filename="c".png`, true, true},
		{"a parameter after a quotation mark", `form-data; name="a"; filename="b.png"; c="d.png"`, "a", "b.png", true, true},
		{"unknown parameters", `form-data; name="a"; filename="b"; size=3; x="y"`, "a", "b", true, true},

		{"filename* that disagrees", `form-data; name="a"; filename="x.png"; filename*=UTF-8''x.php`, "", "", false, false},
		{"filename* in an unknown charset", `form-data; name="a"; filename*=koi8-r''x.png`, "", "", false, false},
		{"filename* of another type, in other case", `form-data; name="a"; filename="a.png"; filename*=utf-8''a.PHP`, "", "", false, false},
		{"filename* whose path hides a type", `form-data; name="a"; filename="a.png/b.html"; filename*=utf-8''a.png`, "", "", false, false},
		{"filename* with a dot at its end", `form-data; name="a"; filename="a.png"; filename*=utf-8''a.png.`, "", "", false, false},
		{"filename* without an extension", `form-data; name="a"; filename="a.png"; filename*=utf-8''a`, "", "", false, false},
		{"filename* and an empty name", `form-data; name="a"; filename=""; filename*=utf-8''a.png`, "", "", false, false},
		{"an RFC 2047 word of another type", `form-data; name="a"; filename="=?utf-8?Q?a.html?="; filename*=utf-8''a.png`, "", "", false, false},
		{"filename* alone, with a semicolon", `form-data; name="a"; filename*=utf-8''a;b%20(2).png`, "", "", false, false},
		{"a name after an unencoded semicolon", `form-data; name="a"; filename*=utf-8''x;name="b"`, "", "", false, false},
		{"a second filename after an unencoded semicolon", `form-data; name="a"; filename="x.png"; filename*=utf-8''x;filename="y.png"`, "", "", false, false},
		{"filename* that is not UTF-8", `form-data; name="a"; filename*=UTF-8''%ff.png`, "", "", false, false},
		{"filename* with NUL", `form-data; name="a"; filename*=UTF-8''x%00.png`, "", "", false, false},
		{"filename* with CRLF", `form-data; name="a"; filename*=UTF-8''x%0d%0ay`, "", "", false, false},
		{"filename* with bad escape", `form-data; name="a"; filename*=UTF-8''x%zz`, "", "", false, false},
		{"filename* without charset", `form-data; name="a"; filename*=x.png`, "", "", false, false},
		{"continuations", `form-data; name="a"; filename*0="x"; filename*1=".png"`, "", "", false, false},
		{"two file names", `form-data; name="a"; filename="x.png"; filename="x.php"`, "", "", false, false},
		{"two names", `form-data; name="a"; name="b"`, "", "", false, false},
		{"two names, other case", `form-data; name="a"; NAME="b"`, "", "", false, false},
		{"open quote", `form-data; name="a"; filename="x.png`, "", "", false, false},
		{"junk after the quotes", `form-data; name="a"; filename="x.png"junk`, "", "", false, false},
		{"junk between", `form-data; name="a" filename="x.png"`, "", "", false, false},
		{"quotation marks in the name of a field", `form-data; name="a "b""; filename="x.png"`, "", "", false, false},
		{"a quotation mark before half a parameter", `form-data; name="a"; filename="b"; c=d".png"`, "", "", false, false},
		{"two file names after a quotation mark", `form-data; name="a"; filename="b"c"; filename="d.png"`, "", "", false, false},
		{"empty unquoted value", `form-data; name=; filename="x"`, "", "", false, false},
		{"no value", `form-data; name`, "", "", false, false},
		{"empty parameter", `form-data; ; name="a"`, "", "", false, false},
		{"control character", "form-data; name=\"a\x01\"", "", "", false, false},
		{"NUL", "form-data; name=\"a\"; filename=\"x\x00.png\"", "", "", false, false},
		{"attachment", `attachment; name="a"; filename="x"`, "", "", false, false},
		{"form-dataX", `form-dataX; name="a"`, "", "", false, false},
		{"empty", ``, "", "", false, false},
		{"quoted pair at the end", `form-data; name="a\"`, "", "", false, false},
	} {
		t.Run(tc.about, func(t *testing.T) {
			d, err := parseDisposition(tc.header)
			if !tc.ok {
				var e *Error
				require.ErrorAs(t, err, &e)
				require.Equal(t, Malformed, e.Kind)
				return
			}
			require.NoError(t, err)
			require.Equal(t, disposition{name: tc.name, fileName: tc.fileName, isFile: tc.isFile}, d)
		})
	}
}

// TestAttachment checks that the file name of a body is read as that of a part.
func TestAttachment(t *testing.T) {
	for _, tc := range []struct {
		about    string
		headers  []string
		fileName string
		ok       bool
	}{
		{"none", nil, "", true},
		{"attachment", []string{`attachment; filename="a.png"`}, "a.png", true},
		{"other case", []string{`Attachment; FileName=a.png`}, "a.png", true},
		{"inline", []string{`inline; filename="a.png"`}, "a.png", true},
		{"form-data", []string{`form-data; name="x"; filename="a.png"`}, "a.png", true},
		{"filename*", []string{`attachment; filename="_.png"; filename*=UTF-8''%C3%BC.png`}, "ü.png", true},
		{"without a name", []string{`attachment`}, "", true},
		{"two headers", []string{`attachment; filename="a.png"`, `attachment; filename="a.png"`}, "", false},
		{"two names", []string{`attachment; filename="a.png"; filename="b.png"`}, "", false},
		{"names that disagree", []string{`attachment; filename="a.png"; filename*=UTF-8''a.php`}, "", false},
		{"continuations", []string{`attachment; filename*0="a"; filename*1=".png"`}, "", false},
		{"another kind", []string{`x-file; filename="a.png"`}, "", false},
		{"no kind", []string{`; filename="a.png"`}, "", false},
		{"a name alone", []string{`filename="a.png"`}, "", false},
		{"empty", []string{""}, "", false},
	} {
		t.Run(tc.about, func(t *testing.T) {
			name, err := Attachment(http.Header{"Content-Disposition": tc.headers})
			require.Equal(t, tc.ok, err == nil, "%v", err)
			require.Equal(t, tc.fileName, name)
		})
	}
}

// FuzzDisposition checks that accepted names have no control characters. It also checks that they
// are read unchanged if they are written in the plainest form, which cannot express all of them.
func FuzzDisposition(f *testing.F) {
	for _, s := range []string{
		`form-data; name="a"; filename="b"`, `form-data; name=a; filename*=UTF-8''b%20c`, `form-data; name="a\"\\b"`,
		`form-data;name="=?utf-8?B?w7EucG5n?=";filename="=?utf-8?B?w7EucG5n?=";filename*=utf-8''%C3%B1.png;`, "form-data; name=\"\\",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, header string) {
		d, err := parseDisposition(header)
		if err != nil {
			return
		}
		for _, s := range []string{d.name, d.fileName} {
			if hasControl(s) {
				t.Fatalf("control character in %q", s)
			}
		}
		if strings.Contains(d.fileName, "=?") || strings.Contains(d.fileName, "%22") {
			return // the plainest form would be read as an encoded word, or as a quotation mark
		}
		if !d.isFile && d.fileName != "" {
			t.Fatal("a file name without a file")
		}
		quote := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace
		again, err := parseDisposition(`form-data; name="` + quote(d.name) + `"; filename="` + quote(d.fileName) + `"`)
		if err != nil || again.name != d.name || again.fileName != d.fileName {
			t.Fatalf("%q reads as %+v and, written again, as %+v (%v)", header, d, again, err)
		}
		if utf8.ValidString(header) && !utf8.ValidString(d.fileName) {
			t.Fatal("invalid UTF-8 from valid UTF-8")
		}
	})
}
