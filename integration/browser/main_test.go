package browser

import (
	"testing"

	"github.com/airlock-go/upload/integration/internal/chromium"
	"github.com/airlock-go/upload/integration/internal/s3test"
)

// browsers is the browser of all tests here.
var browsers chromium.Process

func TestMain(m *testing.M) { s3test.Main(m, browsers.Stop) }
