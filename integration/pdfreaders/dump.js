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
	o.forEach(function (a, b) { // versions of MuPDF differ in whether the key comes first or last
		if (typeof a === "string") dict["/" + a] = convert(b);
		else dict["/" + b] = convert(a);
	});
	return dict;
}

// model returns the data of a model in base64, null for other streams.
function model(o) {
	var subtype = o.get("Subtype");
	if (!subtype || !subtype.isName() || subtype.asName() !== "U3D") return null;
	var data = o.readStream(), text = [], digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (var i = 0; i < data.length; i += 3) {
		var two = i + 1 < data.length, three = i + 2 < data.length;
		var bits = (data[i] << 16) | (two ? data[i + 1] << 8 : 0) | (three ? data[i + 2] : 0);
		text.push(digits[bits >> 18], digits[(bits >> 12) & 63], two ? digits[(bits >> 6) & 63] : "=", three ? digits[bits & 63] : "=");
	}
	return text.join("");
}

var all = { trailer: { value: convert(doc.getTrailer()) } };
for (var n = 1; n < doc.countObjects(); n++) {
	var o, ref = doc.newIndirect(n, 0); // only a reference says whether it leads to a stream
	try {
		o = ref.resolve();
	} catch (e) {
		continue; // MuPDF does not show what it cannot read
	}
	all["obj:" + n + " 0 R"] = o && ref.isStream() ? { stream: { dict: convert(o), data: model(ref) } } : { value: convert(o) };
}
print(JSON.stringify(all));
