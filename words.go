package upload

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/airlock-go/upload/internal/sniff"
)

// sentences are the refusals in English, for the person who chose the file. They are found by code
// and the parameter "kind", or by code alone. If there are several, english takes the first one
// whose parameters are all there. A placeholder has the name of a parameter, often with a colon and
// the way to write it; see written.
var sentences = map[string][]string{
	"malformed":              {"The upload could not be read. Try again."},
	"malformed cut":          {"The upload ended before it was complete. Try again."},
	"missing_file":           {"Please choose a file."},
	"missing_file several":   {"Please choose a file for each field that needs one."},
	"file_before_text":       {"The page sent the form in the wrong order. Tell the operator of the site."},
	"unexpected_field":       {"No file is accepted in this place of the form."},
	"bad_name":               {"The name of the file cannot be used. Rename the file and try again."},
	"bad_name missing":       {"The file has no name. Give it one and try again."},
	"bad_name too_long":      {"The name of the file is too long. Rename the file and try again."},
	"empty":                  {"The file is empty. Choose another one."},
	"unauthenticated":        {"Sign in first."},
	"forbidden":              {"You may not upload here."},
	"cross_origin":           {"The upload was sent by a page of another site. Open the page of this site and try again."},
	"bad_ticket":             {"The upload is not known or has expired. Start again."},
	"not_found":              {"There is no such file."},
	"not_found step":         {"Nothing is served at this address."},
	"method":                 {"This address takes {allowed} requests only.", "This address takes no such requests."},
	"timeout":                {"The connection was too slow. Try again."},
	"timeout stalled":        {"Nothing came over the connection for {seconds:second}. Try again."},
	"conflict":               {"Such a file is stored already."},
	"conflict changed":       {"The file was replaced while it was checked. Try again."},
	"conflict offset":        {"The upload goes on elsewhere, or at another place of the file. Try again."},
	"not_uploaded":           {"The file has not arrived whole. Send what is missing and try again."},
	"too_large":              {"The upload is too large."},
	"too_large file":         {"The file is larger than {limit:bytes}. Choose a smaller one."},
	"too_large text":         {"A text in the form is longer than {limit:bytes}. Shorten it."},
	"too_large texts":        {"The texts in the form are together longer than {limit:bytes}. Shorten them."},
	"too_large request":      {"The upload is too large. At most {limit:bytes} can be sent at once."},
	"too_many":               {"Too much was sent at once."},
	"too_many parts":         {"The form has too many fields."},
	"too_many text_fields":   {"The form has too many fields."},
	"too_many files":         {"At most {limit:file} can be sent here."},
	"not_multipart":          {"The upload was not sent as a form that is accepted."},
	"not_raw":                {"The upload was not sent as the file alone."},
	"type_not_allowed":       {"{type:type} are not accepted. Send {accepted:types}.", "Files of this type are not accepted. Send {accepted:types}.", "Files of this type are not accepted."},
	"type_not_allowed all":   {"No files are accepted here."},
	"type_mismatch":          {"The name of the file does not fit what is in it. Names of {type:type} end in {extensions}.", "What is in the file does not fit its name."},
	"rate_limited":           {"You have sent too much for now. Try again in {retry_after:time}."},
	"rate_limited requests":  {"You have sent too many requests. Try again in {retry_after:time}."},
	"rate_limited files":     {"You have sent too many files. Try again in {retry_after:time}."},
	"rate_limited own":       {"You have too many uploads under way. Try again when one has ended."},
	"rate_limited uploads":   {"Too many uploads are under way. Try again in {retry_after:time}."},
	"content":                {"The content of the file is not accepted."},
	"not_as_declared":        {"The file is not the one that was announced. Choose it again."},
	"metadata":               {"What the file says of its owner, such as the place, cannot be removed. Save it with another program and send that."},
	"metadata late":          {"What the file says of its owner, such as the place, cannot be removed here. Send it in another format."},
	"infected":               {"Malware was found in the file."},
	"suspicious":             {"The file looks like malware, or has a program in it that is not wanted."},
	"not_scanned":            {"The file cannot be scanned for malware, so it is not accepted."},
	"not_scanned too_large":  {"The file is too large, or has too much in it, to be scanned for malware."},
	"not_scanned encrypted":  {"The file is encrypted, so it cannot be scanned for malware. Send it without a password."},
	"internal":               {"Something went wrong on the server. Try again later."},
	"storage":                {"The file could not be stored. Try again later."},
	"storage read":           {"The file cannot be read at the moment. Try again later."},
	"storage_full":           {"There is no space for the file. Try again later."},
	"check_failed limits":    {"The upload could not be counted. Try again later."},
	"check_failed":           {"The file could not be checked. Try again later."},
	"scan_pending":           {"The file has not been scanned for malware yet. Try again later."},
	"busy":                   {"Too many uploads are under way. Try again shortly."},
	"busy checking":          {"The file is still being checked. Try again shortly."},
	"busy upload":            {"The upload still runs elsewhere. Try again shortly."},
	"busy checks":            {"The file was checked too often. Try again in an hour."},
	"shutdown":               {"The server is stopping. Try again shortly."},
	"client_gone":            {"The connection was closed."},
	"not_stored":             {"The upload was refused for another reason, so this file is not stored."},
	"damaged":                {"The file is damaged, or is not what its name says. Save it again and send that."},
	"truncated":              {"The end of the file is missing. Choose a complete copy."},
	"trailing_data":          {"The file has other data after its end."},
	"trailing_data media":    {"The photo has a video after it. Send it as a still picture."},
	"encrypted":              {"The file is encrypted, so it cannot be checked. Send it without a password."},
	"unsupported_variant":    {"The file is written in a way that is not accepted. Save it again with a current program."},
	"too_many_pixels":        {"The picture has {width} x {height} pixels. At most {max_width} x {max_height} are accepted.", "The picture has more than {limit:million} pixels. Choose a smaller one.", "The picture has too many pixels. Choose a smaller one."},
	"too_few_pixels":         {"The picture has {width} x {height} pixels. At least {min_width} x {min_height} are needed.", "The picture is {width} pixels wide. At least {min_width} are needed.", "The picture is {height} pixels high. At least {min_height} are needed.", "The picture is too small, or its size is not known. Choose another one."},
	"too_many_frames":        {"The animation has more than {limit:frame}. Choose a shorter one.", "The animation has too many frames. Choose a shorter one."},
	"bomb":                   {"The file unpacks to more than is accepted."},
	"too_complex":            {"The file is too complex to be checked."},
	"entry_not_allowed":      {"A file is inside that is not accepted."},
	"entry_not_allowed type": {"A file of a type that is not accepted is inside."},
	"active_content":         {"The file has something in it that acts, which is not accepted."},

	"entry_not_allowed archive":   {"An archive is inside, which is not accepted."},
	"entry_not_allowed mismatch":  {"A file inside is not what its name says."},
	"entry_not_allowed link":      {"A link, or a file with special rights, is inside, which is not accepted."},
	"entry_not_allowed name":      {"A file inside has a name that is not accepted."},
	"entry_not_allowed duplicate": {"Two files inside have one name."},

	"unsupported_variant encoding": {`The text is in an encoding that is not accepted. Save it as UTF-8, a table as "CSV UTF-8".`},

	"active_content script":                 {"The file has a script in it, which is not accepted."},
	"active_content action":                 {"The file does something when it is opened, which is not accepted."},
	"active_content macro":                  {"The file has a macro in it, which is not accepted. Save it without macros."},
	"active_content program":                {"The file has a program in it, which is not accepted."},
	"active_content embedded_object":        {"The file has an object of another program in it, which is not accepted."},
	"active_content attachment":             {"The file has another file attached to it, which is not accepted."},
	"active_content external":               {"The file loads something from elsewhere, which is not accepted."},
	"active_content remote_link":            {"The file has a link to another program or computer in it, which is not accepted."},
	"active_content form":                   {"The file has an active form in it, which is not accepted."},
	"active_content media":                  {"The file has active media in it, which is not accepted."},
	"active_content formula":                {"A cell of the table may be computed by a spreadsheet, which is not accepted."},
	"active_content markup":                 {"The file has markup in it that a browser may run, which is not accepted."},
	"active_content document_type":          {"The file has a document type declaration in it, which is not accepted."},
	"active_content data_connection":        {"The file has a connection to outside data in it, which is not accepted."},
	"active_content processing_instruction": {"The file has a processing instruction in it, which is not accepted."},
}

