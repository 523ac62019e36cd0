package upload_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/uploadtest"
)

func TestCheck(t *testing.T) {
	gone := errors.New("gone")
	text := strings.Repeat("hello ", 100_000)
	for _, tc := range []struct {
		about   string
		policy  upload.Validator
		file    upload.File
		maxSize int64
		content string
		failure error // of the reader, after content
		want    upload.File
		code    upload.Code
	}{
		{about: "a picture", policy: upload.Images(nil), file: upload.File{Name: "dir/a.png"}, content: pngBytes(), want: upload.File{Field: "file", Name: "a.png", Type: "image/png", Size: int64(len(pngBytes())), Facts: upload.Facts{Width: 40, Height: 30, Frames: 1}}},
		{about: "a field", policy: upload.Form{"cv": {Accept: upload.Documents(nil)}}, file: upload.File{Field: "cv", Name: "a.txt"}, content: text, want: upload.File{Field: "cv", Name: "a.txt", Type: "text/plain", Size: int64(len(text))}},
		{about: "any field of a policy without a Form", policy: upload.Documents(nil), file: upload.File{Field: "cv", Name: "a.txt"}, content: text, want: upload.File{Field: "cv", Name: "a.txt", Type: "text/plain", Size: int64(len(text))}},
		{about: "no field of the Form", policy: upload.Form{"cv": {Accept: upload.Documents(nil)}}, file: upload.File{Name: "a.txt"}, content: text, code: upload.CodeUnexpectedField},
		{about: "the size of the field", policy: upload.Form{"cv": {Accept: upload.NotEmpty(), MaxSize: 10 << 20}}, file: upload.File{Field: "cv", Name: "a.txt"}, content: strings.Repeat("x", 6<<20), want: upload.File{Field: "cv", Name: "a.txt", Type: "text/plain", Size: 6 << 20}},
		{about: "a byte over the size of the field", policy: upload.All(upload.Form{"cv": {Accept: upload.NotEmpty(), MaxSize: 1000}}), file: upload.File{Field: "cv", Name: "a.txt"}, maxSize: 2000, content: strings.Repeat("x", 1001), code: upload.CodeTooLarge},
		{about: "a limit below the size of the field", policy: upload.Form{"cv": {Accept: upload.NotEmpty(), MaxSize: 2000}}, file: upload.File{Field: "cv", Name: "a.txt"}, maxSize: 1000, content: strings.Repeat("x", 1001), code: upload.CodeTooLarge},
		{about: "fields that other requests need", policy: upload.Form{"cv": {Accept: upload.Documents(nil)}, "picture": {Accept: upload.Images(nil)}}, file: upload.File{Field: "cv", Name: "a.txt"}, content: text, want: upload.File{Field: "cv", Name: "a.txt", Type: "text/plain", Size: int64(len(text))}},
		{about: "the limit", policy: upload.NotEmpty(), file: upload.File{Name: "a.txt"}, maxSize: int64(len(text)), content: text, want: upload.File{Field: "file", Name: "a.txt", Type: "text/plain", Size: int64(len(text))}},
		{about: "a byte over the limit", policy: upload.NotEmpty(), file: upload.File{Name: "a.txt"}, maxSize: int64(len(text)) - 1, content: text, code: upload.CodeTooLarge},
		{about: "more than 5 MiB", policy: upload.NotEmpty(), file: upload.File{Name: "a.txt"}, content: strings.Repeat("x", 5<<20+1), code: upload.CodeTooLarge},
		{about: "another type", policy: upload.Images(nil), file: upload.File{Name: "a.png"}, content: "<html>", code: upload.CodeTypeNotAllowed},
		{about: "no name", policy: upload.NotEmpty(), content: "hello", code: upload.CodeBadName},
		{about: "a reader that fails", policy: upload.NotEmpty(), file: upload.File{Name: "a.txt"}, content: text, failure: gone, code: upload.CodeInternal},
	} {
		t.Run(tc.about, func(t *testing.T) {
			r := io.Reader(strings.NewReader(tc.content))
			if tc.failure != nil {
				r = io.MultiReader(r, iotest.ErrReader(tc.failure))
			}
			got, err := upload.Check(t.Context(), tc.policy, tc.file, tc.maxSize, r)
			require.Equal(t, tc.want, got)
			if tc.failure != nil {
				require.ErrorIs(t, err, tc.failure)
			}
			if tc.code == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, tc.code)
		})
	}
}

// TestCheckNeedsSense: for a mistake of the program the error is not an *upload.Error.
func TestCheckNeedsSense(t *testing.T) {
	for _, tc := range []struct {
		about   string
		policy  upload.Validator
		maxSize int64
	}{
		{"two Forms", upload.All(upload.Form{"file": {Accept: upload.NotEmpty()}}, upload.Form{"file": {Accept: upload.NotEmpty()}}), 0},
		{"a Form inside of Any", upload.Any(upload.Form{"file": {Accept: upload.NotEmpty()}}), 0},
		{"no policy", nil, 0},
		{"a type that is not known", upload.Types("image/unknown"), 0},
		{"a negative size", upload.NotEmpty(), -1},
	} {
		t.Run(tc.about, func(t *testing.T) {
			var refused *upload.Error
			_, err := upload.Check(t.Context(), tc.policy, upload.File{Name: "a.png"}, tc.maxSize, strings.NewReader(pngBytes()))
			require.Error(t, err)
			require.False(t, errors.As(err, &refused), "%v", err)
		})
	}
}

// TestCheckEndsWithItsContext: after its context has ended, Check accepts no file.
func TestCheckEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := upload.Check(ctx, upload.NotEmpty(), upload.File{Name: "a.txt"}, 0, strings.NewReader("hello"))
	require.ErrorIs(t, err, context.Canceled)
}

// TestCheckJudgesAsAHandler: Check gives samples the same verdict as a form. Samples over 64 KiB
// are only tried with UPLOAD_TEST_LONG=1.
func TestCheckJudgesAsAHandler(t *testing.T) {
	policy := upload.Any(upload.Images(nil), upload.Documents(nil), upload.Archives(nil))
	f := newFixture(t, upTo(1, policy), upload.Options{Metadata: upload.KeepAll})
	check := func(s uploadtest.Sample) {
		if len(s.Content) > rounds.Of(64<<10, 1<<30) {
			return // such samples take longest, and TestCheck has a large file
		}
		a := uploadtest.Send(t, uploadtest.Client(f), uploadtest.NewRequest("/", s.File("file")))
		_, err := upload.Check(t.Context(), policy, upload.File{Name: s.FileName}, 0, strings.NewReader(string(s.Content)))
		var refused *upload.Error
		_ = errors.As(err, &refused)
		if a.Code == "" {
			require.NoError(t, err, s.Name)
			return
		}
		require.NotNil(t, refused, "%s: %s, and not refused", s.Name, a.Code)
		require.Equal(t, a.Code, refused.Code, s.Name)
		require.Equal(t, a.Detail, refused.Text(), s.Name)
	}
	for s := range uploadtest.Hostile() {
		check(s)
	}
	for s := range uploadtest.Legitimate() {
		check(s)
	}
}

// TestChecksAtOnce: calls with one policy can run at the same time.
func TestChecksAtOnce(t *testing.T) {
	policy := upload.Images(nil)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 20 {
				_, err := upload.Check(t.Context(), policy, upload.File{Name: "a.png"}, 0, strings.NewReader(pngBytes()))
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}
