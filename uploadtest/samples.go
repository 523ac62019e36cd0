package uploadtest

import (
	"iter"
	"slices"
	"sync"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/corpus"
)

// Sample is a file to test an upload with.
type Sample struct {
	Name     string // a unique description, such as "images/PNG with PHP after it"
	FileName string // the client's name for it
	Type     string // the media type that it is or claims to be
	Content  []byte // must not be modified

	// Code is the code with which a policy that allows Type refuses the file, "" if it is
	// legitimate. CodeContent means any code for the content of a file, such as
	// upload.CodeDamaged. [Infected] has the code of [Scanner].
	Code upload.Code
}

// File returns the sample as a file in a form field.
func (s Sample) File(field string) Part { return File(field, s.FileName, s.Content) }

// families of files are made once, at the first use. That takes up to two seconds, and then some 12
// MiB of memory.
var families = []struct {
	name  string
	files func() []corpus.File
}{
	{"images", corpus.Images},
	{"media", sync.OnceValue(corpus.Media)},
	{"archives", corpus.Archives},
	{"documents", sync.OnceValue(corpus.Documents)},
	{"texts", sync.OnceValue(corpus.Texts)},
}

// Hostile returns more than a thousand files that upload.Types refuses with their code, even where
// it allows their type: malformed, truncated and polyglot files, bombs, scripts, programs and wrong
// types. None is malware, and none does harm where it is stored. The files, and their number, may
// change with every version.
func Hostile() iter.Seq[Sample] {
	return samples(func(f corpus.File) bool { return f.Code != "" })
}

// Legitimate returns ordinary files of the same types, which must not be refused.
func Legitimate() iter.Seq[Sample] {
	return samples(func(f corpus.File) bool { return f.Code == "" })
}

// Active returns well-formed documents that act when they are opened, and tables with formulas.
// upload.Documents refuses them with their code, unless options such as
// upload.DocumentOptions.AllowActivePDF accept them.
func Active() iter.Seq[Sample] {
	return func(yield func(Sample) bool) {
		for _, f := range slices.Concat(corpus.ActiveDocuments(), corpus.Formulas()) {
			if !yield(sampleOf("active", f)) {
				return
			}
		}
	}
}

func samples(wanted func(corpus.File) bool) iter.Seq[Sample] {
	return func(yield func(Sample) bool) {
		for _, family := range families {
			for _, f := range family.files() {
				if wanted(f) && !yield(sampleOf(family.name, f)) {
					return
				}
			}
		}
	}
}

func sampleOf(family string, f corpus.File) Sample {
	return Sample{Name: family + "/" + f.About, FileName: f.Name, Type: f.Type, Content: f.Content, Code: upload.Code(f.Code)}
}

// EICAR returns the text that malware scanners report as malware for tests (EICAR, "Anti-Malware
// Testfile"). This library itself accepts it. It is assembled at run time, so that scanners find it
// neither in the source nor in a program.
func EICAR() []byte {
	text := []byte(`*H+H$!ELIF-TSET-SURIVITNA-DRADNATS-RACIE$}7)CC7)^P(45XZP\4[PA@%P!O5X`)
	slices.Reverse(text)
	return text
}
