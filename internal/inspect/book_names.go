package inspect

// bookExtensions lists the extensions of entries, in addition to those of Office.
var bookExtensions = nameSet(`.xhtml .html .htm .opf .ncx .css .smil .pls .woff .woff2 .txt .xpgt .plist .opus .ogv .vtt .xmp .ttc`)

// bookLists are the extensions of lists: packages, contents, overlays and pronunciations.
var bookLists = nameSet(`.opf .ncx .smil .pls`)

// bookMarkup are the extensions of entries that must be XML, except empty ones and those of macOS
// (see isMacFile).
var bookMarkup = nameSet(`.xhtml .html .htm .xml .opf .ncx .smil .svg .pls .xpgt .inkml`)

// bookFonts are the extensions of fonts, which may be masked.
var bookFonts = nameSet(`.ttf .otf .ttc .woff .woff2`)

// bookOutcasts are elements that no ordinary book has: obsolete ones of HTML, and those of its
// drafts that load pages. They are refused in all namespaces, since a reading system that takes a
// page for HTML ignores namespaces.
var bookOutcasts = nameSet(`applet bgsound fencedframe frame frameset isindex keygen portal`)

// bookAddresses are, in lower case, the attributes whose value is judged as an address, or as
// several.
var bookAddresses = nameSet(`
	action altimg archive attributionsrc background base classid codebase data dynsrc formaction href icon imagesrcset longdesc
	lowsrc manifest ping poster src srcset`)

// bookSeveral are those of bookAddresses that hold several.
var bookSeveral = nameSet(`archive attributionsrc imagesrcset ping srcset`)

// bookData are those of bookAddresses whose value may be the data of a picture.
var bookData = nameSet(`background data href imagesrcset poster src srcset`)

// bookPictures are the elements that show a picture and run no script in it.
var bookPictures = nameSet(`feimage image img input source`)

// bookRelations are relations for which a browser loads nothing. A browser ignores relations with a
// dot or a colon, so the list has none of them. It omits next, which some browsers load in advance.
var bookRelations = nameSet(`alternate author bookmark canonical copyright help index license pingback publisher shortlink`)