// english returns the sentence of a code and its parameters.
func english(code string, p map[string]any) string {
	kind, _ := p["kind"].(string)
	for _, sentence := range slices.Concat(sentences[code+" "+kind], sentences[code]) {
		if text, ok := fill(sentence, p); ok {
			return text
		}
	}
	return "The upload was refused."
}

// fill writes p's values for the placeholders, and reports whether it has them all.
func fill(sentence string, p map[string]any) (text string, ok bool) {
	var b strings.Builder
	for more := true; more; {
		var before, placeholder string
		before, sentence, more = strings.Cut(sentence, "{")
		b.WriteString(before)
		if more {
			placeholder, sentence, _ = strings.Cut(sentence, "}")
			value := written(p, placeholder)
			if value == "" {
				return "", false
			}
			b.WriteString(value)
		}
	}
	first, n := utf8.DecodeRuneInString(b.String())
	return string(unicode.ToUpper(first)) + b.String()[n:], true
}

// written returns a parameter as a placeholder wants it. {width} is a number, {limit:bytes} a size,
// {limit:million} a large number, {retry_after:time} a time, and {limit:file} so many files.
// {type:type} is what files of that media type are called, and {accepted:types} a list of types. It
// is "" for what is not there, and for {type:type} of a type without a name.
func written(p map[string]any, placeholder string) string {
	name, as, _ := strings.Cut(placeholder, ":")
	switch v := p[name].(type) {
	case int:
		return number(int64(v), as)
	case int64:
		return number(v, as)
	case string:
		if as == "type" {
			_, v = sniff.Called(v)
		}
		return v
	case []string:
		return oneOf(v, as)
	}
	return ""
}

