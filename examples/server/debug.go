package main

import (
	"encoding/json"
	"net/http"
	"runtime"
)

// debug answers {"goroutines":N}, the number of goroutines. With ?gc it first collects garbage.
func debug(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Has("gc") {
		runtime.GC()
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(map[string]int{"goroutines": runtime.NumGoroutine()})
}
