package rights_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"

	"github.com/airlock-go/upload/integration/faultproxy"
	"github.com/airlock-go/upload/storage"
)

// path uses the library in one way. It returns an error if that fails, or leaves what should not
// stay.
type path func(w *world) error

const large = 6 * mib // in two parts

// ping is what a readiness probe does.
func ping(w *world) error { return w.store.Ping(w.ctx) }

var streamed = map[string]path{
	"ping": ping,
	"small file": func(w *world) error {
		status, err := w.post(w.handler(mib), 1000)
		return wants(201, status, err)
	},
	"large file": func(w *world) error {
		status, err := w.post(w.handler(8*mib), large)
		return wants(201, status, err)
	},
	"film that is patched": func(w *world) error {
		obj := storage.Object{Key: "files/a", Type: "video/quicktime", MaxSize: 2 * large, MayPatch: true}
		staged, err := w.store.Stage(w.ctx, obj, bytes.NewReader(text(2*large)))
		if err != nil {
			return err
		}
		zeros := []storage.Patch{{Offset: 1, Length: 10}}
		if err := errors.Join(staged.(storage.Patcher).Patch(w.ctx, zeros), staged.Commit(w.ctx)); err != nil {
			return err
		}
		page, err := w.store.ListObjects(w.ctx, "", "")
		if err == nil && len(page.Items) != 1 {
			err = fmt.Errorf("the bucket has %+v", page.Items)
		}
		return err
	},
	"file that is too large": func(w *world) error {
		status, err := w.post(w.handler(large-1), large)
		if err := wants(413, status, err); err != nil {
			return err
		}
		return w.nothing("")
	},
	"lost answer": func(w *world) error {
		w.proxy.Inject(faultproxy.Put, faultproxy.Drop, 1)
		status, err := w.post(w.handler(mib), 1000)
		return wants(201, status, err)
	},
	"lost answer to a large file": func(w *world) error {
		w.proxy.AnswerRepeats(http.StatusPreconditionFailed)
		w.proxy.Inject(faultproxy.Complete, faultproxy.Drop, 1)
		status, err := w.post(w.handler(8*mib), large)
		return wants(201, status, err)
	},
	"storage that fails": func(w *world) error {
		w.proxy.Inject(faultproxy.Put, faultproxy.InternalError, faultproxy.Always)
		staged, err := w.store.Stage(w.ctx, storage.Object{Key: "files/a", Type: "text/plain", MaxSize: 1000}, bytes.NewReader(text(1000)))
		if err != nil {
			return err
		}
		if err := staged.Commit(w.ctx); errors.Is(err, storage.ErrUnknownOutcome) {
			return err
		}
		return staged.Discard(w.ctx)
	},
	"lost id of an upload": func(w *world) error {
		w.proxy.Inject(faultproxy.Create, faultproxy.Drop, 1)
		status, err := w.post(w.handler(8*mib), large)
		if err := wants(201, status, err); err != nil {
			return err
		}
		if open := w.bucket.Uploads(w.ctx, w.t); len(open) > 0 {
			return fmt.Errorf("%d uploads are left open", len(open))
		}
		return nil
	},
	"handler that fails": func(w *world) error {
		fails := http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusConflict) })
		status, err := w.post(w.handler(mib).Middleware(fails), 1000)
		if err := wants(409, status, err); err != nil {
			return err
		}
		return w.nothing("")
	},
	"deletion": func(w *world) error {
		w.bucket.Put(w.ctx, w.t, "files/a", text(10))
		w.bucket.Put(w.ctx, w.t, "files/a", text(20))
		if err := w.store.Delete(w.ctx, "files/a"); err != nil {
			return err
		}
		return w.nothing("")
	},
	"deletion of nothing": func(w *world) error { return w.store.Delete(w.ctx, "files/none") },
}
