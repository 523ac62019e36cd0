package otelupload_test

import (
	"context"
	"fmt"
	"log"

	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/otelupload"
	"github.com/airlock-go/upload/uploadtest"
)

// New(nil) uses the global providers. Here a reader collects the metrics of one upload.
func ExampleNew() {
	reader := metric.NewManualReader()
	hooks, err := otelupload.New(&otelupload.Options{MeterProvider: metric.NewMeterProvider(metric.WithReader(reader))})
	if err != nil {
		log.Fatal(err)
	}
	h, err := upload.New(&memstore.Store{}, upload.Images(nil), upload.AllowAnonymous, &upload.Options{Hooks: hooks})
	if err != nil {
		log.Fatal(err)
	}
	picture := uploadtest.File("file", "cat.png", uploadtest.PNG(5000))
	if _, err := uploadtest.Do(uploadtest.Client(h), uploadtest.NewRequest("/upload", picture)); err != nil {
		log.Fatal(err)
	}

	var collected metricdata.ResourceMetrics
	if err := reader.Collect(context.Background(), &collected); err != nil {
		log.Fatal(err)
	}
	for _, m := range collected.ScopeMetrics[0].Metrics {
		if bytes, ok := m.Data.(metricdata.Sum[int64]); ok && m.Name == "upload.bytes" {
			fmt.Println(m.Name, bytes.DataPoints[0].Value > 5000)
		}
	}
	// Output: upload.bytes true
}
