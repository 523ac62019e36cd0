// Package resume tests resumable uploads over several instances that are killed.
package resume_test

import (
	"encoding/json"
	"log"
	"os"
	"testing"

	"github.com/airlock-go/upload/integration/internal/s3test"
)

// runInstance is the environment variable that makes the test binary an instance. Its value is a
// config as JSON.
const runInstance = "UPLOAD_TEST_RESUME_INSTANCE"

const (
	kib = 1 << 10
	mib = 1 << 20
)

func TestMain(m *testing.M) {
	if text := os.Getenv(runInstance); text != "" {
		var c config
		err := json.Unmarshal([]byte(text), &c)
		if err == nil {
			err = serve(c)
		}
		log.Fatal(err)
	}
	s3test.Main(m)
}
