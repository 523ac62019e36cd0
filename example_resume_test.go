package upload_test

import (
	"context"
	"fmt"
	"log"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
)

// A client that speaks tus creates an upload, sends five bytes, asks how many have arrived, and
// sends the rest. The host saves what it needs of the file before the client learns of its success.
func ExampleResumer() {
	h, err := upload.New(&memstore.Store{}, upload.Types("text/plain"), upload.AllowAnonymous, quiet())
	if err != nil {
		log.Fatal(err)
	}
	resumer, err := upload.NewResumer(h, secrets, &upload.ResumeOptions{Done: func(_ context.Context, _ string, meta map[string]string, f upload.File) error {
		fmt.Println("saved", f.Name, "in", meta["album"])
		return nil
	}})
	if err != nil {
		log.Fatal(err)
	}
	send := tusClient(resumer)
	url := send("POST", "", "Upload-Length: 11\nUpload-Metadata: filename bm90ZXMudHh0,album Nw==", "").Get("Location")
	send("PATCH", url, "Upload-Offset: 0", "hello")
	fmt.Println("stored", send("HEAD", url, "", "").Get("Upload-Offset"))
	fmt.Println("stored", send("PATCH", url, "Upload-Offset: 5", " world").Get("Upload-Offset"))
	// Output:
	// stored 5
	// saved notes.txt in 7
	// stored 11
}
