package otelupload_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/otelupload"
	"github.com/airlock-go/upload/storage"
)

// app is an application with metrics and spans.
type app struct {
	reader *metric.ManualReader
	spans  *tracetest.SpanRecorder
	tracer trace.Tracer
	hooks  upload.Hooks
	store  *failing
}

func newApp(t *testing.T) *app {
	t.Helper()
	a := &app{reader: metric.NewManualReader(), spans: tracetest.NewSpanRecorder(), store: &failing{Store: &memstore.Store{}}}
	traces := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(a.spans))
	a.tracer = traces.Tracer("test")
	var err error
	a.hooks, err = otelupload.New(&otelupload.Options{
		MeterProvider: metric.NewMeterProvider(metric.WithReader(a.reader)), TracerProvider: traces,
	})
	require.NoError(t, err)
	return a
}

// handler returns a handler that takes every caller for ann, and abandons a check after the
// timeout.
func (a *app) handler(t *testing.T, policy upload.Validator, checkTimeout time.Duration) *upload.Handler {
	t.Helper()
	form := upload.Form{"file": {Accept: policy, MaxFiles: 2}}
	h, err := upload.New(a.store, form, upload.RequireSubject(func(*http.Request) (string, error) { return "ann@example.com", nil }), &upload.Options{
		CheckTimeout: checkTimeout, CleanupTimeout: time.Millisecond,
		Hooks: a.hooks, Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	return h
}

// failing is a store whose staged files cannot be discarded while stays is set.
type failing struct {
	*memstore.Store
	stays bool
}

func (s *failing) Stage(ctx context.Context, obj storage.Object, r io.Reader) (storage.Staged, error) {
	staged, err := s.Store.Stage(ctx, obj, r)
	if err != nil {
		return nil, err
	}
	return &failingStaged{staged, s}, nil
}

type failingStaged struct {
	storage.Staged
	of *failing
}

func (s *failingStaged) Discard(ctx context.Context) error {
	if s.of.stays {
		return errors.New("no")
	}
	return s.Staged.Discard(ctx)
}

func request(ctx context.Context, names ...string) (r *http.Request, size int64) {
	var body strings.Builder
	for _, name := range names {
		body.WriteString("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name + "\"\r\n\r\nhello\r\n")
	}
	body.WriteString("--b--\r\n")
	r = httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body.String())).WithContext(ctx)
	r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	return r, int64(body.Len())
}

// metrics returns the value of each metric and set of attributes; for a histogram, the count.
func (a *app) metrics(t *testing.T) map[string]int64 {
	t.Helper()
	var data metricdata.ResourceMetrics
	require.NoError(t, a.reader.Collect(t.Context(), &data))
	require.Len(t, data.ScopeMetrics, 1)
	require.Equal(t, otelupload.Name, data.ScopeMetrics[0].Scope.Name)
	values := map[string]int64{}
	for _, m := range data.ScopeMetrics[0].Metrics {
		require.NotEmpty(t, m.Description)
		name := m.Name + " " + m.Unit
		switch d := m.Data.(type) {
		case metricdata.Sum[int64]:
			require.Equal(t, m.Name != "upload.active", d.IsMonotonic)
			for _, p := range d.DataPoints {
				values[name+" "+label(t, p.Attributes)] = p.Value
			}
		case metricdata.Histogram[float64]:
			for _, p := range d.DataPoints {
				values[name+" "+label(t, p.Attributes)] = int64(p.Count)
				require.Positive(t, p.Sum)
				require.Less(t, p.Sum, 60.0)
			}
		default:
			require.Fail(t, "another kind of metric", m.Name)
		}
	}
	return values
}

// label returns the values of attributes in the order of their keys. It requires that each key is
// one of those with few values.
func label(t *testing.T, set attribute.Set) string {
	t.Helper()
	var values []string
	for _, kv := range set.ToSlice() {
		require.Contains(t, []attribute.Key{"upload.door", "upload.outcome", "upload.code", "upload.type"}, kv.Key)
		values = append(values, kv.Value.AsString())
	}
	return strings.Join(values, " ")
}

