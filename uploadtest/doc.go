// Package uploadtest helps hosts to test their uploads: requests in one line,
// files that must be refused, storages that fail and are slow, clients that
// stall and leave, and connections that need no time. It is what the tests of
// package upload itself use. Nothing here is for production.
//
//	a := uploadtest.Post(t, mux, "/profile",
//		uploadtest.File("picture", "ada.png", uploadtest.PNG(0)),
//		uploadtest.Text("name", "ada"))
//	// a.Status is 201, a.Files[0].Key is where it lies; or a.Code says why not
//
// [NewRequest] makes the request alone, to be given header fields, and [Send]
// sends it over whatever client. [Direct] and [PostDirect] walk a direct upload
// from the ticket to the confirmation. [Stored] reads what a storage then holds.
//
// # Files that must be refused
//
// [RunHostile] sends every file of [Hostile] to a handler, and wants each to be
// refused and none to be stored. [Legitimate] files must not be refused.
//
// # Files of a type, and malware
//
// [SampleOf] has a file of each type, [PDF], [DOCX], [JPEG] and [PNG] are short for
// some. [Scanner] stands for a malware scanner, and [Infected] is a PDF that it refuses;
// [EICAR] is what it finds:
//
//	policy := upload.All(upload.Documents(nil), uploadtest.Scanner{})
//	…
//	a := uploadtest.Post(t, mux, "/cv", uploadtest.Infected().File("cv"))
//	// a.Code is upload.CodeInfected
//
// # Storages that fail
//
// [NewFailingStore] puts faults between a program and its storage, here in
// front of memory: the second file of a request is published, but the storage
// does not answer that:
//
//	store := &memstore.Store{}
//	failing := uploadtest.NewFailingStore(store, uploadtest.Fault{
//		Op: uploadtest.OpCommit, Nth: 2, Late: true, Err: storage.ErrUnknownOutcome,
//	})
//	h, err := upload.New(failing.Storage(), …)
//	… // both files are sent and refused
//	// store.Keys() and failing.Leftovers() are empty
//
// [SlowStore] takes its time. For a storage of your own there is package
// storetest.
//
// # Clients that stall and leave
//
// [Dial] sends the head of a request, and as much of the body as [Conn.Send] is
// told to. Who then does nothing stalls; [Conn.Close] and [Conn.Reset] leave.
//
// # The clock
//
// There is none to be injected: package upload goes by the clock of package time,
// and testing/synctest makes that one jump. What a bubble needs is connections
// in memory, since those of a network are not known to it: [Serve] has them, and
// [Client] needs none. A minute's stall and the hour of a ticket then take no
// time; the examples show both.
package uploadtest
