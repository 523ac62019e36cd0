package inspect

// pdfFlag holds the facts about an object that matter to its referrers, and the roles in which they
// refer to it. Other facts are not stored.
type pdfFlag uint32

const (
	// Facts about a body of the object.
	isActing     pdfFlag = 1 << iota // an action that may not run by itself
	isUnknown                        // a dictionary of an unknown type of action
	isAttribute                      // such a dictionary with an owner (O), as attributes of the structure have
	isTriggers                       // a dictionary of events that do something
	isTree                           // a node of a tree of names that is not empty
	isFiles                          // the files of a file specification
	isLink                           // a string that is a link of a kind that is not accepted
	isScript                         // a string that is a link to a script
	isFar                            // a file's name or specification that is not known to be relative
	isName                           // a name alone
	isOther                          // a reference alone
	isExamined                       // a stream of objects that was examined
	isBare                           // a stream that a reader could take for one of objects, and that was not examined
	isModel                          // a model that passes
	isOtherModel                     // a stream of an unknown subtype, which may be a model

	// The roles in which others refer to it.
	asOpening
	asAction
	asTriggers
	asEvent   // an event may start it: the reference does not show whether the dictionary is one of events
	asScripts // names of scripts
	asAttachments
	asFiles
	asLink
	asTarget // that an action opens
	asName   // the value of an entry that is judged by name
	asObjects
	asModel
)

const asAnything = asOpening | asAction | asTriggers | asEvent | asScripts | asAttachments | asFiles | asLink | asTarget | asName | asObjects | asModel

// pdfConflicts pairs the roles of an object with the facts that they rule out.
var pdfConflicts = [...]struct {
	as, is       pdfFlag
	kind, detail string
}{
	{as: asOpening, is: isActing | isUnknown | isAttribute, kind: KindAction, detail: opensSomething},
	{as: asAction, is: isUnknown, kind: KindAction, detail: unknownAction},
	{as: asEvent, is: isActing | isUnknown | isAttribute, kind: KindAction, detail: actsByItself},
	{as: asTriggers, is: isTriggers, kind: KindAction, detail: actsByItself},
	{as: asScripts, is: isTree, kind: KindScript, detail: "contains JavaScript"},
	{as: asAttachments, is: isTree, kind: KindAttachment, detail: carriesFiles},
	{as: asFiles, is: isFiles, kind: KindAttachment, detail: carriesFiles},
	{as: asLink, is: isLink, kind: KindLink, detail: leadsElsewhere},
	{as: asLink, is: isScript, kind: KindScript, detail: leadsElsewhere},
	{as: asTarget, is: isFar, kind: KindLink, detail: leadsToFile},
	{as: asModel, is: isOtherModel, kind: KindMedia, detail: farModel},
	{as: asName, is: isName, kind: KindAction, detail: "has a type of action or annotation that another object holds"},
	{as: asAnything, is: isOther, kind: KindAction, detail: "has a reference to a reference where it matters"},
}

// Details that several rules share.
const (
	opensSomething = "contains an action that runs by itself"
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
