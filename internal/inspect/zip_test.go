package inspect_test

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/flate"
	"errors"
	"hash/crc32"
	"io"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/corpus"
	"github.com/airlock-go/upload/internal/inspect"
	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/internal/sniff"
)

var archives = sync.OnceValue(corpus.Archives)

type archiveWalker interface {
	io.WriteCloser
	Verdict() error
}

func newArchiveWalker(mediaType string) archiveWalker {
	if mediaType == "application/zip" {
		return &inspect.Zip{}
	}
	return &inspect.Document{Type: mediaType}
}

// judgeArchive writes what r has to w, and returns the verdict.
func judgeArchive(w archiveWalker, r io.Reader) error {
	_, _ = io.Copy(w, struct{ io.Reader }{r})
	return w.Verdict()
}

// archiveCode returns the code with which a policy for its type refuses an archive, "" if it
// accepts it.
func archiveCode(f corpus.File, r io.Reader) (code string, err error) {
	ext := strings.ToLower(path.Ext(f.Name))
	mediaType := sniff.Resolve(f.Content[:min(len(f.Content), sniff.HeadLen)], ext)
	switch {
	case mediaType != f.Type:
		return "type_not_allowed", nil
	case !slices.Contains(sniff.Extensions(mediaType), ext):
		return "type_mismatch", nil
	}
	if err := judgeArchive(newArchiveWalker(mediaType), r); err != nil {
		return "content", err
	}
	return "", nil
}

func TestArchives(t *testing.T) {
	reasons := map[string]finding{}
	for _, r := range archiveReasons {
		reasons[r.about] = finding{r.code, r.reason}
	}
	for _, f := range archives() {
		code, err := archiveCode(f, bytes.NewReader(f.Content))
		require.Equal(t, f.Code, code, f.About)
		require.Equal(t, reasons[f.About], found(err), f.About)
		_, cut := archiveCode(f, cutFinely(f.Content))
		require.Equal(t, err, cut, f.About)
		delete(reasons, f.About)
	}
	require.Empty(t, reasons, "reasons without a file")
}

// cutFinely returns a reader of single bytes, or of small pieces if the content is large.
func cutFinely(content []byte) io.Reader {
	if r := bytes.NewReader(content); len(content) < 32<<10 {
		return iotest.OneByteReader(r)
	}
	return newCutReader(content, bytes.Repeat([]byte{0, 255, 7}, len(content)/256))
}

// TestArchivesCut: beginnings of legitimate archives are refused.
func TestArchivesCut(t *testing.T) {
	for _, f := range archives() {
		if f.Code != "" {
			continue
		}
		for n := 0; n < len(f.Content); n += 1 + len(f.Content)/rounds.Of(8, 25) {
			require.Error(t, judgeArchive(newArchiveWalker(f.Type), bytes.NewReader(f.Content[:n])), "%s cut at %d", f.About, n)
		}
	}
}

// TestArchivesCostLittle bounds all allocations together, which are more than the memory held at
// once.
func TestArchivesCostLittle(t *testing.T) {
	for _, f := range archives() {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_ = judgeArchive(newArchiveWalker(f.Type), bytes.NewReader(f.Content))
		runtime.ReadMemStats(&after)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(32<<20), f.About)
	}
}

func zipped(t testing.TB, files ...string) string {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		f, err := w.Create(files[i])
		require.NoError(t, err)
		_, err = io.WriteString(f, files[i+1])
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.String()
}

