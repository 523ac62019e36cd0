package inspect

import (
	"path"
	"slices"
	"strings"
)

// relationRule is the rule for the targets of a type of relation.
type relationRule uint8

const (
	relationUnknown  relationRule = iota
	relationPart                  // to a part of the package
	relationLink                  // to a part, or elsewhere on a click
	relationTemplate              // to a file on the author's own disk
)

// officeRelations lists the types of relations to parts that ordinary documents have, after one of
// the officeNamespaces. It omits those that act or load from elsewhere, and unknown ones.
var officeRelations = nameSet(`
	officeDocument extended-properties extendedProperties custom-properties customProperties
	metadata/core-properties metadata/thumbnail metadata/extended-properties metadata/custom-properties
	digital-signature/origin digital-signature/signature digital-signature/certificate
	theme themeOverride themeManager styles settings webSettings fontTable font numbering footnotes endnotes comments header footer
	glossaryDocument image chart chartsheet chartUserShapes drawing vmlDrawing legacyDiagramText package
	diagramData diagramLayout diagramQuickStyle diagramColors diagramDrawing
	customXml customXmlProps customProperty printerSettings
	worksheet sharedStrings calcChain table tableSingleCells sheetMetadata xmlMaps ctrlProp usernames revisionHeaders revisionLog
	pivotTable pivotCacheDefinition pivotCacheRecords
	slide slideMaster slideLayout notesMaster notesSlide handoutMaster presProps viewProps tableStyles commentAuthors tags
	audio video smartTags`)

// microsoftRelations lists those of newer versions of Office, after a year and sometimes a month.
var microsoftRelations = nameSet(`
	stylesWithEffects stylesWithtEffects keyMapCustomizations txbx legacyDocTextInfo
	commentsExtended commentsIds commentsExtensible people documenttasks
	chartStyle chartColorStyle chartEx diagramDrawing media image hdphoto model3d ink
	slicer slicerCache timeline timelineCache namedSheetView wsSortMap ctrlProp pivotCacheDefinition
	threadedComment person rdRichValue rdRichValueStructure rdRichValueTypes rdArray rdSupportingPropertyBag
	rdSupportingPropertyBagStructure richValueRel richStyles FeaturePropertyBag survey
	revisionInfo changesInfo comments authors classificationlabels intelligence tasks`)

// otherRelations lists those of other programs, Google Docs and WPS, and common mistakes of
// libraries.
var otherRelations = []string{
	"http://customschemas.google.com/relationships/workbookmetadata",
	"http://customooxmlschemas.google.com/relationships/presentationmetadata",
	"http://www.wps.cn/officeDocument/2020/cellImage",
	"http://schemas.openxmlformats.org/officedocument/2006/relationships/metadata/core-properties",
	"http://schemas.openxmlformats.org/package/2006/relationships/meatadata/core-properties",
}

// officeNamespaces are those of ECMA-376 (transitional and strict) and of its packages.
var officeNamespaces = []string{
	"http://schemas.openxmlformats.org/officeDocument/2006/relationships/",
	"http://purl.oclc.org/ooxml/officeDocument/relationships/",
	"http://schemas.openxmlformats.org/package/2006/relationships/",
}

const microsoftNamespace = "http://schemas.microsoft.com/office/"

