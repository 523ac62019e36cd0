package upload_test

import (
	"bytes"
	"context"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"log/slog"
	"math/rand/v2"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
)

// largePictures returns pictures by their file names. They take long to decode, and have few bytes.
func largePictures(t *testing.T) map[string]string {
	t.Helper()
	picture := image.NewGray(image.Rect(0, 0, 2000, 2000))
	noise := rand.New(rand.NewPCG(1, 2))
	for i := range 20_000 { // so that the decoder reads the GIF in several pieces
		picture.Pix[i] = byte(noise.Uint32())
	}
	files := map[string]string{}
	for name, encode := range map[string]func(b *bytes.Buffer) error{
		"a.png": func(b *bytes.Buffer) error { return png.Encode(b, picture) },
		"a.jpg": func(b *bytes.Buffer) error { return jpeg.Encode(b, picture, nil) },
		"a.gif": func(b *bytes.Buffer) error { return gif.Encode(b, picture, nil) },
	} {
		var b bytes.Buffer
		require.NoError(t, encode(&b))
		files[name] = b.String()
	}
	return files
}

// TestDecodingEnds: decoding goes no further after the request has ended, or the call has lasted
// CheckTimeout.
func TestDecodingEnds(t *testing.T) {
	const decoding = 4 // the decoder's second check of the context, after one in Write and one in Verdict
	for name, content := range largePictures(t) {
		for _, e := range endings {
			t.Run(name+"/"+e.about, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					ctx, leave := context.WithCancel(t.Context())
					defer leave()
					w := &watch{Validator: upload.Images(&upload.ImageOptions{Decode: true}), at: decoding, end: func() { e.end(leave) }}
					store := &memstore.Store{}
					h, err := upload.New(watchedStore{store, w}, w, upload.AllowAnonymous, &upload.Options{
						CheckTimeout: time.Minute, Logger: slog.New(slog.DiscardHandler),
					})
					require.NoError(t, err)
					answer := httptest.NewRecorder()
					h.ServeHTTP(answer, post(file("file", name, content)).WithContext(ctx))
					time.Sleep(2 * time.Minute) // a call that lasts longer than CheckTimeout is not waited for
					synctest.Wait()
					require.True(t, w.ended, "decoding never checks the context")
					require.Equal(t, e.code, problemOf(t, answer.Result()).Code)
					require.LessOrEqual(t, w.after, 1, "decoding goes on") // one check is for the cause
					require.Empty(t, store.Keys())
					require.Zero(t, store.Used())
				})
			})
		}
	}
}

// TestWaitForDecoderEnds: an upload that waits for a decoder's slot ends when its client leaves.
func TestWaitForDecoderEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		policy := upload.Images(&upload.ImageOptions{Decode: true})
		send := func(ctx context.Context, end func()) upload.Code {
			w := &watch{Validator: policy, at: 3, end: end} // the decoder's first check of the context
			h, err := upload.New(watchedStore{&memstore.Store{}, w}, w, upload.AllowAnonymous, &upload.Options{
				CheckTimeout: time.Minute, Logger: slog.New(slog.DiscardHandler),
			})
			require.NoError(t, err)
			answer := httptest.NewRecorder()
			h.ServeHTTP(answer, post(file("file", "a.png", pngBytes())).WithContext(ctx))
			if answer.Code == 201 {
				return ""
			}
			return problemOf(t, answer.Result()).Code
		}
		for range 2 { // maxDecoders
			go func() { _ = send(t.Context(), func() { <-release }) }()
		}
		synctest.Wait()
		ctx, leave := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, leave)
		began := time.Now()
		require.Equal(t, upload.CodeClientGone, send(ctx, func() {}))
		require.Equal(t, time.Second, time.Since(began))
		close(release)
		synctest.Wait()
		require.Empty(t, send(t.Context(), func() {}))
	})
}
