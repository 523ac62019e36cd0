// Package pdfreaders reads PDF files with other programs, and reports what acts in them. Its tests
// check the inspector of PDF: in an accepted file none of the readers finds anything that acts.
package pdfreaders
