package form

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

var limits = Limits{Parts: 10, Fields: 5, FieldBytes: 100, FieldsBytes: 300, HeaderBytes: 1000, EpilogueBytes: 200}

const (
	boundary = "BoUnD"
	fieldA   = "Content-Disposition: form-data; name=\"a\"\r\n\r\n"
	fileF    = "Content-Disposition: form-data; name=\"f\"; filename=\"x.txt\"\r\nContent-Type: text/plain\r\n\r\n"
)

// body joins parts, each headers + blank line + content, into a form.
func body(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString("--" + boundary + "\r\n" + p + "\r\n")
	}
	return b.String() + "--" + boundary + "--\r\n"
}

// read returns the parts as name=content, files as name[filename]=content.
func read(src io.Reader) (parts []string, err error) {
	r := NewReader(src, boundary, limits)
	defer r.Release()
	for {
		p, err := r.Next()
		if err == io.EOF {
			return parts, nil
		}
		if err != nil {
			return parts, err
		}
		if !p.IsFile {
			text, err := r.Field(p)
			if err != nil {
				return parts, err
			}
			parts = append(parts, p.Name+"="+text)
			continue
		}
		content, err := io.ReadAll(p)
		if err != nil {
			return parts, err
		}
		parts = append(parts, fmt.Sprintf("%s[%s]=%s", p.Name, p.FileName, content))
	}
}

