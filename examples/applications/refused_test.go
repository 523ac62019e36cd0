package main

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/uploadtest"
)

// TestRefused: the page says what was refused, and why, with the text that was read before, and
// nothing is stored.
func TestRefused(t *testing.T) {
	file := func(field, name string, size int) uploadtest.Part {
		return uploadtest.File(field, name, uploadtest.PNG(size))
	}
	blank := func(field string) uploadtest.Form {
		parts := form(cv)
		i := slices.IndexFunc(parts, func(p uploadtest.Part) bool { return p.Field == field })
		parts[i] = uploadtest.Text(field, " \r\n")
		return parts
	}
	html := "<!doctype html><script>alert(1)</script>"
	for _, tc := range []struct {
		about  string
		parts  uploadtest.Form
		status int
		says   []string
	}{
		{"no CV", form(png), 400, []string{"Choose the file with your CV."}},
		{"no file chosen", form(uploadtest.File("cv", "", ""), uploadtest.File("certificate", "", "")), 400, []string{"Choose the file with your CV."}},
		{"two CVs", form(cv, cv), 413, []string{"At most one file can be sent here.</p>", cv.Name}},
		{"four certificates", form(cv, png, png, png, png), 413, []string{"At most 3 files can be sent here.", png.Name}},
		{"a picture as a CV", form(file("cv", "me.png", 0)), 415, []string{"<strong>me.png</strong>", "PNG pictures are not accepted.", `aria-invalid="true"`}},
		{"a Word certificate", form(cv, uploadtest.File("certificate", "school.docx", uploadtest.DOCX())), 415, []string{"<strong>school.docx</strong>", "also <strong>" + cv.Name}},
		{"HTML as a CV", form(uploadtest.File("cv", "<b>.pdf", html)), 415, []string{"HTML files are not accepted.", "&lt;b&gt;.pdf"}},
		{"a CV above its size", form(uploadtest.File("cv", "cv.pdf", uploadtest.Repeat("%PDF-1.7\n", 5<<20+9))), 413, []string{"5 MiB"}},
		{"a certificate above its size", form(cv, file("certificate", "big.png", 3<<20+1)), 413, []string{"<strong>big.png</strong>", "3 MiB"}},
		{"malware", form(uploadtest.Infected().File("cv")), 422, []string{uploadtest.Infected().FileName}},
		{"malware in the last file", form(cv, png, uploadtest.Infected().File("certificate")), 422, []string{uploadtest.Infected().FileName}},
		{"another field", form(cv, uploadtest.File("photo", "a.png", uploadtest.PNG(0))), 400, []string{"No file is accepted in this place"}},
		{"no name", blank("name"), 422, []string{"Fill in your name"}},
		{"no email", blank("email"), 422, []string{"Fill in your name"}},
		{"no message", blank("message"), 422, []string{"Fill in your name"}},
		{"files before the text", append(uploadtest.Form{cv}, text...), 400, []string{"wrong order"}},
		{"text that is missing", append(slices.Clone(text[:2]), cv), 400, []string{"wrong order"}},
	} {
		t.Run(tc.about, func(t *testing.T) {
			f := start(t)
			ada := f.browse(t, "ada")
			a := ada.apply(tc.parts...)
			require.Equal(t, tc.status, a.Status, a)
			for _, says := range tc.says {
				require.Contains(t, string(a.Body), says)
			}
			require.Contains(t, string(a.Body), `role="alert"`)
			require.Contains(t, string(a.Body), `action="/apply"`)
			if tc.parts[0].Field == "name" && tc.about != "no name" {
				require.Contains(t, string(a.Body), `value="Ada &lt;Lovelace&gt;"`)
				require.Contains(t, string(a.Body), "Your text is still here")
			}
			f.agree(t, 0)
			require.Equal(t, http.StatusSeeOther, ada.apply(form(cv)...).Status)
			f.agree(t, 1)
		})
	}
}

// TestRowsAndFilesAgree: an application that cannot be stored leaves neither a row nor files.
func TestRowsAndFilesAgree(t *testing.T) {
	for _, tc := range []struct {
		about  string
		fault  uploadtest.Fault
		broken string // SQL that breaks the database
		status int
	}{
		{"a file that cannot be staged", uploadtest.Fault{Op: uploadtest.OpStage, Nth: 2}, "", http.StatusBadGateway},
		{"the first file cannot be published", uploadtest.Fault{Op: uploadtest.OpCommit, Nth: 1}, "", http.StatusBadGateway},
		{"the second file cannot be published", uploadtest.Fault{Op: uploadtest.OpCommit, Nth: 2}, "", http.StatusBadGateway},
		{"the answer to a publication is lost", uploadtest.Fault{Op: uploadtest.OpCommit, Nth: 2, Late: true}, "", http.StatusBadGateway},
		{"a row that cannot be added", uploadtest.Fault{}, `CREATE TRIGGER full BEFORE INSERT ON applications BEGIN SELECT RAISE(FAIL, 'disk full'); END`, http.StatusInternalServerError},
	} {
		t.Run(tc.about, func(t *testing.T) {
			f := start(t)
			ada, grace := f.browse(t, "ada"), f.browse(t, "grace")
			require.Equal(t, http.StatusSeeOther, grace.apply(form(cv, png)...).Status)
			tc.fault.Nth += 2 * min(tc.fault.Nth, 1) // after the two of grace
			if tc.fault.Op != "" {
				f.fail.Fail(tc.fault)
			}
			_, err := f.db.Exec(tc.broken)
			require.NoError(t, err)
			a := ada.apply(form(cv, png)...)
			require.Equal(t, tc.status, a.Status, a)
			require.NotContains(t, string(a.Body), "disk full")
			f.agree(t, 1)
			require.Len(t, f.store.Keys(), 2)
		})
	}
}

