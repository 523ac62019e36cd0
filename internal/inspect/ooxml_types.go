package inspect

import (
	"slices"
	"strings"
)

// documentTypes lists the types of parts that ordinary documents have, in lower case, by the prefix
// that some share.
var documentTypes = map[string]map[string]bool{
	"application/vnd.openxmlformats-officedocument.wordprocessingml.": nameSet(`
		settings+xml styles+xml fonttable+xml websettings+xml footnotes+xml endnotes+xml numbering+xml comments+xml header+xml
		footer+xml document.glossary+xml commentsextended+xml commentsids+xml commentsextensible+xml people+xml styleswitheffects+xml
		printersettings txbx+xml document`),
	"application/vnd.openxmlformats-officedocument.spreadsheetml.": nameSet(`
		worksheet+xml chartsheet+xml styles+xml sharedstrings+xml calcchain+xml table+xml comments+xml pivottable+xml
		pivotcachedefinition+xml pivotcacherecords+xml sheetmetadata+xml tablesinglecells+xml printersettings usernames+xml
		revisionlog+xml revisionheaders+xml customproperty xmlmaps+xml sheet`),
	"application/vnd.openxmlformats-officedocument.presentationml.": nameSet(`
		slide+xml slidemaster+xml slidelayout+xml notesmaster+xml notesslide+xml handoutmaster+xml presprops+xml viewprops+xml
		tablestyles+xml commentauthors+xml comments+xml tags+xml printersettings presentation`),
	"application/vnd.openxmlformats-officedocument.": nameSet(`
		theme+xml themeoverride+xml thememanager+xml drawing+xml drawingml.chart+xml drawingml.chartshapes+xml
		drawingml.diagramdata+xml drawingml.diagramlayout+xml drawingml.diagramstyle+xml drawingml.diagramcolors+xml vmldrawing
		extended-properties+xml custom-properties+xml customxmlproperties+xml obfuscatedfont`),
	"application/vnd.openxmlformats-package.": nameSet(`
		relationships+xml core-properties+xml digital-signature-origin digital-signature-xmlsignature+xml digital-signature-certificate`),
	"application/vnd.ms-word.": nameSet(`styleswitheffects+xml keymapcustomizations+xml`),
	"application/vnd.ms-office.": nameSet(`chartstyle+xml chartcolorstyle+xml chartex+xml drawingml.diagramdrawing+xml
		classificationlabels+xml intelligence2+xml documenttasks+xml`),
	"application/vnd.ms-excel.": nameSet(`
		slicer+xml slicercache+xml timeline+xml timelinecache+xml namedsheetviews+xml person+xml threadedcomments+xml
		controlproperties+xml rdrichvalue+xml rdrichvaluestructure+xml rdrichvaluetypes+xml rdarray+xml richvaluerel+xml richstyles+xml
		rdsupportingpropertybag+xml rdsupportingpropertybagstructure+xml featurepropertybag+xml wssortmap+xml survey+xml`),
	"application/vnd.ms-powerpoint.": nameSet(`revisioninfo+xml changesinfo+xml comments+xml authors+xml tags+xml`),
	"application/": nameSet(`
		xml pdf octet-stream binary movie inkml+xml x-fontdata x-font-ttf x-font-otf vnd.wps-officedocument.cellimage+xml`),
	"text/":  nameSet(`xml`),
	"model/": nameSet(`gltf-binary gltf.binary`),
}

// inertFamilies are the families of types for pictures, sounds, films and fonts.
var inertFamilies = []string{"image/", "audio/", "video/", "font/"}

// typeKinds gives the kind of active content for types that are not accepted, by words in them.
var typeKinds = []struct{ word, kind string }{
	{"macro", KindMacro},
	{"vba", KindMacro},
	{"activex", KindObject},
	{"oleobject", KindObject},
	{"webextension", KindProgram},
	{"externallink", KindExternal},
	{"connections", KindConnection},
	{"querytable", KindConnection},
	{"volatiledependencies", KindConnection},
	{"model+data", KindConnection},
	{"mailmerge", KindConnection},
	{"dialogsheet", KindMacro},
}

// judgePartType judges the content type of an existing part that is not the main one.
func judgePartType(kind string) error {
	if slices.ContainsFunc(inertFamilies, func(f string) bool { return strings.HasPrefix(kind, f) }) {
		return nil
	}
	for prefix, names := range documentTypes {
		if name, ok := strings.CutPrefix(kind, prefix); ok && names[name] {
			return nil
		}
	}
	for _, k := range typeKinds {
		if strings.Contains(kind, k.word) {
			return active(k.kind, "has a part that is a macro, a control, an embedded object or a program, or leads elsewhere")
		}
	}
	if strings.HasSuffix(kind, ".main+xml") {
		return fault(CodeMismatch, "has another type than its name suggests")
	}
	return active(KindObject, "has a part of an unknown type")
}