func TestForm(t *testing.T) {
	long := strings.Repeat("x", 150)
	for _, tc := range []struct {
		about, body string
		want        []string
		kind        Kind
	}{
		{"a field and a file", body(fieldA+"1", fileF+"hello"), []string{"a=1", "f[x.txt]=hello"}, 0},
		{"a field after the file", body(fileF+"hello", fieldA+"1"), []string{"f[x.txt]=hello", "a=1"}, 0},
		{"an empty file", body(fileF), []string{"f[x.txt]="}, 0},
		{"no parts", "--" + boundary + "--\r\n", nil, 0},
		{"without the last line end", strings.TrimSuffix(body(fieldA+"1"), "\r\n"), []string{"a=1"}, 0},
		{"LF alone everywhere", strings.ReplaceAll(body(fieldA+"1"), "\r\n", "\n"), []string{"a=1"}, 0},
		{"a preamble", "hello\r\n" + body(fieldA+"1"), []string{"a=1"}, 0},
		{"an epilogue", body(fieldA+"1") + "\r\nhello", []string{"a=1"}, 0},
		{"a second form after the first", body(fieldA+"1") + body(fileF+"evil"), []string{"a=1"}, 0},
		{"a folded disposition", body("Content-Disposition: form-data;\r\n name=\"a\"\r\n\r\n1"), []string{"a=1"}, 0},
		{"lower-case headers", body(strings.ToLower(fieldA) + "1"), []string{"a=1"}, 0},
		{"7bit", body("Content-Transfer-Encoding: 7BIT\r\n" + fieldA + "1"), []string{"a=1"}, 0},
		{"binary", body("Content-Transfer-Encoding: binary\r\n" + fieldA + "1"), []string{"a=1"}, 0},
		{"near boundaries are content", body(fileF + "\r\n--BoUn\r\n--BoUnDx\r\n-"), []string{"f[x.txt]=\r\n--BoUn\r\n--BoUnDx\r\n-"}, 0},
		{"padding after a boundary", strings.Replace(body(fieldA+"1"), boundary+"\r\n", boundary+" \t\r\n", 1), []string{"a=1"}, 0},
		{"a field at its limit", body(fieldA + strings.Repeat("y", 100)), []string{"a=" + strings.Repeat("y", 100)}, 0},
		{"part headers at the limit", body("X: " + strings.Repeat("y", 942) + "\r\n" + fieldA + "1"), []string{"a=1"}, 0},

		{"empty body", "", nil, Malformed},
		{"cut in the last line end", strings.TrimSuffix(body(fieldA+"1"), "\n"), nil, Malformed},
		{"no boundary", "hello", nil, Malformed},
		{"other boundary", strings.ReplaceAll(body(fieldA+"1"), boundary, "other"), nil, Malformed},
		{"quoted-printable", body("Content-Transfer-Encoding: quoted-printable\r\n" + fileF + "=41"), nil, Malformed},
		{"base64", body("Content-Transfer-Encoding: base64\r\n" + fileF + "QQ=="), nil, Malformed},
		{"no disposition", body("Content-Type: text/plain\r\n\r\n1"), nil, Malformed},
		{"no headers", body("\r\n1"), nil, Malformed},
		{"no name", body("Content-Disposition: form-data\r\n\r\n1"), nil, Malformed},
		{"empty name", body("Content-Disposition: form-data; name=\"\"; filename=\"x\"\r\n\r\n1"), nil, Malformed},
		{"two dispositions", body(strings.Replace(fieldA, "\r\n", "\r\nContent-Disposition: form-data; name=\"b\"\r\n", 1) + "1"), nil, Malformed},
		{"two types", body("Content-Type: text/plain\r\nContent-Type: text/html\r\n" + fieldA + "1"), nil, Malformed},
		{"a nested form", body("Content-Type: Multipart/Mixed; boundary=x\r\n" + fieldA + "1"), nil, Malformed},
		{"a disposition that does not parse", body("Content-Disposition: form-data; name=\"a\"; filename=\"x\r\n\r\n1"), nil, Malformed},
		{"space before the colon", body("Content-Disposition : form-data; name=\"a\"\r\n\r\n1"), nil, Malformed},
		{"space before the colon of a second header", body(strings.Replace(fieldA, "\r\n", "\r\nContent-Disposition : form-data; name=\"f\"; filename=\"x\"\r\n", 1) + "1"), nil, Malformed},
		{"headers without a blank line", "--" + boundary + "\r\nContent-Disposition: form-data; name=\"a\"\r\n--" + boundary + "--\r\n", nil, Malformed},
		{"a long preamble", strings.Repeat("x\r\n", 4000) + body(fieldA+"1"), nil, TooLarge},
		{"a preamble without line ends", strings.Repeat("x", 40<<10) + body(fieldA+"1"), nil, TooLarge},
		{"a long epilogue", body(fieldA+"1") + strings.Repeat("x", 10<<10), nil, TooLarge},
		{"a long field", body(fieldA + long), nil, TooLarge},
		{"long fields", body(fieldA+long[:90], fieldA+long[:90], fieldA+long[:90], fieldA+long[:90]), nil, TooLarge},
		{"a long name of a field", body("Content-Disposition: form-data; name=\"" + strings.Repeat("n", 301) + "\"\r\n\r\n"), nil, TooLarge},
		{"many fields", body(fieldA, fieldA, fieldA, fieldA, fieldA, fieldA), nil, TooMany},
		{"many files", body(fileF, fileF, fileF, fileF, fileF, fileF, fileF, fileF, fileF, fileF, fileF), nil, TooMany},
		{"part headers one byte above the limit", body("X: " + strings.Repeat("y", 943) + "\r\n" + fieldA + "1"), nil, TooLarge},
		{"a very long header", body("X: " + strings.Repeat("y", 1<<20) + "\r\n" + fieldA + "1"), nil, TooLarge},
		{"many headers", body(strings.Repeat("X: y\r\n", 20000) + fieldA + "1"), nil, TooLarge},
	} {
		t.Run(tc.about, func(t *testing.T) {
			for _, src := range []io.Reader{strings.NewReader(tc.body), iotest.OneByteReader(strings.NewReader(tc.body)), iotest.DataErrReader(strings.NewReader(tc.body))} {
				parts, err := read(src)
				if tc.kind == 0 {
					require.NoError(t, err)
					require.Equal(t, tc.want, parts)
					continue
				}
				var e *Error
				require.ErrorAs(t, err, &e)
				require.Equal(t, tc.kind, e.Kind, err)
			}
		})
	}
}

