package chain_test

import (
	"bytes"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/chain"
	"github.com/airlock-go/upload/internal/s3fake"
)

// TestServiceFaults makes calls of S3 fail, by operation: once, or (-1 times) until the client's
// first try to finish has failed. The client tries at most four times. Then the upload has the right
// bytes, and only its markers are left.
func TestServiceFaults(t *testing.T) {
	const cell, size = 64, 150
	whole := content(size)
	for _, op := range []string{"PutObject", "ListObjectsV2", "GetObject", "HeadObject", "DeleteObject", "DeleteObjects", "ListObjectVersions"} {
		for name, fault := range map[string]s3fake.Fault{
			"the answer is lost": s3fake.Drop, "the connection breaks": s3fake.Reset, "an empty answer": s3fake.Say("", true),
			"500": s3fake.Answer(http.StatusInternalServerError, "InternalError"), "403": s3fake.Answer(http.StatusForbidden, "AccessDenied"),
		} {
			for _, times := range []int{1, -1} {
				t.Run(fmt.Sprintf("%s, %s, %d times", op, name, times), func(t *testing.T) {
					fake := s3fake.New("bucket")
					c := chain.New(inBucket(t, fake, nil), prefix, size, cell)
					add(t, c, whole[:10])
					if op == "DeleteObject" { // which is called only for what DeleteObjects has left
						fake.Inject("DeleteObjects", -1, s3fake.Answer(http.StatusForbidden, "AccessDenied"))
					}
					before := fake.Calls(op)
					fake.Inject(op, times, fault)
					for range 4 {
						if goOn(t, c, whole) == nil {
							break
						}
						fake.Heal()
					}
					require.Greater(t, fake.Calls(op), before)
					s := state(t, c)
					require.Equal(t, "accepted", string(s.End.Data))
					require.Equal(t, "done", string(s.Done))
					require.Equal(t, []string{prefix + "0-done", prefix + "0-end"}, fake.Keys())
				})
			}
		}
	}
}

// goOn appends the rest of an upload, checks all bytes, ends it, and removes its pieces.
func goOn(t *testing.T, c *chain.Chain, whole []byte) error {
	ctx := t.Context()
	s, err := c.State(ctx)
	for err == nil && s.End == nil && s.Offset < int64(len(whole)) {
		rest := whole[s.Offset:]
		if _, err = c.Append(ctx, s, chain.Template{}, bytes.NewReader(rest[:min(len(rest), 50)])); err == nil {
			s, err = c.State(ctx)
		}
	}
	if err == nil && s.Done == nil {
		err = complete(t, c, whole)
	}
	if err != nil {
		return err
	}
	return c.Remove(ctx, true)
}

// complete accepts the upload if it has all bytes.
func complete(t *testing.T, c *chain.Chain, whole []byte) error {
	sources, err := c.Sources(t.Context(), chain.Template{})
	if err != nil {
		return err
	}
	got := new(bytes.Buffer)
	r := c.Read(t.Context(), sources)
	if _, err := got.ReadFrom(r); err != nil {
		_ = r.Close()
		return err
	}
	require.NoError(t, r.Close())
	require.True(t, bytes.Equal(whole, got.Bytes()))
	if _, err := c.End(t.Context(), []byte("accepted")); err != nil {
		return err
	}
	_, err = c.Done(t.Context(), []byte("done"))
	return err
}
