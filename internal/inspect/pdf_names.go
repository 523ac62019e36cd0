package inspect

// pdfKey is an entry of a dictionary that has a meaning for the rules.
type pdfKey uint8

const (
	keyNone pdfKey = iota
	keyOther
	keyTrigger // of additional actions alone: see triggers
	keyLook    // says how an annotation looks
	keyColor   // C or DS: how an annotation looks, or an event of additional actions

	// The type of an action, and its entries.
	keyType
	keyS
	keyD
	keyDp
	keyReset // Fields or Flags, of ResetForm
	keySound // Sound and the other entries of actions that play sounds
	keyH
	keyIsMap
	keyN
	keyNext
	keySD
	keyState // State or PreserveRB, of SetOCGState
	keyT
	keyTrans
	keyURI
	keyJS
	keyNewWindow

	// Entries that lead to actions, scripts and files.
	keyA
	keyAA
	keyPA
	keyNA // of a presentation, which may advance by itself (12.4.4.2)
	keyOpenAction
	keyJavaScript
	keyEmbeddedFiles
	keyEF
	keyF
	keyUF
	keySystem // the name of a file on one kind of system
	keyDesc
	keyAFRelationship
	keyNames
	keyKids
	keyXFA
	keyEncrypt
	keyCollection
	keyBase
	keyRef
	key3DD
	keyOnInstantiate
	keyRichMediaContent
	keyView // about the view of a model

	// Entries that distinguish annotations from elements of the structure.
	keySubtype
	keyRect
	keyP
	keyO

	// Entries that readers need for streams, and those of the first dictionary of a linearised
	// file.
	keyLength
	keyFilter
	keyParms
	keyShortParms
	keyFirst
	keyW
	keyIndex
	keySize
	keyPredictor
	keyColors
	keyBits
	keyColumns
	keyLinearized
	keyL

	pdfKeys // the number of keys, which must be at most the bits of a set
)

var pdfKeyNames = map[string]pdfKey{
	"Type": keyType, "S": keyS, "D": keyD, "Dp": keyDp, "Fields": keyReset, "Flags": keyReset, "H": keyH, "IsMap": keyIsMap,
	"N": keyN, "Next": keyNext, "PreserveRB": keyState, "SD": keySD, "State": keyState, "T": keyT, "Trans": keyTrans,
	"URI": keyURI, "JS": keyJS, "NewWindow": keyNewWindow,
	"Sound": keySound, "Volume": keySound, "Synchronous": keySound, "Repeat": keySound, "Mix": keySound,

	"A": keyA, "AA": keyAA, "PA": keyPA, "NA": keyNA, "OpenAction": keyOpenAction, "JavaScript": keyJavaScript, "EmbeddedFiles": keyEmbeddedFiles,
	"EF": keyEF, "F": keyF, "UF": keyUF, "DOS": keySystem, "Mac": keySystem, "Unix": keySystem, "Desc": keyDesc, "AFRelationship": keyAFRelationship,
	"Names": keyNames, "Kids": keyKids,
	"XFA": keyXFA, "Encrypt": keyEncrypt, "Collection": keyCollection, "Base": keyBase, "Ref": keyRef,
	"3DD": key3DD, "OnInstantiate": keyOnInstantiate, "RichMediaContent": keyRichMediaContent,
	"3DV": keyView, "3DA": keyView, "3DI": keyView, "3DB": keyView, "TA": keyView, "V": keyView,

	"Subtype": keySubtype, "Rect": keyRect, "P": keyP, "O": keyO,

	"Length": keyLength, "Filter": keyFilter, "DecodeParms": keyParms, "DP": keyShortParms, "First": keyFirst, "W": keyW,
	"Index": keyIndex, "Size": keySize, "Predictor": keyPredictor, "Colors": keyColors, "BitsPerComponent": keyBits,
	"Columns": keyColumns, "Linearized": keyLinearized, "L": keyL,

	"E": keyTrigger, "X": keyTrigger, "U": keyTrigger, "Fo": keyTrigger, "Bl": keyTrigger, "PO": keyTrigger, "PC": keyTrigger,
	"PV": keyTrigger, "PI": keyTrigger, "C": keyColor, "WC": keyTrigger,
	"WS": keyTrigger, "DS": keyColor, "WP": keyTrigger,

	"Contents": keyLook, "NM": keyLook, "M": keyLook, "AP": keyLook, "AS": keyLook, "Border": keyLook, "StructParent": keyLook,
	"OC": keyLook, "ca": keyLook, "CA": keyLook, "BM": keyLook, "Lang": keyLook, "Popup": keyLook, "RC": keyLook,
	"CreationDate": keyLook, "IRT": keyLook, "Subj": keyLook, "RT": keyLook, "IT": keyLook, "DA": keyLook, "Q": keyLook,
	"CL": keyLook, "BE": keyLook, "RD": keyLook, "BS": keyLook, "LE": keyLook, "IC": keyLook,
}

// pdfKeySet is a set of keys.
type pdfKeySet uint64

func keySet(keys ...pdfKey) (set pdfKeySet) {
	for _, k := range keys {
		set |= k.set()
	}
	return set
}

var _ [64 - pdfKeys]struct{}

func (s pdfKeySet) has(keys pdfKeySet) bool { return s&keys != 0 }

func (k pdfKey) set() pdfKeySet { return 1 << (k & 63) }

func (k pdfKey) in(s pdfKeySet) bool { return s&k.set() != 0 }

