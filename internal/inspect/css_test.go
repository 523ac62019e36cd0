package inspect_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// sheet returns an image with a style sheet.
func sheet(css string) string { return picture(`<style><![CDATA[` + css + `]]></style>`) }

func TestStylesAccepted(t *testing.T) {
	for _, css := range []string{
		``,
		`/* a`,
		`a{fill:url(#b)}`,
		`a{fill:url( "#b" ) url('#c') URL(#d) url() url("")}`,
		`a{fill:u\72l(#b)}`,
		`a{fill:url(\#b)}`,
		`a{background:url(data:image/png;base64,AAAA)}`,
		`@font-face{src:url(data:application/font-woff;charset=utf-8;base64,AAAA)format("woff"),local(x)}`,
		`@media screen and (min-width:1px){a:not(.b):nth-child(2n+1){transform:translate(1px,2px) rotate(calc(1deg*2))}}`,
		`@keyframes a{from{opacity:0}to{opacity:1}}`,
		`a{background:conic-gradient(from 90deg,rgba(0,0,0,1) 0deg);filter:drop-shadow(0 0 1px #000)}`,
		`a{content:"url(//example.com) @import \" image('x')"}`,
		"a{content:'x\\\ny url(//example.com)'}",
		"a{content:'\\41\nurl(//example.com)'}",
		`/* url(//example.com) @import "x" 'y */a{}`,
		`/**/a{}/*/ url(//example.com) */`,
		`a{b:c/d;e:f / g}`,
		`a{font-family:"Helvetica \201C Neue";scroll-behavior:smooth;overscroll-behavior:none}`,
		`a{filter:progid:DXImageTransform.Microsoft.gradient(startColorstr='#1',endColorstr='#2');filter:alpha(opacity=5)}`,
		`@` + strings.Repeat(" ", 10) + `import`,
		`a{color:\`,
		`a{b:url(`,
		`a{b:"\"url(y)`,
	} {
		require.NoError(t, xmlVerdict(t, newSVG, sheet(css)), css)
	}
}

func TestStylesRefused(t *testing.T) {
	const (
		outside = "refers to something outside of it"
		rule    = "has a CSS rule that is not accepted"
		calls   = "calls a CSS function that is not accepted"
		open    = "has a CSS string that a line break cuts"
		script  = "contains a script"
	)
	for _, c := range []struct{ css, text string }{
		{`@import "a.css";`, rule},
		{`@import url(#a);`, rule},
		{`@IMPORT 'a.css'`, rule},
		{`@import`, rule},
		{`@\69mport "a.css"`, rule},
		{`@\000069 mport "a.css"`, rule},
		{`@i\6d port "a.css"`, rule},
		{`/* */@import/**/"a.css"`, rule},
		{`<!--@import "a.css"-->`, rule},
		{`@namespace svg url(http://www.w3.org/2000/svg);`, rule},
		{`@document url(#a) {}`, rule},
		{`@` + strings.Repeat("media", 20), rule},
		{`a{b:url(a.png)}`, outside},
		{`a{b:url(//example.com)}`, outside},
		{`a{b:url(x`, outside},
		{`a{b:url( "x`, outside},
		{`a{b:url('//example.com')}`, outside},
		{`a{b:\75\72\6c(//example.com)}`, outside},
		{`a{b:ur\l(//example.com)}`, outside},
		{`a{b:\55RL(//example.com)}`, outside},
		{`a{b:url(#a) url(b)}`, outside},
		{`a{b:url(#a b)}`, outside},
		{`a{b:url(#a"b)}`, outside},
		{`a{b:url(#a(b)}`, outside},
		{`a{b:url(/*#a*/#b)}`, outside},
		{`a{b:url(\2f\2f example.com)}`, outside},
		{`a{b:url(\x#a)}`, outside},
		{`a{b:url(data:image/svg+xml;base64,AAAA)}`, outside},
		{`a{b:url(data:text/html,x)}`, outside},
		{`a{b:"x"url(y)}`, outside},
		{`a{b:"\\"url(y)}`, outside},
		{`a{b:'/*'url(y)/*'*/}`, outside},
		{`/* " */a{b:url(y)}/* " */`, outside},
		{"a{b:'\\41\t'url(y)}", outside},
		{`a{b:src("y")}`, calls},
		{`a{b:image("y")}`, calls},
		{`a{b:image-set("y" 1x)}`, calls},
		{`a{b:-webkit-image-set(url(#y) 1x)}`, calls},
		{`a{b:cross-fade("y","z")}`, calls},
		{`a{b:element(#y)}`, calls},
		{`a{b:paint(y)}`, calls},
		{`a{b:ımage("y")}`, calls},
		{`a{filter:progid:DXImageTransform.Microsoft.AlphaImageLoader(src='y')}`, calls},
		{`a{b:` + strings.Repeat("u", 60) + `url(y)}`, calls},
		{"a{b:'\n'url(y)}", open},
		{"a{b:\"\\41\n\n\"}", open},
		{`a{b:expression(alert(1))}`, script},
		{`a{-moz-binding:url(#a)}`, script},
		{`a{behavior:url(#a)}`, script},
	} {
		err := xmlVerdict(t, newSVG, sheet(c.css))
		require.Error(t, err, c.css)
		require.Equal(t, c.text+" in line 1", err.Error(), c.css)
	}
}

// TestStylesLineBreaks: a carriage return is one line break, alone or with a line feed after it (CSS
// Syntax 3, 3.3). XML keeps a carriage return that is written as a character reference.
func TestStylesLineBreaks(t *testing.T) {
	for _, c := range []struct{ style, code string }{
		{`a{content:'x&#13;}b{c:url(y)}'}`, "unsupported_variant"},
		{`a{content:'x\&#13;y'}`, ""},
		{`a{content:'x\&#13;&#10;y'}`, ""},
		{`a{content:'x\&#13;&#10;y'}b{c:url(y)}/*'*/`, "active_content external"},
		{`a{content:'x\&#13;&#13;y'}`, "unsupported_variant"},
		{`a{b:u\72&#13;&#10;l(y)}`, "active_content external"},
		{`a{b:c}&#13;&#10;d{}`, ""},
	} {
		require.Equal(t, c.code, found(xmlVerdict(t, newSVG, picture("<style>"+c.style+"</style>"))).code, c.style)
	}
}

// TestStylesHidden checks styles in which a reader that divides the text into other tokens would
// miss an address, and harmless styles with such tokens.
func TestStylesHidden(t *testing.T) {
	for _, in := range []string{
		`<rect mask="url(https://evil.example/a.svg#x "/>`,
		`<rect style="mask:url(https://evil.example/a.svg#x "/>`,
		`<rect style="` + strings.Repeat("fill:red;", 1000) + `mask:url(https://evil.example/a.svg#x "/>`,
		`<style>a{x:#url(#/*)"*/)}svg{background:url(y)}/*"*/</style>`,
		`<style>a{x:#\75rl(#/*)"*/)}svg{background:url(y)}/*"*/</style>`,
		"<style>a{x:url(\\\n\"#)}svg{background:url(y)}/*\"*/</style>",
		`<style>&lt;!--url(#/*){}svg{background:url(y)}/**/</style>`,
		`<style>/*</style><rect style="` + strings.Repeat("fill:red;", 1000) + `mask:url(y)"/>`,
		`<style>a{b:"</style><rect mask="` + strings.Repeat(" ", 5000) + `url(y)"/>`,
		"<style>a{x:url(\\\u00e9\"#)}svg{background:url(y)}/*\"*/</style>",
		"<style>a{x:#\u00d7url(#/*)){}svg{background:url(y)}/**/</style>",
		`<rect><animate attributeName="mask" values="/*;url(y)"/></rect>`,
		`<rect><animate attributeName="mask" values="';url(y)"/></rect>`,
		`<rect><animate attributeName="mask" values="` + strings.Repeat("none;", 1000) + `/*;url(y)"/></rect>`,
	} {
		require.Equal(t, "active_content external", found(xmlVerdict(t, newSVG, picture(in))).code, "%.80s", in)
	}
	for _, in := range []string{
		`<style>a{fill:#fff;stroke:#URL}#rgb, b{c:#d}</style>`,
		`<style>&lt;!-- a{b:c} --></style>`,
		`<rect><animate attributeName="fill" values="url(#a);#fff; rgb(1,2,3) ;none"/></rect>`,
	} {
		require.NoError(t, xmlVerdict(t, newSVG, picture(in)), in)
	}
}

// TestLongStyles: a value that is too long to keep in memory is judged like a short one.
func TestLongStyles(t *testing.T) {
	long := strings.Repeat("fill:red;", 1000)
	require.NoError(t, xmlVerdict(t, newSVG, picture(`<g style="`+long+`a:url(#b)"/><g style="`+long+`"/><g fill="none"/>`)))
	for _, in := range []string{
		`<g style="` + long + `a:url(b)"/>`,
		`<g style="` + long + `a:url(b"/>`,
		`<g style="a:url(b);` + long + `"/>`,
		`<g style="` + long[:4090] + `url(b)"/>`,
		`<g style="` + long + `a:&#117;rl(b)"/>`,
		`<set attributeName="fill" to="` + long + `url(b)"/>`,
		`<g style="` + long + `"/><g style="a:url(b)"/>`,
	} {
		require.Equal(t, "active_content external", found(xmlVerdict(t, newSVG, picture(in))).code, "%.80s", in)
	}
}
