package uppy_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/uppy"
)

// TestMount checks that the handler works under several prefixes, stripped or not, also after the
// slash that Uppy 6 doubles.
func TestMount(t *testing.T) {
	var handler http.Handler
	a := newApp(t, upload.Options{}, nil)
	handler, err := uppy.New(a.presigner, nil)
	require.NoError(t, err)
	for name, row := range map[string]struct {
		prefix string
		mount  http.Handler
	}{
		"no prefix":             {"", handler},
		"a prefix":              {"/a", handler},
		"a doubled slash":       {"/a/", handler},
		"a stripped prefix":     {"/a", http.StripPrefix("/a", handler)},
		"all is stripped":       {"/a", http.StripPrefix("/a/s3/", handler)},
		"a prefix like s3":      {"/s3/a", handler},
		"a prefix with escapes": {"/a%2Fs3%2Fb", handler},
	} {
		t.Run(name, func(t *testing.T) {
			a := *a
			a.Server = httptest.NewServer(row.mount)
			defer a.Close()
			var c created
			body := createBody(t, "a.txt", map[string]any{"size": 5})
			a.ok(t, call{method: "POST", path: row.prefix + "/s3/multipart", body: body}, &c)
			escaped := fmt.Sprintf("%s/s3/multipart/%%%02X%s", row.prefix, c.UploadID[0], c.UploadID[1:])
			var signed struct{ URL string }
			a.ok(t, call{method: "GET", path: escaped + "/1?key=x"}, &signed)
			put(t, signed.URL, "hello")
			a.ok(t, call{method: "POST", path: escaped + "/complete?key=x"}, &struct{}{})
		})
	}
}

// TestPathValues checks that the authorizer gets the path and the path values of the host's router.
func TestPathValues(t *testing.T) {
	var tenants, paths []string
	a := newApp(t, upload.Options{}, nil)
	h, err := upload.New(a.store, upload.Types("text/plain"), func(r *http.Request) (*upload.Grant, error) {
		tenants, paths = append(tenants, r.PathValue("tenant")), append(paths, r.URL.Path)
		return &upload.Grant{}, nil
	}, nil)
	require.NoError(t, err)
	p, err := upload.NewPresigner(h, [][]byte{make([]byte, 32)}, nil)
	require.NoError(t, err)
	handler, err := uppy.New(p, nil)
	require.NoError(t, err)
	a.mux.Handle("/tenants/{tenant}/", handler)
	a.send(t, call{method: "POST", path: "/tenants/t1/s3/multipart", body: createBody(t, "a.txt", map[string]any{"size": 5})})
	require.Equal(t, []string{"t1"}, tenants)
	require.Equal(t, []string{"/tenants/t1/s3/multipart"}, paths)
}

// TestNoStep checks that methods and paths of no step are refused.
func TestNoStep(t *testing.T) {
	a := newApp(t, upload.Options{}, nil)
	for _, c := range []call{
		{method: "GET", path: "/uppy/"},
		{method: "GET", path: "/uppy/s3/"},
		{method: "GET", path: "/uppy/s3/multipart"},
		{method: "POST", path: "/uppy/s3/params"},
		{method: "PUT", path: "/uppy/s3/multipart/abc"},
		{method: "POST", path: "/uppy/s3/multipart/abc/1"},
		{method: "GET", path: "/uppy/s3/multipart/abc/1/2"},
		{method: "GET", path: "/uppy/s3/other/abc"},
		{method: "GET", path: "/uppy/s3/sts"},
	} {
		a.refuses(t, upload.CodeNotFound, c)
	}
}

// TestPartNumbers checks that numbers other than that of the only part are refused.
func TestPartNumbers(t *testing.T) {
	a := newApp(t, upload.Options{}, nil)
	for _, number := range []string{"x", "", "0", "-1", "2", "99999999999999999999"} {
		c := a.create(t, "a.txt", map[string]any{"size": 5})
		a.refuses(t, upload.CodeMalformed, call{method: "GET", path: c.path("/" + number)})
	}
}

func TestNew(t *testing.T) {
	_, err := uppy.New(nil, nil)
	require.Error(t, err)
	a := newApp(t, upload.Options{}, nil)
	for _, endpoint := range []string{"/uppy", "app.example.com/uppy", "//app.example.com/uppy", "ftp://a/b", "https://a/b?c", "https://a/b#c", "::"} {
		_, err := uppy.New(a.presigner, &uppy.Options{Endpoint: endpoint})
		require.Error(t, err, endpoint)
	}
	_, err = uppy.New(a.presigner, &uppy.Options{Endpoint: "https://app.example.com/uppy/"})
	require.NoError(t, err)
}
