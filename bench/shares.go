package main

// smallShares follows the tables of small files. Its figures are read by hand from CPU profiles,
// which the servers write if BENCH_CPUPROFILE is set.
const smallShares = `
### Where the time of a small file goes

Profiled on 28 November 2026 over 40,000 files, S3 over https, at another hour than the tables: 358 µs a file.
Figures are rounded.

| Part | µs | Share |
| --- | --- | --- |
| this library: form, detection, inspection, memory, the request, answer | 103 | 29% |
| system calls, for the client and for S3 | 77 | 22% |
| net/http, of the server and of the client | 66 | 18% |
| the scheduler, and new goroutines and their stacks | 31 | 9% |
| TLS | 28 | 8% |
| garbage collection | 27 | 8% |
| the SDK: signing | 15 | 4% |
| the SDK: the rest | 9 | 3% |

Http has no TLS, but there the signature covers the content, whose SHA-256 takes about 55 µs.

The SDK makes a stack of about 60 middlewares in each call, and can neither keep one nor take one that was made before.
With signing and its garbage that took about 200 µs of each file.
So the store sends the requests of small files as the SDK sent the first one: package s3store says when.
With options of the host's that observe calls, the SDK sends all, and a file costs about a third more than in the tables.

The CRC-32 of a small file is a header field, so nothing is encoded in chunks: over https that saved 35 µs with the SDK.

No connection to S3 is opened for a file if the client keeps enough of them.
s3open keeps 256; the SDK's default client keeps 10 for a host.
Half of what is allocated for a file is the 32 KiB by which net/http copies its body to TLS or TCP.
The authorizer, the publication and the log handler run on new goroutines, since code of the host's can end its goroutine there.
The validators of this library and its cleaner run as coroutines at most (` + "`iter.Pull`" + `), and no goroutine watches a client: a timer does.
`

// manyShares follows the table of many uploads.
const manyShares = `
### Where the memory of many uploads is

Measured on 28 November 2026 in the first case, by runtime.MemStats and a heap profile in the middle of the load, when the process had taken 138 MiB.

| What | MiB |
| --- | --- |
| 12 parts of 5 MiB, which is what MaxMemory allows | 60 |
| requests: form buffers (2.7), connections' buffers (2.1), heads (0.6), the rest (2.5) | 8 |
| stacks of 250 goroutines | 9 |
| tables of the allocator and of the collector | 6 |
| pages of the program's file | 12 |
| garbage, and free pages between collections | 43 |

All except the last line is 95 MiB.
The last line comes from the collector: with the default GOGC=100 the heap may grow to twice what was live at the last collection, and the parts count as live.
It depends on the moment of that collection, so the same load peaks at 137 to 159 MiB.
Less garbage makes collections rarer, but the heap then reaches the same bound later.
With connections that reuse the 32 KiB that net/http takes for each part, a quarter of the garbage, the peak was 145 MiB.

A library must not set GOGC or GOMEMLIMIT for its process, but a program may.
Memory outside of the collector's heap would not count, but then a read after its release ends the process.
[production.md](production.md#memory) says what to give a container, and what GOMEMLIMIT does.
`
