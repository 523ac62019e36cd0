package inspect_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/corpus"
	"github.com/airlock-go/upload/internal/inspect"
)

func free(context.Context) (func(), error) { return func() {}, nil }

func decoded(mediaType string) *inspect.Decoded {
	return &inspect.Decoded{Walk: newWalker(mediaType, inspect.Limits{}).(inspect.Picture), Acquire: free}
}

func TestDecodedAcceptsWhatEncodersWrite(t *testing.T) {
	for _, f := range written() {
		require.NoError(t, judge(decoded(f.Type), bytes.NewReader(f.Content)), f.About)
		require.NoError(t, judge(decoded(f.Type), iotest.OneByteReader(bytes.NewReader(f.Content))), f.About)
	}
}

// written returns the pictures by encoders, in formats that can be decoded. They come first among
// the walked files, up to HEIC.
func written() (files []corpus.File) {
	for _, f := range walked() {
		if configDecoders[f.Type] != nil && f.Code == "" {
			files = append(files, f)
		}
		if f.About == "HEIC" {
			break
		}
	}
	return files
}

var undecodable = finding{codeDamaged, "has pixels that cannot be decoded"}

func TestDecodedRefuses(t *testing.T) {
	gif := find(t, "GIF, animated").Content
	for _, c := range []struct {
		name, mediaType string
		in              []byte
		want            finding
	}{
		{"PNG whose pixels are too few", "image/png", find(t, "PNG of 64 megapixels by its header").Content, undecodable},
		{"JPEG without tables", "image/jpeg", bytes.ReplaceAll(find(t, "JPEG, sequential").Content, []byte{0xff, 0xc4}, []byte{0xff, 0xec}), undecodable},
		{"GIF whose last frame is damaged", "image/gif", damaged(gif), undecodable},
		{"nothing", "image/png", nil, finding{"truncated", "is cut off at byte 0"}},
		{"a file that the walk refuses", "image/gif", append(gif[:len(gif):len(gif)], 'x'), finding{"trailing_data", "goes on after its end at byte 2817"}},
	} {
		require.Equal(t, c.want, found(judge(decoded(c.mediaType), bytes.NewReader(c.in))), c.name)
	}
	require.NoError(t, judge(&inspect.GIF{}, bytes.NewReader(damaged(gif))), "the walk does not see it")
}

// damaged replaces the first codes of the last frame's pixels by codes that are not defined yet.
func damaged(gif []byte) []byte {
	d := bytes.Clone(gif)
	frame := bytes.LastIndex(d, []byte(",\x00\x00\x00\x00"))
	codes := frame + 10 + 3*256 + 2 // after its header, its colours, a size and a length
	copy(d[codes:], "\xff\xff\xff\xff")
	return d
}

func TestDecodedBounds(t *testing.T) {
	f := find(t, "PNG in grey")
	for _, c := range []struct {
		most int
		want finding
	}{
		{len(f.Content), finding{}},
		{len(f.Content) - 1, finding{"too_complex", "has more than 133 bytes, so its pixels cannot be checked"}},
	} {
		d := decoded(f.Type)
		d.MaxBytes = c.most
		require.Equal(t, c.want, found(judge(d, iotest.HalfReader(bytes.NewReader(f.Content)))))
	}
}

func TestDecodedAcquires(t *testing.T) {
	f := find(t, "PNG in grey")
	acquired, held := 0, 0
	d := decoded(f.Type)
	d.Acquire = func(context.Context) (func(), error) {
		acquired++
		held++
		return func() { held-- }, nil
	}
	require.NoError(t, judge(d, bytes.NewReader(f.Content)))
	require.Equal(t, 1, acquired)
	require.Zero(t, held)
	require.NoError(t, d.Verdict())
	require.Equal(t, 1, acquired, "a second time, without decoding again")

	busy := errors.New("busy")
	d = decoded(f.Type)
	d.Acquire = func(context.Context) (func(), error) { return nil, busy }
	require.Equal(t, busy, judge(d, bytes.NewReader(f.Content)))

	d = &inspect.Decoded{Walk: &inspect.PNG{}}
	require.ErrorContains(t, judge(d, bytes.NewReader(f.Content)), "Decoded.Acquire is nil")

	d = decoded(f.Type)
	d.Acquire = func(context.Context) (func(), error) { panic("a file that the walk refuses is not decoded") }
	require.Error(t, judge(d, bytes.NewReader(f.Content[:40])))
}
