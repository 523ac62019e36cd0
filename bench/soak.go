package main

import (
	"flag"
	"fmt"
)

// runSoak runs only the soak, and prints it.
func runSoak(args []string) error {
	flags := flag.NewFlagSet("soak", flag.ExitOnError)
	n := flags.Int("n", 50_000, "uploads")
	if err := flags.Parse(args); err != nil {
		return err
	}
	b := &bench{out: &document{}}
	err := b.soak(*n)
	fmt.Println(b.out)
	return err
}

// soak sends many uploads to one server, and writes what the server holds after each fifth of them.
func (b *bench) soak(n int) error {
	const steps, size = 5, 10 * kib
	s, err := newSetup(ours, false)
	if err != nil {
		return err
	}
	defer s.stop()
	b.out.section("A soak: files of 10 KiB, 32 at a time, S3 over http")
	b.out.table("Uploads", "Goroutines", "Live heap MiB", "Peak RSS MiB", "CPU ms a request")
	for i := range steps {
		m, err := s.measure(loadFlags(n/steps, 32, size)...)
		if err == nil {
			err = s.accepted(m, n/steps)
		}
		if err != nil {
			return err
		}
		resp, err := insecure.Post(s.s3.url+"/forget", "", nil)
		if err != nil {
			return err
		}
		_ = resp.Body.Close()
		r, err := s.server.report("?gc")
		if err != nil {
			return err
		}
		b.out.row((i+1)*n/steps, r.Goroutines, fmt.Sprintf("%.1f", float64(r.Heap)/mib), m.rss/mib,
			fmt.Sprintf("%.2f", m.cpu.Seconds()*1000/float64(n/steps)))
	}
	return nil
}
