// Package pdfreaders reads PDF files with qpdf, mutool and pdfcpu, and reports what acts in them. Its
// tests check the inspector of PDF: in an accepted file no reader finds anything that acts.
package pdfreaders