// relationKinds gives the kind of active content for known relations that are not accepted, by the
// last element of their types in lower case.
var relationKinds = map[string]string{
	"vbaproject": KindMacro, "wordvbadata": KindMacro, "xlmacrosheet": KindMacro, "xlintlmacrosheet": KindMacro, "dialogsheet": KindMacro,
	"attachedtoolbars": KindMacro, "extensibility": KindMacro, "usercustomization": KindMacro, "jsaproject": KindMacro,
	"control": KindObject, "activexcontrolbinary": KindObject, "activexcontrol": KindObject, "oleobject": KindObject, "afchunk": KindObject,
	"externallink": KindExternal, "externallinkpath": KindExternal, "xlpathmissing": KindExternal, "xlalternatestartup": KindExternal,
	"xllibrary": KindExternal, "xlstartup": KindExternal, "subdocument": KindExternal, "frame": KindExternal, "transform": KindExternal,
	"externallinklongpath": KindExternal, "rdrichvaluewebimage": KindExternal, "slideupdateinfo": KindExternal, "slideupdateurl": KindExternal,
	"htmlpubsaveas": KindExternal,
	"connections":   KindConnection, "querytable": KindConnection, "mailmergesource": KindConnection, "mailmergeheadersource": KindConnection,
	"recipientdata": KindConnection, "powerpivotdata": KindConnection, "volatiledependencies": KindConnection,
	"externalcodeservice": KindConnection,
	"webextension":        KindProgram, "webextensiontaskpanes": KindProgram,
}

// relationOf returns the rule for a type of relation.
func relationOf(kind string) relationRule {
	for _, ns := range officeNamespaces {
		name, ok := strings.CutPrefix(kind, ns)
		switch {
		case !ok:
		case name == "hyperlink":
			return relationLink
		case name == "attachedTemplate":
			return relationTemplate
		case officeRelations[name]:
			return relationPart
		}
	}
	if slices.Contains(otherRelations, kind) || isMicrosoftRelation(kind) {
		return relationPart
	}
	return relationUnknown
}

func isMicrosoftRelation(kind string) bool {
	version, ok := strings.CutPrefix(kind, microsoftNamespace)
	version, name, found := strings.Cut(version, "/relationships/")
	isOther := func(r rune) bool { return (r < '0' || '9' < r) && r != '/' }
	return ok && found && !strings.ContainsFunc(version, isOther) && microsoftRelations[name]
}

// lost is the target of pictures and sounds that Office could not find when it saved.
const lost = "NULL"

// judgeRelation judges one relation. rels is the name of the entry that holds it.
func judgeRelation(rels, kind, target, mode string) error {
	rule := relationOf(kind)
	isOutside := mode != "" && mode != "Internal"
	switch {
	case rule == relationUnknown:
		return unknownRelation(kind)
	case rule == relationTemplate:
		if p := placeOf(target); p == linkWeb || p == linkElsewhere {
			return active(KindExternal, "has a template loaded from elsewhere")
		}
		return nil
	case rule == relationLink && isOutside:
		return clickable(target)
	case isOutside && target == lost:
		return nil
	case isOutside:
		return active(KindExternal, "has a relation that loads from elsewhere")
	}
	if _, ok := targetPart(rels, target); !ok {
		return active(KindExternal, "has a relation that leads out of the package")
	}
	return nil
}

func unknownRelation(kind string) error {
	if known := relationKinds[strings.ToLower(path.Base(kind))]; known != "" {
		return active(known, "has a relation to a macro, a control, an embedded object, or something elsewhere")
	}
	return active(KindExternal, "has a relation of an unknown type")
}

// targetPart returns the entry name of the part to which an internal relation leads, and whether it
// lies in the package. For an empty target, which leads to the part itself, the name is that of its
// folder.
func targetPart(rels, target string) (name string, ok bool) {
	p := placeOf(target)
	if p != linkHere && p != linkBeside {
		return "", false
	}
	target, _, _ = strings.Cut(slashed(strings.Trim(target, " \t\r\n")), "#")
	if !strings.HasPrefix(target, "/") {
		target = path.Dir(path.Dir("/"+rels)) + "/" + target
	}
	depth, above := 0, 0
	if rels == "_rels/.rels" {
		above = -1 // LibreOffice goes up from the root, where up is the root itself (RFC 3986, 5.2.4)
	}
	for part := range strings.SplitSeq(target, "/") {
		switch part {
		case "", ".":
		case "..":
			depth--
		default:
			depth++
		}
		if depth < above {
			return "", false
		}
	}
	return foldName(strings.TrimPrefix(path.Clean(target), "/")), true
}