// TestClientLeaves: an applicant who leaves while the files are published has applied.
func TestClientLeaves(t *testing.T) {
	f := start(t)
	ada := f.browse(t, "ada")
	ctx, leave := context.WithCancel(t.Context())
	f.fail.Fail(uploadtest.Fault{Op: uploadtest.OpCommit, Do: func(context.Context) error {
		leave()
		return nil
	}})
	_, _ = uploadtest.Do(ada.client, uploadtest.NewRequest(home+"/apply", form(cv, png)...).WithContext(ctx))
	require.Error(t, ctx.Err())
	f.agree(t, 1)
	require.Len(t, f.store.Keys(), 2)
}

// TestSecondApplication: a user applies once. The files of a second application are removed, those
// of the first stay.
func TestSecondApplication(t *testing.T) {
	f := start(t)
	ada := f.browse(t, "ada")
	require.Equal(t, http.StatusSeeOther, ada.apply(form(cv)...).Status)
	keys := f.store.Keys()
	a := ada.apply(form(cv, png)...)
	require.Equal(t, http.StatusUnprocessableEntity, a.Status, a)
	require.Contains(t, string(a.Body), "You have applied already.")
	require.Equal(t, keys, f.store.Keys())
	f.agree(t, 1)
}

// TestDeletionFails: a file that cannot be deleted has no row any more.
func TestDeletionFails(t *testing.T) {
	f := start(t)
	require.Equal(t, http.StatusSeeOther, f.browse(t, "ada").apply(form(cv, png)...).Status)
	keys := f.store.Keys()
	f.fail.Fail(uploadtest.Fault{Op: uploadtest.OpDelete, Nth: 1})
	joan := f.browse(t, "joan")
	require.Equal(t, http.StatusSeeOther, joan.post("/delete/1", nil).Status)
	require.Len(t, f.store.Keys(), 1)
	for _, key := range keys {
		require.Equal(t, http.StatusNotFound, joan.get("/files/"+key).Status)
	}
}

// TestBrokenDatabase: without a database the program serves no pages and no files, and deletes none.
func TestBrokenDatabase(t *testing.T) {
	f := start(t)
	ada, joan := f.browse(t, "ada"), f.browse(t, "joan")
	require.Equal(t, http.StatusSeeOther, ada.apply(form(cv)...).Status)
	key := f.store.Keys()[0]
	require.NoError(t, f.db.Close())
	require.Equal(t, http.StatusInternalServerError, ada.get("/").Status)
	require.Equal(t, http.StatusNotFound, ada.get("/files/"+key).Status)
	require.Equal(t, http.StatusNotFound, joan.post("/delete/1", nil).Status)
	require.Equal(t, http.StatusInternalServerError, f.browse(t, "grace").apply(form(cv)...).Status)
	require.Equal(t, []string{key}, f.store.Keys())
}

// TestLimits: a user who sends too many requests has to wait, and other users do not.
func TestLimits(t *testing.T) {
	f := start(t)
	ada := f.browse(t, "ada")
	for range 20 {
		require.Equal(t, http.StatusBadRequest, ada.apply(form()...).Status)
	}
	a := ada.apply(form(cv)...)
	require.Equal(t, http.StatusTooManyRequests, a.Status, a)
	require.Contains(t, string(a.Body), "Try again in ")
	require.NotContains(t, string(a.Body), "Your text is still here", "none of it was read")
	f.agree(t, 0)
	require.Equal(t, http.StatusSeeOther, f.browse(t, "grace").apply(form(cv)...).Status)
	f.agree(t, 1)
}

// TestStrangers: nobody applies without a session, nor from another site.
func TestStrangers(t *testing.T) {
	f := start(t)
	a := f.browse(t, "").apply(form(cv)...)
	require.Equal(t, http.StatusUnauthorized, a.Status, a)
	require.Contains(t, string(a.Body), "You are not signed in any more.")
	ada, joan := f.browse(t, "ada"), f.browse(t, "joan")
	require.Equal(t, http.StatusSeeOther, ada.apply(form(cv)...).Status)
	for path, who := range map[string]*browser{"/apply": f.browse(t, "grace"), "/delete/1": joan, "/sign-out": joan, "/sign-in": joan} {
		r := uploadtest.NewRequest(home+path, form(cv)...)
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		require.Equal(t, http.StatusForbidden, who.send(r).Status, path)
	}
	f.agree(t, 1)
	require.Equal(t, http.StatusOK, joan.get("/files/"+f.store.Keys()[0]).Status)
	_, err := f.db.Exec(`INSERT INTO applications (applicant, name, email, message, files) VALUES ('', '', '', '', '[]')`)
	require.ErrorContains(t, err, "CHECK", "a row of nobody would be everybody's")
	large := url.Values{"user": {"ada"}, "password": {"lovelace"}, "x": {strings.Repeat("x", 5<<10)}}
	require.Equal(t, http.StatusUnprocessableEntity, f.browse(t, "").post("/sign-in", large).Status)
}
