// Metrics counts uploads for Prometheus, at a separate address that the public cannot reach.
//
//	go run -C examples ./metrics
package main

import (
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	otelprometheus "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/sdk/metric"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/otelupload"
	"github.com/airlock-go/upload/storage"
)

func main() {
	uploads, metrics, err := newHandlers(&memstore.Store{})
	if err != nil {
		log.Fatal(err)
	}
	go func() { log.Fatal(serve("127.0.0.1:9084", metrics)) }()
	fmt.Println("try: curl -F file=@cat.png http://127.0.0.1:8084/upload; curl http://127.0.0.1:9084/metrics")
	log.Fatal(serve("127.0.0.1:8084", uploads))
}

// newHandlers returns the handler for users and the one for Prometheus.
func newHandlers(store storage.Storage) (uploads, metrics http.Handler, err error) {
	registry := prometheus.NewRegistry()
	exporter, err := otelprometheus.New(otelprometheus.WithRegisterer(registry), otelprometheus.WithoutScopeInfo())
	if err != nil {
		return nil, nil, err
	}
	hooks, err := otelupload.New(&otelupload.Options{
		MeterProvider: metric.NewMeterProvider(metric.WithReader(exporter)), // no TracerProvider: spans go to the global one
	})
	if err != nil {
		return nil, nil, err
	}
	h, err := upload.New(store, upload.Images(nil), upload.AllowAnonymous, &upload.Options{Hooks: hooks})
	if err != nil {
		return nil, nil, err
	}
	public, private := http.NewServeMux(), http.NewServeMux()
	public.Handle("POST /upload", h)
	private.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	return public, private, nil
}

func serve(addr string, h http.Handler) error {
	srv := &http.Server{Addr: addr, Handler: h, ReadHeaderTimeout: 10 * time.Second}
	return srv.ListenAndServe()
}
