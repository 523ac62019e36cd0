// Package uploadtest helps hosts to test their uploads. It has requests in one line, files that
// must be refused, slow and failing storages, clients that stall and leave, and connections in
// memory. The tests of package upload use it too. It is not for production.
//
//	a := uploadtest.Post(t, mux, "/upload",
//		uploadtest.File("picture", "ada.png", uploadtest.PNG(0)),
//		uploadtest.Text("name", "ada"))
//	// a.Status is 201 and a.Files[0].Key is the key; or a.Code says why it was refused
//
// Files and Code come from the answers of an [upload.Handler]. A handler of your own, after
// [upload.Handler.Middleware], answers as it likes: then use Status and Body.
//
// [NewRequest] only makes the request, to which header fields can be added, such as those of a
// signed-in caller. [Send] sends it with any client:
//
//	r := uploadtest.NewRequest("/upload", uploadtest.File("picture", "ada.png", uploadtest.PNG(0)))
//	r.Header.Set("Authorization", "Bearer "+token)
//	a := uploadtest.Send(t, uploadtest.Client(mux), r)
//
// [Direct] and [PostDirect] make a direct upload from the ticket to the
// confirmation. [Stored] reads what a storage then holds.
//
// # Files that must be refused
//
// [RunHostile] sends every file of [Hostile] to a handler, and requires that each is refused, or
// stored without what is hostile. [Legitimate] files must not be refused.
//
// # Files of a type, and malware
//
// [SampleOf] returns a file of a type; [PDF], [DOCX] and [JPEG] are short for some. [PNG] makes a
// picture of a given size. [Scanner] acts as a malware scanner, and [Infected] is a PDF that it
// refuses because of [EICAR]:
//
//	policy := upload.All(upload.Documents(nil), uploadtest.Scanner{})
//	…
//	a := uploadtest.Post(t, mux, "/cv", uploadtest.Infected().File("cv"))
//	// a.Code is upload.CodeInfected
//
// # Storages that fail
//
// [NewFailingStore] adds faults to a storage, here to one in memory. The second file of a request
// is published, but the storage's answer is lost:
//
//	store := &memstore.Store{}
//	failing := uploadtest.NewFailingStore(store, uploadtest.Fault{
//		Op: uploadtest.OpCommit, Nth: 2, Late: true, Err: storage.ErrUnknownOutcome,
//	})
//	h, err := upload.New(failing.Storage(), …)
//	… // both files are sent and refused
//	// store.Keys() and failing.Leftovers() are empty
//
// [SlowStore] delays the calls. Package storetest tests a storage of your own.
//
// # Clients that stall and leave
//
// [Dial] sends the head of a request, and [Conn.Send] sends as much of the body as the test wants.
// A client that then does nothing stalls; [Conn.Close] and [Conn.Reset] leave.
//
// # The clock
//
// No clock can be injected: package upload uses the clock of package time, and testing/synctest
// advances that one. A bubble of synctest needs connections in memory, since it cannot see those of
// a network: [Serve] has them, and [Client] needs none. A minute's stall and the hour of a ticket
// then take no time; the examples show both.
package uploadtest
