// Writes the objects of a PDF file as qpdf's JSON does: mutool run dump.js FILE
var doc = new PDFDocument(scriptArgs[0]);

function convert(o) {
	if (o === null || o === undefined) return null;
	if (o.isIndirect()) return o.asIndirect() + " 0 R";
	if (o.isNull()) return null;
	if (o.isBoolean()) return o.asBoolean();
	if (o.isNumber()) return o.asNumber();
	if (o.isName()) return "/" + o.asName();
	if (o.isString()) return "u:" + o.asString();
	if (o.isArray()) {
		var list = [];
		for (var i = 0; i < o.length; i++) list.push(convert(o.get(i)));
		return list;
	}
	var dict = {};
	o.forEach(function (a, b) { // the key comes first up to MuPDF 1.21, and last in later versions
		if (typeof a === "string") dict["/" + a] = convert(b);
		else dict["/" + b] = convert(a);
	});
	return dict;
}

var all = { trailer: { value: convert(doc.getTrailer()) } };
for (var n = 1; n < doc.countObjects(); n++) {
	var o;
	try {
		o = doc.newIndirect(n, 0).resolve();
	} catch (e) {
		continue; // what it cannot read it does not show, either
	}
	all["obj:" + n + " 0 R"] = o && o.isStream() ? { stream: { dict: convert(o) } } : { value: convert(o) };
}
print(JSON.stringify(all));
