package inspect

// pdfRole is the role of a dictionary in the one that holds it.
type pdfRole uint8

const (
	roleNone        pdfRole = iota
	roleOpening             // an action that runs by itself
	roleClick               // an action that runs on a click, or an attribute of the structure
	roleEvents              // actions, by the events that start them
	roleScripts             // a tree of names of scripts
	roleAttachments         // a tree of names of files
	roleFiles               // the files of a file specification
	roleParms               // the parameters of a filter
)

// pdfLevel is an open container.
type pdfLevel struct {
	array bool
	want  bool   // the value of key comes next
	key   pdfKey // the last key; in an array, the key of the array
	role  pdfRole
	keys  pdfKeySet // so far
	more  bool      // there are unknown keys, or events

	typ    pdfType
	shows  bool           // the subtype is an annotation that passes
	plays  bool           // the subtype is media
	model  bool           // the subtype is a model that can be walked
	other  bool           // the subtype is not in pdfStreamTypes
	action *pdfActionType // of the S entry; nil without one
	moves  bool           // N is a named action that passes on a click
	opens  bool           // and it also passes where it runs by itself
	calc   bool           // the script only calculates
	file   pdfFile

	tree      bool // has names or kids
	files     bool // refers to files by one of fileKeys
	triggered bool // has events that do something
}

// pdfFile is what a dictionary says about a file in the entries of a file specification.
type pdfFile struct {
	named    bool  // by a string
	far      bool  // by something that is not known to be relative
	referred bool  // by an object
	num      int64 // number of that object
}

type pdfType uint8

const (
	typeOther pdfType = iota
	typeAction
	typeAnnotation
	typeObjects
	typeReferences
	typeModel
)

// pdfItem is a value that is not a container.
type pdfItem struct {
	kind pdfItemKind
	text []byte
	cut  bool
	num  int64 // a non-negative integer, or the number of the referenced object; -1 for other numbers
}

type pdfItemKind uint8

const (
	itemWord pdfItemKind = iota // true, false, null and words without a meaning
	itemNumber
	itemName
	itemString
	itemReference
)

func (i *pdfItem) null() bool { return i.kind == itemWord && string(i.text) == "null" }

// roleOf returns the role of a container in the level around it.
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
	case key == keyOpenAction || key == keyNA:
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
