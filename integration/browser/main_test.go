package browser

import (
	"testing"

	"github.com/airlock-go/upload/integration/internal/s3test"
)

func TestMain(m *testing.M) { s3test.Main(m) }