// TestCut checks that a form is refused if it is cut before the end of its closing delimiter, or
// within the last line end, however its bytes arrive. After a read error even a whole form is
// refused.
func TestCut(t *testing.T) {
	whole := body(fieldA+"1", fileF+"first\r\n--", fileF+"second")
	legal := map[int]bool{len(whole): true, len(whole) - len("\r\n"): true}
	for n := range len(whole) + 1 {
		for name, src := range map[string]io.Reader{
			"plain":    strings.NewReader(whole[:n]),
			"one byte": iotest.OneByteReader(strings.NewReader(whole[:n])),
			"broken":   io.MultiReader(strings.NewReader(whole[:n]), iotest.ErrReader(io.ErrUnexpectedEOF)),
		} {
			_, err := read(src)
			if legal[n] && name != "broken" {
				require.NoError(t, err, "whole form of %d bytes, %s", n, name)
				continue
			}
			var e *Error
			require.ErrorAs(t, err, &e, "cut at %d of %d, %s", n, len(whole), name)
			require.Equal(t, Malformed, e.Kind)
		}
	}
}

func TestBodyErrorsStayVisible(t *testing.T) {
	cause := errors.New("the cause")
	for n := range len(body(fieldA+"1", fileF+"x")) + 1 {
		_, err := read(io.MultiReader(strings.NewReader(body(fieldA+"1", fileF+"x")[:n]), iotest.ErrReader(cause)))
		require.ErrorIs(t, err, cause, "after %d bytes", n)
	}
}

func TestConsumedIsNeverTooMuch(t *testing.T) {
	whole := body(fieldA+"1", fileF+strings.Repeat("z", 100_000), fieldA+"2")
	r := NewReader(strings.NewReader(whole), boundary, limits)
	defer r.Release()
	for {
		p, err := r.Next()
		if err == io.EOF {
			return
		}
		require.NoError(t, err)
		left := int64(len(whole)) - r.Consumed()
		n, err := io.Copy(io.Discard, p)
		require.NoError(t, err)
		require.LessOrEqual(t, n, left)
	}
}

