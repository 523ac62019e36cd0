package integration_test

import (
	"testing"

	"github.com/airlock-go/upload/integration/internal/s3test"
	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/storetest"
)

// TestDirectConformance runs storetest.RunDirect. On versitygw it leaves out the case "a body that
// stops short": versitygw stores the bytes that came, a known defect. So a confirmation compares
// the size before it reads. versitygw can do what R2 can, so with UPLOAD_TEST_LONG=1 R2's profile
// is also tried on it. With that profile no form is signed, and Promote reads and sends the file
// instead of copying it.
func TestDirectConformance(t *testing.T) {
	t.Parallel()
	var except []string
	profiles := map[string]s3store.Profile{"its profile": s3test.Get().Profile()}
	if s3test.Get().Software == s3test.VersityGW {
		except = append(except, "a body that stops short")
		if rounds.Of(1, 2) > 1 {
			profiles["R2's profile"] = s3store.R2()
		}
	}
	for name, profile := range profiles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.RunDirect(t, func(t *testing.T) storage.DirectStorage {
				st := newStage(t, false, s3store.Options{Profile: profile})
				if !fullPages {
					st.store = smallPages(t, st.bucket, profile)
				}
				return audited{st.store, st.bucket, t}
			}, except...)
		})
	}
}

func TestLinkConformance(t *testing.T) {
	t.Parallel()
	storetest.RunLinks(t, func(t *testing.T) storage.LinkStorage {
		return newStage(t, false, s3store.Options{}).store
	})
}
