package main

import (
	"debug/buildinfo"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// outside runs the go command like a user without a checkout.
type outside struct {
	r       *release
	version string
}

// run runs the go command in a folder. Modules come from the release first, and then from
// the proxy of the environment.
func (o *outside) run(t *testing.T, dir string, args ...string) string {
	t.Helper()
	proxy, err := exec.CommandContext(t.Context(), "go", "env", "GOPROXY").Output()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(),
		"GOPROXY=file://"+filepath.ToSlash(o.r.proxy)+","+strings.TrimSpace(string(proxy)),
		"GOSUMDB=off", // the database does not have the sums of the release
		"GOFLAGS=-mod=mod -modcacherw -ldflags=-s", "GOWORK=off", "GOBIN="+filepath.Join(o.r.proxy, "bin"))
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "go %s: %s", strings.Join(args, " "), out)
	return string(out)
}

// forget removes the release from the module cache when the test ends.
func (o *outside) forget(t *testing.T) {
	t.Helper()
	cache, err := exec.CommandContext(t.Context(), "go", "env", "GOMODCACHE").Output()
	require.NoError(t, err)
	kept := strings.TrimSpace(string(cache))
	t.Cleanup(func() {
		for _, folder := range published {
			path := filepath.FromSlash(pathOf(folder))
			files, _ := filepath.Glob(filepath.Join(kept, "cache", "download", path, "@v", o.version+".*"))
			for _, name := range append(files, filepath.Join(kept, path+"@"+o.version)) {
				if err := os.RemoveAll(name); err != nil {
					t.Error(err)
				}
			}
		}
	})
}

// programs are small programs, by the folder of the module that they use.
var programs = map[string]string{
	".": `package main

import (
	"fmt"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
)

func main() {
	_, err := upload.New(&memstore.Store{}, upload.Images(nil), upload.AllowAnonymous, nil)
	fmt.Println(err)
}
`,
	"redislimit": `package main

import (
	"fmt"

	"github.com/airlock-go/upload/limit"
	"github.com/airlock-go/upload/redislimit"
	"github.com/redis/go-redis/v9"
)

func main() {
	_, err := redislimit.New(redis.NewClient(&redis.Options{ContextTimeoutEnabled: true}), limit.Limits{}, nil)
	fmt.Println(err)
}
`,
	"otelupload": `package main

import (
	"fmt"

	"github.com/airlock-go/upload/otelupload"
)

func main() {
	_, err := otelupload.New(nil)
	fmt.Println(err)
}
`,
	"s3open": `package main

import (
	"context"
	"fmt"

	"github.com/airlock-go/upload/s3open"
)

func main() {
	_, err := s3open.Open(context.Background(), "s3://my-uploads?region=eu-west-1", nil)
	fmt.Println(err)
}
`,
}

// gets checks that a module outside the repository can get each library and run a program with it.
// The operators' program can be installed and run.
func (o *outside) gets(t *testing.T) {
	for _, folder := range published {
		t.Run(folder, func(t *testing.T) {
			source, library := programs[folder]
			if !library {
				o.installs(t, pathOf(folder))
				return
			}
			scratch := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(scratch, "go.mod"), []byte("module scratch\n\ngo 1.25.0\n"), 0o600))
			require.NoError(t, os.WriteFile(filepath.Join(scratch, "main.go"), []byte(source), 0o600))
			o.run(t, scratch, "get", pathOf(folder)+"@"+o.version)
			require.Equal(t, "<nil>\n", o.run(t, scratch, "run", "."))
			listed := o.run(t, scratch, "list", "-m", "-f", "{{.Path}} {{.Version}} {{.Replace}}", "all")
			require.Contains(t, listed, pathOf(folder)+" "+o.version+" <nil>\n")
			require.Contains(t, listed, root+" "+o.version+" <nil>\n")
		})
	}
}

// installs installs a program and runs it.
func (o *outside) installs(t *testing.T, path string) {
	t.Helper()
	o.run(t, t.TempDir(), "install", path+"@"+o.version)
	binary := filepath.Join(o.r.proxy, "bin", filepath.Base(path))
	info, err := buildinfo.ReadFile(binary)
	require.NoError(t, err)
	require.Equal(t, o.version, info.Main.Version)
	out, err := exec.CommandContext(t.Context(), binary, "policy", "-s3-bucket", "my-uploads", "-s3-region", "eu-west-1", "streamed").Output()
	require.NoError(t, err)
	require.Contains(t, string(out), `"s3:PutObject"`)
}