var (
	// The events of additional actions (ISO 32000-2, 12.6.3), except those of fields (K, F, V),
	// which only have scripts.
	triggers = keySet(keyTrigger, keyColor, keyD, keyO, keyShortParms)

	// The entries that name files in a file specification (7.11.3).
	fileKeys = keySet(keyF, keyUF, keySystem)

	// The entries that all actions may have.
	actionKeys = keySet(keyType, keyS, keyNext)

	// The entries of a file specification that neither find the file in another way nor carry it.
	fileSpecification = fileKeys | keySet(keyType, keySubtype, keyDesc, keyAFRelationship)

	// The entries of an annotation that only shows something: those of all annotations, of remarks,
	// of texts and shapes (12.5.2 and 12.5.6), and of models, which are judged themselves (13.6.2).
	lookKeys = keySet(keyType, keySubtype, keyRect, keyP, keyF, keyT, keyH, keyLook, keyColor, key3DD, keyView)
)

// pdfAction is what a type of action does.
type pdfAction uint8

const (
	actUnknown pdfAction = iota
	actShows             // chooses a page, or changes what is shown, or does nothing
	actNamed
	actURI
	actOnClick // changes fields or the view of a model, or plays a sound of the file
	actGoToR
	actScript
	actBad
)

// pdfActionType is the type of action that the S entry of a dictionary names, if it is one
// (12.6.4). Structure elements, groups, transitions and others have such an entry, too.
type pdfActionType struct {
	action pdfAction
	keys   pdfKeySet // it may have, in addition to Type, S and Next
	kind   string    // of a type that does not pass
	detail string
}

// pdfUnknown is the type of all names that pdfActions does not have.
var pdfUnknown pdfActionType

// pdfActions has the types of actions of ISO 32000-2 and two of PDF 1.2, those that pass and those
// that do not.
var pdfActions = map[string]*pdfActionType{
	"GoTo":        {action: actShows, keys: keySet(keyD, keySD)},
	"GoToDp":      {action: actShows, keys: keySet(keyDp)},
	"Hide":        {action: actShows, keys: keySet(keyT, keyH)},
	"SetOCGState": {action: actShows, keys: keySet(keyState)},
	"Trans":       {action: actShows, keys: keySet(keyTrans)},
	"SetState":    {action: actShows, keys: keySet(keyT, keyLook)}, // of PDF 1.2, for the appearance of an annotation
	"NOP":         {action: actShows},                              // of PDF 1.2
	"Named":       {action: actNamed, keys: keySet(keyN)},
	"URI":         {action: actURI, keys: keySet(keyURI, keyIsMap)},
	"GoToR":       {action: actGoToR, keys: keySet(keyF, keyD, keySD, keyNewWindow)},
	"ResetForm":   {action: actOnClick, keys: keySet(keyReset)},
	"Sound":       {action: actOnClick, keys: keySet(keySound)},
	"GoTo3DView":  {action: actOnClick, keys: keySet(keyView)},
	"JavaScript":  {action: actScript, keys: keySet(keyJS), kind: KindScript, detail: "contains JavaScript"},

	"Launch":           {action: actBad, kind: KindProgram, detail: "contains an action that starts a program"},
	"GoToE":            {action: actBad, kind: KindAction, detail: "contains an action that opens an embedded file"},
	"Thread":           {action: actBad, kind: KindAction, detail: "contains an action that follows a thread"},
	"SubmitForm":       {action: actBad, kind: KindForm, detail: "contains a form that sends data"},
	"ImportData":       {action: actBad, kind: KindForm, detail: "contains a form that reads data"},
	"Rendition":        {action: actBad, kind: KindMedia, detail: playsMedia},
	"Movie":            {action: actBad, kind: KindMedia, detail: playsMedia},
	"RichMediaExecute": {action: actBad, kind: KindMedia, detail: playsMedia},
}

const playsMedia = "contains an action that plays media"

// pdfMoves are the named actions that pass on a click. Those of the specification move within the
// file. Others, such as those in LaTeX slides, only go back or forward, open a dialog of the
// viewer, change how it shows the file, close the file or the viewer, or do nothing. Those that are
// true also pass where they run by themselves.
var pdfMoves = map[string]bool{
	"NextPage": true, "PrevPage": true, "FirstPage": true, "LastPage": true,
	"GoBack": false, "GoForward": false, "GoToPage": false, "Find": false, "Print": false,
	"FullScreen": false, "PageOnly": false, "ShowBookmarks": false, "ShowThumbs": false, "ShowHideMenuBar": false,
	"ShowHideToolBar": false, "GeneralInfo": false, "Close": false, "Quit": false, "NOP": false,
}

// pdfAnnotations are the types of annotations that pass whatever their entries, since these are
// judged by themselves (12.5.6). They include those for the printing trade and for forms. A Screen
// shows media only by an action. A Sound is in the file, and a click plays it.
var pdfAnnotations = map[string]bool{
	"Link": true, "Widget": true, "Text": true, "FreeText": true, "Line": true, "Square": true, "Circle": true, "Polygon": true,
	"PolyLine": true, "Highlight": true, "Underline": true, "Squiggly": true, "StrikeOut": true, "Stamp": true, "Caret": true,
	"Ink": true, "Popup": true, "Watermark": true, "PrinterMark": true, "TrapNet": true, "Redact": true, "Projection": true,
	"Screen": true, "Sound": true,
}

// pdfMedia are the types of annotations that run media, or may load it from elsewhere, if they have
// any: a movie is a file (ISO 32000-1, 13.4), and a model may name others.
var pdfMedia = map[string]bool{"Movie": true, "3D": true, "RichMedia": true}

// pdfStreamTypes are the usual subtypes of streams. Of these, viewers take only U3D for a model.
var pdfStreamTypes = map[string]bool{
	"Image": true, "Form": true, "PS": true, "XML": true, "Type1C": true, "CIDFontType0C": true, "OpenType": true, "U3D": true,
}
