package clients

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"testing"

	resty2 "github.com/go-resty/resty/v2"
	"github.com/stretchr/testify/require"
	resty3 "resty.dev/v3"
)

// TestNamesOfGo sends with Go's standard library and with two versions of resty.
func TestNamesOfGo(t *testing.T) {
	for client, send := range map[string]sender{"mime/multipart": byMultipart, "resty 2": byResty2, "resty 3": byResty3} {
		t.Run(client, func(t *testing.T) { testNames(t, escaped, send) })
	}
}

// byMultipart sends with the standard library.
func byMultipart(t *testing.T, url string, names []string) (answers []answer) {
	t.Helper()
	for _, name := range names {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		file, err := form.CreateFormFile("file", name)
		require.NoError(t, err)
		_, err = file.Write(picture.Bytes())
		require.NoError(t, err)
		require.NoError(t, form.Close())
		resp, err := http.Post(url, form.FormDataContentType(), &body)
		require.NoError(t, err)
		answered, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		answers = append(answers, answer{resp.StatusCode, string(answered)})
	}
	return answers
}

func byResty2(t *testing.T, url string, names []string) (answers []answer) {
	t.Helper()
	client := resty2.New()
	for _, name := range names {
		resp, err := client.R().SetFileReader("file", name, bytes.NewReader(picture.Bytes())).Post(url)
		require.NoError(t, err)
		answers = append(answers, answer{resp.StatusCode(), resp.String()})
	}
	return answers
}

func byResty3(t *testing.T, url string, names []string) (answers []answer) {
	t.Helper()
	client := resty3.New()
	defer func() { require.NoError(t, client.Close()) }()
	for _, name := range names {
		resp, err := client.R().SetFileReader("file", name, bytes.NewReader(picture.Bytes())).Post(url)
		require.NoError(t, err)
		answers = append(answers, answer{resp.StatusCode(), resp.String()})
	}
	return answers
}