func TestZipOptions(t *testing.T) {
	text := strings.Repeat("text", 1000)
	one := zipped(t, "a.txt", text)
	two := zipped(t, "a.zip", one)
	three := zipped(t, "a.zip", two, "b.txt", "b")
	script := zipped(t, "a.sh", "#!/bin/sh\n", "README", "x")
	gz := zipped(t, "a.gz", "\x1f\x8b\x08\x00")
	good := goodDocument(t)
	for _, c := range []struct {
		name   string
		zip    inspect.Zip
		in     string
		reason string
	}{
		{"entries at the limit", inspect.Zip{Limits: inspect.ZipLimits{Entries: 2}, Nesting: 1}, two, ""},
		{"entries at all levels", inspect.Zip{Limits: inspect.ZipLimits{Entries: 1}, Nesting: 1}, two, "has too many entries"},
		{"entry at the limit", inspect.Zip{Limits: inspect.ZipLimits{EntrySize: 4000}}, one, ""},
		{"entry over the limit", inspect.Zip{Limits: inspect.ZipLimits{EntrySize: 3999}}, one, "has an entry that is too large"},
		{"total at the limit", inspect.Zip{Limits: inspect.ZipLimits{TotalSize: 4000}}, one, ""},
		{"total at all levels", inspect.Zip{Limits: inspect.ZipLimits{TotalSize: 4000}, Nesting: 1}, two, "is too large when unpacked"},
		{"nesting off", inspect.Zip{}, two, "has an archive inside, or a document that is one"},
		{"nesting at its limit", inspect.Zip{Nesting: 2}, three, ""},
		{"nesting over its limit", inspect.Zip{Nesting: 1}, three, "has an archive inside, or a document that is one"},
		{"a document inside", inspect.Zip{Nesting: 1}, zipped(t, "a.docx", good), ""},
		{"a document inside under another name", inspect.Zip{Nesting: 1}, zipped(t, "a.odt", good), "has an entry whose content does not match its extension"},
		{"a document named like one with macros", inspect.Zip{Nesting: 1}, zipped(t, "a.docm", good), "has an entry of a type that is not accepted"},
		{"a script", inspect.Zip{Extensions: []string{".txt"}}, script, "has an entry of a type that is not accepted"},
		{"a script that is listed, and more", inspect.Zip{Extensions: []string{".sh"}}, script, "has an entry of a type that is not accepted"},
		{"all that is listed", inspect.Zip{Extensions: []string{".sh", ""}}, script, ""},
		{"nothing is listed", inspect.Zip{Extensions: []string{}}, one, "has an entry of a type that is not accepted"},
		{"a page that is named like a listed picture", inspect.Zip{Extensions: []string{".png"}}, zipped(t, "a.png", "<!DOCTYPE html><script>alert(1)</script>"), "has an entry whose content does not match its extension"},
		{"a program that is named like a listed picture", inspect.Zip{Extensions: []string{".png"}}, zipped(t, "a.png", "MZ\x90\x00\x03"), "has an entry whose content does not match its extension"},
		{"a listed type that is not known", inspect.Zip{Extensions: []string{".dat"}}, zipped(t, "a.dat", "MZ\x90\x00\x03"), ""},
		{"any type", inspect.Zip{AllowAnyType: true}, script, ""},
		{"any type except archives", inspect.Zip{AllowAnyType: true}, gz, "has an archive inside, or a document that is one"},
		{"another archive", inspect.Zip{Nesting: 1}, gz, "has an entry of a type that is not accepted"},
		{"another archive that is listed", inspect.Zip{Nesting: 1, Extensions: []string{".gz"}}, gz, ""},
		{"any type in an archive inside", inspect.Zip{Nesting: 1, AllowAnyType: true}, zipped(t, "a", script), ""},
	} {
		err := judgeArchive(&c.zip, strings.NewReader(c.in))
		if c.reason == "" {
			require.NoError(t, err, c.name)
			continue
		}
		require.EqualError(t, err, c.reason, c.name)
	}
}

func goodDocument(t testing.TB) string {
	for _, f := range archives() {
		if f.About == "a small document" {
			return string(f.Content)
		}
	}
	t.Fatal("not in the corpus")
	return ""
}

func TestDocumentOfUnknownType(t *testing.T) {
	for _, mediaType := range []string{"", "application/zip", "text/plain"} {
		d := inspect.Document{Type: mediaType}
		require.EqualError(t, judgeArchive(&d, strings.NewReader(goodDocument(t))), "is of an unknown type")
	}
}

// TestAllowedLinks: AllowLinks permits links, and nothing else.
func TestAllowedLinks(t *testing.T) {
	seen := map[bool]int{}
	for _, f := range archives() {
		if f.Type == "application/zip" {
			continue
		}
		strict := judgeArchive(newArchiveWalker(f.Type), bytes.NewReader(f.Content))
		allowed := judgeArchive(&inspect.Document{Type: f.Type, AllowLinks: true}, bytes.NewReader(f.Content))
		var fault *inspect.Error
		isLink := errors.As(strict, &fault) && fault.Params["kind"] == inspect.KindLink
		seen[isLink]++
		require.Equal(t, strict == nil || isLink, allowed == nil, "%s: %v, with AllowLinks %v", f.About, strict, allowed)
	}
	require.Greater(t, seen[true], 5)
	require.Greater(t, seen[false], 100)
}

func TestZipStaysFailed(t *testing.T) {
	var z inspect.Zip
	good := zipped(t, "a.txt", "x")
	n, err := z.Write([]byte(good))
	require.NoError(t, err)
	require.Equal(t, len(good), n)
	_, first := z.Write([]byte("x"))
	require.EqualError(t, first, "has bytes after its end at byte 131")
	n, err = z.Write([]byte("y"))
	require.Equal(t, first, err)
	require.Zero(t, n)
	require.Equal(t, first, z.Verdict())
	require.NoError(t, z.Close())
}

// TestZipCloses: a closed stream leaves no goroutine. synctest reports one that stays blocked.
func TestZipCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var unused, midway, judged inspect.Zip
		require.NoError(t, unused.Close())
		_, err := midway.Write([]byte(zipped(t, "a.txt", "x")[:40]))
		require.NoError(t, err)
		require.NoError(t, midway.Close())
		require.NoError(t, midway.Close())
		require.Error(t, midway.Verdict(), "an archive that was not read to its end is not good")
		require.NoError(t, judgeArchive(&judged, strings.NewReader(zipped(t, "a.txt", "x"))))
		require.NoError(t, judged.Close())
		require.NoError(t, judged.Verdict(), "the verdict stays")
	})
}

