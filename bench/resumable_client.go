package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"testing/iotest"
	"time"
)

// tusClient sends one picture by tus.
type tusClient struct {
	url  string // of the server
	size int64
	at   string // the upload's URL
}

// send creates an upload, and sends all bytes. With cut the connection breaks after half of them.
func (c *tusClient) send(cut bool) error {
	resp, err := c.do(http.MethodPost, c.url+"/files/", nil, 0, map[string]string{
		"Upload-Length": strconv.FormatInt(c.size, 10), "Upload-Metadata": "filename " + base64.StdEncoding.EncodeToString([]byte("a.png")),
	})
	if err != nil {
		return err
	}
	if err := status(resp); err != nil {
		return err
	}
	location, err := resp.Request.URL.Parse(resp.Header.Get("Location"))
	if err != nil {
		return err
	}
	c.at = location.String()
	if !cut {
		return c.patch(0)
	}
	half := io.MultiReader(io.LimitReader(picture(c.size), c.size/2), iotest.ErrReader(errors.New("cut")))
	if resp, err := c.do(http.MethodPatch, c.at, half, c.size, map[string]string{"Upload-Offset": "0"}); err == nil {
		return fmt.Errorf("a cut request was answered: %w", status(resp))
	}
	offset, err := c.offset()
	if err != nil {
		return err
	}
	return c.patch(offset)
}

// patch sends the bytes from offset on.
func (c *tusClient) patch(offset int64) error {
	body := picture(c.size)
	if _, err := io.CopyN(io.Discard, body, offset); err != nil {
		return err
	}
	resp, err := c.do(http.MethodPatch, c.at, body, c.size-offset, map[string]string{"Upload-Offset": strconv.FormatInt(offset, 10)})
	if err != nil {
		return err
	}
	if got := resp.Header.Get("Upload-Offset"); got != strconv.FormatInt(c.size, 10) {
		return errors.Join(fmt.Errorf("%d bytes were sent, and the answer says %q", c.size, got), status(resp))
	}
	return status(resp)
}

// offset asks how many bytes have arrived. It asks again while the upload is locked.
func (c *tusClient) offset() (int64, error) {
	for range 600 {
		resp, err := c.do(http.MethodHead, c.at, nil, 0, nil)
		if err != nil {
			return 0, err
		}
		if err = status(resp); err == nil {
			return strconv.ParseInt(resp.Header.Get("Upload-Offset"), 10, 64)
		}
		if resp.StatusCode != http.StatusLocked {
			return 0, err
		}
		time.Sleep(100 * time.Millisecond)
	}
	return 0, errors.New("an upload stays locked")
}

func (c *tusClient) do(method, url string, body io.Reader, length int64, h map[string]string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(context.Background(), method, url, body)
	if err != nil {
		return nil, err
	}
	r.ContentLength = length
	r.Header.Set("Tus-Resumable", "1.0.0")
	if body != nil {
		r.Header.Set("Content-Type", "application/offset+octet-stream")
	}
	for name, value := range h {
		r.Header.Set(name, value)
	}
	return insecure.Do(r)
}

// status closes the body of an answer, and returns an error unless the answer is a success.
func status(resp *http.Response) error {
	_ = resp.Body.Close()
	if resp.StatusCode >= 300 {
		return fmt.Errorf("%s: %s", resp.Request.Method, resp.Status)
	}
	return nil
}
