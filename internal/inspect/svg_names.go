package inspect

import "strings"

// imageData and fontData are the accepted beginnings of data URLs. Old editors left out the type of
// images. Such data is text wherever it is not known to be an image.
var (
	imageData = []string{
		"data:image/png;", "data:image/png,", "data:image/jpeg;", "data:image/jpg;", "data:image/gif;", "data:image/webp;", "data:;base64,",
	}
	fontData = []string{"data:font/", "data:application/font-", "data:application/x-font-"}
)

// isData reports whether an address begins with one of prefixes, in any case.
func isData(address []byte, prefixes []string) bool {
	for _, p := range prefixes {
		if len(address) >= len(p) && strings.EqualFold(string(address[:len(p)]), p) {
			return true
		}
	}
	return false
}

// The lists of svgNames.
const (
	drawn     = 1 << iota // elements
	described             // attributes
	styled                // attributes
)

// svgNames has svgElements, svgAttributes and styledAttributes.
var svgNames = func() *nameTable {
	t := &nameTable{}
	t.add(drawn, svgElements)
	t.add(described, svgAttributes)
	t.add(styled, styledAttributes)
	return t
}()

// svgElements are those of SVG 1.1 and 2 that draw, describe or animate, and those of drafts that
// editors write and no browser renders. It omits script, handler, listener, iframe, audio, video,
// canvas and the other elements of HTML.
const svgElements = `
	a altGlyph altGlyphDef altGlyphItem animate animateColor animateMotion animateTransform circle clipPath color-profile cursor defs
	desc discard ellipse feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting
	feDisplacementMap feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feImage feMerge
	feMergeNode feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence filter font font-face
	font-face-format font-face-name font-face-src font-face-uri foreignObject g glyph glyphRef hkern image line linearGradient marker mask
	metadata missing-glyph mpath path pattern polygon polyline radialGradient rect set solidcolor solidColor stop style svg switch symbol
	text textPath title tref tspan use view vkern
	flowDiv flowLine flowPara flowRegion flowRegionBreak flowRegionExclude flowRoot flowSpan flowTref hatch hatchpath mesh meshgradient
	meshpatch meshrow`

// svgAttributes are those of svgElements that are not read as CSS. The last line has some that
// editors write and that neither load nor run anything. It omits events and actingAttributes.
const svgAttributes = `
	accent-height accumulate additive alphabetic amplitude arabic-form ascent attributeName attributeType azimuth
	baseFrequency baseProfile bbox begin bias calcMode cap-height class clipPathUnits contentScriptType contentStyleType cx cy
	d descent diffuseConstant divisor dur dx dy edgeMode elevation enable-background end exponent externalResourcesRequired
	filterRes filterUnits focusable format font-face fr fx fy g1 g2 glyph-name glyphRef gradientTransform gradientUnits hanging height
	horiz-adv-x horiz-origin-x horiz-origin-y id ideographic in in2 intercept k k1 k2 k3 k4 kernelMatrix kernelUnitLength
	keyPoints keySplines keyTimes lang lengthAdjust limitingConeAngle local markerHeight markerUnits markerWidth maskContentUnits
	maskUnits mathematical max media method min mode name numOctaves offset operator order orient orientation origin overline-position
	overline-thickness panose-1 path pathLength patternContentUnits patternTransform patternUnits points pointsAtX
	pointsAtY pointsAtZ preserveAlpha preserveAspectRatio primitiveUnits r radius refX refY rendering-intent repeatCount repeatDur
	requiredExtensions requiredFeatures requiredFonts requiredFormats restart result role rotate rx ry scale seed side slope spacing
	specularConstant specularExponent spreadMethod startOffset stdDeviation stemh stemv stitchTiles
	strikethrough-position strikethrough-thickness string surfaceScale systemLanguage tabindex tableValues targetX targetY
	textLength timelineBegin title transform type u1 u2 underline-position underline-thickness unicode unicode-range
	units-per-em v-alphabetic v-hanging v-ideographic v-mathematical version vert-adv-y vert-origin-x vert-origin-y
	viewBox viewTarget width widths x x-height x1 x2 xChannelSelector y y1 y2 yChannelSelector z zoomAndPan

	hreflang referrerpolicy rel target
	collect content crossorigin p-id part slot space t`

// styledAttributes are those that are read as CSS: style, presentation attributes, and the values
// of animations.
const styledAttributes = `
	by from style to values

	alignment-baseline background background-color baseline-shift block-progression clip clip-path clip-rule color color-interpolation
	color-interpolation-filters color-profile color-rendering cursor direction display dominant-baseline fill fill-opacity fill-rule filter
	flood-color flood-opacity font font-family font-feature-settings font-kerning font-size font-size-adjust font-stretch
	font-style font-variant font-variant-ligatures font-variation-settings font-weight glyph-orientation-horizontal
	glyph-orientation-vertical image-rendering inline-size isolation kerning letter-spacing lighting-color line-height line-increment marker
	marker-end marker-mid marker-start mask mask-type mix-blend-mode opacity overflow paint-order pointer-events shape-inside
	shape-margin shape-padding shape-rendering shape-subtract solid-color solid-opacity stop-color stop-opacity stroke stroke-dasharray
	stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width text-align text-anchor
	text-decoration text-indent text-orientation text-overflow text-rendering text-transform transform-box transform-origin unicode-bidi
	vector-effect visibility white-space will-change word-spacing writing-mode`

// actingAttributes are, in lower case, those of HTML and its drafts that load, send, navigate or
// run. Most of them have no meaning on an element of SVG, and no picture needs those.
var actingAttributes = nameSet(`
	action archive attributionsrc background cite classid code codebase data download dynsrc event formaction handler href icon imagesrcset
	is longdesc lowsrc manifest nonce observer object ping poster profile src srcdoc srcset usemap`)

// xhtmlElements are those of XHTML that only affect the look. Drawing programs put them into
// foreignObject.
var xhtmlElements = nameSet(`
	abbr b big blockquote br center cite code dd del dfn div dl dt em font h1 h2 h3 h4 h5 h6 hr i ins kbd li mark nobr ol p pre q s samp
	small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var wbr`)

// xhtmlAttributes are those of xhtmlElements that describe their look; style is read as CSS.
var xhtmlAttributes = nameSet(`
	align bgcolor border cellpadding cellspacing class color colspan dir face height id lang noshade nowrap role rowspan size start title
	type valign width`)

// htmlElements are not allowed in the data of editors. Where namespaces are lost, as in an HTML
// document, they would take effect.
var htmlElements = nameSet(`
	applet audio base body button embed foreignobject form frame frameset head html iframe img input isindex link math meta noscript object
	plaintext portal script svg template textarea video xmp`)
