package main

// smallShares follows the table of small files. Its figures come from profiles, which this program
// does not read by itself: BENCH_CPUPROFILE names one.
const smallShares = `
### Where the time of a small file goes

Profiled on 28 November 2026 over 20,000 files, on 2 cores of another processor (Intel Xeon) than that of the table: 355 µs a file.

| Part | µs | Share |
| --- | --- | --- |
| this library: form, detection, inspection, memory, answer | 72 | 20% |
| the SDK: about 60 middlewares, made for each call, and what they allocate | 63 | 18% |
| SHA-256 and CRC-32 of the content, nearly all of it the signature's SHA-256 | 56 | 16% |
| system calls, for the client and for S3 | 44 | 12% |
| net/http, of the server and of the client | 37 | 10% |
| garbage collection | 33 | 9% |
| the SDK: signing | 28 | 8% |
| the scheduler, and new goroutines | 22 | 6% |

Over https the SDK leaves the content out of the signature, and TLS takes the place of its SHA-256.

The same machine gave these medians, in CPU milliseconds a file, with the servers in turn:

| Server | S3 over http | S3 over https |
| --- | --- | --- |
| this library | 0.42 | 0.43 |
| MultipartReader + manager | 0.61 | 0.62 |
| MultipartReader + transfermanager | 0.61 | 0.60 |
| floor (nothing checked) | 0.12 | 0.16 |

So this library takes 0.7 of the time of the others, and 2.7 (https) to 3.5 times (http) that of the floor.
The SDK's three parts alone are 147 µs over http, more than all of the floor.

The SDK makes the stack of middlewares in each call, in 13 µs, and can neither keep one nor take one that was made before.
Its options run after that, so removing middlewares by an option saves none of it.
The rest of its time is spread over all middlewares, and none stands out.
A PutObject of our own could save about 90 µs of 380, the SHA-256 not among them.
It would skip the host's options, traces and retries, so there is none.

No connection to S3 is opened for a file if the client keeps enough of them.
s3open keeps 256; the SDK's default client keeps 10 for a host.
Goroutines of a request run the authorizer, the publication and the log handler, since code of the host's can end its goroutine there.
No goroutine runs for the validators of this library, and none watches a client: a timer does.
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

All but the last line is 95 MiB.
The last line comes from the collector: with the default GOGC=100 the heap may grow to twice what was live at the last collection, and the parts count as live.
It depends on the moment of that collection, so the same load peaks at 137 to 159 MiB.
Less garbage makes collections rarer, but the heap then reaches the same bound later.
With connections that reuse the 32 KiB that net/http takes for each part, a quarter of the garbage, the peak was 145 MiB.

A library must not set GOGC or GOMEMLIMIT for its process, but a program may.
Memory outside of the collector's heap would not count, but then a read after its release ends the process.
[production.md](production.md#memory) says what to give a container, and what GOMEMLIMIT does.
`
