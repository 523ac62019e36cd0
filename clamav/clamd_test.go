package clamav_test

import (
	"archive/zip"
	"bytes"
	"crypto/md5" //nolint:gosec // by which the test file is known
	"encoding/hex"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/clamav"
	"github.com/airlock-go/upload/internal/rounds"
)

const mib = 1 << 20

func TestEICAR(t *testing.T) {
	sum := md5.Sum(clamav.EICAR()) //nolint:gosec // as above
	require.Equal(t, "44d88612fea8a8f36de82e1278abb02f", hex.EncodeToString(sum[:]))
}

// TestClamd checks what a real clamd answers, and what clients get.
func TestClamd(t *testing.T) {
	d := start(t, map[string]string{"StreamMaxLength": "3M", "MaxFileSize": "2M"})
	eicar := string(clamav.EICAR())
	for network, address := range map[string]string{"unix": d.unix, "tcp": d.tcp} {
		s := newScanner(t, network, address, &clamav.Options{MaxSize: 4 * mib})
		h := newHost(t, s, upload.Options{})
		for name, row := range map[string]struct {
			content string
			code    upload.Code
		}{
			"nothing":               {"", ""},
			"text":                  {"hello", ""},
			"a mebibyte":            {strings.Repeat("0123456789abcdef", mib/16), ""},
			"EICAR":                 {eicar, upload.CodeInfected},
			"EICAR and spaces":      {eicar + "  \r\n", upload.CodeInfected},
			"EICAR in text":         {"this is " + eicar + ", they say", upload.CodeInfected},
			"EICAR in an archive":   {zipped(t, eicar), upload.CodeInfected},
			"EICAR without its end": {eicar[:67], ""},
			"an unwanted program":   {"this is " + unwanted, upload.CodeSuspicious},
			"above MaxFileSize":     {strings.Repeat("x", 2*mib+1), upload.CodeNotScanned},
			"above StreamMaxLength": {strings.Repeat("x", 3*mib+1), upload.CodeNotScanned},
			"above MaxSize":         {strings.Repeat("x", 4*mib+1), upload.CodeNotScanned},
		} {
			t.Run(network+", "+name, func(t *testing.T) {
				a := h.scans(t, strings.NewReader(row.content), row.code)
				require.NotContains(t, a.body, "EICAR")
				require.NotContains(t, strings.ToLower(a.body), "clam")
			})
		}
		require.Contains(t, h.log.String(), "Test.EICAR", "the log has the name")
		require.Zero(t, s.Busy())
	}
}

// TestEverySeam checks that a signature is found wherever the seam of two pieces cuts it.
func TestEverySeam(t *testing.T) {
	h := newHost(t, start(t, nil).scanner(t, nil), upload.Options{})
	for before := range 69 { // bytes of the signature before the seam: pieces have 32 KiB
		h.scans(t, zeros(64<<10, 32<<10-int64(before), clamav.EICAR()), upload.CodeInfected)
	}
}

// TestLargeFile checks a large file with EICAR at its start, in its middle and across a border of
// the pieces, and without it.
func TestLargeFile(t *testing.T) {
	t.Parallel()
	size := int64(rounds.Of(20, 100)) * mib
	h := newHost(t, start(t, nil).scanner(t, &clamav.Options{MaxSize: 128 * mib}), upload.Options{})
	for name, at := range map[string]int64{
		"start": 0, "middle": size/2 + 1000, "border": size/2 - 30,
	} {
		t.Run(name, func(t *testing.T) { h.scans(t, zeros(size, at, clamav.EICAR()), upload.CodeInfected) })
	}
	h.scans(t, zeros(size, 0, nil), "")
}

// TestClamdDies ends clamd in the middle of a file, and before one.
func TestClamdDies(t *testing.T) {
	d := start(t, nil)
	s := d.scanner(t, nil)
	h := newHost(t, s, upload.Options{})
	kill := readerFunc(func([]byte) (int, error) { d.kill(); return 0, io.EOF })
	h.scans(t, io.MultiReader(zeros(2*mib, 0, nil), kill, zeros(2*mib, 0, nil)), upload.CodeCheckFailed)
	h.scans(t, strings.NewReader("hello"), upload.CodeCheckFailed)
	require.ErrorIs(t, s.Ping(t.Context()), upload.CodeCheckFailed)
	require.ErrorIs(t, s.Check(t.Context()), upload.CodeCheckFailed)
	require.Zero(t, s.Busy())
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// TestCheck checks that Check names what is wrong with clamd, and nothing else.
func TestCheck(t *testing.T) {
	for name, row := range map[string]struct {
		settings map[string]string
		maxSize  int64
		wrong    []string
	}{
		"as documented":       {nil, 0, nil},
		"clamd's own default": {map[string]string{"AlertExceedsMax": "no", "AlertEncrypted": "no"}, 0, []string{"AlertExceedsMax", "AlertEncrypted"}},
		"a short stream":      {map[string]string{"StreamMaxLength": "10M"}, 0, []string{"StreamMaxLength"}},
		"small files":         {map[string]string{"MaxFileSize": "10M"}, 0, []string{"MaxFileSize"}},
		"other signatures":    {map[string]string{noEICAR: ""}, 0, []string{"EICAR"}},
		"MaxSize above both":  {nil, 151 * mib, []string{"MaxSize"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := start(t, row.settings)
			err := d.scanner(t, &clamav.Options{MaxSize: row.maxSize}).Check(t.Context())
			require.Equal(t, row.wrong == nil, err == nil, "%v", err)
			if err != nil {
				require.Len(t, strings.Split(err.Error(), "\n"), len(row.wrong), err)
			}
			for _, setting := range row.wrong {
				require.ErrorContains(t, err, setting)
			}
		})
	}
}

func TestVersion(t *testing.T) {
	d := start(t, nil)
	for network, address := range map[string]string{"unix": d.unix, "tcp": d.tcp} {
		s := newScanner(t, network, address, nil)
		require.NoError(t, s.Ping(t.Context()))
		v, err := s.Version(t.Context())
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(v, "ClamAV "), v)
	}
}

// zipped returns an archive with one file.
func zipped(t *testing.T, content string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("a.txt")
	require.NoError(t, err)
	_, err = io.WriteString(w, content)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.String()
}
