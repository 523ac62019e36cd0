package upload_test

import (
	"context"
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/storage"
)

// TestLogLevels: failures that an operator must mend are errors in the log, and failures that pass
// by themselves are warnings. Accepted files and other refusals are information.
func TestLogLevels(t *testing.T) {
	good := file("file", "a.txt", "hello")
	secret := errors.New("secret bucket")
	for _, tc := range []struct {
		about string
		store failingStore
		body  string
		level string
	}{
		{"accepted", failingStore{}, good, "INFO"},
		{"type_not_allowed", failingStore{}, file("file", "a.png", "<html>"), "INFO"},
		{"malformed", failingStore{}, good[:90], "INFO"},
		{"missing_file", failingStore{}, file("file", "", ""), "INFO"},
		{"conflict", failingStore{commit: map[int]error{1: storage.ErrExists}}, good, "INFO"},
		{"busy", failingStore{stage: storage.ErrBusy}, good, "WARN"},
		{"shutdown", failingStore{}, good, "WARN"},
		{"storage_full", failingStore{stage: storage.ErrFull}, good, "ERROR"},
		{"storage", failingStore{stage: secret}, good, "ERROR"},
		{"check_failed", failingStore{}, file("file", "fails.txt", "hello"), "ERROR"},
		{"internal", failingStore{}, file("file", "keyless.txt", "hello"), "ERROR"},
	} {
		t.Run(tc.about, func(t *testing.T) {
			f := newFixture(t, nil, upload.Options{})
			tc.store.Storage = f.store
			on := func(name string) func(context.Context, *upload.Incoming) error {
				return func(_ context.Context, in *upload.Incoming) error {
					if in.Name == name {
						return secret
					}
					return nil
				}
			}
			keys := upload.KeyFunc(func(ctx context.Context, in *upload.Incoming) (string, error) { return "k", on("keyless.txt")(ctx, in) })
			policy := upload.All(upload.Types("text/plain"), upload.ValidatorFunc(on("fails.txt")))
			h, err := upload.New(&tc.store, policy, upload.AllowAnonymous, &upload.Options{Logger: f.logger(), Keys: keys})
			require.NoError(t, err)
			if tc.about == "shutdown" {
				require.NoError(t, h.Shutdown(t.Context()))
			}
			serve(h, post(tc.body))
			record := ` msg="upload: accepted"`
			if tc.about != "accepted" {
				record = ` msg="upload: refused" code=` + tc.about + " "
			}
			require.Contains(t, f.log.String(), "level="+tc.level+record)
		})
	}
}

// goneStore makes the client leave after it has sent everything. Then Stage fails with
// stage, unless that is nil.
type goneStore struct {
	storage.Storage
	leave context.CancelFunc
	stage error
}

func (s *goneStore) Stage(ctx context.Context, obj storage.Object, r io.Reader) (storage.Staged, error) {
	staged, err := s.Storage.Stage(ctx, obj, r)
	s.leave()
	if s.stage != nil {
		return nil, errors.Join(s.stage, staged.Discard(context.WithoutCancel(ctx)))
	}
	return staged, err
}

// TestClientGoneHidesNoFailure: a failure of the storage is logged although the client has left.
// The code is that of the client if Stage fails, and that of the storage if Commit fails.
func TestClientGoneHidesNoFailure(t *testing.T) {
	secret := errors.New("secret bucket")
	for _, tc := range []struct {
		about  string
		stage  error
		commit map[int]error
		code   upload.Code
	}{
		{"Stage fails", secret, nil, upload.CodeClientGone},
		{"Commit fails", nil, map[int]error{1: secret}, upload.CodeStorage},
	} {
		t.Run(tc.about, func(t *testing.T) {
			f := newFixture(t, nil, upload.Options{})
			ctx, cancel := context.WithCancel(t.Context())
			store := &failingStore{Storage: &goneStore{f.store, cancel, tc.stage}, commit: tc.commit}
			h, err := upload.New(store, upload.NotEmpty(), upload.AllowAnonymous, &upload.Options{Logger: f.logger()})
			require.NoError(t, err)
			w := serve(h, post(file("file", "a.txt", "hello")).WithContext(ctx))
			require.Equal(t, tc.code, problemOf(t, w.Result()).Code)
			require.Regexp(t, `code=`+string(tc.code)+` .*error=".*secret bucket`, f.log.String())
			f.empty(t)
		})
	}
}
