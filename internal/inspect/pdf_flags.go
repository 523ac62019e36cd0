package inspect

// pdfFlag is what matters of an object to those that refer to it, and what they ask of it. What
// neither is asked nor matters is not remembered.
type pdfFlag uint32

const (
	// What one of the bodies of the object is.
	isOpening    pdfFlag = 1 << iota // an action that may not run by itself
	isUnknown                        // a dictionary of an unknown type of action
	isAttribute                      // one that says whose attribute it is
	isTriggers                       // a dictionary of events that do something
	isTree                           // a node of a tree of names that is not empty
	isFiles                          // the files of a file specification
	isLink                           // a string that is a link of a kind that is not accepted
	isScript                         // a string that is a link to a script
	isFar                            // the name of a file, or its specification, that is not known to be relative
	isName                           // a name alone
	isOther                          // a reference alone
	isExamined                       // a stream of objects that was examined
	isBare                           // a stream that a reader could take for one, and that was not
	isModel                          // a model that passes
	isOtherModel                     // a stream of an unknown subtype, which may be one

	// What others take it for.
	asOpening
	asAction
	asTriggers
	asEvent   // what starts it may be an event: it is not known at the reference whether the dictionary is one of events
	asScripts // names of scripts
	asAttachments
	asFiles
	asLink
	asTarget // that is opened
	asName   // the value of an entry that is judged by name
	asObjects
	asModel
)

const asAnything = asOpening | asAction | asTriggers | asEvent | asScripts | asAttachments | asFiles | asLink | asTarget | asName | asObjects | asModel

// pdfConflicts are what an object may not be, by what others take it for.
var pdfConflicts = [...]struct {
	as, is       pdfFlag
	kind, detail string
}{
	{as: asOpening, is: isOpening | isUnknown | isAttribute, kind: KindAction, detail: opensSomething},
	{as: asAction, is: isUnknown, kind: KindAction, detail: unknownAction},
	{as: asEvent, is: isOpening | isUnknown | isAttribute, kind: KindAction, detail: actsByItself},
	{as: asTriggers, is: isTriggers, kind: KindAction, detail: actsByItself},
	{as: asScripts, is: isTree, kind: KindScript, detail: "contains JavaScript"},
	{as: asAttachments, is: isTree, kind: KindAttachment, detail: carriesFiles},
	{as: asFiles, is: isFiles, kind: KindAttachment, detail: carriesFiles},
	{as: asLink, is: isLink, kind: KindLink, detail: leadsElsewhere},
	{as: asLink, is: isScript, kind: KindScript, detail: leadsElsewhere},
	{as: asTarget, is: isFar, kind: KindLink, detail: leadsToFile},
	{as: asModel, is: isOtherModel, kind: KindMedia, detail: farModel},
	{as: asName, is: isName, kind: KindAction, detail: "has a type that is written elsewhere"},
	{as: asAnything, is: isOther, kind: KindAction, detail: "has a reference to a reference where it matters"},
}

// What is said of files that are refused, where several rules say it.
const (
	opensSomething = "contains an action that runs when it is opened"
	actsByItself   = "contains actions that run by themselves"
	unknownAction  = "contains an action of an unknown type"
	carriesFiles   = "carries other files"
	leadsElsewhere = "contains a link of a kind that is not accepted"
	leadsToFile    = "contains a link to another file"
	carriesMedia   = "contains rich media"
	farModel       = "has a model that may name other files"
	hasJavaScript  = "contains JavaScript"
	hidesObject    = "hides an object in a string, a comment or a stream"
	hasXFA         = "contains an XFA form"
	isEncrypted    = "is encrypted and cannot be examined"
)
