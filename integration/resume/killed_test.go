package resume_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/integration/internal/s3test"
	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/sweep"
)

const patience = 20 * time.Minute

// TestKilledInstances sends files while instances are killed and clients leave. Each acknowledged
// byte is kept, and each file is published once with its bytes, or refused and not published. The
// host's function runs for each that is published. A sweep leaves nothing else.
func TestKilledInstances(t *testing.T) {
	files, largest := rounds.Of(20, 200), rounds.Of(6, 64)*mib
	every := time.Duration(rounds.Of(400, 3000)) * time.Millisecond
	c := newCluster(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	senders := make(chan *sent)
	var all []*sent
	var work, killer sync.WaitGroup
	for range 8 {
		work.Go(func() {
			for s := range senders {
				s.run(ctx, t)
			}
		})
	}
	killing, stop := context.WithCancel(ctx)
	defer stop()
	kills := 0
	killer.Go(func() { kills = c.killing(killing, t, every) })
	for i := range files {
		all = append(all, newSent(c.proxy+"/files/", i, largest))
		senders <- all[i]
	}
	close(senders)
	work.Wait()
	stop()
	killer.Wait()
	report(t, all, kills)
	c.requirePublished(t, all)
}

// sent is one file, and what became of it.
type sent struct {
	sender  sender
	refused bool // whether it must be refused
	sha256  string
	file    upload.File
}

// newSent makes a file between 1 KiB and largest. Each tenth must be refused: for its last byte,
// its head or its name.
func newSent(base string, i, largest int) *sent {
	random := rand.New(rand.NewPCG(uint64(i), 19))
	size := int(kib * math.Exp(random.Float64()*math.Log(float64(largest)/kib)))
	s := &sent{sender: sender{base: base, content: letters(random, size), name: "a.txt", random: random}}
	if i%10 == 9 {
		s.refused = true
		switch i / 10 % 3 {
		case 0:
			s.sender.content[size-1] = badEnd
		case 1:
			copy(s.sender.content, "%PDF-1.7\n")
		case 2:
			s.sender.name = "a.pdf"
		}
	}
	s.sha256 = sumOf(s.sender.content)
	return s
}

func sumOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

func letters(random *rand.Rand, n int) []byte {
	b := make([]byte, 0, n+16)
	for len(b) < n {
		for bits := random.Uint64(); bits > 0; bits >>= 4 {
			b = append(b, 'a'+byte(bits&15))
		}
	}
	return b[:n]
}

func (s *sent) run(ctx context.Context, t *testing.T) {
	f, err := s.sender.send(ctx)
	switch {
	case errors.Is(err, errRefused):
		if !s.refused {
			t.Errorf("a good file of %d bytes: %v", len(s.sender.content), err)
		}
	case err != nil:
		t.Errorf("a file of %d bytes at %d: %v", len(s.sender.content), s.sender.acknowledged, err)
	case s.refused:
		t.Errorf("a bad file was published as %s", f.Key)
	default:
		s.file = f
	}
	s.sender.content = nil
}

func report(t *testing.T, all []*sent, kills int) {
	t.Helper()
	var requests, cuts, published int
	var acknowledged int64
	for _, s := range all {
		requests, cuts = requests+s.sender.requests, cuts+s.sender.cuts
		acknowledged += max(s.sender.acknowledged, s.file.Size)
		if s.file.Key != "" {
			published++
		}
	}
	t.Logf("%d files, %d published, %d bytes acknowledged, %d requests, %d cuts, %d instances killed",
		len(all), published, acknowledged, requests, cuts, kills)
}

// requirePublished requires that the good files are published, that the host's function ran for
// exactly these, and that a sweep leaves nothing else.
func (c *cluster) requirePublished(t *testing.T, all []*sent) {
	t.Helper()
	kept, keys := c.kept(t), []string{}
	for _, s := range all {
		if s.refused {
			continue
		}
		require.NotContains(t, keys, s.file.Key, "two uploads have one file")
		keys = append(keys, s.file.Key)
		require.True(t, kept[s.file.Key], "the host's function did not run")
		digest, _ := c.bucket.SHA256(t, s.file.Key)
		require.Equal(t, s.sha256, digest)
	}
	require.Len(t, kept, len(keys), "the host's function ran for a file that was not published")
	c.requireSwept(t, keys)
}

// requireSwept sweeps what is older than a second, for up to a minute, until the keys and nothing
// else are left.
func (c *cluster) requireSwept(t *testing.T, keys []string) {
	t.Helper()
	client, closeIdle := s3test.Get().Client(s3test.Get().Endpoint)
	defer closeIdle()
	store, err := s3store.New(client, c.bucket.Name, &s3store.Options{Profile: s3test.Get().Profile()})
	require.NoError(t, err)
	referenced := func(_ context.Context, asked []string) ([]string, error) {
		return slices.DeleteFunc(slices.Clone(asked), func(key string) bool { return !slices.Contains(keys, key) }), nil
	}
	sweeper, err := sweep.New(store, referenced, &sweep.Options{
		AllowWholeBucket: true, Grace: time.Second, InsecureGrace: true, AllowAnyShare: true, Remove: true, Rate: 1000, Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	slices.Sort(keys)
	t.Logf("before the sweep: %d objects of %d files, %d unfinished uploads", len(c.bucket.Versions(t.Context(), t)), len(keys), len(c.bucket.Uploads(t.Context(), t)))
	var left []string
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(500 * time.Millisecond) {
		_, err := sweeper.Run(t.Context(), "")
		require.NoError(t, err)
		left = nil
		for _, v := range c.bucket.Versions(t.Context(), t) {
			left = append(left, v.Key)
		}
		slices.Sort(left)
		if slices.Equal(keys, left) && len(c.bucket.Uploads(t.Context(), t)) == 0 {
			t.Logf("after the sweep: %d objects, %d unfinished uploads", len(left), len(c.bucket.Uploads(t.Context(), t)))
			return
		}
	}
	require.Equal(t, keys, left)
	require.Empty(t, c.bucket.Uploads(t.Context(), t))
}
