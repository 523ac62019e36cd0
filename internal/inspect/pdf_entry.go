package inspect

// opened judges a container that begins in l, as the value of key.
func (r *pdfRules) opened(l *pdfLevel, key pdfKey, array bool) {
	if l.array {
		r.element(l)
		return
	}
	switch {
	case l.role == roleFiles:
		r.refuse(KindAttachment, carriesFiles)
	case key == key3DD:
		r.refuse(KindMedia, carriesMedia)
	case key == keyXFA && !array:
		r.refuse(KindForm, hasXFA)
	case key == keyEncrypt && !array:
		r.fail(fault(CodeEncrypted, isEncrypted))
	case !array:
		r.present(key)
	}
}

// present judges an entry whose value is a dictionary, or a reference to anything.
func (r *pdfRules) present(key pdfKey) {
	switch key {
	case keyRichMediaContent:
		r.refuse(KindMedia, carriesMedia)
	case keyOnInstantiate:
		r.refuse(KindScript, hasJavaScript)
	case keyCollection:
		r.refuse(KindAction, "opens as a collection of files")
	}
}

// element records that an array is not empty, and judges it.
func (r *pdfRules) element(l *pdfLevel) {
	switch l.key {
	case keyXFA:
		r.refuse(KindForm, hasXFA)
	case keyNames, keyKids:
		l.tree = true
		r.tree(l.role)
	}
}

// tree judges a tree that is not empty.
func (r *pdfRules) tree(role pdfRole) {
	switch role {
	case roleScripts:
		r.refuse(KindScript, hasJavaScript)
	case roleAttachments:
		r.refuse(KindAttachment, carriesFiles)
	}
}

// judgedKeys are the keys of values that item judges in any dictionary.
var judgedKeys = fileKeys | triggers | keySet(keyType, keyS, keySubtype, keyN, keyURI, keyBase, keyJS, keyXFA, keyOnInstantiate,
	keyRichMediaContent, keyCollection, keyA, keyPA, keyNext, keyOpenAction, keyNA, keyAA, keyJavaScript, keyEmbeddedFiles, keyEF,
	key3DD, keyNames, keyKids, keyEncrypt)

// item judges a value of a dictionary or an element of an array.
func (r *pdfRules) item(l *pdfLevel, i *pdfItem) {
	if i.null() {
		return
	}
	if l.key.in(fileKeys) {
		l.file.item(i)
	}
	if l.array {
		r.element(l)
		if i.kind == itemReference {
			r.refersAsAction(l, i.num)
		}
		return
	}
	if l.role == roleFiles {
		r.refuse(KindAttachment, carriesFiles)
	}
	switch i.kind {
	case itemName:
		r.named(l, i.text)
	case itemString:
		r.string(l, i)
	case itemReference:
		r.present(l.key)
		r.reference(l, i.num)
	}
}

// named judges a name that is the value of an entry.
func (r *pdfRules) named(l *pdfLevel, name []byte) {
	switch l.key {
	case keyS:
		r.action(l, name)
	case keyType:
		r.typed(l, name)
	case keySubtype:
		r.subtype(l, name)
	case keyN:
		l.opens, l.moves = pdfMoves[string(name)]
	}
}

func (r *pdfRules) typed(l *pdfLevel, name []byte) {
	switch string(name) {
	case "Action":
		l.typ = typeAction
	case "Annot":
		l.typ = typeAnnotation
	case "ObjStm":
		l.typ = typeObjects
	case "XRef":
		l.typ = typeReferences
	case "3D":
		l.typ = typeModel
	case "EmbeddedFile":
		r.refuse(KindAttachment, carriesFiles)
	}
}

func (r *pdfRules) subtype(l *pdfLevel, name []byte) {
	l.shows = pdfAnnotations[string(name)]
	l.plays = l.plays || pdfMedia[string(name)]
	l.other = l.other || !pdfStreamTypes[string(name)]
	switch string(name) {
	case "FileAttachment":
		r.refuse(KindAttachment, carriesFiles)
		l.shows = true
	case "U3D":
		l.model = true
	case "PRC":
		r.refuse(KindMedia, farModel)
	}
}

func (r *pdfRules) string(l *pdfLevel, i *pdfItem) {
	switch l.key {
	case keyURI, keyBase:
		if kind := linkKind(i.text, i.cut); kind != "" {
			r.refuse(kind, leadsElsewhere)
		}
	case keyJS:
		if l.calc = r.allow.Calculations && !i.cut && calculates(i.text); !l.calc {
			r.refuse(KindScript, hasJavaScript)
		}
	case keyXFA:
		r.refuse(KindForm, hasXFA)
	case keyOnInstantiate:
		r.refuse(KindScript, hasJavaScript)
	}
}

// reference judges a reference that is the value of an entry, and records the role of its object.
func (r *pdfRules) reference(l *pdfLevel, num int64) {
	if l.role == roleEvents {
		r.mark(num, asOpening)
		return
	}
	if l.key.in(fileKeys) {
		l.files = true
	}
	if l.key.in(triggers) {
		r.mark(num, asEvent)
	}
	switch l.key {
	case keyA, keyPA, keyNext:
		r.refersAsAction(l, num)
	case keyOpenAction, keyNA:
		r.mark(num, asOpening)
	case keyAA:
		r.mark(num, asTriggers)
	case keyJavaScript:
		r.mark(num, asScripts)
	case keyEmbeddedFiles:
		r.mark(num, asAttachments)
	case keyEF:
		r.mark(num, asFiles)
	case key3DD:
		r.mark(num, asModel)
	case keyURI:
		r.mark(num, asLink)
	case keyS, keySubtype:
		r.mark(num, asName)
	case keyN:
		l.moves = false
	case keyJS:
		l.calc = false
	case keyNames, keyKids:
		l.tree = true
		r.tree(l.role)
	case keyXFA:
		r.refuse(KindForm, hasXFA)
	case keyEncrypt:
		r.fail(fault(CodeEncrypted, isEncrypted))
	}
}
