// Package otelupload makes OpenTelemetry metrics and spans of the decisions, clean-ups and hung
// calls of package upload.
//
//	hooks, err := otelupload.New(nil)
//	…
//	h, err := upload.New(store, policy, authorize, &upload.Options{Hooks: hooks})
//	links, err := upload.NewLinks(store, &upload.LinksOptions{Hooks: hooks})
//
// The same hooks serve any number of handlers and links. To add hooks of your own, call these from
// yours.
//
// # Metrics
//
//	upload.duration          s          histogram  door, outcome, code   every decision, and thereby their number
//	upload.active            {request}  up-down    door                  requests without a decision yet
//	upload.files             {file}     counter    door, type            files that were published
//	upload.bytes             By         counter    door                  bytes received, confirmed or served by this process
//	upload.undone            {request}  counter    door                  accepted requests that were undone, see upload.KindUndone
//	upload.cleanup.failures  {file}     counter    door                  files of which something may be left: act on it
//	upload.hung              {call}     counter    door                  checks, key generators and limiters that hang: act on it
//
// # Spans
//
// A request has a span "upload streamed", "upload store", "upload direct", "upload resumable" or
// "upload link". It is a child of the span in the request's context, such as otelhttp's, and ends
// with the decision. OPTIONS of an [upload.Resumer] has none. Spans of the work for the upload,
// such as the calls of an instrumented S3 client, are children of the request's span. So are the
// spans of events that are not decisions: "upload undone", "upload cleaned_up", "upload
// cleanup_failed" and "upload hung". Only failures of the server (status 500 and above, failed
// clean-ups, calls that hang) are errors.
//
// # Attributes
//
// upload.door, upload.outcome (an [upload.EventKind]), upload.code (an [upload.Code]) and
// upload.type (a detected media type, only of the metric upload.files) have few values, none of
// them a client's own word. Spans also have upload.bytes and upload.files. There is never a
// subject, a file name, a key or an error's text: those are in the log. upload.cleanup.failures and
// upload.hung exist from the start, as 0, for each door except link.
package otelupload

import (
	"context"
	"errors"
	"net/http"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/airlock-go/upload"
)

// Name is that of the meter and the tracer.
const Name = "github.com/airlock-go/upload/otelupload"

// Options are the settings, all with defaults. A nil pointer means the zero value.
type Options struct {
	// MeterProvider makes the metrics. Default: otel.GetMeterProvider().
	MeterProvider metric.MeterProvider

	// TracerProvider makes the spans. Default: otel.GetTracerProvider().
	TracerProvider trace.TracerProvider
}

// hooks has what start and event share.
type hooks struct {
	tracer trace.Tracer

	duration                              metric.Float64Histogram
	active                                metric.Int64UpDownCounter
	files, bytes, undone, failures, hangs metric.Int64Counter
}

// New returns hooks that make metrics and spans, for [upload.Options] and [upload.LinksOptions].
// They are safe for concurrent use. New fails when the meter refuses an instrument. opts may be nil.
func New(opts *Options) (upload.Hooks, error) {
	var o Options
	if opts != nil {
		o = *opts
	}
	if o.MeterProvider == nil {
		o.MeterProvider = otel.GetMeterProvider()
	}
	if o.TracerProvider == nil {
		o.TracerProvider = otel.GetTracerProvider()
	}
	h := &hooks{tracer: o.TracerProvider.Tracer(Name)}
	if err := h.instruments(o.MeterProvider.Meter(Name)); err != nil {
		return upload.Hooks{}, err
	}
	for _, door := range []string{"streamed", "store", "direct", "resumable"} { // so that an alarm sees the first increase
		h.failures.Add(context.Background(), 0, metric.WithAttributes(doorAttr(door)))
		h.hangs.Add(context.Background(), 0, metric.WithAttributes(doorAttr(door)))
	}
	return upload.Hooks{Start: h.start, Event: h.event}, nil
}

