package inspect

func (r *pdfRules) action(l *pdfLevel, name []byte) {
	a, known := actionOf(name)
	if l.action != nil && (known || l.action != &pdfUnknown) {
		r.refuse(KindAction, "has an action with two types")
	}
	l.action = a
	if a.action == actBad {
		r.refuse(a.kind, a.detail)
	}
}

// actionOf returns the type of action with that name, and whether pdfActions has it. Most names
// that it gets are those of elements of the structure. Few of these have the first byte and the
// length of a type of action.
func actionOf(name []byte) (a *pdfActionType, known bool) {
	if len(name) > 0 && pdfActionShapes[name[0]]>>(len(name)&31)&1 != 0 {
		if a, known = pdfActions[string(name)]; known {
			return a, true
		}
	}
	return &pdfUnknown, false
}

// pdfActionShapes has, for the first byte of each name in pdfActions, a bit for its length.
var pdfActionShapes = func() (shapes [256]uint32) {
	for name := range pdfActions {
		shapes[name[0]] |= 1 << (len(name) & 31)
	}
	return shapes
}()

func (r *pdfRules) refersAsAction(l *pdfLevel, num int64) {
	switch {
	case l.role == roleOpening:
		r.mark(num, asOpening)
	case l.key == keyA || l.key == keyPA || l.key == keyNext:
		r.mark(num, asAction)
	}
}

// closed judges a complete dictionary, and returns its flags for the objects that refer to it, or
// for the dictionary around it.
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
	if l.file.known() && !l.specifiesBeside() {
		flags |= isFar
	}
	r.closedAnnotation(l)
	return flags | r.closedAction(l)
}

// closedAnnotation judges a dictionary as an annotation. A reader that does not know its type shows
// its appearance (12.5).
func (r *pdfRules) closedAnnotation(l *pdfLevel) {
	hasRect := keyRect.in(l.keys)
	looks := hasRect && l.keys&^lookKeys == 0
	switch {
	case l.typ == typeModel && !l.model:
		r.refuse(KindMedia, farModel)
	case l.plays && !looks:
		r.refuse(KindMedia, carriesMedia)
	case (l.typ == typeAnnotation || hasRect) && keySubtype.in(l.keys) && !l.shows && !looks:
		r.refuse(KindAction, "contains an annotation of an unknown type")
	}
}

func (r *pdfRules) closedAction(l *pdfLevel) (flags pdfFlag) {
	if l.action == nil {
		return 0
	}
	mayOpen := true // a file may run it by itself
	switch l.action.action {
	case actUnknown:
		return r.closedUnknown(l)
	case actBad:
		mayOpen = false
	case actScript:
		if !l.calc {
			r.refuse(KindScript, hasJavaScript)
		}
	case actNamed:
		if mayOpen = l.opens; !l.moves {
			r.refuse(KindAction, "contains an action of the viewer that is not known to be harmless")
		}
	case actURI, actOnClick:
		mayOpen = false
	case actGoToR:
		mayOpen = false
		r.leads(&l.file)
	}
	if l.action.action != actBad && (l.more || l.keys&^(l.action.keys|actionKeys) != 0) {
		r.refuse(KindAction, "contains an action with entries of another type")
	}
	if !mayOpen && l.role == roleOpening {
		r.refuse(KindAction, opensSomething)
	}
	if !mayOpen || keyNext.in(l.keys) {
		return isActing
	}
	return 0
}

// closedUnknown judges a dictionary whose S names no known type of action. Attributes of the
// structure have an owner (O), and its elements a parent (P).
func (r *pdfRules) closedUnknown(l *pdfLevel) pdfFlag {
	if keyO.in(l.keys) && l.role != roleOpening && l.typ != typeAction {
		return isAttribute
	}
	if l.role == roleOpening || l.role == roleClick || l.typ == typeAction {
		r.refuse(KindAction, unknownAction)
	}
	if keyP.in(l.keys) {
		return 0
	}
	return isUnknown
}