func number(n int64, as string) string {
	switch as {
	case "":
		return strconv.FormatInt(n, 10)
	case "bytes":
		return byteSize(n)
	case "time":
		return seconds(n)
	case "million":
		if n >= 1_000_000 {
			return fmt.Sprintf("%d.%d million", n/1_000_000, n%1_000_000/100_000)
		}
		return strconv.FormatInt(n, 10)
	}
	return count(n, as)
}

// oneOf returns a list: "a, b or c". A media type without a name stays as it is.
func oneOf(list []string, as string) string {
	var names []string
	for _, name := range list {
		if short, _ := sniff.Called(name); as == "types" && short != "" {
			name = short
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if last := len(names) - 1; last > 0 {
		return strings.Join(names[:last], ", ") + " or " + names[last]
	}
	return strings.Join(names, "")
}

func count(n int64, noun string) string {
	if n == 1 {
		return "one " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// byteSize writes sizes as people read them: "5 MB", "1.4 KB", cut to tenths. As in Windows, 1 KB
// has 1,024 bytes.
func byteSize(n int64) string {
	for i, unit := range []string{"GB", "MB", "KB"} {
		size := int64(1) << (30 - 10*i)
		switch tenths := n % size * 10 / size; {
		case n < size:
		case tenths > 0:
			return fmt.Sprintf("%d.%d %s", n/size, tenths, unit)
		default:
			return fmt.Sprintf("%d %s", n/size, unit)
		}
	}
	return count(n, "byte")
}

// seconds writes a time to wait, rounded up from two minutes on.
func seconds(n int64) string {
	switch {
	case n >= 2*60*60:
		return count((n+60*60-1)/(60*60), "hour")
	case n >= 2*60:
		return count((n+60-1)/60, "minute")
	}
	return count(n, "second")
}
