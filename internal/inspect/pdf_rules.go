package inspect

// PDFAllow is what [PDF].RefuseActive lets pass. Scripts never pass with something else.
type PDFAllow struct {
	Calculations bool // scripts that are nothing but calls of Acrobat's functions for the fields of forms
	Attachments  bool // files in the file, which are data: nothing of them is looked at
	Links        bool // links to other files, and of other schemes than http, https, mailto and tel
}

const (
	opensSomething = "contains an action that runs when it is opened"
	actsByItself   = "contains actions that run by themselves"
	unknownAction  = "contains an action of an unknown type"
	carriesFiles   = "carries other files"
	leadsElsewhere = "contains a link of a kind that is not accepted"
	carriesMedia   = "contains rich media"
	hasJavaScript  = "contains JavaScript"
)

// pdfRules judges what dictionaries say, wherever they stand: which reader takes which object for what is not known before
// the end, so all must be harmless as what they look like. What depends on who refers to an object goes into the table.
type pdfRules struct {
	allow  PDFAllow
	table  pdfTable
	budget *Budget
	err    error
	later  error // a fault, unless the file has one that says more
}

// pdfRole is what a dictionary is to the one that holds it.
type pdfRole uint8

const (
	roleNone        pdfRole = iota
	roleOpening             // an action that runs by itself
	roleClick               // an action that runs on a click, or an attribute of the structure
	roleEvents              // actions by the events that start them
	roleScripts             // a tree of the names of scripts
	roleAttachments         // a tree of the names of files
	roleFiles               // of a file specification
	roleParms               // of a filter
)

// pdfLevel is a container that is open.
type pdfLevel struct {
	array bool
	want  bool   // the value of key comes next
	key   pdfKey // the last key; the one that an array is the value of
	role  pdfRole
	keys  pdfKeySet // so far
	more  bool      // there are others

	typ    pdfType
	shows  bool // the subtype is that of an annotation that passes
	action pdfAction
	name   string // of the action
	moves  bool   // an action that moves within the file
	opens  bool   // and may do so by itself
	calc   bool   // the script only calculates

	tree      bool // has names or kids
	files     bool // names files
	triggered bool // has events that do something
}

type pdfType uint8

const (
	typeOther pdfType = iota
	typeAction
	typeAnnotation
	typeObjects
	typeReferences
)

// pdfItem is a value that is no container.
type pdfItem struct {
	kind pdfItemKind
	text []byte
	cut  bool
	num  int64 // of an integer that is not negative, or of the object that is referred to; -1 for other numbers
}

type pdfItemKind uint8

const (
	itemWord pdfItemKind = iota // true, false, null and what has no meaning
	itemNumber
	itemName
	itemString
	itemReference
)

func (i *pdfItem) null() bool { return i.kind == itemWord && string(i.text) == "null" }

func (r *pdfRules) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

func (r *pdfRules) failLater(err error) {
	if r.later == nil {
		r.later = err
	}
}

// refuse refuses the file for a kind of active content, unless that is allowed.
func (r *pdfRules) refuse(kind, detail string) {
	if kind == KindAttachment && r.allow.Attachments || kind == KindLink && r.allow.Links {
		return
	}
	r.fail(active(kind, detail))
}

func (r *pdfRules) mark(num int64, flags pdfFlag) {
	if err := r.table.mark(num, flags, r.budget); err != nil {
		r.fail(err)
	}
}

// placed takes note of a body with these digits as its number, to which cross references lead that lead to an offset of from
// to the last digit. One that leads to the 5 of "15 0 obj" leads to object 5, too.
func (r *pdfRules) placed(digits []byte, from, start int64, flags pdfFlag) {
	if flags == 0 {
		return
	}
	num := uint32(pdfInt(digits)) //nolint:gosec // numbers fit
	err := r.table.body(pdfBodyAt{from, start + int64(len(digits)) - 1, num, flags}, r.budget)
	if err != nil {
		r.fail(err)
	}
	for ; len(digits) > 0; digits = digits[1:] {
		r.mark(pdfInt(digits), flags)
	}
}

// roleOf returns what a container is to the level it stands in.
func (l *pdfLevel) roleOf(key pdfKey, array bool) pdfRole {
	switch {
	case l.array:
		return l.role
	case l.role == roleEvents && !array:
		return roleOpening
	case key == keyNext && l.role == roleOpening:
		return roleOpening
	case key == keyA || key == keyPA || key == keyNext:
		return roleClick
	case key == keyParms:
		return roleParms
	case l.role == roleScripts || l.role == roleAttachments:
		return l.role
	case array:
		return roleNone
	case key == keyOpenAction:
		return roleOpening
	}
	switch key {
	case keyAA:
		return roleEvents
	case keyJavaScript:
		return roleScripts
	case keyEmbeddedFiles:
		return roleAttachments
	case keyEF:
		return roleFiles
	}
	return roleNone
}

