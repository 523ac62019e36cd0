package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// document builds docs/benchmarks.md.
type document struct{ b strings.Builder }

func newDocument() *document {
	d := &document{}
	fmt.Fprintf(&d.b, `# Benchmarks

For developers who compare ways to receive uploads: what an upload costs the server, for this library and for code that people write today.
The servers of a table get the same requests, unless it names another load.
All except tusd are one program with different handlers.
They send to an S3 that discards the files, or to versitygw where the section says so.
Only memstore sends nothing.
All run on one machine.
The server is a process of its own, except in "Looking" and "Confirm", and where only validators are measured.
CPU time is the server's alone, as the operating system counts it.
This library checks what it always checks: its presets read the file to its end.
Only its limits of size are higher where large files need it.
The other servers check nothing.
Where a range is given, the servers were measured in turn, and the figures are medians.
So are the figures of "Refused early", "typical files" and "By size", and the times of "Looking".
All others were measured once.
Files are PNG pictures unless the table names another type.

%s measures most again, in about twenty minutes; nothing else should run meanwhile.
It does not measure the last section, the two named "Where …" and the five runs of "Large by type".
%s shows in a minute that it works; without %s it replaces this page.

%s
`, "`make bench`", "`go run -C bench . run -quick -o /tmp/quick.md`", "`-o`", machine())
	return d
}

func (d *document) String() string { return d.b.String() }

func (d *document) section(format string, args ...any) {
	fmt.Fprintf(&d.b, "\n## "+format+"\n\n", args...)
}

func (d *document) text(words string) { d.b.WriteString(words) }

func (d *document) table(columns ...string) {
	fmt.Fprintf(&d.b, "| %s |\n|%s\n", strings.Join(columns, " | "), strings.Repeat(" --- |", len(columns)))
}

func (d *document) row(cells ...any) {
	d.b.WriteString("|")
	for _, c := range cells {
		fmt.Fprintf(&d.b, " %v |", c)
	}
	d.b.WriteString("\n")
}

// compare writes a row for each server, with its ratio to the two reference servers.
func (d *document) compare(samples map[string][]sample, unit string, value func(sample) float64) {
	mid, spread := map[string]float64{}, map[string]string{}
	for kind, list := range samples {
		values := make([]float64, len(list))
		for i, m := range list {
			values[i] = value(m)
		}
		mid[kind] = median(values)
		spread[kind] = fmt.Sprintf("%.2f – %.2f", slices.Min(values), slices.Max(values))
	}
	d.table("Server", unit, "range", "× "+baseline, "× floor", "Peak RSS MiB")
	for _, kind := range append([]string{ours, inMemory}, allKinds[1:]...) {
		if list, ok := samples[kind]; ok {
			rss := make([]float64, len(list))
			for i, m := range list {
				rss[i] = float64(m.rss) / mib
			}
			d.row(kind, fmt.Sprintf("%.2f", mid[kind]), spread[kind],
				fmt.Sprintf("%.2f", mid[kind]/mid[baseline]), fmt.Sprintf("%.2f", mid[kind]/mid[lowest]), fmt.Sprintf("%.0f", median(rss)))
		}
	}
}

// machine says where and with what the measurement was made.
func machine() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured on %s with %s on %d cores (%s), %s/%s.", time.Now().Format("2 January 2006"),
		runtime.Version(), runtime.NumCPU(), cpuModel(), runtime.GOOS, runtime.GOARCH)
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if strings.Contains(m.Path, "service/s3") && !strings.Contains(m.Path, "internal") || strings.Contains(m.Path, "feature/s3") {
				fmt.Fprintf(&b, " %s %s.", strings.TrimPrefix(m.Path, "github.com/aws/aws-sdk-go-v2/"), m.Version)
			}
		}
	}
	return b.String()
}

func cpuModel() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return "unknown"
	}
	defer func() { _ = f.Close() }()
	for s := bufio.NewScanner(f); s.Scan(); {
		if name, value, ok := strings.Cut(s.Text(), ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}
