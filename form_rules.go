package upload

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// survey is the result of a walk through a policy.
type survey struct {
	forms  []Form
	faults []error
	motion bool // a rule accepts motion photos
}

// walk surveys v. keeps is false inside of Any, ForType and a Form, where the rules of a Form
// could not be enforced.
func (s *survey) walk(v Validator, keeps bool) {
	switch v := v.(type) {
	case *rule:
		s.faults = append(s.faults, v.fault)
		s.motion = s.motion || v.motion
		for _, asked := range v.asks {
			if asked == nil {
				s.faults = append(s.faults, errors.New("upload: a Validator inside of another is nil"))
			}
			s.walk(asked, keeps && v.all)
		}
	case Form:
		s.forms = append(s.forms, v)
		switch {
		case !keeps:
			s.faults = append(s.faults, errors.New("upload: a Form inside of Any, ForType or another Form, where its rules cannot be kept"))
		case len(s.forms) > 1:
			s.faults = append(s.faults, errors.New("upload: more than one Form in a policy"))
		default:
			s.form(v)
		}
	}
}

func (s *survey) form(f Form) {
	files := 0
	for _, name := range f.names() {
		s.faults = append(s.faults, f[name].fault(name))
		s.walk(f[name].Accept, false)
		files += min(max(f[name].MaxFiles, 1), maxFiles+1)
	}
	if files < 1 || files > maxFiles {
		s.faults = append(s.faults, fmt.Errorf("upload: Form: a form needs at least one field, and takes at most %d files in all", maxFiles))
	}
}

// rules are a policy with the limits that the options and a caller's grant set.
type rules struct {
	policy Validator
	size   int64 // MaxFileSize of the options: of files in fields without a MaxSize, unless the grant sets one

	fields   Form // complete: MaxSize and MaxFiles are set
	required []string
	files    int   // of all fields
	bytes    int64 // of all files
	motion   bool  // motion photos may be accepted
}

// rulesOf returns the rules of policy for a caller whose grant allows mostBytes of a file, 0 if it
// sets no limit.
func rulesOf(policy Validator, mostBytes, size int64) (*rules, error) {
	var found survey
	found.walk(policy, true)
	if err := errors.Join(found.faults...); err != nil {
		return nil, err
	}
	if len(found.forms) == 0 {
		found.forms = []Form{{"file": {Accept: policy}}}
		policy = found.forms[0]
	}
	r := &rules{policy: policy, size: size, fields: Form{}, motion: found.motion}
	for name, field := range found.forms[0] {
		field.MaxFiles = max(field.MaxFiles, 1)
		switch {
		case field.MaxSize == 0:
			field.MaxSize = cmp.Or(mostBytes, size)
		case mostBytes > 0:
			field.MaxSize = min(field.MaxSize, mostBytes)
		}
		r.fields[name] = field
		r.files += field.MaxFiles
		r.bytes += int64(field.MaxFiles) * field.MaxSize
		if !field.Optional {
			r.required = append(r.required, name)
		}
	}
	slices.Sort(r.required)
	return r, nil
}

// largest returns the size of the largest file that a field takes.
func (r *rules) largest() (n int64) {
	for _, field := range r.fields {
		n = max(n, field.MaxSize)
	}
	return n
}

// of returns the rules for a caller, of which the grant may change some.
func (r *rules) of(g *Grant) (*rules, error) {
	switch {
	case g.Policy != nil:
		return rulesOf(g.Policy, g.MaxFileSize, r.size)
	case g.MaxFileSize > 0:
		return rulesOf(r.policy, g.MaxFileSize, r.size)
	}
	return r, nil
}

// take counts a file of the named field in taken, which has the counts of its request by field. It
// refuses an unknown field, and a file too many.
func (r *rules) take(name string, taken map[string]int) (Field, error) {
	field, known := r.fields[name]
	if !known {
		return field, unexpectedField(r.fields.names())
	}
	if taken[name]++; taken[name] > field.MaxFiles {
		return field, tooManyFiles(field.MaxFiles)
	}
	return field, nil
}

// missing refuses a form in which required fields have no file.
func (r *rules) missing(taken map[string]int) error {
	var missing []string
	for _, name := range r.required {
		if taken[name] == 0 {
			missing = append(missing, name)
		}
	}
	if missing == nil {
		return nil
	}
	return missingFile(missing)
}