// opened judges that a container begins in l, as the value of key.
func (r *pdfRules) opened(l *pdfLevel, key pdfKey, array bool) {
	if l.array {
		r.element(l)
		return
	}
	switch {
	case l.role == roleFiles:
		r.refuse(KindAttachment, carriesFiles)
	case key == keyXFA && !array:
		r.refuse(KindForm, hasXFA)
	case key == keyEncrypt && !array:
		r.fail(fault(CodeEncrypted, isEncrypted))
	case !array:
		r.present(key)
	}
}

const (
	hasXFA      = "contains an XFA form"
	isEncrypted = "is encrypted and cannot be examined"
)

// present judges an entry that is refused whatever it says.
func (r *pdfRules) present(key pdfKey) {
	switch key {
	case key3DD, keyRichMediaContent:
		r.refuse(KindMedia, carriesMedia)
	case keyOnInstantiate:
		r.refuse(KindScript, hasJavaScript)
	case keyCollection:
		r.refuse(KindAction, "opens as a collection of files")
	}
}

// element judges that an array has something in it.
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

// item judges a value of a dictionary or an element of an array.
func (r *pdfRules) item(l *pdfLevel, i pdfItem) {
	if i.null() {
		return
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

func (r *pdfRules) action(l *pdfLevel, name []byte) {
	a, known := pdfActions[string(name)]
	if !known {
		a.action = actUnknown
	}
	if l.action != actNone && (known || l.action != actUnknown) {
		r.refuse(KindAction, "has an action with two types")
	}
	l.action, l.name = a.action, ""
	if known {
		l.name = string(name)
	}
	if a.action == actBad {
		r.refuse(a.kind, a.detail)
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
	case "EmbeddedFile":
		r.refuse(KindAttachment, carriesFiles)
	}
}

func (r *pdfRules) subtype(l *pdfLevel, name []byte) {
	l.shows = pdfAnnotations[string(name)]
	switch {
	case pdfMedia[string(name)]:
		r.refuse(KindMedia, carriesMedia)
	case string(name) == "FileAttachment":
		r.refuse(KindAttachment, carriesFiles)
		l.shows = true
	}
}

func (r *pdfRules) string(l *pdfLevel, i pdfItem) {
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

// reference takes note of what an object is taken for.
func (r *pdfRules) reference(l *pdfLevel, num int64) {
	if l.role == roleEvents {
		r.mark(num, asOpening)
		return
	}
	if keySet(l.key).has(fileKeys) {
		l.files = true
	}
	if keySet(l.key).has(triggers) {
		l.triggered = true
	}
	switch l.key {
	case keyA, keyPA, keyNext:
		r.refersAsAction(l, num)
	case keyOpenAction:
		r.mark(num, asOpening)
	case keyAA:
		r.mark(num, asTriggers)
	case keyJavaScript:
		r.mark(num, asScripts)
	case keyEmbeddedFiles:
		r.mark(num, asAttachments)
	case keyEF:
		r.mark(num, asFiles)
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

func (r *pdfRules) refersAsAction(l *pdfLevel, num int64) {
	switch {
	case l.role == roleOpening:
		r.mark(num, asOpening)
	case l.key == keyA || l.key == keyPA || l.key == keyNext:
		r.mark(num, asAction)
	}
}

// closed judges a dictionary that is complete, and returns what it is to those that refer to it.
func (r *pdfRules) closed(l *pdfLevel) (flags pdfFlag) {
	if l.tree {
		flags |= isTree
	}
	if l.files {
		flags |= isFiles
	}
	if l.triggered {
		flags |= isTriggers
	}
	if (l.typ == typeAnnotation || l.keys.has(keySet(keyRect))) && l.keys.has(keySet(keySubtype)) && !l.shows {
		r.refuse(KindAction, "contains an annotation of an unknown type")
	}
	return flags | r.closedAction(l)
}

func (r *pdfRules) closedAction(l *pdfLevel) (flags pdfFlag) {
	a := pdfActions[l.name]
	own := a.keys | keySet(keyType, keyS, keyNext)
	opens := true
	switch l.action {
	case actNone:
		return 0
	case actUnknown:
		return r.closedUnknown(l)
	case actBad:
		opens = false
	case actScript:
		if !l.calc {
			r.refuse(KindScript, hasJavaScript)
		}
	case actNamed:
		if opens = l.opens; !l.moves {
			r.refuse(KindAction, "contains an action of the viewer that does not move within the file")
		}
	case actURI, actOnClick:
		opens = false
	}
	if l.action != actBad && (l.more || l.keys&^own != 0) {
		r.refuse(KindAction, "contains an action with entries that are not its own")
	}
	if !opens && l.role == roleOpening {
		r.refuse(KindAction, opensSomething)
	}
	if !opens || l.keys.has(keySet(keyNext)) {
		return isOpening
	}
	return 0
}

// closedUnknown judges a dictionary with an S entry that no action has. Attributes of the structure have owners, and its
// elements have parents.
func (r *pdfRules) closedUnknown(l *pdfLevel) pdfFlag {
	if l.keys.has(keySet(keyO)) && l.role != roleOpening && l.typ != typeAction {
		return isAttribute
	}
	if l.role == roleOpening || l.role == roleClick || l.typ == typeAction {
		r.refuse(KindAction, unknownAction)
	}
	if l.keys.has(keySet(keyP)) {
		return 0
	}
	return isUnknown
}