func FuzzZip(f *testing.F) {
	for _, a := range archives() {
		if len(a.Content) < 20_000 {
			f.Add(a.Content, []byte{1, 3, 200})
		}
	}
	f.Fuzz(func(t *testing.T, in, cuts []byte) {
		z := func() archiveWalker {
			return &inspect.Zip{Nesting: 2, AllowAnyType: true, Limits: inspect.ZipLimits{TotalSize: 16 << 20}}
		}
		whole := judgeArchive(z(), bytes.NewReader(in))
		require.Equal(t, whole, judgeArchive(z(), newCutReader(in, cuts)))
		accepted, _ := inspect.CompareZip(t, "", in, inspect.ZipLimits{})
		require.True(t, accepted || whole != nil)
	})
}

func FuzzDocument(f *testing.F) {
	types := []string{"docx", "xlsx", "pptx", "odt", "ods", "odp", "epub"}
	for _, a := range archives() {
		if i := slices.Index(types, strings.TrimPrefix(path.Ext(a.Name), ".")); i >= 0 && len(a.Content) < 20_000 {
			f.Add(a.Content, []byte{1, 3, 200}, byte(i))
		}
	}
	f.Fuzz(func(t *testing.T, in, cuts []byte, kind byte) {
		ext := "." + types[int(kind)%len(types)]
		d := func() archiveWalker {
			return newArchiveWalker(sniff.Resolve([]byte("PK\x03\x04"), ext))
		}
		whole := judgeArchive(d(), bytes.NewReader(in))
		require.Equal(t, whole, judgeArchive(d(), newCutReader(in, cuts)))
		accepted, _ := inspect.CompareZip(t, "", in, inspect.ZipLimits{})
		require.True(t, accepted || whole != nil)
	})
}

// cutReader cuts its first reads to at most one byte more than the numbers in cuts.
type cutReader struct {
	in   *bytes.Reader
	cuts []byte
}

func newCutReader(in, cuts []byte) io.Reader { return &cutReader{in: bytes.NewReader(in), cuts: cuts} }

func (c *cutReader) Read(p []byte) (int, error) {
	if len(c.cuts) > 0 {
		p = p[:min(len(p), 1+int(c.cuts[0]))]
		c.cuts = c.cuts[1:]
	}
	return c.in.Read(p)
}

// TestZipAllocatesNothingForPieces: the walk of an entry of 4 MiB allocates about as often as that
// of one of 256 KiB. The entries are stored, since the standard library's inflater allocates for
// each block of a deflate stream.
func TestZipAllocatesNothingForPieces(t *testing.T) {
	for _, sized := range []bool{true, false} {
		allocations := func(size int) float64 {
			archive := storedZip(t, bytes.Repeat([]byte("text "), size/5), sized)
			return testing.AllocsPerRun(3, func() {
				var z inspect.Zip
				show(&z, archive)
				require.NoError(t, z.Verdict())
			})
		}
		require.InDelta(t, allocations(256<<10), allocations(4<<20), 8, "sized: %t", sized)
	}
}

// storedZip returns an archive of a stored entry, whose size comes before it or after it.
func storedZip(t testing.TB, content []byte, sized bool) []byte {
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	h := &zip.FileHeader{Name: "a.txt", Method: zip.Store}
	create := w.CreateHeader
	if sized {
		h.CRC32, h.CompressedSize64, h.UncompressedSize64 = crc32.ChecksumIEEE(content), uint64(len(content)), uint64(len(content))
		create = w.CreateRaw
	}
	f, err := create(h)
	require.NoError(t, err)
	_, err = f.Write(content)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return archive.Bytes()
}

// BenchmarkZip compares the inspection of an archive of deflated text with the decompression alone.
func BenchmarkZip(b *testing.B) {
	kinds := corpus.TypicalFiles()
	archive := kinds[slices.IndexFunc(kinds, func(c corpus.Kind) bool { return c.About == "ZIP of deflated text" })].Make(4 << 20)
	directory, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	require.NoError(b, err)
	inflater := flate.NewReader(nil)
	inflate := func() {
		for _, f := range directory.File {
			packed, err := f.OpenRaw()
			require.NoError(b, err)
			require.NoError(b, inflater.(flate.Resetter).Reset(bufio.NewReader(packed), nil))
			_, err = io.Copy(io.Discard, inflater)
			require.NoError(b, err)
		}
	}
	for _, c := range []struct {
		name string
		run  func()
	}{{"inflated", inflate}, {"inspected", func() { seen(&inspect.Zip{}, archive) }}} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(archive)))
			for b.Loop() {
				c.run()
			}
		})
	}
}
