package inspect

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"io"
	"strings"
)

// odf judges a package of OpenDocument (ODF 1.3 part 2).
type odf struct {
	mediaType string
	declared  bool // the manifest says so too
}

func (o *odf) entry(w *zipWalk, h *zipHeader, body *bufio.Reader) error {
	head, err := peekHead(body)
	if err != nil {
		return err
	}
	name := foldName(h.name)
	if err := checkMimetype(w, h, head, o.mediaType); err != nil {
		return err
	}
	if hasFolder(name, "basic") || hasFolder(name, "scripts") {
		return active(KindMacro, "has macros inside")
	}
	if err := checkEntry(head); err != nil {
		return err
	}
	if !isXML(name) {
		return nil
	}
	if err := checkProlog(head); err != nil {
		return err
	}
	if name == "meta-inf/manifest.xml" {
		return w.parseXML(body, o.manifest)
	}
	return noScriptEvents(body)
}

// manifest reads an element of META-INF/manifest.xml.
func (o *odf) manifest(e xml.StartElement) error {
	name, kind := strings.ToLower(attribute(e, "full-path")), strings.ToLower(attribute(e, "media-type"))
	switch {
	case e.Name.Local == "encryption-data":
		return fault(CodeEncrypted, "has an encrypted entry, which cannot be looked into")
	case e.Name.Local != "file-entry":
		return nil
	case hasFolder(name, "basic"), hasFolder(name, "scripts"), strings.Contains(kind, "oleobject"):
		return active(KindMacro, "has macros or an embedded object inside")
	case name == "/" && kind != o.mediaType:
		return fault(CodeMismatch, "is of another type than its name says")
	case name == "/":
		o.declared = true
	}
	return nil
}

func (o *odf) end(*zipWalk) error {
	if !o.declared {
		return fault(CodeDamaged, incomplete)
	}
	return nil
}

// noScriptEvents refuses references to scripts, which may lie outside of the document (CVE-2018-16858).
func noScriptEvents(body io.Reader) error {
	var buf [zipBuffer]byte
	kept := 0
	for {
		n, err := body.Read(buf[kept:])
		seen := buf[:kept+n]
		if bytes.Contains(seen, []byte(`"vnd.sun.star.script:`)) || bytes.Contains(seen, []byte(`'vnd.sun.star.script:`)) {
			return active(KindScript, "calls a script")
		}
		if err == io.EOF { // readers return it bare
			return nil
		}
		if err != nil {
			return err
		}
		kept = copy(buf[:], seen[max(0, len(seen)-len(`"vnd.sun.star.script:`)):])
	}
}
