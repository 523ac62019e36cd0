package upload

import (
	"net/url"
	"slices"
)

// checkTextFirst judges, at the head of a file, whether its text came before it.
func (tx *Tx) checkTextFirst(values url.Values) error {
	var missing []string
	for _, name := range tx.s.h.opts.TextFirst {
		if !values.Has(name) {
			missing = append(missing, name)
		}
	}
	if missing != nil {
		return fileBeforeText(missing)
	}
	return tx.checkText(values)
}

// checkOrder judges the header of a text field: none of TextFirst comes after a file.
func (tx *Tx) checkOrder(name string) error {
	if tx.textChecked && slices.Contains(tx.s.h.opts.TextFirst, name) {
		return fileBeforeText([]string{name})
	}
	return nil
}

// checkText shows the text of TextFirst to the host, once.
func (tx *Tx) checkText(values url.Values) error {
	o := &tx.s.h.opts
	if tx.textChecked {
		return nil
	}
	tx.textChecked = true
	if o.CheckForm == nil {
		return nil
	}
	text := url.Values{}
	for _, name := range o.TextFirst {
		if values.Has(name) {
			text[name] = slices.Clone(values[name])
		}
	}
	return withFile(checkError(tx.s.worker.Do(func() error { return o.CheckForm(tx.s.ctx, text) })), "", "")
}

// cloneValues returns a copy that shares nothing with values.
func cloneValues(values url.Values) url.Values {
	clone := make(url.Values, len(values))
	for name, all := range values {
		clone[name] = slices.Clone(all)
	}
	return clone
}