// TestMetrics checks that each decision counts once, by attributes with few values.
func TestMetrics(t *testing.T) {
	a := newApp(t)
	text := a.handler(t, upload.Types("text/plain"), time.Minute)
	r, bytes := request(t.Context(), "secret-a.txt", "secret-b.txt")
	text.ServeHTTP(httptest.NewRecorder(), r)
	r, more := request(t.Context(), "secret-a.txt", "secret-b.png") // the second is refused, and the first cannot be removed
	a.store.stays = true
	text.ServeHTTP(httptest.NewRecorder(), r)
	a.store.stays = false
	r, undone := request(t.Context(), "secret-a.txt")
	text.Middleware(http.NotFoundHandler()).ServeHTTP(httptest.NewRecorder(), r)

	release := make(chan struct{})
	hangs := a.handler(t, upload.ValidatorFunc(func(context.Context, *upload.Incoming) error { <-release; return nil }), time.Millisecond)
	r, hung := request(t.Context(), "secret-a.txt")
	hangs.ServeHTTP(httptest.NewRecorder(), r)
	close(release)

	r, open := request(t.Context(), "secret-a.txt")
	tx, err := text.Receive(httptest.NewRecorder(), r)
	require.NoError(t, err)
	require.EqualValues(t, 1, a.metrics(t)["upload.active {request} streamed"])
	require.NoError(t, tx.Rollback())

	a.store.Handler("http://localhost/store/")
	p, err := upload.NewPresigner(text, [][]byte{make([]byte, 32)}, nil)
	require.NoError(t, err)
	_, err = p.Sign(httptest.NewRequest(http.MethodPost, "/", nil), upload.Declaration{Field: "file", Name: "secret.bin", Type: "secret/type", Size: 5})
	require.Error(t, err)
	links, err := upload.NewLinks(a.store, &upload.LinksOptions{Hooks: a.hooks, Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	_, err = links.URL(t.Context(), upload.Link{Key: "secret-key", Subject: "secret"})
	require.Error(t, err)

	got := a.metrics(t)
	require.Greater(t, got["upload.bytes By streamed"], bytes+undone+open)
	require.LessOrEqual(t, got["upload.bytes By streamed"], bytes+more+undone+hung+open)
	delete(got, "upload.bytes By streamed")
	require.Equal(t, map[string]int64{
		"upload.duration s streamed accepted":               2,
		"upload.duration s type_mismatch streamed refused":  1,
		"upload.duration s check_failed streamed refused":   1,
		"upload.duration s streamed aborted":                1,
		"upload.duration s type_not_allowed direct refused": 1,
		"upload.duration s not_found link refused":          1,
		"upload.active {request} streamed":                  0,
		"upload.active {request} direct":                    0,
		"upload.active {request} link":                      0,
		"upload.files {file} streamed text/plain":           3,
		"upload.bytes By direct":                            0,
		"upload.bytes By link":                              0,
		"upload.undone {request} streamed":                  1,
		"upload.cleanup.failures {file} streamed":           1,
		"upload.hung {call} streamed":                       1,
		"upload.cleanup.failures {file} direct":             0,
		"upload.hung {call} direct":                         0,
		"upload.cleanup.failures {file} resumable":          0, "upload.cleanup.failures {file} store": 0,
		"upload.hung {call} resumable": 0, "upload.hung {call} store": 0,
	}, got)
}

// TestSpans checks that the span of an upload is a child of the server's. The spans of its work are
// children of the upload's span, including clean-ups after its end.
func TestSpans(t *testing.T) {
	a := newApp(t)
	policy := upload.ValidatorFunc(func(ctx context.Context, in *upload.Incoming) error {
		_, span := a.tracer.Start(ctx, "scan")
		span.End()
		if strings.HasPrefix(in.Name, "bad") {
			return errors.New("the scanner is down")
		}
		return nil
	})
	ctx, server := a.tracer.Start(t.Context(), "server")
	begin := time.Now()
	r, _ := request(ctx, "secret-a.txt")
	a.handler(t, policy, time.Minute).Middleware(http.NotFoundHandler()).ServeHTTP(httptest.NewRecorder(), r)
	r, _ = request(ctx, "bad-secret.txt")
	a.handler(t, policy, time.Minute).ServeHTTP(httptest.NewRecorder(), r)
	server.End()

	spans := a.spans.Ended()
	names := map[trace.SpanID]string{server.SpanContext().SpanID(): "server"}
	for _, s := range spans {
		names[s.SpanContext().SpanID()] = s.Name()
	}
	var tree []string
	for _, s := range spans {
		require.Equal(t, server.SpanContext().TraceID(), s.SpanContext().TraceID())
		require.False(t, s.StartTime().Before(begin.Add(-time.Millisecond)))
		require.False(t, s.EndTime().Before(s.StartTime()))
		line := []string{names[s.Parent().SpanID()], ">", s.Name()}
		for _, kv := range s.Attributes() {
			require.Contains(t, []attribute.Key{"upload.door", "upload.outcome", "upload.code", "upload.bytes", "upload.files"}, kv.Key)
			if kv.Key == "upload.outcome" || kv.Key == "upload.code" {
				line = append(line, kv.Value.AsString())
			}
		}
		if s.Status().Code == codes.Error {
			line = append(line, "ERROR")
		}
		require.Empty(t, s.Events(), "which would hold texts")
		tree = append(tree, strings.Join(line, " "))
	}
	require.Equal(t, []string{
		"upload streamed > scan",
		"server > upload streamed accepted",
		"upload streamed > upload cleaned_up cleaned_up",
		"upload streamed > upload undone undone",
		"upload streamed > scan",
		"server > upload streamed refused check_failed ERROR",
		" > server",
	}, tree)
	for _, s := range spans {
		i := slices.IndexFunc(s.Attributes(), func(kv attribute.KeyValue) bool { return strings.Contains(kv.Value.AsString(), "secret") })
		require.Negative(t, i)
	}
}

// TestInsideOtherHooks checks that the span that ends is the request's own, whatever span is
// current when the event comes.
func TestInsideOtherHooks(t *testing.T) {
	a := newApp(t)
	inner := a.hooks
	a.hooks.Start = func(ctx context.Context, door string) context.Context {
		ctx, _ = a.tracer.Start(inner.Start(ctx, door), "mine")
		return ctx
	}
	r, _ := request(t.Context(), "a.txt")
	a.handler(t, upload.NotEmpty(), time.Minute).Middleware(http.NotFoundHandler()).ServeHTTP(httptest.NewRecorder(), r)
	ended := a.spans.Ended()
	require.Len(t, ended, 3)
	require.Equal(t, "upload streamed", ended[0].Name())
	require.Equal(t, ended[0].SpanContext().SpanID(), ended[1].Parent().SpanID(), "of the clean-up")
}

// TestDefaults checks that hooks without options can be called before the global providers are set.
func TestDefaults(t *testing.T) {
	hooks, err := otelupload.New(nil)
	require.NoError(t, err)
	ctx := hooks.Start(t.Context(), "link")
	hooks.Event(ctx, upload.Event{Kind: upload.KindServed, Door: "link"})
}
