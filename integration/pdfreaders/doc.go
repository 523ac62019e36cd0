// Package pdfreaders reads PDF files with programs of others, and says what acts in what they read.
// Its tests hold the inspector of PDF against them: in a file that is accepted none of them finds
// anything that acts.
package pdfreaders