func TestBoundary(t *testing.T) {
	b70, b71 := strings.Repeat("b", 70), strings.Repeat("b", 71)
	for _, tc := range []struct {
		about string
		types []string
		enc   []string
		want  string
		kind  Kind
	}{
		{"plain", []string{"multipart/form-data; boundary=abc"}, nil, "abc", 0},
		{"quoted", []string{`multipart/form-data; boundary="a b:c"`}, nil, "a b:c", 0},
		{"case", []string{"Multipart/Form-Data; Boundary=abc"}, nil, "abc", 0},
		{"stars of an Android snippet", []string{"multipart/form-data; boundary=*****"}, nil, "*****", 0},
		{"equal signs of Python", []string{"multipart/form-data; boundary================12345=="}, nil, "===============12345==", 0},
		{"parentheses of zio-http", []string{"multipart/form-data; boundary=(((a-b)))"}, nil, "(((a-b)))", 0},
		{"the other characters of tokens", []string{"multipart/form-data; boundary=----&abc|~#$%^`!"}, nil, "----&abc|~#$%^`!", 0},
		{"some of them in quotes", []string{`multipart/form-data; boundary="----&abc|~#"`}, nil, "----&abc|~#", 0},
		{"an unquoted colon and slash, then a charset", []string{"multipart/form-data; boundary=a:/?b; charset=utf-8"}, nil, "a:/?b", 0},
		{"charset beside", []string{"multipart/form-data; charset=utf-8; boundary=abc"}, nil, "abc", 0},
		{"70 characters", []string{"multipart/form-data; boundary=" + b70}, nil, b70, 0},
		{"identity", []string{"multipart/form-data; boundary=abc"}, []string{"identity"}, "abc", 0},
		{"71 characters", []string{"multipart/form-data; boundary=" + b71}, nil, "", Malformed},
		{"6,000 characters", []string{"multipart/form-data; boundary=" + strings.Repeat("b", 6000)}, nil, "", Malformed},
		{"none", []string{"multipart/form-data"}, nil, "", Malformed},
		{"empty", []string{`multipart/form-data; boundary=""`}, nil, "", Malformed},
		{"two", []string{"multipart/form-data; boundary=a; boundary=b"}, nil, "", Malformed},
		{"extended", []string{"multipart/form-data; boundary=a; boundary*=utf-8''b"}, nil, "", Malformed},
		{"continued", []string{"multipart/form-data; boundary*0=b; boundary*1=nd"}, nil, "", Malformed},
		{"ends in a space", []string{`multipart/form-data; boundary="a "`}, nil, "", Malformed},
		{"other characters", []string{`multipart/form-data; boundary="a<b"`}, nil, "", Malformed},
		{"an unquoted space", []string{"multipart/form-data; boundary=a b<c"}, nil, "", Malformed},
		{"an open quote", []string{`multipart/form-data; boundary="a`}, nil, "", Malformed},
		{"a quotation mark within", []string{`multipart/form-data; boundary=a"b`}, nil, "", Malformed},
		{"a backslash", []string{`multipart/form-data; boundary="a\\b"`}, nil, "", Malformed},
		{"two types", []string{"multipart/form-data; boundary=a", "multipart/form-data; boundary=a"}, nil, "", Malformed},
		{"no type", nil, nil, "", NotMultipart},
		{"mixed", []string{"multipart/mixed; boundary=a"}, nil, "", NotMultipart},
		{"longer name", []string{"multipart/form-dataX; boundary=a"}, nil, "", NotMultipart},
		{"urlencoded", []string{"application/x-www-form-urlencoded"}, nil, "", NotMultipart},
		{"json", []string{"application/json"}, nil, "", NotMultipart},
		{"gzip", []string{"multipart/form-data; boundary=a"}, []string{"gzip"}, "", NotMultipart},
		{"two encodings", []string{"multipart/form-data; boundary=a"}, []string{"identity", "gzip"}, "", NotMultipart},
	} {
		t.Run(tc.about, func(t *testing.T) {
			got, err := Boundary(http.Header{"Content-Type": tc.types, "Content-Encoding": tc.enc})
			if tc.kind == 0 {
				require.NoError(t, err)
				require.Equal(t, tc.want, got)
				return
			}
			var e *Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, tc.kind, e.Kind)
		})
	}
}

// FuzzForm checks that the limit of parts is kept, that the way the bytes arrive changes nothing,
// and that the standard library reads the same contents.
func FuzzForm(f *testing.F) {
	f.Add([]byte(body(fieldA+"1", fileF+"hello")))
	f.Add([]byte(body(fileF + "\r\n--BoUnD-")))
	f.Add([]byte("pre\r\n" + body("Content-Disposition: form-data;\r\n name=a\r\n\r\n")))
	f.Add([]byte(body("Content-Disposition: form-data; name=\"a=b\"\r\n\r\n1", fileF+"hello") + "--" + boundary))
	f.Add([]byte(strings.TrimSuffix(body(fieldA+"1", fileF+"hello"), "--\r\n") + " x\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		parts, err := read(bytes.NewReader(b))
		if len(parts) > limits.Parts {
			t.Fatalf("%d parts", len(parts))
		}
		again, err2 := read(iotest.OneByteReader(bytes.NewReader(b)))
		if (err == nil) != (err2 == nil) || err == nil && fmt.Sprint(parts) != fmt.Sprint(again) {
			t.Fatalf("read whole: %q %v; by bytes: %q %v", parts, err, again, err2)
		}
		standard := multipart.NewReader(bytes.NewReader(b), boundary)
		for i := range parts {
			p, err := standard.NextRawPart()
			if err != nil {
				t.Fatalf("part %d, %q: %v", i, parts[i], err)
			}
			if content, err := io.ReadAll(p); err != nil || !strings.HasSuffix(parts[i], "="+string(content)) {
				t.Fatalf("part %d is %q, and %q %v to the standard library", i, parts[i], content, err)
			}
		}
	})
}
