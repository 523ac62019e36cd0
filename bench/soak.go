package main

import (
	"flag"
	"fmt"
	"strconv"
)

// runSoak sends many uploads to one server and compares what it holds after a
// part of them with what it holds after all.
func runSoak(args []string) error {
	flags := flag.NewFlagSet("soak", flag.ExitOnError)
	n := flags.Int("n", 50_000, "uploads")
	if err := flags.Parse(args); err != nil {
		return err
	}
	s, err := newSetup(ours, false)
	if err != nil {
		return err
	}
	defer s.stop()
	fmt.Println("| Uploads | Goroutines | Live heap MiB | Peak RSS MiB | CPU ms a request |")
	fmt.Println("| --- | --- | --- | --- | --- |")
	const steps = 5
	for i := range steps {
		m, err := s.measure("-n", strconv.Itoa(*n/steps), "-c", "32", "-size", strconv.Itoa(10*kib))
		if err == nil {
			err = s.accepted(m, *n/steps)
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
		fmt.Printf("| %d | %d | %.1f | %d | %.2f |\n", (i+1)**n/steps, r.Goroutines, float64(r.Heap)/mib, m.rss/mib,
			m.cpu.Seconds()*1000/float64(*n/steps))
	}
	return nil
}
