package upload_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/corpus"
	"github.com/airlock-go/upload/internal/stalled"
)

// lookingMemory is the memory that the inspectors of one handler share, by the package
// documentation.
const lookingMemory = 64 << 20

// TestSharedMemory: a file that needs memory which others hold is refused at once, as busy. A file
// that needs none is accepted. The memory is free again when its holders leave.
func TestSharedMemory(t *testing.T) {
	greedy := []corpus.Kind{
		costly("PDF of cross references ahead"), // which fills memory fastest
		costly("PDF of actions in a stream"), costly("PDF of tables in a stream"),
		costly("DOCX of many small parts"), costly("ZIP that unfolds"),
	}
	types := map[string]upload.Validator{"image/png": upload.Images(nil)}
	for _, c := range greedy {
		types[c.Type] = stalled.Policy(c.Type)
	}
	synctest.Test(t, func(t *testing.T) {
		h, err := stalled.NewHandler(upload.ForType(types), upload.AllowAnonymous, 1000)
		require.NoError(t, err)
		all := stalled.On(h)
		defer all.Leave()
		before, began := stalled.Memory(), time.Now()
		archive := stalled.File("a.zip", soundZip(t))
		first := all.Send(archive[:len(archive)-10])

		waiting := []*stalled.Upload{first}
		for _, c := range greedy {
			waiting = append(waiting, untilBusy(t, all, c)...)
		}
		require.Equal(t, int64(lookingMemory), upload.LookingHeld(h))
		require.Less(t, stalled.Memory()-before, int64(lookingMemory+len(waiting)*requestMemory))

		sendAll := func(name string, file []byte) int {
			u := all.Send(append(stalled.File(name, file), stalled.End...))
			u.Finish(nil)
			return u.Answer().Code
		}
		require.Equal(t, http.StatusServiceUnavailable, sendAll("b.zip", soundZip(t)))
		require.Equal(t, http.StatusCreated, sendAll("a.png", []byte(pngBytes())), "this upload needs no shared memory")
		require.False(t, slices.ContainsFunc(waiting, func(u *stalled.Upload) bool { return !u.Waits() }))
		first.Finish(append(archive[len(archive)-10:], stalled.End...))
		require.Equal(t, http.StatusCreated, first.Answer().Code)
		require.Equal(t, http.StatusCreated, sendAll("b.zip", soundZip(t)), "the first upload has freed its memory")
		require.Zero(t, time.Since(began), "no upload has waited")

		all.Leave()
		require.Zero(t, upload.LookingHeld(h))
		again := stalled.On(h)
		defer again.Leave()
		last := again.Send(archive)
		last.Finish([]byte(stalled.End))
		require.Equal(t, http.StatusCreated, last.Answer().Code)
	})
}

// untilBusy sends the beginning of the same file again and again, up to the first that is refused.
func untilBusy(t *testing.T, all *stalled.Uploads, c corpus.Kind) (waiting []*stalled.Upload) {
	t.Helper()
	content, err := stalled.Beginning(c, 1<<20)
	require.NoError(t, err)
	sent := stalled.File(c.Name, content)
	for {
		u := all.Send(sent)
		if u.Waits() {
			waiting = append(waiting, u)
			require.Less(t, len(waiting), 1000)
			continue
		}
		answer := u.Answer().Result()
		require.Equal(t, http.StatusServiceUnavailable, answer.StatusCode)
		require.NotEmpty(t, answer.Header.Get("Retry-After"))
		require.Equal(t, upload.CodeBusy, problemOf(t, answer).Code)
		return waiting
	}
}

// costly returns the costly file of that name.
func costly(about string) corpus.Kind {
	for _, c := range corpus.CostlyFiles() {
		if c.About == about {
			return c
		}
	}
	panic(fmt.Sprintf("no costly file is a %q", about))
}

func soundZip(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	entry, err := w.Create("a.txt")
	require.NoError(t, err)
	for i := range 1000 { // which packs to more than the head of a file
		_, err = fmt.Fprintf(entry, "%x\n", sha256.Sum256([]byte{byte(i), byte(i >> 8)}))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

// TestSharedMemoryOfSubjects: one subject takes at most half of the memory that inspectors share,
// and leaves the other half to the next.
func TestSharedMemoryOfSubjects(t *testing.T) {
	const ofOneFile = 8 << 20 // the most that one file takes
	subject := ""
	authorize := func(*http.Request) (*upload.Grant, error) { return &upload.Grant{Subject: subject}, nil }
	c := costly("PDF of cross references ahead")
	h, err := stalled.NewHandler(stalled.Policy(c.Type), authorize, 1000)
	require.NoError(t, err)
	all := stalled.On(h)
	defer all.Leave()
	for _, subject = range []string{"ann", "bob"} {
		before := upload.LookingHeld(h)
		untilBusy(t, all, c)
		taken := upload.LookingHeld(h) - before
		require.LessOrEqual(t, taken, int64(lookingMemory/2))
		require.Greater(t, taken, int64(lookingMemory/2-ofOneFile))
	}
}