func (h *hooks) instruments(m metric.Meter) error {
	var failed error
	counter := func(name, unit, about string) metric.Int64Counter {
		c, err := m.Int64Counter(name, metric.WithUnit(unit), metric.WithDescription(about))
		failed = errors.Join(failed, err)
		return c
	}
	var err error
	h.duration, err = m.Float64Histogram("upload.duration", metric.WithUnit("s"),
		metric.WithDescription("Time from the arrival of a request to its decision."),
		metric.WithExplicitBucketBoundaries(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900))
	failed = errors.Join(failed, err)
	h.active, err = m.Int64UpDownCounter("upload.active", metric.WithUnit("{request}"),
		metric.WithDescription("Requests that are not decided yet."))
	failed = errors.Join(failed, err)
	h.files = counter("upload.files", "{file}", "Files that were published.")
	h.bytes = counter("upload.bytes", "By", "Bytes that came through this process.")
	h.undone = counter("upload.undone", "{request}", "Accepted requests whose files were then to be removed.")
	h.failures = counter("upload.cleanup.failures", "{file}", "Files of which something could not be removed.")
	h.hangs = counter("upload.hung", "{call}", "Calls of validators, key generators and limiters that did not return in time.")
	return failed
}

// spanKey is the context key of a request's own span, whatever outer hooks put in the context.
type spanKey struct{}

func (h *hooks) start(ctx context.Context, door string) context.Context {
	ctx, span := h.tracer.Start(ctx, "upload "+door, trace.WithAttributes(doorAttr(door)))
	h.active.Add(ctx, 1, metric.WithAttributes(doorAttr(door)))
	return context.WithValue(ctx, spanKey{}, span)
}

func (h *hooks) event(ctx context.Context, e upload.Event) {
	door := metric.WithAttributes(doorAttr(e.Door))
	switch e.Kind {
	case upload.KindUndone:
		h.undone.Add(ctx, 1, door)
	case upload.KindCleanupFailed:
		h.failures.Add(ctx, 1, door)
	case upload.KindHung:
		h.hangs.Add(ctx, 1, door)
	case upload.KindAccepted:
		for _, f := range e.Files {
			h.files.Add(ctx, 1, metric.WithAttributes(doorAttr(e.Door), attribute.String("upload.type", f.Type)))
		}
	}
	if !e.Kind.IsDecision() {
		h.besides(ctx, e)
		return
	}
	h.active.Add(ctx, -1, door)
	h.bytes.Add(ctx, e.Bytes, door)
	h.duration.Record(ctx, e.Duration.Seconds(), metric.WithAttributes(attrsOf(e)...))
	if span, ok := ctx.Value(spanKey{}).(trace.Span); ok {
		describe(span, e)
		span.End()
	}
}

// besides makes a span of an event that is not a decision, which has ended by now.
func (h *hooks) besides(ctx context.Context, e upload.Event) {
	if span, ok := ctx.Value(spanKey{}).(trace.Span); ok {
		ctx = trace.ContextWithSpan(ctx, span)
	}
	now := time.Now()
	_, span := h.tracer.Start(ctx, "upload "+string(e.Kind), trace.WithTimestamp(now.Add(-e.Duration)))
	describe(span, e)
	span.End(trace.WithTimestamp(now))
}

func describe(span trace.Span, e upload.Event) {
	span.SetAttributes(attrsOf(e)...)
	span.SetAttributes(attribute.Int64("upload.bytes", e.Bytes), attribute.Int("upload.files", len(e.Files)))
	failed := e.Code != "" && e.Code.Status() >= http.StatusInternalServerError
	if failed || e.Kind == upload.KindCleanupFailed || e.Kind == upload.KindHung {
		span.SetStatus(codes.Error, string(e.Kind))
	}
}

func doorAttr(door string) attribute.KeyValue {
	return attribute.String("upload.door", door)
}

func attrsOf(e upload.Event) []attribute.KeyValue {
	attrs := []attribute.KeyValue{doorAttr(e.Door), attribute.String("upload.outcome", string(e.Kind))}
	if e.Code != "" {
		attrs = append(attrs, attribute.String("upload.code", string(e.Code)))
	}
	return attrs
}
